import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ApiError, missing } from "../errors";
import { USER } from "../identity";
import { jsonText } from "../route";
import type { Workspace } from "../workspace";
import type { EndpointRecord, ServedEntity } from "./records";

/** As long as Databricks waits for a model's answer. */
const ANSWER_SECONDS = 297;

/**
 * Sends a request to one of the endpoint's entities, chosen by the traffic split, and passes the answer on
 * as it is; the header `served-model-name` says which one answered.
 * @throws ApiError INVALID_STATE while the endpoint has nothing to answer with; TEMPORARILY_UNAVAILABLE when
 * the model cannot be loaded or reached.
 */
export async function invoke(
  workspace: Workspace,
  endpoint: EndpointRecord,
  servedName: string | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const entity = choose(endpoint, servedName);
  const time = new Date();
  const sent = await bodyOf(request);
  const url = await workspace.serving.url(entity);
  const response = await score(url, request, sent);
  const body = Buffer.from(await response.arrayBuffer());
  const id = randomUUID();
  const answered = {
    time,
    durationMs: Date.now() - time.getTime(),
    status: response.status,
    servedEntity: entity.name,
  };
  workspace.serving.traffic.add(endpoint.id, answered);
  workspace.serving.log.add(endpoint, {
    ...answered,
    id,
    clientRequestId: clientRequestId(request.body),
    request: sent.toString(),
    response: body.toString(),
    requester: USER.id,
  });
  return reply
    .status(response.status)
    .header("served-model-name", entity.name)
    .header("x-request-id", id)
    .type(response.headers.get("content-type") ?? "application/json")
    .send(body);
}

/** What a caller may put beside the data, to find the request in the inference table again. */
function clientRequestId(body: unknown): string | undefined {
  const parsed = z.object({ client_request_id: z.string() }).safeParse(body);
  return parsed.success ? parsed.data.client_request_id : undefined;
}

function choose({ name, config }: EndpointRecord, servedName: string | undefined): ServedEntity {
  if (config === undefined)
    throw new ApiError("INVALID_STATE", `Endpoint '${name}' is not ready: it serves nothing yet.`);
  const wanted = servedName ?? draw(config.routes, Math.random() * 100);
  const entity = config.entities.find((candidate) => candidate.name === wanted);
  if (entity === undefined) throw missing(`Served entity of endpoint '${name}'`, wanted);
  return entity;
}

/**
 * The route that a point between 0 and 100 falls into.
 * @example draw([{ name: "a", percentage: 90 }, { name: "b", percentage: 10 }], 95) // "b"
 */
export function draw(
  routes: readonly { readonly name: string; readonly percentage: number }[],
  point: number,
): string {
  let end = 0;
  for (const { name, percentage } of routes) {
    end += percentage;
    if (point < end) return name;
  }
  throw new RangeError(`No route at ${point} of ${end} percent.`);
}

async function score(
  url: string,
  request: FastifyRequest,
  body: string | Buffer,
): Promise<Response> {
  try {
    return await fetch(`${url}/invocations`, {
      method: "POST",
      headers: { "content-type": request.headers["content-type"] ?? "application/json" },
      body,
      signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError("TEMPORARILY_UNAVAILABLE", `The model did not answer: ${reason}`);
  }
}

/** The bytes as they came: parsing and printing JSON would change large numbers. */
async function bodyOf(request: FastifyRequest): Promise<string | Buffer> {
  const text = jsonText.get(request);
  if (text !== undefined) return text;
  const { body } = request;
  if (typeof body !== "object" || body === null || !(Symbol.asyncIterator in body)) return "";
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
