import type { WorkspaceFiles } from "../workspaceFiles";
import type { Workspace } from "../workspace";
import type { Compute } from "./compute";
import type { RunRecord } from "./records";
import type { Slots } from "./slots";

/** What a run needs of the workspace. */
export interface RunServices {
  readonly workspace: Workspace;
  readonly files: WorkspaceFiles;
  readonly compute: Compute;
  /** How many Python tasks run at once. */
  readonly slots: Slots;
  save(run: RunRecord): void;
  /** Starts a run of another job and gives its id. @throws ApiError when it cannot be started */
  startJob(jobId: number, parameters: Record<string, string>, parent: Parent): number;
  /** Resolves when the run has ended. */
  ended(runId: number): Promise<RunRecord>;
  cancel(runId: number): void;
}

/** The task run that starts another job. */
export interface Parent {
  readonly run: RunRecord;
  readonly taskRunId: number;
}
