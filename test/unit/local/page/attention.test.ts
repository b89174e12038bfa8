import { describe, expect, test } from "vitest";
import { concernsOf, isMeasured, type ModelFacts } from "../../../../local/page/attention";
import { known, unknown } from "../../../../local/page/reading";
import * as facts from "./facts";

const refused = { ...facts.promoted, verdict: "refused", reason: "val_f1 0.7, must be > 0.8" };

describe("what needs attention", () => {
  test("is no drift that the alert was evaluated on and does not fire for", () => {
    const drift = (end_time_ms: number) =>
      known({
        points: [facts.point(0.2)],
        granularity: "1 day",
        lastRefresh: {
          refresh_id: 1,
          object_id: "1",
          monitor_version: 1,
          state: "SUCCESS" as const,
          trigger: "SCHEDULE" as const,
          start_time_ms: 1,
          end_time_ms,
        },
      });
    const concerns = (end: number) =>
      concernsOf({ ...facts.healthy, monitors: [facts.monitor({ drift: drift(end) })] });
    expect(concerns(999)).toEqual([]);
    expect(concerns(1001)).toHaveLength(1);
  });

  test("is nothing at a healthy model", () => {
    expect(concernsOf(facts.healthy)).toEqual([]);
  });

  test.each<[string, Partial<ModelFacts>, string, RegExp]>([
    [
      "an endpoint that never came up",
      { endpoints: [facts.endpoint({ state: "failed", failure: "no xgboost", served: [] })] },
      "critical",
      /churn-endpoint does not answer: no xgboost/,
    ],
    [
      "an endpoint that serves an older version",
      { endpoints: [facts.endpoint({ state: "behind", failure: "no xgboost" })] },
      "serious",
      /still serves v1, its last update failed: no xgboost/,
    ],
    [
      "many failed requests",
      {
        endpoints: [
          facts.endpoint({ traffic: { ...facts.endpoint().traffic, requests: 100, errors: 5 } }),
        ],
      },
      "serious",
      /5 of 100 requests/,
    ],
    [
      "an alert that fires",
      { alerts: [facts.alert({ state: "TRIGGERED", value: "0.2" })] },
      "serious",
      /"churn drift" fires: MAX\(drift_score\) > 0.1 \(0.2\)/,
    ],
    [
      "an alert that cannot be evaluated",
      { alerts: [facts.alert({ state: "ERROR", error: "no such table" })] },
      "serious",
      /could not be evaluated: no such table/,
    ],
    [
      "drift that no alert has told of yet",
      {
        monitors: [
          facts.monitor({
            drift: known({
              points: [facts.point(0.02), facts.point(0.2, 1)],
              granularity: "1 day",
              lastRefresh: undefined,
            }),
          }),
        ],
      },
      "serious",
      /Drift of total_spend is 0.200, above 0.1/,
    ],
    [
      "a monitor that failed",
      { monitors: [facts.monitor({ status: "FAILED", failure: "no column" })] },
      "serious",
      /monitor of main.logs.churn_predictions failed: no column/,
    ],
    [
      "drift that is not known",
      { monitors: [facts.monitor({ drift: unknown("The SQL engine: gone") })] },
      "unknown",
      /Drift is unknown. The SQL engine: gone/,
    ],
    [
      "versions that are not known",
      { versions: unknown("MLflow: gone") },
      "unknown",
      /Versions are unknown. MLflow: gone/,
    ],
    [
      "a failed run",
      { jobs: [facts.job({ lastRun: facts.run({ standing: "failed", error: "fit: no rows" }) })] },
      "serious",
      /last run of churn-training failed: fit: no rows/,
    ],
    [
      "a champion by hand",
      { versions: known([facts.version(1, { aliases: ["champion"] })]) },
      "serious",
      /v1 is champion without the gate's verdict/,
    ],
    [
      "evidence that was changed",
      {
        versions: known([
          facts.version(1, { aliases: ["champion"], gate: { ...facts.promoted, proof: "broken" } }),
        ]),
      },
      "serious",
      /evidence of v1's promotion has been changed/,
    ],
    ["no version", { versions: known([]), endpoints: [] }, "minor", /has no version yet/],
    [
      "no champion",
      { versions: known([facts.version(1)]), endpoints: [] },
      "minor",
      /no champion, so nothing is served/,
    ],
    [
      "a served model whose champion is gone",
      { versions: known([facts.version(1)]) },
      "serious",
      /served, but has no champion/,
    ],
    [
      "a refused challenger",
      {
        versions: known([
          facts.version(2, { aliases: ["challenger"], gate: refused }),
          facts.champion,
        ]),
      },
      "minor",
      /v2 was refused by the gate: val_f1 0.7, must be > 0.8/,
    ],
    [
      "a challenger before the gate",
      { versions: known([facts.version(2, { aliases: ["challenger"] }), facts.champion]) },
      "minor",
      /v2 waits for the gate/,
    ],
  ])("is %s", (_, change, severity, reason) => {
    const found = concernsOf({ ...facts.healthy, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity, reason: expect.stringMatching(reason) as string });
  });

  test("comes worst first", () => {
    const found = concernsOf({
      versions: known([]),
      endpoints: [facts.endpoint({ state: "failed" })],
      monitors: [facts.monitor({ drift: unknown("gone") })],
      alerts: [facts.alert({ state: "TRIGGERED" })],
      jobs: [],
    });
    expect(found.map(({ severity }) => severity)).toEqual([
      "critical",
      "serious",
      "minor",
      "unknown",
    ]);
  });

  test("is not the same as health, while drift is not measured or the alert not evaluated", () => {
    const none = known({ points: [], granularity: undefined, lastRefresh: undefined });
    const change = (more: Partial<ModelFacts>) => isMeasured({ ...facts.healthy, ...more });
    expect(isMeasured(facts.healthy)).toBe(true);
    expect(change({ monitors: [], alerts: [] })).toBe(true);
    expect(change({ monitors: [facts.monitor({ drift: none })] })).toBe(false);
    expect(change({ alerts: [facts.alert({ state: "UNKNOWN" })] })).toBe(false);
  });

  test("is not an error in a hundred", () => {
    const traffic = { ...facts.endpoint().traffic, requests: 100, errors: 1 };
    const endpoints = [facts.endpoint({ traffic })];
    expect(concernsOf({ ...facts.healthy, endpoints })).toEqual([]);
  });
});
