import { invalid } from "../errors";
import type { Workspace } from "../workspace";
import { warehouses } from "./records";

/**
 * Starts a warehouse that is stopped, as the first statement that it gets does.
 * @throws ApiError INVALID_PARAMETER_VALUE when there is none of this id.
 */
export function wake(workspace: Workspace, id: string): void {
  const warehouse = warehouses(workspace).get(id);
  if (warehouse === undefined) throw invalid(`${id} is not a valid endpoint id.`);
  if (warehouse.state === "STOPPED")
    warehouses(workspace).put(id, { ...warehouse, state: "RUNNING" });
}
