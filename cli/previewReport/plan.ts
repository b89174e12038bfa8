import { z } from "zod";

/*
 * What `pulumi preview --json` writes, as far as the report reads it; the shape is PreviewDigest in
 * https://github.com/pulumi/pulumi/blob/master/sdk/go/common/display/preview.go and each state ResourceV3 in
 * https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/deployments.go
 */

const json = z.json();

/** Any value in a plan. */
export type Json = z.infer<typeof json>;

/** Properties of a resource by name. */
export type Properties = Readonly<Record<string, Json>>;

const properties = z.record(z.string(), json).nullish();

const state = z.object({
  /** Whether a provider makes it; a component is not custom. */
  custom: z.boolean().default(false),
  inputs: properties,
  outputs: properties,
  /** URN of the parent; none for the stack. */
  parent: z.string().default(""),
  /** URNs. */
  dependencies: z.array(z.string()).nullish(),
});

const difference = z.object({
  /** `add`, `delete` or `update`, each of them also with `-replace`. */
  kind: z.string(),
  /** Whether it is between inputs, and not between what was found and an input. */
  inputDiff: z.boolean().default(false),
});

const step = z.object({
  op: z.string(),
  urn: z.string(),
  oldState: state.nullish(),
  newState: state.nullish(),
  diffReasons: z.array(z.string()).nullish(),
  replaceReasons: z.array(z.string()).nullish(),
  /** By property path; none from a provider that says nothing. */
  detailedDiff: z.record(z.string(), difference).nullish(),
});

const diagnostic = z.object({
  urn: z.string().default(""),
  message: z.string(),
  severity: z.string().default("info"),
});

const plan = z.object({
  steps: z.array(step).nullish(),
  diagnostics: z.array(diagnostic).nullish(),
  /** Number of resources by operation; a preview that failed has none. */
  changeSummary: z.record(z.string(), z.number()).nullish(),
});

/** A resource before or after the update. */
export type State = z.infer<typeof state>;

/** What the update would do with one resource. */
export type Step = z.infer<typeof step>;

/** Something that the engine or the program said. */
export type Diagnostic = z.infer<typeof diagnostic>;

/** A preview as the engine wrote it; what may be missing is empty here. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  readonly changeSummary: Readonly<Record<string, number>> | undefined;
}

const KEYS = ["steps", "diagnostics", "changeSummary"];

/**
 * Reads the output of `pulumi preview --json`. Other text may stand before and after the JSON: what a program
 * writes to its standard output comes there too.
 * @returns undefined if there is no plan in it.
 */
export function readPlan(text: string): Plan | undefined {
  for (const start of objectStarts(text)) {
    const found = parseObject(text.slice(start));
    if (found === undefined || !KEYS.some((key) => Object.hasOwn(found, key))) continue;
    const read = plan.safeParse(found);
    if (!read.success) continue;
    const { steps, diagnostics, changeSummary } = read.data;
    return {
      steps: steps ?? [],
      diagnostics: diagnostics ?? [],
      changeSummary: changeSummary ?? undefined,
    };
  }
  return undefined;
}

/** The engine begins its JSON on a line of its own. */
function objectStarts(text: string): number[] {
  return [...text.matchAll(/^\{/gm)].map(({ index }) => index);
}

function parseObject(text: string): object | undefined {
  // Indented, the document ends with the first brace that begins a line; or there is one line alone.
  const end = /^\}/m.exec(text)?.index;
  const candidates = [text, end === undefined ? "" : text.slice(0, end + 1), text.split("\n")[0]];
  for (const candidate of candidates) {
    try {
      const value: unknown = JSON.parse(candidate ?? "");
      if (typeof value === "object" && value !== null) return value;
    } catch {
      // Text that only looks like the beginning of a document.
    }
  }
  return undefined;
}
