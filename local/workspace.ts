import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Store } from "./store";

/** Where and with what a workspace runs. */
export interface WorkspaceOptions {
  /** Folder that holds everything this workspace keeps. */
  readonly root: string;
  /** The Python interpreter with the locked packages. */
  readonly python: string;
}

/**
 * What the API families share: the records, the folders, the token, and where the workspace is reached.
 * Families keep their own state in collections of {@link store}, and their services by `serviceOf`.
 */
export class Workspace {
  readonly store: Store;
  readonly root: string;
  readonly python: string;
  /** The one personal access token; made on first start and kept. */
  readonly token: string;
  #url: string | undefined;
  readonly #closing: (() => Promise<void>)[] = [];

  constructor(options: WorkspaceOptions) {
    this.root = options.root;
    this.python = options.python;
    mkdirSync(this.root, { recursive: true });
    this.store = new Store(join(this.root, "workspace.db"));
    this.token = keptToken(join(this.root, "token"));
  }

  /** e.g. `http://127.0.0.1:8686`, without a trailing slash. Known once the server listens. */
  get url(): string {
    if (this.#url === undefined) throw new Error("The workspace does not listen yet.");
    return this.#url;
  }

  set url(url: string) {
    this.#url = url;
  }

  /** A folder below {@link root}, made if needed. */
  folder(...names: string[]): string {
    const path = join(this.root, ...names);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Runs `stop` when the workspace closes, last registered first. */
  onClose(stop: () => Promise<void>): void {
    this.#closing.unshift(stop);
  }

  /** A link to this workspace that needs no token until `expires`; see {@link isSigned}. */
  sign(path: string, expires: Date): string {
    return signedLink(this, path, expires);
  }

  /** Whether `signature` was handed out for `path` by {@link sign} and has not expired. */
  isSigned(path: string, seconds: number, signature: string): boolean {
    const expected = Buffer.from(signatureOf(this.token, path, seconds));
    const given = Buffer.from(signature);
    return (
      seconds * 1000 > Date.now() &&
      expected.length === given.length &&
      timingSafeEqual(expected, given)
    );
  }

  async close(): Promise<void> {
    for (const stop of this.#closing) await stop();
    this.store.close();
  }
}

/** What {@link Workspace.sign} makes, for another process that has the workspace's URL and token. */
export function signedLink(
  { url, token }: { readonly url: string; readonly token: string },
  path: string,
  expires: Date,
): string {
  const seconds = Math.floor(expires.getTime() / 1000);
  return `${url}${path}?expires=${seconds}&signature=${signatureOf(token, path, seconds)}`;
}

function signatureOf(token: string, path: string, seconds: number): string {
  return createHmac("sha256", token).update(`${path}\n${seconds}`).digest("base64url");
}

/** The prefix is that of Databricks' personal access tokens, so that scanners and scrubbers know it. */
function keptToken(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    const token = `dapi${randomBytes(16).toString("hex")}`;
    writeFileSync(path, token, { mode: 0o600 });
    return token;
  }
}
