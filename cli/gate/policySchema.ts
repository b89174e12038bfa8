import { z } from "zod";
import type { Policy } from "../../components/gate/decision/rule";

const comparison = z.enum([">", ">=", "<", "<="]);

const metric = z.strictObject({
  kind: z.literal("metric"),
  metric: z.string(),
  comparison,
  bound: z.number(),
});

const rule = z.discriminatedUnion("kind", [
  metric,
  z.strictObject({
    kind: z.literal("range"),
    metric: z.string(),
    from: z.number(),
    to: z.number(),
  }),
  z.strictObject({
    kind: z.literal("slices"),
    metrics: z.array(z.string()),
    comparison,
    bound: z.number(),
  }),
  z.strictObject({
    kind: z.literal("champion"),
    metric: z.string(),
    better: z.enum(["higher", "lower"]),
    change: z.number(),
    relative: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("tag"), tag: z.string(), values: z.array(z.string()) }),
  z.strictObject({
    kind: z.literal("approval"),
    // The engine does not keep null.
    tag: z.string().nullable().default(null),
    approvers: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal("age"), maxHours: z.number() }),
  z.strictObject({ kind: z.literal("rows"), metric: z.string(), atLeast: z.number() }),
]);

/**
 * A policy as a stack's state keeps it. Strict: a rule that this release does not know must not be left out of a
 * decision.
 */
export const policySchema: z.ZodType<Policy> = z.strictObject({
  rules: z.array(rule),
  experiment: z.string(),
  signature: z.enum(["compatible", "any"]),
  canary: z.array(
    z.strictObject({ percent: z.number(), minRequests: z.number(), rules: z.array(metric) }),
  ),
  breakglass: z
    .strictObject({
      version: z.string(),
      reason: z.string(),
      by: z.string(),
      expires: z.string(),
    })
    .nullable()
    .default(null),
  approvals: z.array(z.strictObject({ version: z.string(), by: z.string(), at: z.string() })),
  dryRun: z.boolean(),
});
