import { ApiError } from "../errors";
import type { EndpointRecord } from "./records";

const MINUTE_MS = 60_000;

/** Counts the requests of the last minute for each endpoint. */
export class RateLimits {
  readonly #calls = new Map<string, number[]>();

  /** Counts one request. @throws ApiError 429 REQUEST_LIMIT_EXCEEDED when the endpoint's limit is reached. */
  count({ id, name, ai_gateway }: EndpointRecord, now = Date.now()): void {
    const limits = (ai_gateway?.rate_limits ?? []).map((limit) => limit.calls);
    if (limits.length === 0) return;
    const recent = (this.#calls.get(id) ?? []).filter((time) => time > now - MINUTE_MS);
    const limit = Math.min(...limits);
    if (recent.length >= limit)
      throw new ApiError(
        "REQUEST_LIMIT_EXCEEDED",
        `Endpoint '${name}' takes ${limit} requests a minute.`,
        429,
      );
    this.#calls.set(id, [...recent, now]);
  }
}
