import type { PythonJob } from "../components";

/** The command that runs jobs one after the other. */
export function jobCommand(...jobs: readonly PythonJob[]): string {
  return `npm run job -- ${jobs.map(({ jobName }) => jobName).join(" ")}`;
}
