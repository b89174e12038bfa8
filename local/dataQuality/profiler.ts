import { lakehouseOf } from "../lakehouse";
import type { Workspace } from "../workspace";
import type { ProfileSpec } from "./spec";

/** What computes the metrics of monitors. */
export interface Profiler {
  /**
   * Brings a monitor's metric tables up to date.
   * @returns what was done, in a sentence.
   * @throws SqlRefusal when a table or column is gone, or the refresh was cancelled; ApiError when the engine
   * cannot be reached.
   */
  refreshProfile(refreshId: number, spec: ProfileSpec): Promise<string>;
  /** Ends a refresh at its next step; nothing happens if it does not run. */
  cancelProfile(refreshId: number): Promise<void>;
}

const profilers = new WeakMap<Workspace, Profiler>();

/** Lets something else than the SQL engine compute the metrics. */
export function setProfiler(workspace: Workspace, profiler: Profiler): void {
  profilers.set(workspace, profiler);
}

/** What computes the workspace's metrics: its SQL engine, unless {@link setProfiler} said otherwise. */
export function profilerOf(workspace: Workspace): Profiler {
  return profilers.get(workspace) ?? lakehouseOf(workspace);
}
