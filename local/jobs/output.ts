import { closeSync, fstatSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Workspace } from "../workspace";

/** https://docs.databricks.com/api/workspace/jobs/getrunoutput: "the last 5 MB of these logs" */
const LOG_LIMIT = 5 * 1024 * 1024;

const report = z.strictObject({
  error: z.string().optional(),
  error_trace: z.string().optional(),
  environment: z.boolean().optional(),
  values: z.record(z.string(), z.string()).optional(),
});

/** What a task's process tells when it ends. */
export type Report = z.infer<typeof report>;

/** The file that holds what an attempt has printed. */
export function logPath(workspace: Workspace, runId: number): string {
  return join(workspace.folder("job-runs"), `${runId}.log`);
}

/** The file in which an attempt's process leaves its {@link Report}. */
export function reportPath(workspace: Workspace, runId: number): string {
  return join(workspace.folder("job-runs"), `${runId}.report.json`);
}

/** Reads a report and removes it; empty when the process could not write one. */
export function takeReport(workspace: Workspace, runId: number): Report {
  const path = reportPath(workspace, runId);
  try {
    return report.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return {};
  } finally {
    rmSync(path, { force: true });
  }
}

/** The end of what an attempt has printed so far. */
export function readLog(
  workspace: Workspace,
  runId: number,
  limit = LOG_LIMIT,
): { text: string; truncated: boolean } {
  let file: number;
  try {
    file = openSync(logPath(workspace, runId), "r");
  } catch {
    return { text: "", truncated: false };
  }
  try {
    const { size } = fstatSync(file);
    const start = Math.max(0, size - limit);
    const buffer = Buffer.alloc(size - start);
    const length = readSync(file, buffer, 0, buffer.length, start);
    return { text: buffer.toString("utf8", 0, length), truncated: start > 0 };
  } finally {
    closeSync(file);
  }
}

/** Removes what an attempt has left on disk. */
export function removeOutput(workspace: Workspace, runId: number): void {
  rmSync(logPath(workspace, runId), { force: true });
  rmSync(reportPath(workspace, runId), { force: true });
}
