import { z } from "zod";
import { parseUrn } from "../stack/urn";
import type { Properties } from "./plan";

/*
 * What `pulumi preview --event-log FILE` writes, one event a line, as far as the report reads it; the shapes are in
 * https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/events.go
 */

const properties = z.record(z.string(), z.json()).nullish();

const side = z.object({ parent: z.string().default(""), inputs: properties, outputs: properties });

const resource = z.object({
  metadata: z.object({
    op: z.string(),
    urn: z.string(),
    old: side.nullish(),
    new: side.nullish(),
  }),
});

const violation = z.object({
  resourceUrn: z.string().default(""),
  message: z.string(),
  policyName: z.string(),
  policyPackName: z.string().default(""),
  /** `mandatory` stops the update, `warning` and `advisory` do not. */
  enforcementLevel: z.string(),
});

const event = z.object({
  resourcePreEvent: resource.optional(),
  resOutputsEvent: resource.optional(),
  policyEvent: violation.optional(),
});

/** A rule of a policy pack that a resource breaks. */
export type Violation = z.infer<typeof violation>;

/** What the event log knows beyond the plan. */
export interface Events {
  readonly violations: readonly Violation[];
  /** Parent of each resource by URN, of unchanged ones too. */
  readonly parents: ReadonlyMap<string, string>;
  /** Inputs of each resource after the update, by URN. */
  readonly inputs: ReadonlyMap<string, Properties>;
  /** The stack's outputs before and after the update; undefined if the program did not get there. */
  readonly outputs: { readonly old: Properties; readonly new: Properties } | undefined;
}

/** What is known where there is no event log. */
export const noEvents: Events = {
  violations: [],
  parents: new Map(),
  inputs: new Map(),
  outputs: undefined,
};

/** Reads an event log. Lines that are no event, such as one cut off by a killed engine, are left out. */
export function readEvents(text: string): Events {
  const events = text.split("\n").flatMap(parseLine);
  const resources = events.flatMap(({ resourcePreEvent: one }) =>
    one === undefined ? [] : [one.metadata],
  );
  const stack = events
    .flatMap(({ resOutputsEvent: one }) => (one === undefined ? [] : [one.metadata]))
    .find(({ urn }) => parseUrn(urn).type === "pulumi:pulumi:Stack");
  return {
    violations: unique(events.flatMap(({ policyEvent: one }) => (one === undefined ? [] : [one]))),
    parents: new Map(
      resources.map(({ urn, old, new: now }) => [urn, now?.parent ?? old?.parent ?? ""]),
    ),
    inputs: new Map(
      resources.flatMap(({ urn, new: now }) => (now?.inputs ? [[urn, now.inputs] as const] : [])),
    ),
    outputs:
      stack === undefined
        ? undefined
        : { old: stack.old?.outputs ?? {}, new: stack.new?.outputs ?? {} },
  };
}

function parseLine(line: string): z.infer<typeof event>[] {
  try {
    const read = event.safeParse(JSON.parse(line));
    return read.success ? [read.data] : [];
  } catch {
    return [];
  }
}

/** The engine may report the same finding for the resource and for the stack. */
function unique(violations: readonly Violation[]): Violation[] {
  const seen = new Map(violations.map((one) => [JSON.stringify(one), one]));
  return [...seen.values()];
}
