import { z } from "zod";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";

/** Latencies are those of this many requests, the newest. */
const KEPT_LATENCIES = 1000;
const SAVE_MS = 1000;

const count = z.number().int().nonnegative();

const counts = z.strictObject({ requests: count, errors: count });

/** What is kept of an endpoint's traffic; keyed by the endpoint's id. */
const trafficRecord = z.strictObject({
  ...counts.shape,
  /** Milliseconds since 1970. */
  lastRequest: z.number().optional(),
  served: z.record(z.string(), counts),
  /** Milliseconds, oldest first. */
  latencies: z.array(z.number()),
});

type TrafficRecord = z.output<typeof trafficRecord>;

/** One answered request, as far as it counts. */
export interface Answered {
  readonly time: Date;
  readonly durationMs: number;
  /** HTTP status; 400 and above are errors. */
  readonly status: number;
  /** The served entity's name. */
  readonly servedEntity: string;
}

/** An endpoint's traffic since it was created. */
export interface Traffic {
  readonly requests: number;
  /** Requests that were answered with a status of 400 or above. */
  readonly errors: number;
  /** Latency in milliseconds, as callers saw it, over the newest 1,000 requests; undefined before the first one. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  /** When the newest request came; of replayed traffic, the time that it was said to come. */
  readonly lastRequest: Date | undefined;
  /** Who answered how often, by name of the served entity; also those that are served no more. */
  readonly served: readonly { name: string; requests: number; errors: number }[];
}

/**
 * Counts the requests of all endpoints; in memory, and in the workspace's records a second later: a SIGKILL
 * loses what came in between, nothing else does. The inference table has every request.
 */
export class TrafficCounter {
  readonly #records: Collection<TrafficRecord>;
  readonly #known = new Map<string, TrafficRecord>();
  readonly #unsaved = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ store }: Workspace) {
    this.#records = store.collection("servingTraffic", trafficRecord);
  }

  /** Counts one request of the endpoint with this id. */
  add(id: string, { time, durationMs, status, servedEntity }: Answered): void {
    const record = this.#record(id);
    const error = status >= 400 ? 1 : 0;
    record.requests += 1;
    record.errors += error;
    record.lastRequest = Math.max(record.lastRequest ?? 0, time.getTime());
    const served = (record.served[servedEntity] ??= { requests: 0, errors: 0 });
    served.requests += 1;
    served.errors += error;
    record.latencies.push(durationMs);
    // Shortened rarely: moving all of them for each request would cost more than the rest.
    if (record.latencies.length >= 2 * KEPT_LATENCIES)
      record.latencies = record.latencies.slice(-KEPT_LATENCIES);
    this.#unsaved.add(id);
    this.#timer ??= setTimeout(() => {
      this.save();
    }, SAVE_MS).unref();
  }

  /**
   * The figures of the endpoint with this id; zeros if it had no request. No query: cheap enough for a page that
   * lists them all.
   */
  of(id: string): Traffic {
    const { requests, errors, lastRequest, served, latencies } = this.#record(id);
    const sorted = latencies.slice(-KEPT_LATENCIES).sort((a, b) => a - b);
    return {
      requests,
      errors,
      p50Ms: quantile(sorted, 0.5),
      p95Ms: quantile(sorted, 0.95),
      lastRequest: lastRequest === undefined ? undefined : new Date(lastRequest),
      served: Object.entries(served).map(([name, one]) => ({ name, ...one })),
    };
  }

  /** Forgets an endpoint that is gone. */
  forget(id: string): void {
    this.#known.delete(id);
    this.#unsaved.delete(id);
    this.#records.delete(id);
  }

  /** Writes what is not written yet. */
  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const id of this.#unsaved) {
      const record = this.#record(id);
      this.#records.put(id, { ...record, latencies: record.latencies.slice(-KEPT_LATENCIES) });
    }
    this.#unsaved.clear();
  }

  #record(id: string): TrafficRecord {
    const found = this.#known.get(id) ??
      this.#records.get(id) ?? { requests: 0, errors: 0, served: {}, latencies: [] };
    this.#known.set(id, found);
    return found;
  }
}

/**
 * The smallest value that at least this share of all does not exceed.
 * @param sorted - Ascending.
 * @param share - Between 0 and 1.
 */
export function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
