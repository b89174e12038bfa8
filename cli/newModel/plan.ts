import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answers } from "./answers";
import { namesOf, testFiles } from "./names";
import { MODELS, withModel } from "./register";
import { render, sortImports, viewOf } from "./render";

/** A file that a new model needs. */
export interface Change {
  /** Below the root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** What the file says now; a file that is not there yet has none. */
  readonly before?: string;
}

/**
 * All files of a new model, the registration last. Reads, writes nothing.
 * @throws UserError if models are registered in a form that is not known.
 */
export async function planModel(answers: Answers, root: string): Promise<Change[]> {
  const names = namesOf(answers.name);
  const view = viewOf(answers);
  const [scene, jobs, spark, stack] = testFiles(answers.name);
  const tasks = ["load", "build_features", "train", "validate"];
  if (answers.serving === "batch") tasks.push("batch_inference");
  const sources = ["model.ts", "settings.ts", "data.ts", "tables.ts"];
  if (answers.serving === "batch" && answers.monitoring === "yes") sources.push("drift.ts");
  const templates: [template: string, path: string][] = [
    ...sources.map((file): [string, string] => [`stacks/${file}`, `stacks/${names.key}/${file}`]),
    ...["__init__", "data", ...tasks].map((file): [string, string] => [
      `jobs/${file}.py`,
      `jobs/${names.snake}/${file}.py`,
    ]),
    ["tests/scene.py", scene],
    ["tests/test_jobs.py", jobs],
    ["tests/test_on_spark.py", spark],
    ["tests/stack.test.ts", stack],
  ];
  const before = readFileSync(join(root, MODELS), "utf8");
  return Promise.all([
    ...templates.map(async ([template, path]) => ({
      path,
      text: await formatted(path, render(template, view), root),
    })),
    formatted(MODELS, withModel(before, names), root).then((text) => ({
      path: MODELS,
      text,
      before,
    })),
  ]);
}

/** As `npm run format` and ruff would have it. */
async function formatted(path: string, text: string, root: string): Promise<string> {
  if (path.endsWith(".py")) return sortImports(text);
  const { format, resolveConfig } = await import("prettier");
  const file = join(root, path);
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}
