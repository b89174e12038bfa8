import type { AlertView } from "../../../../local/page/alerts";
import type { ModelFacts } from "../../../../local/page/attention";
import type { EndpointView } from "../../../../local/page/endpoints";
import type { JobView, RunView } from "../../../../local/page/jobs";
import type { DriftPoint, MonitorView } from "../../../../local/page/monitors";
import { known } from "../../../../local/page/reading";
import type { VersionView } from "../../../../local/page/versions";

/** What a healthy model is made of; each test changes what it is about. */

export const promoted = {
  verdict: "promoted",
  reason: "val_f1 0.9 > 0.8",
  runId: "r1",
  at: 1000,
  previousChampion: undefined,
  proof: "intact" as const,
  evidence: [],
};

export const version = (number: number, more: Partial<VersionView> = {}): VersionView => ({
  number,
  status: "READY",
  problem: undefined,
  aliases: [],
  description: "",
  createdAt: 1000,
  createdBy: "me",
  runId: undefined,
  run: undefined,
  gate: undefined,
  tags: [],
  ...more,
});

export const champion = version(1, { aliases: ["champion"], gate: promoted });

export const endpoint = (more: Partial<EndpointView> = {}): EndpointView => ({
  name: "churn-endpoint",
  description: undefined,
  state: "ready",
  failure: undefined,
  served: [
    {
      name: "churn-1",
      model: "main.models.churn",
      version: "1",
      percentage: 100,
      process: "running",
      scalesToZero: false,
      requests: 10,
      errors: 0,
    },
  ],
  pending: [],
  traffic: {
    requests: 10,
    errors: 0,
    p50Ms: 5,
    p95Ms: 9,
    lastRequest: new Date(1000),
    served: [],
  },
  updatedAt: 1000,
  payloadTable: "main.logs.churn_payload",
  ...more,
});

export const point = (score: number, day = 0): DriftPoint => ({
  start: day * 86_400_000,
  end: (day + 1) * 86_400_000,
  score,
  column: "total_spend",
  rows: 1000,
  verdict: score > 0.1 ? "above" : "within",
});

export const monitor = (more: Partial<MonitorView> = {}): MonitorView => ({
  table: "main.logs.churn_predictions",
  profileTable: "main.monitoring.churn_predictions_profile_metrics",
  driftTable: "main.monitoring.churn_predictions_drift_metrics",
  status: "ACTIVE",
  failure: undefined,
  schedule: undefined,
  alert: alert(),
  drift: known({ points: [point(0.02)], granularity: "1 day", lastRefresh: undefined }),
  ...more,
});

export const alert = (more: Partial<AlertView> = {}): AlertView => ({
  id: "a1",
  name: "churn drift",
  state: "OK",
  evaluatedAt: 1000,
  value: "0.02",
  error: undefined,
  condition: "MAX(drift_score) > 0.1",
  threshold: 0.1,
  schedule: "0 15 * * * ?",
  paused: false,
  recipients: 1,
  text: "SELECT 1 FROM main.monitoring.churn_predictions_drift_metrics",
  notifications: [],
  ...more,
});

export const run = (more: Partial<RunView> = {}): RunView => ({
  id: 7,
  jobId: 3,
  name: "churn-training",
  standing: "succeeded",
  word: "SUCCESS",
  message: "",
  trigger: "ONE_TIME",
  startedAt: 1000,
  endedAt: 2000,
  error: undefined,
  ...more,
});

export const job = (more: Partial<JobView> = {}): JobView => ({
  id: 3,
  name: "churn-training",
  description: undefined,
  schedule: undefined,
  paused: false,
  lastRun: run(),
  text: '["--model=main.models.churn"]',
  starts: [],
  ...more,
});

export const healthy: ModelFacts = {
  versions: known([champion]),
  endpoints: [endpoint()],
  monitors: [monitor()],
  alerts: [alert()],
  jobs: [job()],
};
