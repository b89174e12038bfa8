import { field } from "./answer";

/** The longest that one attempt may take; the Azure CLI starts slowly on a busy machine. */
const TIMEOUT_MS = 60_000;
const ATTEMPTS = 4;

/** How the SDK's messages say that trying again may help: it keeps no status. */
const PASSING =
  /\b(429|50[0234])\b|ECONN|ETIMEDOUT|EAI_AGAIN|socket hang up|TEMPORARILY_UNAVAILABLE|temporarily_unavailable|RESOURCE_EXHAUSTED|REQUEST_LIMIT_EXCEEDED/;

/**
 * Does what the SDK does without a time limit, without trying again, and with messages that may quote what it
 * has read: within a minute, up to four times, and with no token in what it throws.
 * @throws Error with the SDK's own words.
 */
export async function patiently<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`));
      }, TIMEOUT_MS);
    });
    try {
      return await Promise.race([run(), late]);
    } catch (error) {
      const message = messageOf(error);
      if (attempt === ATTEMPTS || !PASSING.test(message)) throw new Error(withoutTokens(message));
    } finally {
      clearTimeout(timer);
    }
    await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
  }
}

/** The SDK's errors list the whole configuration behind the message. */
function messageOf(error: unknown): string {
  const base = field(error, "baseMessage");
  if (typeof base === "string") return base;
  return error instanceof Error ? error.message : String(error);
}

/** What looks like a token, in JSON or by itself. */
function withoutTokens(text: string): string {
  return text
    .replaceAll(/("(?:access|refresh|id)_?token"\s*:\s*")[^"]*/gi, "$1[token]")
    .replaceAll(/\beyJ[\w-]+\.[\w.-]+/g, "[token]")
    .trim();
}
