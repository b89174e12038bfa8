/*
 * A small client for the calls of the gate. It is captured into the state with the dynamic provider,
 * so it uses nothing but what Node has built in, and gets the token as an argument, never as a value
 * it holds: https://www.pulumi.com/docs/iac/concepts/providers/dynamic-providers/
 */

/** Where a workspace is and what signs in to it. */
export interface Connection {
  /** e.g. `https://adb-123.4.azuredatabricks.net`, without a trailing slash. */
  readonly host: string;
  readonly token: string;
}

/** One call. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path and query, percent-encoded. */
  readonly path: string;
  readonly body?: unknown;
}

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 5;

/**
 * Calls the workspace and returns the parsed answer, or undefined if what the path names does not exist.
 * 429, 5xx other than 501, and broken connections are tried five times, with pauses of `Retry-After`
 * (at most 30 s) or 0.2–1.6 s.
 * @throws WorkspaceError naming call, status and Databricks' own message; never the token.
 */
export async function callWorkspace(connection: Connection, call: Call): Promise<unknown> {
  const url = `${connection.host}${call.path}`;
  const name = `${call.method} ${call.path.split("?", 1)[0] ?? ""}`;
  for (let attempt = 1; ; attempt++) {
    let pause = 100 * 2 ** attempt;
    let problem: string;
    try {
      const answer = await fetch(url, {
        method: call.method,
        headers: {
          authorization: `Bearer ${connection.token}`,
          "content-type": "application/json",
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await answer.text();
      if (answer.status === 404 && isAbsence(text)) return undefined;
      const shown = hide(text, connection);
      if (answer.ok) return parse(text, `${connection.host} answered ${name}`, shown);
      problem = `${connection.host} answered ${name} with ${answer.status}: ${messageIn(shown)}`;
      if (answer.status !== 429 && answer.status < 500) throw new Refused(problem);
      if (answer.status === 501) throw new Refused(problem);
      const retryAfter = Number(answer.headers.get("retry-after"));
      if (retryAfter > 0) pause = Math.min(retryAfter, 30) * 1000;
    } catch (error) {
      if (error instanceof Refused) throw new WorkspaceError(error.message);
      problem = `${name} at ${connection.host} failed: ${hide(causeOf(error), connection)}`;
    }
    if (attempt === ATTEMPTS) throw new WorkspaceError(problem);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** A workspace that cannot be reached, refuses, or is none. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
}

/** An answer that trying again cannot change. */
class Refused extends Error {}

/** A page to sign in, or a proxy's, can come with status 200 too. */
function parse(text: string, what: string, shown: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refused(`${what} with something that is not JSON: ${shown.slice(0, 300)}`);
  }
}

/**
 * Whether a 404 says that there is none. A proxy or another server answers an HTML page or nothing,
 * and a workspace without Unity Catalog does not know the path at all.
 */
function isAbsence(text: string): boolean {
  return text.includes('"error_code"') && !text.includes('"ENDPOINT_NOT_FOUND"');
}

/** A proxy may echo what it was sent, and Node shows a header that it does not take. */
function hide(text: string, { token }: Connection): string {
  // Something as short as a word is no token, and would be found in any message.
  return token.length < 12 ? text : text.replaceAll(token, "[token]");
}

function messageIn(text: string): string {
  const found = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text);
  return (found?.[1] ?? text).slice(0, 300);
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
