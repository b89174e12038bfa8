import { createServer, type IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";

/** One request as it arrived. */
export interface Received {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What is answered: a body as JSON or as it is, nothing at all, or a broken connection. */
export type Reply =
  | {
      readonly status?: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | "hang"
  | "drop";

/** A server on loopback that answers as a test says. It ends with the test. */
export interface HttpDouble {
  /** e.g. `http://127.0.0.1:41234` */
  readonly host: string;
  readonly received: Received[];
}

/** Starts a double on a free port. */
export async function startHttpDouble(
  reply: (request: Received, count: number) => Reply,
): Promise<HttpDouble> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://double");
      const text = Buffer.concat(chunks).toString();
      const one: Received = {
        method: request.method ?? "",
        path: decodeURIComponent(url.pathname),
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: bodyOf(request.headers, text),
      };
      received.push(one);
      const answer = reply(one, received.length);
      if (answer === "hang") return;
      if (answer === "drop") return void request.socket.destroy();
      const { status = 200, body = {}, headers = {} } = answer;
      response.writeHead(status, headers);
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The double has no port.");
  return { host: `http://127.0.0.1:${address.port}`, received };
}

function bodyOf(headers: IncomingHttpHeaders, text: string): unknown {
  if (text === "") return undefined;
  if (headers["content-type"] !== "application/x-www-form-urlencoded") return JSON.parse(text);
  return Object.fromEntries(new URLSearchParams(text));
}

/** Databricks' error shape; tried again, if at all, at once. */
export function refusal(status: number, errorCode: string, message: string): Reply {
  return {
    status,
    body: { error_code: errorCode, message },
    headers: { "retry-after": "0.001" },
  };
}
