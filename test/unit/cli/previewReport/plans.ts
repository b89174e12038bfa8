import type { Plan, Properties, Step } from "../../../../cli/previewReport/plan";
import { noEvents, type Events } from "../../../../cli/previewReport/events";
import { reportOf, type Context, type Report } from "../../../../cli/previewReport/report";

/** URNs of a stack `mlops/prod`, as the engine makes them. */
export function urn(types: string, name: string): string {
  return `urn:pulumi:prod::mlops::${types}::${name}`;
}

export const MODEL = "mlops:index:ModelStack";
export const TABLE = "databricks:index/sqlTable:SqlTable";
export const GATE = "pulumi-nodejs:dynamic/mlops:PromotionGate";

/** URN of a model. */
export const model = (name: string): string => urn(MODEL, name);

interface Described {
  readonly op: string;
  readonly type: string;
  readonly name: string;
  /** URN. */
  readonly parent?: string;
  readonly before?: Properties;
  readonly after?: Properties;
  readonly more?: Partial<Step>;
}

/** A step of a resource below a model, with as little as it needs. */
export function step({ op, type, name, parent = "", before, after, more }: Described): Step {
  const state = (inputs: Properties) => ({ custom: true, inputs, outputs: {}, parent });
  return {
    op,
    urn: urn(parent === "" ? type : `${MODEL}$${type}`, name),
    ...(before === undefined ? {} : { oldState: state(before) }),
    ...(after === undefined ? {} : { newState: state(after) }),
    ...more,
  };
}

/** A plan of these steps. */
export function planOf(steps: readonly Step[], more: Partial<Plan> = {}): Plan {
  return { steps, diagnostics: [], changeSummary: { same: 1 }, ...more };
}

/** What is known of a plan beside it, unless a test says otherwise. */
export function report(
  plan: Plan,
  events: Partial<Events> = {},
  context: Partial<Context> = {},
): Report {
  return reportOf(plan, { ...noEvents, ...events }, { project: "mlops", ...context });
}
