import { constants } from "node:os";
import { ApiError } from "../errors";
import { workspacePath, type WorkspaceFiles } from "../workspaceFiles";
import type { Workspace } from "../workspace";
import type { Compute } from "./compute";
import { taskEnvironment } from "./environment";
import type { TaskResult } from "./graph";
import { logPath, readLog, reportPath, takeReport } from "./output";
import type { Attempt } from "./records";
import type { JobSettings } from "./settings";
import type { TaskSettings } from "./task";

/** What a Python task runs with. */
export interface PythonTask {
  readonly workspace: Workspace;
  readonly files: WorkspaceFiles;
  readonly compute: Compute;
  readonly settings: JobSettings;
  readonly task: TaskSettings;
  readonly file: string;
  /** With references replaced. */
  readonly arguments: readonly string[];
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Ends the task when it aborts. */
  readonly signal: AbortSignal;
}

/** How an attempt ended, and what it has set for later tasks. */
export interface AttemptResult extends Pick<
  Attempt,
  "error" | "error_trace" | "environment_problem" | "file_problem" | "alert_state"
> {
  readonly result: TaskResult;
  readonly values: Record<string, string>;
}

/** Runs a Python file of the workspace to its end, to its time limit or until the run is ended. */
export async function runPython(runId: number, given: PythonTask): Promise<AttemptResult> {
  const { workspace, files, task } = given;
  const path = workspacePath(given.file);
  try {
    if (files.get(path).object_type !== "FILE") return unreadable(given.file);
  } catch (error) {
    if (error instanceof ApiError) return unreadable(given.file);
    throw error;
  }
  const process = given.compute.run({
    script: files.locate(path),
    arguments: given.arguments,
    environment: { ...taskEnvironment(workspace), ...clusterVariables(given) },
    dependencies: dependenciesOf(given),
    serverless: task.environment_key !== undefined,
    files: files.root,
    values: given.values,
    log: logPath(workspace, runId),
    report: reportPath(workspace, runId),
  });
  const limit = task.timeout_seconds ?? 0;
  const timeout = new AbortController();
  const end = (): void => {
    process.end();
  };
  const expire = (): void => {
    timeout.abort();
    end();
  };
  const timer = limit === 0 ? undefined : setTimeout(expire, limit * 1000);
  given.signal.addEventListener("abort", end, { once: true });
  let code: number;
  try {
    code = await process.exited;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { result: "INTERNAL_ERROR", error: reason, values: {} };
  } finally {
    clearTimeout(timer);
    given.signal.removeEventListener("abort", end);
  }
  const report = takeReport(workspace, runId);
  const values = report.values ?? {};
  if (timeout.signal.aborted)
    return {
      result: "TIMEDOUT",
      error: `The task took longer than its timeout_seconds, ${limit}, and was ended.`,
      values,
    };
  if (given.signal.aborted) return { result: "CANCELED", values };
  if (code === 0) return { result: "SUCCESS", values };
  return {
    result: "FAILED",
    error: report.error ?? lastWords(workspace, runId, code),
    ...(report.error_trace === undefined ? {} : { error_trace: report.error_trace }),
    ...(report.environment ? { environment_problem: true } : {}),
    values,
  };
}

function unreadable(file: string): AttemptResult {
  const error =
    `Cannot read the python file ${file}. Either it does not exist, or it is no file, ` +
    "or the identity used to run this job lacks the required permissions.";
  return { result: "FAILED", error, file_problem: true, values: {} };
}

/** Why a process without an exception has failed: the signal that ended it, or its last line. */
function lastWords(workspace: Workspace, runId: number, code: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  if (code > 128 && signal !== undefined) return `The process was ended by ${signal}.`;
  const lines = readLog(workspace, runId, 4096).text.trimEnd().split("\n");
  const last = lines.at(-1)?.trim() ?? "";
  return last === "" ? `SystemExit: ${code}` : `SystemExit: ${code}: ${last}`;
}

function dependenciesOf({ settings, task }: PythonTask): string[] {
  const environment = settings.environments?.find(
    ({ environment_key }) => environment_key === task.environment_key,
  );
  return [
    ...(environment?.spec?.dependencies ?? []),
    ...(task.libraries ?? []).map(({ pypi }) => pypi.package),
  ];
}

function clusterVariables({ settings, task }: PythonTask): Record<string, string> {
  const shared = settings.job_clusters?.find(
    ({ job_cluster_key }) => job_cluster_key === task.job_cluster_key,
  );
  return (task.new_cluster ?? shared?.new_cluster)?.spark_env_vars ?? {};
}
