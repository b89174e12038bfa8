import { z } from "zod";

/** Which requests a rule is about, and which of those it strikes at. */
const shared = {
  /** @default any method */
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).optional(),
  /** The path without its query; `*` stands for any characters, also none. @default any path */
  path: z.string().regex(/^[/*]/, "must begin with / or *").default("*"),
  /** Matching requests that go by before the rule begins. */
  offset: z.int().min(0).default(0),
  /** How often it strikes; without end if left out. */
  count: z.int().min(1).optional(),
  /** Of the matching requests that it may strike at, the share that it does. */
  probability: z.number().gt(0).max(1).default(1),
};

/** `before`: the request has no effect. `after`: it has its effect, and the answer is what goes wrong. */
const when = z.enum(["before", "after"]).default("before");

/** The longest wait: no client of Databricks has this much patience. */
const MAX_MS = 600_000;

/** One thing that goes wrong, and when. */
export const faultRule = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    ...shared,
    when,
    status: z.int().min(200).max(599),
    /** Seconds in `Retry-After`; no such header if left out. */
    retryAfter: z.int().min(0).max(3600).optional(),
    /** What is answered: text as a page, anything else as JSON. @default Databricks' error shape */
    body: z.json().optional(),
  }),
  z.strictObject({
    kind: z.literal("delay"),
    ...shared,
    when,
    /** Milliseconds that the request waits, or its answer. */
    delay: z.int().min(1).max(MAX_MS),
  }),
  /** The connection is destroyed without an answer. */
  z.strictObject({ kind: z.literal("drop"), ...shared, when }),
  /** The connection is destroyed in the middle of the answer's body. */
  z.strictObject({
    kind: z.literal("truncate"),
    ...shared,
    when: z.literal("after").default("after"),
  }),
  /** A read is answered as it was the last time, instead of with what has changed since. */
  z.strictObject({
    kind: z.literal("stale"),
    ...shared,
    method: z.literal("GET").default("GET"),
    when: z.literal("after").default("after"),
  }),
]);

/** One thing that goes wrong, and when. */
export type FaultRule = z.output<typeof faultRule>;

/** Whose requests the rules are about. */
export const scope = z.enum(["everyone", "caller"]);

/** What `PUT /local/faults` takes. */
export const faultPlan = z.strictObject({
  /**
   * `caller`: those who sign in as this call does, with the same token, or by OAuth with the same client id.
   * Tests that share a workspace do not disturb each other so.
   */
  scope: scope.default("everyone"),
  /** The same seed and the same requests in the same order: the same faults. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  /** The first that strikes at a request is the only one. */
  rules: z.array(faultRule).min(1).max(100),
});

/** Rules with whom they are for. */
export type FaultPlan = z.output<typeof faultPlan>;
