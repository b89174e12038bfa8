import { createServer, request as send, type IncomingMessage, type Server } from "node:http";
import type { ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** A moment in the traffic with the workspace. */
export interface Moment {
  readonly method: string;
  /** Matches the path without its query. */
  readonly path: RegExp;
  /** Which of the matching requests, from 1. @default 1 */
  readonly nth?: number;
  /** Before the workspace gets the request, or when it has answered and nobody knows yet. */
  readonly at: "request" | "answer";
}

interface Trap extends Moment {
  seen: number;
  readonly spring: () => Promise<"goOn" | "withhold">;
}

/**
 * Stands between the engine and a real workspace, passes everything on, and lets a test act at a
 * chosen moment: something changes meanwhile, or the caller dies and never gets its answer.
 */
export class Interceptor {
  /** Method and path of every request, in order. */
  readonly seen: string[] = [];
  /** Changes the text of an answer, by method and URL with its query; the answer itself unless it says otherwise. */
  rewrite: (request: string, text: string) => string = (_request, text) => text;
  readonly #traps = new Set<Trap>();
  readonly #server: Server;

  private constructor(private readonly target: string) {
    this.#server = createServer((incoming, outgoing) => {
      this.#pass(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  static async start(target: string): Promise<Interceptor> {
    const interceptor = new Interceptor(target);
    await new Promise<void>((resolve) => {
      interceptor.#server.listen(0, "127.0.0.1", resolve);
    });
    return interceptor;
  }

  /** e.g. `http://127.0.0.1:41234` */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen.");
    return `http://127.0.0.1:${address.port}`;
  }

  /** The requests since `from` that ask for a change, or may. */
  changes(from = 0): string[] {
    return this.seen.slice(from).filter((request) => !request.startsWith("GET "));
  }

  /** Runs `action` once, at that moment; settles when it has. The request ends as it returns. */
  at(moment: Moment, action: () => Promise<"goOn" | "withhold">): Promise<void> {
    return new Promise((resolve, reject) => {
      const spring = async (): Promise<"goOn" | "withhold"> => {
        const acting = action();
        acting.then(() => {
          resolve();
        }, reject);
        return acting;
      };
      this.#traps.add({ ...moment, seen: 0, spring });
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = incoming;
    const body = await buffer(incoming);
    const path = url.split("?", 1)[0] ?? url;
    this.seen.push(`${method} ${path}`);
    const trap = this.#sprung(method, path);
    if (trap?.at === "request" && (await trap.spring()) === "withhold") {
      outgoing.destroy();
      return;
    }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const { host } = new URL(this.target);
      const length = body.length === 0 ? {} : { "content-length": String(body.length) };
      const options = { method, headers: { ...headers, ...length, host } };
      send(this.target + url, options, resolve)
        .once("error", reject)
        .end(body);
    });
    const content = await buffer(answer);
    if (trap?.at === "answer" && (await trap.spring()) === "withhold") {
      outgoing.destroy();
      return;
    }
    const status = answer.statusCode ?? 502;
    const text = content.toString();
    const said = this.rewrite(`${method} ${url}`, text);
    if (said === text) {
      outgoing.writeHead(status, answer.headers).end(content);
      return;
    }
    const length = { "content-length": String(Buffer.byteLength(said)) };
    outgoing.writeHead(status, { ...answer.headers, ...length }).end(said);
  }

  #sprung(method: string, path: string): Trap | undefined {
    const matching = [...this.#traps].filter(
      (trap) => trap.method === method && trap.path.test(path),
    );
    for (const trap of matching) trap.seen += 1;
    const sprung = matching.find((trap) => trap.seen >= (trap.nth ?? 1));
    if (sprung !== undefined) this.#traps.delete(sprung);
    return sprung;
  }
}
