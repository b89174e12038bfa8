import { backOff } from "exponential-backoff";

/** How often a webhook is called, at most, when it does not take a message. */
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
const TIMEOUT_MS = 10_000;

/** Where a webhook is, and what it wants to know. None of it may appear in a log or an answer. */
export interface Webhook {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** What came of a call: `detail` holds no part of the URL. */
export interface Delivery {
  readonly sent: boolean;
  readonly detail: string;
}

/**
 * Posts JSON to a webhook, with basic authentication if it has a user. Tries again, with growing pauses,
 * when there is no answer in ten seconds, or one of 429 and 5xx. Redirects are not followed.
 * @param stop - Ends the attempts.
 * @param firstPauseMs - Before the second attempt; doubles with each.
 */
export async function postWebhook(
  webhook: Webhook,
  payload: object,
  stop: AbortSignal,
  firstPauseMs = FIRST_PAUSE_MS,
): Promise<Delivery> {
  try {
    const status = await backOff(() => post(webhook, JSON.stringify(payload), stop), {
      numOfAttempts: ATTEMPTS,
      startingDelay: firstPauseMs,
      retry: (error) => !(error instanceof Refused) && !stop.aborted,
    });
    return { sent: true, detail: `HTTP ${status}` };
  } catch (error) {
    return { sent: false, detail: reasonOf(error) };
  }
}

/** An answer that says no. */
class Refused extends Error {}

async function post(
  { url, username, password }: Webhook,
  body: string,
  stop: AbortSignal,
): Promise<number> {
  const user = username === undefined ? undefined : `${username}:${password ?? ""}`;
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(user && { authorization: `Basic ${Buffer.from(user).toString("base64")}` }),
    },
    body,
    redirect: "manual",
    signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  await answer.body?.cancel();
  if (answer.ok) return answer.status;
  const transient = answer.status === 429 || answer.status >= 500;
  throw new (transient ? Error : Refused)(`HTTP ${answer.status}`);
}

/** `fetch` hides why it failed in `cause`; its own messages may quote the URL. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  if (error.message.startsWith("HTTP ")) return error.message;
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} seconds`;
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "no connection";
  return `cannot be reached: ${code}`;
}
