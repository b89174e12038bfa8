import { z } from "zod";
import { operation, type Operation } from "../route";
import type { Workspace } from "../workspace";
import { callerOf } from "./caller";
import { FaultPlans } from "./plans";
import { faultPlan, scope } from "./rule";

const plans = new WeakMap<Workspace, FaultPlans>();

/** The faults of a workspace; none are kept when it ends. */
export function faultsOf(workspace: Workspace): FaultPlans {
  const found = plans.get(workspace) ?? new FaultPlans();
  plans.set(workspace, found);
  return found;
}

/** Where faults are switched on and off. No rule strikes here. */
export const FAULTS = "/local/faults";

/** The calls that Databricks does not have: they make it fail. */
export const faultOperations: Operation[] = [
  operation(`GET ${FAULTS}`, {
    answers: "raw",
    handle: ({ workspace, request }) => faultsOf(workspace).shown(callerOf(request)),
  }),
  operation(`PUT ${FAULTS}`, {
    answers: "raw",
    body: faultPlan,
    handle: ({ workspace, request, body }) => {
      const faults = faultsOf(workspace);
      faults.set(callerOf(request), body);
      return faults.shown(callerOf(request));
    },
  }),
  operation(`DELETE ${FAULTS}`, {
    answers: "raw",
    query: z.strictObject({ scope: scope.default("everyone") }),
    handle: ({ workspace, request, query }) => {
      faultsOf(workspace).clear(callerOf(request), query.scope);
    },
  }),
];
