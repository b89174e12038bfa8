import { z } from "zod";
import { LONGEST_NAME, nameProblem } from "./names";
import { PROBLEMS, metricNames, type Problem } from "./samples";

/** How an answer is asked for, and what `--help` says of it. */
export interface Question {
  readonly message: string;
  /** What an answer looks like, if it is free text. */
  readonly example?: string;
  /** What each answer means, if there are some to choose from. */
  readonly choices?: readonly (readonly [answer: string, meaning: string])[];
}

/** The question to each answer. */
export const questions = z.registry<Question>();

/** An answer that is one of some, each with what it means. */
function choice<const Answer extends string>(
  message: string,
  choices: readonly (readonly [Answer, string])[],
) {
  const answers = choices.map(([answer]) => answer);
  return z
    .enum(answers, { error: `must be one of ${answers.join(", ")}` })
    .register(questions, { message, choices });
}

/** Words that stand for an answer which nobody has given. */
const PLACEHOLDER =
  /^(todo|tbd|fixme|changeme|owner|team|name|me|somebody|nobody|unknown|none|x+)$/i;

const OWNER =
  "must be a team or a person, up to 64 letters, digits, spaces and @._+-: data-science";

/**
 * All that is asked of a new model: prompts, flags and the answer file are made from this.
 * @param root - The repository, whose names are taken.
 */
export function answersSchema(root: string) {
  const name = z
    .string("must be lower-case words with hyphens between them: credit-risk")
    .superRefine((value, context) => {
      const problem = nameProblem(value, root);
      if (problem !== undefined) context.addIssue(problem);
    })
    .register(questions, {
      message: "What is the model called?",
      example: `lower-case words with hyphens, up to ${LONGEST_NAME} characters: credit-risk`,
    });
  const owner = z
    .string(OWNER)
    .regex(/^[A-Za-z0-9][A-Za-z0-9@._+ -]{0,63}$/, OWNER)
    .refine((value) => !PLACEHOLDER.test(value), "is a placeholder; must name a team or a person")
    .register(questions, {
      message: "Who answers for it?",
      example: "a team or person: data-science",
    });
  const problem = choice("What does it predict?", [
    ["binary-classification", "one of two classes; starts from a sample of 569 tumours"],
    ["multiclass-classification", "one of several classes; starts from a sample of 178 wines"],
    ["regression", "a number; starts from a sample of 442 patients with diabetes"],
  ]);
  const schedule = choice("When does it read its source and train?", [
    ["daily", "every day at 5:00 UTC"],
    ["weekly", "on Mondays at 5:00 UTC"],
    ["monthly", "on the first at 5:00 UTC"],
    ["manual", "when somebody, or drift, starts it"],
  ]);
  const serving = choice("How do its predictions reach people?", [
    ["endpoint", "a REST endpoint"],
    ["batch", "a table that a job fills, as often as it trains"],
  ]);
  const monitoring = choice("Measure drift, alert and retrain?", [
    ["yes", "profile, drift, alert, retraining"],
    ["no", "nothing; policies may ask for it in production"],
  ]);
  const metric = z.string().optional().register(questions, {
    message: "The one figure that the gate decides on; without it, the usual ones",
    example: "val_f1",
  });
  return z
    .strictObject({ name, owner, problem, schedule, serving, monitoring, metric })
    .refine((all) => all.metric === undefined || allowed(problemIn(all)).includes(all.metric), {
      path: ["metric"],
      // However wrong the other answers are: all problems are said at once.
      when: () => true,
      error: ({ input }) => `must be one of ${allowed(problemIn(input)).join(", ")}`,
    });
}

/** What is known of a new model. */
export type Answers = z.output<ReturnType<typeof answersSchema>>;

/** Answers as they are given: text by key, nothing checked. */
export type Given = Readonly<Record<string, unknown>>;

/** Answers that can be left out where nobody is asked. */
export const OPTIONAL = ["metric"];

function allowed(problem: Problem | undefined): string[] {
  const problems = problem === undefined ? PROBLEMS : [problem];
  return [...new Set(problems.flatMap((one) => metricNames(one)))];
}

const anyProblem = z.looseObject({ problem: z.enum(PROBLEMS).optional().catch(undefined) });

function problemIn(input: unknown): Problem | undefined {
  return anyProblem.safeParse(input).data?.problem;
}

/** Answers that are all good, or all that is wrong with them, a line each. */
export type Checked =
  | { readonly answers: Answers; readonly problems?: never }
  | { readonly problems: readonly string[]; readonly answers?: never };

/** Checks all answers at once. */
export function check(given: Given, root: string): Checked {
  const result = answersSchema(root).safeParse(given);
  if (result.success) return { answers: result.data };
  return { problems: result.error.issues.flatMap((issue) => linesOf(issue, given, root)) };
}

function linesOf(issue: z.core.$ZodIssue, given: Given, root: string): string[] {
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(answersSchema(root).shape).join(", ");
    return issue.keys.map((key) => `${key} is unknown; there are ${known}`);
  }
  const key = String(issue.path[0]);
  if (given[key] === undefined) return [`${key} is missing; ${issue.message}`];
  return [`${key} is ${JSON.stringify(given[key])}; ${issue.message}`];
}
