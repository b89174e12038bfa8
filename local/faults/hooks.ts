import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../errors";
import { callerOf } from "./caller";
import type { FaultPlans, Strike } from "./plans";
import type { FaultRule } from "./rule";

/** What Databricks says where a caller is refused or the service fails, by status. */
const CODES: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "RESOURCE_DOES_NOT_EXIST",
  409: "RESOURCE_CONFLICT",
  429: "REQUEST_LIMIT_EXCEEDED",
  500: "INTERNAL_ERROR",
  503: "TEMPORARILY_UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

type StatusRule = Extract<FaultRule, { kind: "status" }>;

/** Fastify's hooks that let the rules strike at the requests of one operation. */
export function faultHooks(plans: FaultPlans) {
  const afterwards = new WeakMap<FastifyRequest, Strike>();

  /** Decides what happens to a request, and lets happen what does so before the handler. */
  async function preHandler(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (!plans.isOn) return undefined;
    const [path = ""] = request.url.split("?", 1);
    const strike = plans.strike({ method: request.method, path, caller: callerOf(request) });
    if (strike === undefined) return undefined;
    const { rule } = strike;
    if (rule.kind !== "stale") strike.note();
    if (rule.when === "after") {
      afterwards.set(request, strike);
      return undefined;
    }
    if (rule.kind === "status") {
      const { type, text } = bodyOf(rule);
      return reply.status(rule.status).headers(headersOf(rule)).type(type).send(text);
    }
    if (rule.kind === "delay") await sleep(rule.delay, undefined, { ref: false });
    else drop(request, reply);
    return rule.kind === "drop" ? reply : undefined;
  }

  /** Lets happen what does so to the answer, when the request has had its effect. */
  function onSend(
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: null, payload: unknown) => void,
  ): void {
    const strike = afterwards.get(request);
    afterwards.delete(request);
    switch (strike?.rule.kind) {
      case "delay":
        setTimeout(done, strike.rule.delay, null, payload).unref();
        return;
      case "truncate": {
        const whole = typeof payload === "string" ? Buffer.from(payload) : payload;
        if (Buffer.isBuffer(whole)) reply.header("content-length", whole.length);
        if (Buffer.isBuffer(whole) || whole instanceof Readable) {
          done(null, halfOf(whole, request.raw));
          return;
        }
        // Of an answer without a body nothing can be cut off but all of it.
        drop(request, reply);
        return;
      }
      case "drop":
        discard(payload);
        drop(request, reply);
        return;
      case "status":
        discard(payload);
        reply.status(strike.rule.status).headers(headersOf(strike.rule));
        done(null, replaced(bodyOf(strike.rule), reply));
        return;
      case "stale":
        done(null, formerly(strike, request, reply, payload));
        return;
      case undefined:
        done(null, payload);
    }
  }

  return { preHandler, onSend };
}

function headersOf({ retryAfter }: StatusRule): Record<string, string> {
  return retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
}

function bodyOf({ status, body }: StatusRule): { readonly type: string; readonly text: string } {
  if (typeof body === "string") return { type: "text/html; charset=utf-8", text: body };
  const code = CODES[status] ?? (status < 500 ? "BAD_REQUEST" : "INTERNAL_ERROR");
  const said = body ?? new ApiError(code, "A fault that was switched on.").toBody();
  return { type: "application/json; charset=utf-8", text: JSON.stringify(said) };
}

/** Fastify measures a text anew once the length of what stood there before is gone. */
function replaced(
  { type, text }: { readonly type: string; readonly text: string },
  reply: FastifyReply,
): string {
  reply.removeHeader("content-length").removeHeader("content-encoding").type(type);
  return text;
}

function drop(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  request.raw.socket.destroy();
}

function discard(payload: unknown): void {
  if (payload instanceof Readable) payload.destroy();
}

/** The whole length is promised, and the connection ends before it is reached. */
function halfOf(payload: Buffer | Readable, { socket }: FastifyRequest["raw"]): Readable {
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of payload instanceof Readable ? payload : [payload]) {
      const bytes = Buffer.from(chunk as Uint8Array | string);
      yield bytes.subarray(0, Math.ceil(bytes.length / 2));
      break;
    }
    // What was handed over shall be on its way before the connection goes.
    await sleep(20);
    socket.destroy();
  }
  return Readable.from(chunks(), { objectMode: false });
}

function formerly(
  strike: Strike,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): unknown {
  if (typeof payload !== "string") return payload;
  const key = `${callerOf(request)} ${request.url}`;
  const type = String(reply.getHeader("content-type"));
  const before = strike.answered.get(key);
  if (before === undefined || (before.text === payload && before.status === reply.statusCode)) {
    strike.answered.set(key, { status: reply.statusCode, type, text: payload });
    return payload;
  }
  strike.note();
  reply.status(before.status);
  return replaced(before, reply);
}
