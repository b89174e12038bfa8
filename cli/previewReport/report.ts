import { differences, type Change } from "./changes";
import { costChanges, type CostChange } from "./cost";
import { noEvents, type Events, type Violation } from "./events";
import { stops, type Gate } from "./gate";
import { gatesOf, isVerdict } from "./gates";
import { MODEL, type Home } from "./homes";
import { operations, type Operation } from "./operations";
import type { Diagnostic, Plan } from "./plan";
import { changedResources, type Resource } from "./resources";
import { compare, firstLine } from "./text";
import { parseUrn } from "../stack/urn";

/** The changed resources of one model or of a part of the environment. */
export interface Group {
  readonly home: Home;
  /** Whether the model itself comes or goes with this update. */
  readonly fate: "new" | "removed" | undefined;
  readonly resources: readonly Resource[];
}

/** A group's name in words, e.g. `new model customer-churn`. */
export function titleOf({ home, fate }: Group): string {
  return fate === undefined ? home.name : `${fate} model ${home.name}`;
}

/** {@link titleOf} as a heading: with a capital, where it does not begin with a name. */
export function headingOf(group: Group): string {
  const title = titleOf(group);
  return group.fate === undefined ? title : title.charAt(0).toUpperCase() + title.slice(1);
}

/** What a preview's reader should know; plain data, nothing escaped. */
export interface Report {
  readonly project: string;
  readonly stack: string;
  readonly commit: string | undefined;
  /** Whether the preview did not come to its end. */
  readonly failed: boolean;
  readonly groups: readonly Group[];
  /** Number of changed resources, without components, by operation. */
  readonly counts: ReadonlyMap<Operation, number>;
  /** Number of resources that stay as they are, with components; undefined if the plan does not say. */
  readonly unchanged: number | undefined;
  readonly gates: readonly Gate[];
  readonly violations: readonly Violation[];
  readonly costs: readonly CostChange[];
  /** Changed outputs of the stack. */
  readonly outputs: readonly Omit<Change, "replaces">[];
  /** Errors and warnings, without those that a gate's verdict already is. */
  readonly problems: readonly Diagnostic[];
  /** Parents of all resources that are known, by URN. */
  readonly parents: ReadonlyMap<string, string>;
}

/** What the engine says at the end of every preview that failed, after the reason. */
const NO_NEWS = "error: preview failed";

/** What the one who renders knows beside the plan. */
export interface Context {
  readonly project: string;
  /** Where the plan has no resource that tells it. @default the plan's */
  readonly stack?: string | undefined;
  readonly commit?: string | undefined;
  /** With which `pulumi preview` ended. @default 0 */
  readonly exitCode?: number | undefined;
}

/** Puts together what a reader should know of a preview. */
export function reportOf(plan: Plan, events: Events, context: Context): Report {
  const resources = changedResources(plan, events);
  const made = resources.filter(({ isComponent }) => !isComponent);
  const named = parseUrn(plan.steps[0]?.urn ?? "");
  const problems = plan.diagnostics
    .filter(({ severity }) => severity === "error" || severity === "warning")
    .filter((one) => !isVerdict(one))
    .filter(({ message }) => firstLine(message) !== NO_NEWS);
  const violations = [...events.violations].sort(
    (a, b) => Number(isMandatory(b)) - Number(isMandatory(a)),
  );
  const hasErrors = problems.some(({ severity }) => severity === "error");
  const gates = gatesOf(plan, events);
  // An update that a gate or a policy stops has a plan all the same.
  const stopped = violations.some(isMandatory) || gates.some(stops);
  return {
    project: named.project === "" ? context.project : named.project,
    stack: context.stack ?? (named.stack === "" ? "unknown" : named.stack),
    commit: context.commit,
    failed: hasErrors || (!stopped && (context.exitCode ?? 0) !== 0),
    groups: groupsOf(resources),
    counts: new Map(
      operations.map((one) => [one, made.filter(({ operation }) => operation === one).length]),
    ),
    unchanged: plan.changeSummary?.["same"],
    gates,
    violations,
    costs: costChanges(made),
    outputs:
      events.outputs === undefined || hasErrors
        ? []
        : differences("", events.outputs.old, events.outputs.new),
    problems,
    parents: events.parents,
  };
}

/** A report of a preview that ended before there was a plan. */
export function reportOfFailure(text: string, context: Context): Report {
  const message = text.trim() === "" ? "pulumi preview wrote nothing." : text.trim();
  const diagnostics = [{ urn: "", message, severity: "error" }];
  const plan: Plan = { steps: [], diagnostics, changeSummary: undefined };
  return reportOf(plan, noEvents, context);
}

/** Whether a violation stops the update. */
export function isMandatory({ enforcementLevel }: Violation): boolean {
  return enforcementLevel === "mandatory";
}

/** Whether an update would change anything, or there is anything else to say. */
export function isQuiet(report: Report): boolean {
  const changes = [...report.counts.values()].some((count) => count > 0);
  return !(
    changes ||
    report.failed ||
    report.groups.length > 0 ||
    report.outputs.length > 0 ||
    report.violations.length > 0 ||
    report.problems.length > 0 ||
    report.gates.some((gate) => stops(gate) || gate.standing === "PROMOTED BY BREAKGLASS")
  );
}

function fateOf(members: readonly Resource[]): Group["fate"] {
  const model = members.find(({ type }) => type === MODEL);
  if (model?.operation === "create") return "new";
  return model?.operation === "delete" ? "removed" : undefined;
}

function groupsOf(resources: readonly Resource[]): Group[] {
  const byHome = new Map<string, Resource[]>();
  for (const one of resources) {
    const key = `${one.home.kind} ${one.home.name}`;
    byHome.set(key, [...(byHome.get(key) ?? []), one]);
  }
  const groups = [...byHome.values()].flatMap((members) =>
    members[0] === undefined
      ? []
      : [{ home: members[0].home, fate: fateOf(members), resources: members }],
  );
  const order = ["model", "platform", "azure", "other"];
  return groups.sort(
    (a, b) =>
      order.indexOf(a.home.kind) - order.indexOf(b.home.kind) || compare(a.home.name, b.home.name),
  );
}
