import { OPTIONAL, answersSchema, check, type Answers, type Given } from "./newModel/answers";
import { ask, canAsk } from "./newModel/ask";
import { readCommandLine } from "./newModel/given";
import { planModel } from "./newModel/plan";
import { preview, summary, usage } from "./newModel/report";
import { recover, writeAll } from "./newModel/write";
import { root } from "./shared/paths";
import { UserError } from "./shared/userError";

/** As a shell says of a command that Ctrl-C has ended. */
const GIVEN_UP = 130;

/**
 * `npm run new-model`: makes a model from answers that are asked for, given as flags, or in a file, and
 * registers it. All of it or nothing.
 */
export async function main(args: string[]): Promise<number> {
  const { given, dryRun, help, problems } = readCommandLine(args, keys());
  if (help) {
    console.log(usage(root));
    return 0;
  }
  const takenBack = recover(root);
  if (takenBack !== undefined && takenBack.length > 0) {
    console.log(`Took back what an interrupted run had left:\n  ${takenBack.join("\n  ")}`);
  }
  const answers = await answersOf(given, problems);
  if (answers === undefined) {
    console.log("Nothing was written.");
    return GIVEN_UP;
  }
  const changes = await planModel(answers, root);
  if (dryRun) {
    console.log(preview(changes));
    return 0;
  }
  await writeAll(root, changes);
  console.log(summary(changes, answers));
  return 0;
}

const keys = (): string[] => Object.keys(answersSchema(root).shape);

/**
 * Answers that all are good; undefined if the person who was asked gave up.
 * @throws UserError naming all that is wrong or, where nobody can be asked, missing.
 */
async function answersOf(given: Given, problems: readonly string[]): Promise<Answers | undefined> {
  const missing = keys().filter((key) => given[key] === undefined && !OPTIONAL.includes(key));
  const isAsked = canAsk() && missing.length > 0;
  const first = check(given, root);
  const wrong = [
    ...problems,
    ...(first.problems ?? []).filter(
      (problem) => !(isAsked && missing.some((key) => problem.startsWith(`${key} is missing`))),
    ),
  ];
  if (wrong.length > 0) throw new UserError(refusal(wrong, isAsked));
  const all = isAsked ? await ask(given, root) : given;
  if (all === undefined) return undefined;
  const { answers, problems: late } = check(all, root);
  if (answers === undefined) throw new UserError(refusal(late, false));
  return answers;
}

function refusal(problems: readonly string[], canBeAsked: boolean): string {
  const list =
    problems.length === 1
      ? `new-model: ${problems.join("")}`
      : [`new-model, ${problems.length} problems:`, ...problems.map((one) => `  - ${one}`)].join(
          "\n",
        );
  const help = canBeAsked ? "" : " npm run new-model -- --help lists all answers.";
  return `${list}\nNothing was written.${help}`;
}
