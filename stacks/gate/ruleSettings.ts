import { z } from "zod";
import { section } from "../schema";
import type { GateMetric } from "./metrics";

/** A text that says something. */
export const text = z.string("must be a text").trim().min(1, "must not be empty");

/** Number of a version; YAML reads it as a number where it has no quotes. */
export const versionNumber = z
  .union([z.string(), z.int()], "must be the number of a version")
  .transform(String)
  .pipe(z.string().regex(/^[1-9]\d*$/, "must be the number of a version"));

const NO_MOMENT = "must be a time such as 2026-12-01T12:00:00Z";

/** A moment with its time zone, RFC 3339. */
export const moment = z
  .string(NO_MOMENT)
  .transform(asRfc3339)
  .pipe(z.iso.datetime({ offset: true, error: NO_MOMENT }));

/**
 * YAML takes a time without quotes for one, and the engine hands it on as Go writes times:
 * https://pkg.go.dev/time#Time.String
 */
function asRfc3339(text: string): string {
  const parts = /^([\d-]{10}) ([\d:]{8}(?:\.\d+)?) ([+-]\d\d)(\d\d) \S+$/.exec(text);
  if (parts === null) return text;
  const [, day = "", time = "", hours = "", minutes = ""] = parts;
  return `${day}T${time}${hours}:${minutes}`;
}

/** A tag's name as Unity Catalog takes it: https://docs.databricks.com/aws/en/database-objects/tags#constraints */
const tagName = z
  .string("must be a tag's name")
  .regex(/^[^\s.,\-=/:]([^.,\-=/:]{0,253}[^\s.,\-=/:])?$/, "must be a name without . , - = / :");

/** Who may approve; anybody if the list is empty. */
const approvers = z.array(text, "must be a list of names").default([]);

/** Each tag with the values that it may have; any if the list is empty. */
export const tags = z
  .record(
    tagName,
    z.union(
      [text.transform((one) => [one]), z.array(text)],
      "must be a value, or a list of those allowed",
    ),
    {
      error: ({ code }) =>
        code === "invalid_key" ? "must be a name without . , - = / :" : "must be a section of tags",
    },
  )
  .default({});

/** Who must have set a tag of the version to their name. */
export const approvedBy = section({ tag: tagName, approvers });

/** Who must have approved the version in the approvals file. */
export const approvedInFile = section({ approvers });

const distance = z.number("must be a number, 0 or more").min(0, "must be 0 or more");

/** How far from the champion: in the metric's unit, or in a section that says more. */
export const change = ({ better }: GateMetric) =>
  z.union(
    [
      distance.transform((by) => ({ by, relative: false, better })),
      section({
        by: distance,
        /** Whether `by` is a share of the champion's absolute value. */
        relative: z.boolean().default(false),
        better: z.enum(["higher", "lower"]).default(better),
      }).refine(({ by, relative }) => !relative || by < 1, {
        path: ["by"],
        error: "must be a share below 1, such as 0.05 for 5 %",
      }),
    ],
    "must be a number, 0 or more, or a section of by, relative and better",
  );

/** Both ends are allowed. */
export const range = ({ bound }: GateMetric) =>
  section({ from: bound, to: bound }).refine(({ from, to }) => from <= to, {
    error: "must not have a from above its to",
  });

/** One bound on the worst of several metrics, such as one of each region. */
export const worst = (metrics: Readonly<Record<string, GateMetric>>) =>
  section({
    metrics: z
      .array(z.enum(Object.keys(metrics)), "must be a list of metrics")
      .min(2, "must name two metrics or more")
      .refine((names) => new Set(names).size === names.length, "must name each metric once"),
    above: z.number().optional(),
    atLeast: z.number().optional(),
    below: z.number().optional(),
    atMost: z.number().optional(),
  }).superRefine(({ metrics: names, ...bounds }, context) => {
    const given = Object.entries(bounds);
    if (given.length !== 1) context.addIssue("must have one of above, atLeast, below, atMost");
    for (const [key, bound] of given) {
      const problem = names.map((name) => metrics[name]?.bound.safeParse(bound).error?.issues[0]);
      const first = problem.find((one) => one !== undefined);
      if (first !== undefined) context.addIssue({ ...first, path: [key] });
    }
  });

const bounds = z
  .record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.number("must be a number"), {
    error: ({ code }) =>
      code === "invalid_key"
        ? "must be the name of a metric, of a-z, 0-9 and _"
        : "must be a section of metrics with their bounds",
  })
  .default({});

const step = section({
  /** Percent of the requests that the candidate answers. */
  percent: z.int("must be 1 to 50").min(1, "must be 1 to 50").max(50, "must be 1 to 50"),
  /** Requests that it must have answered before the rules are asked. */
  minRequests: z.int("must be a whole number, 1 or more").min(1, "must be 1 or more"),
  above: bounds,
  atLeast: bounds,
  below: bounds,
  atMost: bounds,
}).refine(
  ({ above, atLeast, below, atMost }) =>
    [above, atLeast, below, atMost].some((some) => Object.keys(some).length > 0),
  "must have a bound in above, atLeast, below or atMost",
);

/** The steps of the traffic, each with rules on what was measured of it. */
export const canary = z
  .array(step, "must be a list of steps")
  .refine(
    (steps) =>
      steps.every(({ percent }, at) => at === 0 || percent > (steps[at - 1]?.percent ?? 0)),
    "must have a higher percent in each step",
  )
  .default([]);

/** Lets one version through whatever the rules say, until it expires. */
export const breakglass = section({
  version: versionNumber,
  reason: text,
  by: text,
  expires: moment,
});
