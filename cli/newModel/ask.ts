import type { z } from "zod";
import { OPTIONAL, answersSchema, questions, type Given } from "./answers";

/** Whether a person can be asked: what is typed and what is shown are both a terminal. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/**
 * Asks for every answer that is not given yet.
 * @returns all answers; undefined if the person gives up (Ctrl-C).
 */
export async function ask(given: Given, root: string): Promise<Given | undefined> {
  const { intro, isCancel } = await import("@clack/prompts");
  intro("A new model");
  const answers: Record<string, unknown> = { ...given };
  for (const [key, schema] of Object.entries(answersSchema(root).shape)) {
    if (answers[key] !== undefined || OPTIONAL.includes(key)) continue;
    const answer = await askFor(schema);
    if (isCancel(answer)) return undefined;
    answers[key] = answer;
  }
  return answers;
}

async function askFor(schema: z.ZodType): Promise<string | symbol> {
  const { select, text } = await import("@clack/prompts");
  const { message, example, choices } = questions.get(schema) ?? { message: "?" };
  if (choices !== undefined) {
    return select({
      message,
      options: choices.map(([value, meaning]) => ({ value, label: `${value}: ${meaning}` })),
    });
  }
  return text({
    message,
    ...(example === undefined ? {} : { placeholder: example }),
    validate: (value) => schema.safeParse(value ?? "").error?.issues[0]?.message,
  });
}
