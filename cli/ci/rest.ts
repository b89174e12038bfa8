import { backOff } from "exponential-backoff";
import { UserError } from "../shared/userError";

/** What a call needs; the token is in `headers` and appears in no message. */
export interface RestCall {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Busy, or down for a moment. */
const PASSING = [429, 502, 503, 504];
const TIMEOUT_MS = 30_000;

class PassingError extends Error {}

/**
 * Calls a JSON interface; 429 and passing failures of a server are tried four times.
 * @returns The parsed answer; undefined if it has no content.
 * @throws UserError naming call, status and the beginning of the answer.
 */
export async function callRest(call: RestCall): Promise<unknown> {
  try {
    return await backOff(() => once(call), {
      numOfAttempts: 4,
      startingDelay: 500,
      retry: (error) => error instanceof PassingError,
    });
  } catch (error) {
    if (error instanceof PassingError) throw new UserError(error.message);
    throw error;
  }
}

async function once({ method, url, headers, body }: RestCall): Promise<unknown> {
  const name = `${method} ${url.split("?", 1)[0] ?? ""}`;
  const answer = await fetch(url, {
    method,
    headers: { "content-type": "application/json", "user-agent": "databricks-mlops", ...headers },
    // Without credentials Azure DevOps leads to a page to sign in on.
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    const { cause, message } = error instanceof Error ? error : new Error(String(error));
    const reason = cause instanceof Error ? cause.message : message;
    // A lost answer to POST may have had its effect: the next run would find two, and remove one.
    throw new PassingError(`${name}: ${reason}`);
  });
  const text = await answer.text();
  if (answer.ok && text === "") return undefined;
  if (answer.ok && answer.status !== 203) return JSON.parse(text) as unknown;
  const message = `${name}: ${answer.status} ${text.replaceAll(/\s+/g, " ").slice(0, 300)}`;
  throw PASSING.includes(answer.status) ? new PassingError(message) : new UserError(message);
}

/**
 * A variable that the CI system sets.
 * @throws UserError saying how a pipeline passes it on.
 */
export function required(env: NodeJS.ProcessEnv, name: string, hint: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new UserError(`${name} is not set: ${hint}`);
  return value;
}
