import { Agent, request } from "node:http";
import { ApiError } from "../errors";

/** As long as Databricks waits for a model's answer. */
const ANSWER_MS = 297_000;

/** Idle connections are closed before the model's server does it (`scorer.py`), so that none is used just then. */
const IDLE_MS = 30_000;

const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });

/** A model's answer, as it came. */
export interface Scored {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Sends a request to the server of a model.
 * @param url - Of the server.
 * @throws ApiError TEMPORARILY_UNAVAILABLE when it does not answer.
 */
export function score(url: string, type: string, body: string | Buffer): Promise<Scored> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      reject(new ApiError("TEMPORARILY_UNAVAILABLE", `The model did not answer: ${error.message}`));
    };
    const headers = { "content-type": type, "content-length": Buffer.byteLength(body) };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const sent = request(`${url}/invocations`, { method: "POST", agent, headers, signal });
    sent.on("error", fail);
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => {
        const { statusCode = 502, headers } = response;
        const type = headers["content-type"] ?? "application/json";
        resolve({ status: statusCode, type, body: Buffer.concat(chunks) });
      });
    });
    sent.end(body);
  });
}
