import { Agent, request } from "node:http";
import { z } from "zod";

/** One answered request. */
export interface Answer {
  /** What the caller called it, see {@link LoadOptions.body}. */
  readonly n: number;
  readonly status: number;
  /** Name of the served entity that answered. */
  readonly served: string;
  readonly milliseconds: number;
  readonly predictions: readonly number[];
}

/** What {@link startLoad} sends, and how much of it at once. */
export interface LoadOptions {
  readonly concurrency: number;
  /** How many requests in all. @default until it is stopped, or a connection breaks */
  readonly requests?: number;
  /** The body of the `n`-th request, from 1. */
  readonly body: (n: number) => object;
}

/** Requests to an endpoint, one after the other from each of some callers. */
export interface Load {
  /** All that was answered, in the order of the answers. */
  readonly answers: readonly Answer[];
  /** Requests without an answer: their connections broke. Their callers send no more. */
  readonly failed: number;
  /** Resolves when all callers are through, or their connections broke. */
  readonly ended: Promise<void>;
  /** Lets the callers wait for their answers, and ends. */
  stop(): Promise<void>;
}

const answered = z.object({ predictions: z.array(z.number()).default([]) });

/** Starts sending. */
export function startLoad(
  { host, token }: { readonly host: string; readonly token: string },
  endpoint: string,
  { concurrency, requests = Number.POSITIVE_INFINITY, body }: LoadOptions,
): Load {
  const agent = new Agent({ keepAlive: true });
  const url = `${host}/serving-endpoints/${endpoint}/invocations`;
  const answers: Answer[] = [];
  let [last, failed] = [0, 0];
  let stopped = false;

  async function caller(): Promise<void> {
    while (!stopped && last < requests) {
      const n = ++last;
      const begun = performance.now();
      const answer = await post(agent, url, token, JSON.stringify(body(n)));
      if (answer === undefined) {
        failed += 1;
        return;
      }
      const milliseconds = performance.now() - begun;
      const { predictions } = answered.parse(JSON.parse(answer.text));
      answers.push({ n, status: answer.status, served: answer.served, milliseconds, predictions });
    }
  }

  const ended = Promise.all(Array.from({ length: concurrency }, caller)).then(() => {
    agent.destroy();
  });
  return {
    answers,
    get failed() {
      return failed;
    },
    ended,
    stop: () => {
      stopped = true;
      return ended;
    },
  };
}

/** The answer; undefined if the connection broke before it was there. */
function post(
  agent: Agent,
  url: string,
  token: string,
  body: string,
): Promise<{ status: number; served: string; text: string } | undefined> {
  return new Promise((resolve) => {
    const broken = () => {
      resolve(undefined);
    };
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", broken);
      response.on("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          served: String(response.headers["served-model-name"]),
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    sent.on("error", broken);
    sent.end(body);
  });
}

/** The 95th percentile of how long answers took, in milliseconds. */
export function p95(answers: readonly Answer[]): number {
  const sorted = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
