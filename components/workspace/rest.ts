/** Where a workspace is and what signs in to it. */
export interface Connection {
  /** e.g. `https://adb-123.4.azuredatabricks.net`, without a trailing slash. */
  readonly host: string;
  /** A token, or what gets one where they expire. An empty one signs in nobody. */
  readonly token: string | Authenticate;
  /**
   * Says when an attempt of a call must be through, as `performance.now()` counts: none begins later, and none
   * is waited for. Asked before each; what it throws ends the call. Without it there is no such time.
   */
  readonly until?: () => Promise<number>;
}

/** A connection whose token does not expire. */
export interface TokenConnection extends Connection {
  readonly token: string;
}

/** Gets the headers that sign a call in, by their names in lower case; anew where they expire. */
export type Authenticate = () => Promise<Readonly<Record<string, string>>>;

/** One call. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path and query, percent-encoded. */
  readonly path: string;
  readonly body?: unknown;
  /** Instead of a body in JSON: fields of an HTML form, as OAuth's endpoints take them. */
  readonly form?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 5;

/**
 * Calls the workspace and returns the parsed answer, or undefined if what the path names does not exist.
 * 429, 5xx other than 501, and broken connections are tried five times, with pauses of `Retry-After`
 * (at most 30 s) or 0.2–1.6 s.
 * @throws Error, see {@link WorkspaceError}, naming call, status and Databricks' own message; never the token.
 */
export async function callWorkspace(connection: Connection, call: Call): Promise<unknown> {
  const signed = await headersOf(connection);
  for (let attempt = 1; ; attempt++) {
    const end = (await connection.until?.()) ?? Infinity;
    const outcome = await callOnce(connection.host, call, signed, end);
    if (!("problem" in outcome)) return outcome.answer;
    if (outcome.isFinal || attempt === ATTEMPTS) throw new WorkspaceError(outcome.problem);
    const pause = outcome.pause ?? 100 * 2 ** attempt;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** A workspace that cannot be reached, refuses, or is none. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
}

interface Failure {
  readonly problem: string;
  /** Whether trying again cannot change it. */
  readonly isFinal: boolean;
  /** How long the workspace asks to wait, in milliseconds. */
  readonly pause?: number;
}

async function callOnce(
  host: string,
  call: Call,
  signed: Readonly<Record<string, string>>,
  end: number,
): Promise<{ readonly answer: unknown } | Failure> {
  const secrets = secretsIn(signed, call);
  const name = `${call.method} ${call.path.split("?", 1)[0] ?? ""}`;
  const left = Math.min(end - performance.now(), TIMEOUT_MS);
  if (left < 1) return { problem: `${name} at ${host} would come too late`, isFinal: true };
  try {
    const answer = await fetch(`${host}${call.path}`, {
      method: call.method,
      headers: {
        ...signed,
        "content-type":
          call.form === undefined ? "application/json" : "application/x-www-form-urlencoded",
      },
      body: bodyOf(call),
      signal: AbortSignal.timeout(Math.floor(left)),
    });
    const text = await answer.text();
    if (answer.status === 404 && isAbsence(text)) return { answer: undefined };
    const shown = hide(text, secrets);
    if (answer.ok) return parse(text, `${host} answered ${name}`, shown);
    const problem = `${host} answered ${name} with ${answer.status}: ${messageIn(shown)}`;
    const isFinal = answer.status === 501 || (answer.status !== 429 && answer.status < 500);
    const retryAfter = Number(answer.headers.get("retry-after"));
    const pause = Math.min(retryAfter, 30) * 1000;
    return { problem, isFinal, ...(retryAfter > 0 ? { pause } : {}) };
  } catch (error) {
    const problem = `${name} at ${host} failed: ${hide(causeOf(error), secrets)}`;
    return { problem, isFinal: false };
  }
}

/** A page to sign in, or a proxy's, can come with status 200 too. */
function parse(text: string, what: string, shown: string): { readonly answer: unknown } | Failure {
  if (text === "") return { answer: {} };
  try {
    return { answer: JSON.parse(text) as unknown };
  } catch {
    const problem = `${what} with something that is not JSON: ${shown.slice(0, 300)}`;
    return { problem, isFinal: true };
  }
}

/**
 * Whether a 404 says that there is none. A proxy or another server answers an HTML page or nothing,
 * and a workspace without Unity Catalog does not know the path at all.
 */
function isAbsence(text: string): boolean {
  return text.includes('"error_code"') && !text.includes('"ENDPOINT_NOT_FOUND"');
}

/**
 * The headers that sign a call in.
 * @throws Error saying why a token could not be had.
 */
export async function headersOf({ host, token }: Connection): Promise<Record<string, string>> {
  if (token === "") return {};
  if (typeof token === "string") return { authorization: `Bearer ${token}` };
  try {
    return { ...(await token()) };
  } catch (error) {
    throw new WorkspaceError(`Signing in to ${host} failed: ${causeOf(error)}`);
  }
}

function bodyOf({ body, form }: Call): string | null {
  if (form !== undefined) return new URLSearchParams(form).toString();
  return body === undefined ? null : JSON.stringify(body);
}

function secretsIn(signed: Readonly<Record<string, string>>, { form = {} }: Call): string[] {
  const named = Object.entries(form).filter(([name]) => /secret|assertion$|token$/.test(name));
  const sent = Object.values(signed).map((value) => value.replace(/^Bearer /, ""));
  // Something as short as a word is no token, and would be found in any message.
  return [...sent, ...named.map(([, value]) => value)].filter((value) => value.length >= 12);
}

/** A proxy may echo what it was sent, and Node shows a header that it does not take. */
function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, "[token]"), text);
}

function messageIn(text: string): string {
  const found = /"(?:message|error_description)"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text);
  return (found?.[1] ?? text).slice(0, 300);
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
