import type { VNode } from "preact";
import type { JobView, RunView } from "../jobs";
import { duration } from "./format";
import { Status, Table, Time } from "./parts";
import { RunStatus } from "./statuses";

/** Jobs, each with its newest run. */
export function JobTable({ jobs, asOf }: { jobs: readonly JobView[]; asOf: number }): VNode {
  return (
    <Table caption="Jobs" head={["Job", "Last run", "Result", "Error", "Schedule"]}>
      {jobs.map((job) => (
        <tr>
          <th scope="row">
            <a href={`/runs?job=${job.id}`}>{job.name}</a>
          </th>
          <td>
            {job.lastRun === undefined ? (
              <Status tone="none">Never ran</Status>
            ) : (
              <a href={`/runs/${job.lastRun.id}`}>
                <Time at={job.lastRun.startedAt} asOf={asOf} short />
              </a>
            )}
          </td>
          <td>
            {job.lastRun === undefined ? (
              "–"
            ) : (
              <RunStatus standing={job.lastRun.standing} word={job.lastRun.word} />
            )}
          </td>
          <td class="reason">{job.lastRun?.error ?? ""}</td>
          <td>
            {job.schedule === undefined ? (
              <Status tone="none">When started</Status>
            ) : (
              <>
                <code>{job.schedule}</code> {job.paused ? "(paused)" : ""}
              </>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

const triggers: Record<RunView["trigger"], string> = {
  ONE_TIME: "by hand",
  PERIODIC: "schedule",
  RUN_JOB_TASK: "another job",
};

/** Runs, the newest first. */
export function RunTable({
  runs,
  asOf,
  caption,
}: {
  runs: readonly RunView[];
  asOf: number;
  caption: string;
}): VNode {
  return (
    <Table caption={caption} head={["Run", "Started", "Took", "Started by", "Result", "Error"]}>
      {runs.map((run) => (
        <tr>
          <th scope="row">
            <a href={`/runs/${run.id}`}>{run.name === "" ? run.id : run.name}</a>
          </th>
          <td>
            <Time at={run.startedAt} asOf={asOf} short />
          </td>
          <td class="number">
            {run.endedAt === undefined ? "–" : duration(run.endedAt - run.startedAt)}
          </td>
          <td>{triggers[run.trigger]}</td>
          <td>
            <RunStatus standing={run.standing} word={run.word} />
          </td>
          <td class="reason">{run.error ?? ""}</td>
        </tr>
      ))}
    </Table>
  );
}
