import { appendFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Operation } from "./route";

/** Clients that are told apart, by what they call themselves in `User-Agent`; the first that fits counts. */
const CLIENTS = [
  "databricks-tf-provider",
  // With `databricks` as tracking URI it calls through the SDK, which adds its own name.
  "mlflow-python-client",
  "databricks-sdk-py",
] as const;

/** One answered call: a line of the file that {@link recordCalls} writes. */
export const recordedCall = z.object({
  /** Method and path of the operation, e.g. `GET /api/2.1/unity-catalog/catalogs/:name`. */
  operation: z.string(),
  /** The SDK's type of the answer; see `Operation.answers`. */
  answers: z.string(),
  /** Name and version of a client in {@link CLIENTS}; none for any other. */
  client: z.string().optional(),
  clientVersion: z.string().optional(),
  /** The answer, if it was JSON. */
  answer: z.unknown().optional(),
});

/** One answered call. */
export type RecordedCall = z.output<typeof recordedCall>;

/**
 * Appends a line of JSON to `file` for each call that an operation answered with success: who called, and
 * what was answered. Refusals are not noted: they are no use of an operation.
 */
export function recordCalls(
  server: FastifyInstance,
  operations: readonly Operation[],
  file: string,
): void {
  const answers = new Map(operations.map((one) => [`${one.method} ${one.path}`, one.answers]));
  server.addHook("onSend", (request, reply, payload, done) => {
    const operation = `${request.method} ${request.routeOptions.url ?? ""}`;
    const type = answers.get(operation);
    if (type !== undefined && reply.statusCode < 400) {
      const call: RecordedCall = {
        operation,
        answers: type,
        ...clientOf(request.headers["user-agent"] ?? ""),
        ...answerIn(reply.getHeader("content-type"), payload),
      };
      appendFileSync(file, `${JSON.stringify(call)}\n`);
    }
    done(null, payload);
  });
}

function clientOf(agent: string): Pick<RecordedCall, "client" | "clientVersion"> {
  const client = CLIENTS.find((name) => agent.includes(`${name}/`));
  if (client === undefined) return {};
  const clientVersion = agent.split(`${client}/`)[1]?.split(" ")[0];
  return { client, ...(clientVersion === undefined ? {} : { clientVersion }) };
}

function answerIn(type: unknown, payload: unknown): Pick<RecordedCall, "answer"> {
  const isText = typeof payload === "string" || Buffer.isBuffer(payload);
  if (!isText || !String(type).startsWith("application/json")) return {};
  return { answer: JSON.parse(payload.toString()) };
}
