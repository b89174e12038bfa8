import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError, missing } from "../errors";
import { USER } from "../identity";
import { jsonText } from "../route";
import type { Workspace } from "../workspace";
import { clientRequestId } from "./clientRequestId";
import { servingOf } from "./modelServing";
import { entityId, type EndpointRecord, type ServedEntity } from "./records";
import { requestTime } from "./requestTime";
import { score, type Scored } from "./score";

/**
 * The largest request that Databricks takes:
 * https://docs.databricks.com/aws/en/machine-learning/model-serving/model-serving-limits
 */
export const MOST_BYTES = 16 * 1024 * 1024;
const JSON_TYPE = "application/json";

/**
 * Sends a request to one of the endpoint's entities, chosen by the traffic split, and passes the answer on
 * as it is, once it is captured; the header `served-model-name` says which one answered.
 * @throws ApiError INVALID_STATE while the endpoint has nothing to answer with; INVALID_PARAMETER_VALUE for a
 * header `x-local-request-time` that is no time of the last 30 days; INTERNAL_ERROR if it cannot be captured.
 */
export async function invoke(
  workspace: Workspace,
  endpoint: EndpointRecord,
  servedName: string | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const serving = servingOf(workspace);
  const came = new Date();
  const time = requestTime(request.headers["x-local-request-time"], came);
  const entity = choose(endpoint, servedName);
  // Before anything is waited for: an update that ends now must find that the entity is in use.
  const held = serving.hold(entity);
  try {
    const sent = await bodyOf(request);
    const { modelMs, ...answer } = await answerOf(
      held.url,
      request.headers["content-type"] ?? JSON_TYPE,
      sent,
    );
    const id = randomUUID();
    await serving.log.add(endpoint, {
      ...{ id, time, modelMs, status: answer.status },
      clientRequestId: clientRequestId(sent),
      request: sent.toString(),
      response: answer.body.toString(),
      servedEntityId: entityId(endpoint, entity),
      requester: USER.id,
    });
    const durationMs = Date.now() - came.getTime();
    const answered = { time, durationMs, status: answer.status, servedEntity: entity.name };
    serving.traffic.add(endpoint.id, answered);
    return await reply
      .status(answer.status)
      .header("served-model-name", entity.name)
      .header("x-request-id", id)
      .type(answer.type)
      .send(answer.body);
  } finally {
    held.release();
  }
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

/** The model's answer; that it cannot be loaded or reached is one too, which callers get and which is captured. */
async function answerOf(
  url: Promise<string>,
  type: string,
  sent: string | Buffer,
): Promise<Scored & { readonly modelMs: number }> {
  let begun = performance.now();
  const modelMs = () => Math.round(performance.now() - begun);
  try {
    const server = await url;
    begun = performance.now();
    const scored = await score(server, type, sent);
    return { ...scored, modelMs: modelMs() };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const body = Buffer.from(JSON.stringify(error.toBody()));
    return { status: error.status, type: JSON_TYPE, body, modelMs: modelMs() };
  }
}

/**
 * The bytes as they came: parsing and printing JSON would change large numbers.
 * @throws ApiError 413 BAD_REQUEST for more of them than Databricks takes.
 */
async function bodyOf(request: FastifyRequest): Promise<string | Buffer> {
  const text = jsonText.get(request);
  if (text !== undefined) return text;
  const { body } = request;
  if (typeof body !== "object" || body === null || !(Symbol.asyncIterator in body)) return "";
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES)
      throw new ApiError("BAD_REQUEST", `A request has ${MOST_BYTES} bytes at most.`, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
