import { createTwoFilesPatch } from "diff";
import type { Answers } from "./answers";
import { OPTIONAL, answersSchema, questions } from "./answers";
import { namesOf } from "./names";
import type { Change } from "./plan";
import { metricNames, samples } from "./samples";

/** What `--help` prints: every answer as a flag, from the same schema as the prompts. */
export function usage(root: string): string {
  const lines = Object.entries(answersSchema(root).shape).flatMap(([key, schema]) => {
    const { message, example, choices = [] } = questions.get(schema) ?? { message: key };
    return [
      `  --${key.padEnd(12)}${message}${OPTIONAL.includes(key) ? " (optional)" : ""}`,
      ...(example === undefined ? [] : [`${" ".repeat(16)}${example}`]),
      ...choices.map(([answer, meaning]) => `${" ".repeat(16)}${answer}: ${meaning}`),
    ];
  });
  return [
    "Usage: npm run new-model [-- FLAGS]",
    "Writes a model's stack, jobs and tests, all or nothing, and registers it. In a terminal it asks for",
    "what no flag says; without one, a missing answer is a mistake.",
    ...lines,
    `  --${"answers".padEnd(12)}a YAML or JSON file with these answers; flags come first`,
    `  --${"dry-run".padEnd(12)}shows what would be written, and writes nothing`,
    `  --${"help".padEnd(12)}this`,
  ].join("\n");
}

/** What a dry run shows: the files that would be new, and how others would change. */
export function preview(changes: readonly Change[]): string {
  const created = changes.filter(({ before }) => before === undefined);
  const replaced = changes.flatMap(({ path, text, before }) =>
    before === undefined ? [] : [createTwoFilesPatch(`a/${path}`, `b/${path}`, before, text)],
  );
  return [
    `Would write ${created.length} files:`,
    ...created.map(({ path, text }) => `  ${path} (${text.split("\n").length - 1} lines)`),
    "and change:",
    ...replaced.map((patch) => patch.replace(/^=+\n/, "").trimEnd()),
    "Nothing was written.",
  ].join("\n");
}

/** What was written, what it rests on, and what to do next. */
export function summary(changes: readonly Change[], answers: Answers): string {
  const { key, snake } = namesOf(answers.name);
  const { described } = samples[answers.problem];
  const usual = samples[answers.problem].metrics.filter((one) => one.usual);
  const metrics = answers.metric ?? usual.map(({ metric }) => `val_${metric}`).join(" and ");
  const others = metricNames(answers.problem).join(", ");
  return [
    `Wrote ${changes.length - 1} files, and registered ${key} in stacks/models.ts:`,
    ...changes.map(({ path }) => `  ${path}`),
    "",
    `It learns from a sample until you put your own source into jobs/${snake}/load.py:`,
    `${described}.`,
    `Its gate decides on ${metrics}, of ${others};`,
    `the bounds are in stacks/${key}/settings.ts.`,
    "",
    "Next:",
    ...nextCommands(answers).map(([command, what]) => `  ${command.padEnd(46)}${what}`),
    "docs/add-a-model.md says what each file is for.",
  ].join("\n");
}

function nextCommands({ name, serving }: Answers): [command: string, what: string][] {
  const commands: [string, string][] = [
    ["npm test types lint format ruff unit jobs", "checks it (5 min)"],
    ["npm run workspace", "a workspace, in a second terminal"],
    ["npm run pulumi -- up -s local", "deploys it there, with all models (1-2 min)"],
    [`npm run job -- ${name}-training`, "loads, trains, validates (1 min)"],
    ["npm run pulumi -- up -s local", "the gate decides (1-2 min)"],
  ];
  if (serving === "batch") {
    commands.push([`npm run job -- ${name}-batch-inference`, "fills the table of predictions"]);
  }
  return commands;
}
