import type { z } from "zod";
import { invalid } from "../errors";
import { WORKSPACE_ID } from "../identity";
import type { binding } from "./records";

export type Binding = z.output<typeof binding>;

/** Something that some workspaces may use, or all of them. */
export interface Bindable {
  readonly isolation_mode: string;
  readonly bindings: readonly Binding[];
}

/** Whether the workspace may use it: if it is isolated, only when it is bound to the workspace. */
export function isBoundTo({ isolation_mode, bindings }: Bindable): boolean {
  return (
    !isolation_mode.endsWith("ISOLATED") ||
    bindings.some(({ workspace_id }) => workspace_id === WORKSPACE_ID)
  );
}

/**
 * The bindings after a change.
 * @throws ApiError INVALID_PARAMETER_VALUE for another workspace: the metastore has this one alone.
 */
export function rebound(
  before: readonly Binding[],
  added: readonly Binding[],
  removed: readonly number[],
): Binding[] {
  const named = [...added.map(({ workspace_id }) => workspace_id), ...removed];
  const foreign = named.find((id) => id !== WORKSPACE_ID);
  if (foreign !== undefined)
    throw invalid(
      `Workspace ${foreign} is not assigned to the metastore; it has only ${WORKSPACE_ID}.`,
    );
  return [...before.filter(({ workspace_id }) => !named.includes(workspace_id)), ...added];
}
