import { changesOf, type Change } from "./changes";
import type { Events } from "./events";
import { contentsOf, kindOf } from "./kinds";
import { isOfGate } from "./gates";
import { operationOf, operations, type Operation } from "./operations";
import type { Plan, Properties, Step } from "./plan";
import { findHome, type Home } from "./homes";
import { compare } from "./text";
import { parseUrn } from "../stack/urn";

/** A resource that the update changes. */
export interface Resource {
  readonly urn: string;
  /** Its name in the program, e.g. `customer-churn-features-table`. */
  readonly name: string;
  /** e.g. `databricks:index/sqlTable:SqlTable`. */
  readonly type: string;
  /** Its type in words, e.g. `table`. */
  readonly kind: string;
  readonly operation: Operation;
  /** Whether it only holds other resources together. */
  readonly isComponent: boolean;
  readonly home: Home;
  readonly changes: readonly Change[];
  /** What is lost with it, where it is deleted or replaced; undefined if it can be made anew. */
  readonly loses: string | undefined;
  /** URNs. */
  readonly parent: string;
  readonly dependencies: readonly string[];
  readonly before: Properties;
  readonly after: Properties;
}

/** The changed resources of a plan, deletions and replacements first, each once. */
export function changedResources({ steps }: Plan, { parents }: Events): Resource[] {
  const parentOf = new Map([
    ...parents,
    ...steps.map(({ urn, oldState, newState }) => {
      return [urn, newState?.parent ?? oldState?.parent ?? ""] as const;
    }),
  ]);
  const found = new Map<string, Resource>();
  for (const step of steps) {
    const operation = operationOf(step.op);
    if (operation === undefined || isOfEngine(step)) continue;
    // A replacement can come as several steps, of which the first tells what changes.
    if (!found.has(step.urn)) found.set(step.urn, resourceOf(step, operation, parentOf));
  }
  return [...found.values()].sort(
    (a, b) =>
      operations.indexOf(a.operation) - operations.indexOf(b.operation) ||
      Number(b.loses !== undefined) - Number(a.loses !== undefined) ||
      compare(a.name, b.name),
  );
}

/** The stack itself and the engine's providers are no resources of anybody's. */
function isOfEngine({ urn }: Step): boolean {
  const { type } = parseUrn(urn);
  return type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:");
}

function resourceOf(
  step: Step,
  operation: Operation,
  parentOf: ReadonlyMap<string, string>,
): Resource {
  const { urn, oldState, newState } = step;
  const { name, type } = parseUrn(urn);
  const now = newState ?? oldState;
  const isComponent = now?.custom === false;
  const isLost = !isComponent && (operation === "delete" || operation === "replace");
  return {
    urn,
    name,
    type,
    kind: kindOf(type),
    operation,
    isComponent,
    home: findHome(urn, parentOf),
    changes: changesIn(step, operation),
    loses: isLost ? contentsOf(type) : undefined,
    parent: now?.parent ?? "",
    dependencies: now?.dependencies ?? [],
    before: oldState?.inputs ?? {},
    after: newState?.inputs ?? {},
  };
}

function changesIn(step: Step, operation: Operation): Change[] {
  if (operation !== "update" && operation !== "replace") return [];
  const changes = changesOf(step);
  // What a gate measured is a table of its own.
  return isOfGate(step) ? changes.filter(({ path }) => !EVIDENCE.test(path)) : changes;
}

const EVIDENCE =
  /^(verdict\.(checks|reason|ground)|facts\.(?!candidate\.version$)|observed|noted|left)/;
