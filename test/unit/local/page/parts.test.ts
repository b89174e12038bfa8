import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { standingOf } from "../../../../local/page/jobs";
import { driftOf } from "../../../../local/page/monitors";
import { read } from "../../../../local/page/reading";
import { mentions, relatedTo } from "../../../../local/page/related";
import { stateOf } from "../../../../local/page/endpoints";
import { endpointConfig } from "../../../../local/serving/records";
import { isSteep, ticksTo } from "../../../../local/page/views/chart";
import { duration, figure, percent, plural, span } from "../../../../local/page/views/format";
import { withoutControls } from "../../../../local/page/views/runPages";
import * as facts from "./facts";

describe("a reading", () => {
  test("holds what the source said", async () => {
    expect(await read("MLflow", () => Promise.resolve(3))).toEqual({ known: true, value: 3 });
  });

  test("holds why there is nothing, in one line", async () => {
    const fail = () => Promise.reject(new Error("gone\n  at x"));
    expect(await read("MLflow", fail)).toEqual({ known: false, why: "MLflow: gone" });
  });

  test("does not wait for a source that says nothing", async () => {
    const never = () => new Promise<number>(() => undefined);
    expect(await read("MLflow", never, 20)).toEqual({
      known: false,
      why: "MLflow did not answer within 0.02 s.",
    });
  });
});

describe("what has to do with a model", () => {
  const model = "main.models.churn";
  const unpack = facts.job({
    id: 4,
    text: '["--payload=main.logs.churn_payload","--predictions=main.logs.churn_predictions"]',
  });
  const retrain = facts.job({ id: 5, text: "[]", starts: [3] });
  const other = facts.job({ id: 6, text: '["--model=main.models.churn_2"]' });
  const all = {
    endpoints: [facts.endpoint(), facts.endpoint({ name: "other", served: [] })],
    monitors: [facts.monitor(), facts.monitor({ table: "main.logs.other" })],
    jobs: [facts.job(), unpack, retrain, other],
  };

  test("is found by what mentions it, over the tables between", () => {
    const found = relatedTo(model, all);
    expect(found.endpoints.map(({ name }) => name)).toEqual(["churn-endpoint"]);
    expect(found.monitors).toEqual([all.monitors[0]]);
    expect(found.jobs.map(({ id }) => id)).toEqual([3, 4, 5]);
    expect(found.names).toContain("main.monitoring.churn_predictions_drift_metrics");
  });

  test("is a table that a job of the model writes, without any endpoint", () => {
    const batch = facts.job({ text: '["main.models.churn","main.logs.churn_predictions"]' });
    const found = relatedTo(model, { ...all, endpoints: [], jobs: [batch] });
    expect(found.monitors).toEqual([all.monitors[0]]);
  });

  test.each([
    ["--model=a.b.c", true],
    ["FROM `a`.`b`.`c` WHERE", true],
    ["A.B.C", true],
    ["a.b.c_payload", false],
    ["x.a.b.c", false],
    ["a.b.c_1 and a.b.c", true],
  ])("%s mentions a.b.c: %s", (text, expected) => {
    expect(mentions(text, new Set(["a.b.c"]))).toBe(expected);
  });
});

describe("words for states", () => {
  const config = endpointConfig.parse({ version: 1, start_time: 0, entities: [], routes: [] });

  test("tell an endpoint that is behind from one that never came up", () => {
    expect(stateOf({ config, update: "UPDATE_FAILED" })).toBe("behind");
    expect(stateOf({ update: "UPDATE_FAILED" })).toBe("failed");
    expect(stateOf({ config, update: "IN_PROGRESS" })).toBe("updating");
    expect(stateOf({ update: "IN_PROGRESS" })).toBe("starting");
    expect(stateOf({ config, update: "NOT_UPDATING" })).toBe("ready");
    expect(stateOf({ update: "NOT_UPDATING" })).toBe("empty");
  });

  test("call a run with a failed task failed", () => {
    expect(standingOf("ENDED", "SUCCESS_WITH_FAILURES")).toBe("failed");
    expect(standingOf("ENDED", "UPSTREAM_FAILED")).toBe("skipped");
    expect(standingOf("WAITING_FOR_RETRY", undefined)).toBe("waiting");
  });
});

describe("drift for a chart", () => {
  const window = (granularity: string, day: number, rows = 5000) => ({
    start: new Date(day * 86_400_000),
    end: new Date((day + 1) * 86_400_000),
    granularity,
    rows,
    score: 0.4,
    columns: [
      { column: "row_number", psi: 0.4, driftType: "CONSECUTIVE" as const },
      { column: "spend", psi: 0.08 * day, driftType: "BASELINE" as const },
    ],
  });
  const alert = { text: "… column_name IN ('spend', 'prediction')", threshold: 0.1 };
  const history = (...windows: ReturnType<typeof window>[]) => ({
    windows,
    lastRefresh: undefined,
  });

  test("is of the granularity with the most windows, and of the columns that the alert names", () => {
    const found = driftOf(
      history(window("1 week", 0), window("1 day", 1), window("1 day", 2)),
      alert,
    );
    expect(found.granularity).toBe("1 day");
    expect(found.points).toMatchObject([
      { column: "spend", score: 0.08, verdict: "within" },
      { column: "spend", score: 0.16, verdict: "above" },
    ]);
  });

  test("is of all columns, and open, without an alert", () => {
    const { points } = driftOf(history(window("1 day", 1)), undefined);
    expect(points).toMatchObject([{ column: "row_number", score: 0.4, verdict: "open" }]);
  });

  test("says nothing of windows with few rows", () => {
    const { points } = driftOf(history(window("1 day", 2, 100)), alert);
    expect(points).toMatchObject([{ score: 0.16, verdict: "few" }]);
  });
});

describe("ticks", () => {
  test("are few, even, and reach above every value", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (value) => {
        const ticks = ticksTo(value);
        expect(ticks[0]).toBe(0);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(value * 0.99999);
        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(ticks.length).toBeGreaterThan(2);
      }),
    );
  });

  test("exist where there is nothing to draw", () => {
    expect(ticksTo(0)).toEqual([0, 1]);
    expect(ticksTo(Number.NaN)).toEqual([0, 1]);
  });
});

test("a window far above the threshold does not press all others to the axis", () => {
  expect(isSteep([facts.point(0.02), facts.point(0.9)], 0.1)).toBe(false);
  expect(isSteep([facts.point(0.02), facts.point(7.8)], 0.1)).toBe(true);
  expect(isSteep([facts.point(7.8)], undefined)).toBe(false);
});

describe("figures", () => {
  test("are short, and do not hide what is there", () => {
    expect(figure(0.8477641234)).toBe("0.847764");
    expect(figure("NaN")).toBe("NaN");
    expect(figure(12345)).toBe("12,345");
    expect(percent(0, 10)).toBe("0 %");
    expect(percent(1, 100_000)).toBe("< 0.1 %");
    expect(percent(12, 3071)).toBe("0.391 %");
    expect(plural(1, "run")).toBe("1 run");
    expect(plural(1200, "run")).toBe("1,200 runs");
    expect(span(59_999)).toBe("59 s");
    expect(span(-5)).toBe("0 s");
    expect(duration(245_000)).toBe("4 min 05 s");
  });

  test("logs lose the codes of terminals, and nothing else", () => {
    expect(withoutControls("\u001b[31mred\u001b[0m\ta\nb\u0007\r\n")).toBe("red\ta\nb\n");
  });
});
