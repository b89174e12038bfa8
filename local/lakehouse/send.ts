import { request } from "node:http";

/** A call of the SQL engine's internal interface. */
export interface Call {
  readonly port: number;
  readonly secret: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/**
 * Sends JSON and reads JSON. Not `fetch`, which gives up after five minutes without headers: a statement
 * may take longer (https://github.com/nodejs/undici/blob/main/docs/docs/api/Client.md, headersTimeout).
 * @throws Error when the connection fails.
 */
export function sendJson(call: Call): Promise<{ status: number; body: unknown }> {
  const text = call.body === undefined ? undefined : JSON.stringify(call.body);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port: call.port,
        method: call.method,
        path: call.path,
        headers: {
          "x-lakehouse-secret": call.secret,
          ...(text === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const body = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, body: parsed(body) });
        });
      },
    );
    sent.on("error", reject);
    sent.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
