import { z } from "zod";
import { double, int64 } from "../mlflow/fields";
import { mlflowOf } from "../mlflow/server";
import type { Workspace } from "../workspace";
import type { Metric } from "./versions";

const pair = z.object({ key: z.string(), value: z.string().default("") });
const answer = z.object({
  run: z.object({
    info: z.object({
      run_id: z.string(),
      run_name: z.string().default(""),
      experiment_id: z.string(),
      status: z.string().default("RUNNING"),
      start_time: int64.default(0),
      end_time: int64.optional(),
    }),
    data: z.object({
      metrics: z.array(z.object({ key: z.string(), value: double.default(0) })).default([]),
      params: z.array(pair).default([]),
      tags: z.array(pair).default([]),
    }),
  }),
});

type Pair = z.output<typeof pair>;

/** An MLflow run with what was logged to it. Times in ms. */
export interface SourceDetails {
  readonly id: string;
  readonly name: string;
  readonly experiment: string;
  readonly status: string;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly metrics: readonly Metric[];
  readonly parameters: readonly Pair[];
  readonly tags: readonly Pair[];
}

/** Reads one run. @throws ApiError 404 when there is none; TEMPORARILY_UNAVAILABLE without MLflow. */
export async function readSource(workspace: Workspace, id: string): Promise<SourceDetails> {
  const found = await mlflowOf(workspace).call("GET", "/api/2.0/mlflow/runs/get", { run_id: id });
  const { info, data } = answer.parse(found).run;
  const byKey = (a: { key: string }, b: { key: string }) => a.key.localeCompare(b.key);
  return {
    id: info.run_id,
    name: info.run_name,
    experiment: info.experiment_id,
    status: info.status,
    startedAt: info.start_time,
    endedAt: info.end_time,
    metrics: data.metrics.sort(byKey).map(({ key, value }) => ({ name: key, value })),
    parameters: data.params.sort(byKey),
    // MLflow's own tags hold what is shown above, or what is far too long.
    tags: data.tags.filter(({ key }) => !key.startsWith("mlflow.")).sort(byKey),
  };
}
