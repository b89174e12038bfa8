import { existsSync } from "node:fs";
import { join } from "node:path";
import { reserved } from "./reserved";

/** The longest name: an endpoint's is this, a prefix and `-model-endpoint-staging`, at most 63 in all. */
export const LONGEST_NAME = 30;

/** One model's name as each place writes it. */
export interface Names {
  /** `credit-risk`: resources, jobs, endpoint. */
  readonly name: string;
  /** `creditRisk`: folder below `stacks/`, section of the configuration, constant. */
  readonly key: string;
  /** `credit_risk`: folder below `jobs/`, tables, registered model. */
  readonly snake: string;
  /** `credit risk`: in sentences. */
  readonly title: string;
  /** `Credit risk`: at the start of one. */
  readonly Title: string;
}

/** Writes a name of lower-case letters, digits and hyphens as each place needs it. */
export function namesOf(name: string): Names {
  const title = name.replaceAll("-", " ");
  return {
    name,
    key: name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    snake: name.replaceAll("-", "_"),
    title,
    Title: title.charAt(0).toUpperCase() + title.slice(1),
  };
}

const FORM = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;

/**
 * Why a model cannot have this name; undefined if it can.
 * @param root - The repository, whose names are taken.
 */
export function nameProblem(name: string, root: string): string | undefined {
  if (!FORM.test(name) || name.length > LONGEST_NAME) {
    return (
      `must be 1 to ${LONGEST_NAME} lower-case letters and digits in words that begin with a letter, ` +
      "with hyphens between them: credit-risk"
    );
  }
  const { key, snake } = namesOf(name);
  const meaning = [name, key, snake]
    .map((one) => reserved.get(one))
    .find((one) => one !== undefined);
  if (meaning !== undefined) return `is ${meaning}; choose another: credit-risk`;
  const taken = placesOf(name).find((path) => existsSync(join(root, path)));
  return taken === undefined ? undefined : `is taken: there is ${taken}; choose another`;
}

/** Folders and files that would be the model's own. */
function placesOf(name: string): string[] {
  const { key, snake } = namesOf(name);
  return [
    `stacks/${key}`,
    `stacks/${key}.ts`,
    `jobs/${snake}`,
    `jobs/${snake}.py`,
    // The tests' helpers are modules beside the jobs' packages.
    `jobs/tests/${snake}.py`,
    `jobs/tests/spark/${snake}.py`,
    ...testFiles(name),
  ];
}

/** The tests that a model brings. */
export function testFiles(
  name: string,
): [scene: string, jobs: string, spark: string, stack: string] {
  const { key, snake } = namesOf(name);
  return [
    `jobs/tests/${snake}_scene.py`,
    `jobs/tests/test_${snake}.py`,
    `jobs/tests/spark/test_${snake}_on_spark.py`,
    `test/unit/stacks/${key}.test.ts`,
  ];
}
