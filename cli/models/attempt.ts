import { messageOf } from "../shared/userError";
import type { Fact } from "./facts";

/** The fact, or in one line why it could not be found out. */
export async function attempt<T extends object>(read: () => Promise<Fact<T>>): Promise<Fact<T>> {
  try {
    return await read();
  } catch (error) {
    return { status: "unknown", reason: reasonOf(error) };
  }
}

/** An error in one line. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return message.split("\n", 1)[0] ?? message;
}
