import { expect, test } from "vitest";
import type { Policy, Rule } from "../../../components/gate/decision/rule";
import type { RunDetails } from "./trackingDouble";
import { RegistryDouble } from "./registryDouble";
import { ABOVE, NO_WORSE, policyOf, standingOf } from "./standing";

/** The facts about a candidate with these metrics, once its run's details were changed. */
async function factsOf(
  metrics: Record<string, unknown>,
  change: (details: RunDetails, registry: RegistryDouble) => void = () => undefined,
  policy: Policy = policyOf([ABOVE]),
) {
  const registry = await RegistryDouble.start();
  registry.nominate("1", metrics);
  change(registry.run("1"), registry);
  return (await standingOf(registry, policy)).facts;
}

/** The candidate's run, as {@link factsOf} reads it. */
async function runOf(...args: Parameters<typeof factsOf>) {
  return (await factsOf(...args)).candidate?.run ?? null;
}

test.each([NaN, null, true, [0.9], { value: 0.9 }, "0.9", "NaN", "Infinity"])(
  "%j is not a number, and stays text",
  async (value) => {
    const run = await runOf({ val_auc_roc: value });
    expect(typeof run?.metrics["val_auc_roc"]?.value).toBe("string");
  },
);

test("a number that is too great to be one stays text, which a state can hold", async () => {
  const run = await runOf({ val_auc_roc: 0.9 }, (_, registry) => {
    registry.intercept = (request) => {
      const reply = registry.answer(request);
      const body = typeof reply === "object" ? JSON.stringify(reply.body) : "";
      return { body: body.replaceAll('"value":0.9', '"value":1e999') };
    };
  });
  expect(run).toMatchObject({ ambiguous: [], metrics: { val_auc_roc: { value: "Infinity" } } });
});

test.each<[string, { value: unknown; step: unknown }[], number | string]>([
  ["once", [{ value: 0.87, step: 0 }], 0.87],
  ["again, with the same value", [0.87, 0.87].map((value) => ({ value, step: 0 })), 0.87],
  ["before, in earlier steps", [0.1, 0.5, 0.87].map((value, step) => ({ value, step })), 0.87],
  [
    "in steps that JSON has as text",
    [0.1, 0.87].map((value, i) => ({ value, step: `${i}` })),
    0.87,
  ],
  ["with two values", [0.86, 0.87].map((value) => ({ value, step: 0 })), "0.86 and 0.87"],
  [
    "with two values, the better first",
    [0.87, 0.86].map((value) => ({ value, step: 3 })),
    "0.86 and 0.87",
  ],
  ["with a value and NaN", [0.87, "NaN"].map((value) => ({ value, step: 0 })), "0.87 and NaN"],
  ["otherwise since it was read", [{ value: 0.9, step: 1 }], "0.87 and 0.9"],
])("a metric that was logged %s: %j is %s", async (_what, history, value) => {
  const run = await runOf({ val_auc_roc: 0.87 }, ({ histories }) =>
    histories.set("val_auc_roc", history),
  );
  expect(run?.metrics["val_auc_roc"]?.value).toBe(value);
  expect(run?.ambiguous).toEqual(typeof value === "string" ? ["val_auc_roc"] : []);
});

test("a metric that the run lists twice is ambiguous, whichever comes first", async () => {
  const twice = (values: readonly number[]) => (details: RunDetails, registry: RegistryDouble) => {
    registry.intercept = ({ path }) => {
      const metrics = values.map((value) => ({ key: "val_auc_roc", value, timestamp: 1, step: 0 }));
      const info = {
        run_id: "run-1",
        experiment_id: details.experimentId,
        lifecycle_stage: "active",
      };
      return path.endsWith("runs/get") ? { body: { run: { info, data: { metrics } } } } : undefined;
    };
  };
  const runs = [await runOf({ val_auc_roc: 0.9 }, twice([0.9, 0.1]))];
  runs.push(await runOf({ val_auc_roc: 0.9 }, twice([0.1, 0.9])));
  for (const run of runs) {
    expect(run?.metrics["val_auc_roc"]?.value).toBe("0.1 and 0.9");
    expect(run?.ambiguous).toEqual(["val_auc_roc"]);
  }
});

test("a history of many pages is read to its end", async () => {
  const run = await runOf({ val_auc_roc: 0.87 }, (_, registry) => {
    registry.intercept = ({ path, query }) => {
      if (!path.endsWith("/get-history")) return undefined;
      const page = Number(query["page_token"] ?? "0");
      const value = page === 2 ? 0.99 : 0.87;
      const metrics = [{ key: "val_auc_roc", value, step: 5, timestamp: 1 }];
      return { body: { metrics, ...(page < 2 ? { next_page_token: String(page + 1) } : {}) } };
    };
  });
  expect(run?.ambiguous).toEqual(["val_auc_roc"]);
});

test.each<[string, object, string]>([
  ["is empty", {}, "val_auc_roc is in run run-1, but has no history"],
  ["is another's", { metrics: [{ key: "loss", value: 1, step: 0 }] }, "holds something else"],
  [
    "has no steps",
    { metrics: [{ key: "val_auc_roc", value: 1, step: "x" }] },
    "holds something else",
  ],
  ["is none", { metrics: "many" }, "holds something else"],
  ["never ends", { metrics: [], next_page_token: "again" }, "has no end"],
])("a history that %s contradicts the run", async (_what, body, said) => {
  const { contradictions } = await factsOf({ val_auc_roc: 0.87 }, (_, registry) => {
    registry.intercept = ({ path }) => (path.endsWith("/get-history") ? { body } : undefined);
  });
  expect(contradictions).toEqual([expect.stringContaining(said)]);
});

test("the histories of the rules' metrics are read, not the canary's", async () => {
  const rules: Rule[] = [ABOVE, NO_WORSE, { kind: "rows", metric: "val_rows", atLeast: 100 }];
  const canary = [{ percent: 10, minRequests: 5, rules: [] }];
  const asked: string[] = [];
  const metrics = {
    ...{ val_auc_roc: 0.9, champion_val_auc_roc: 0.8, val_rows: 200, canary_10_requests: 7 },
    train_loss: 0.3,
  };
  const run = await runOf(
    metrics,
    (_, registry) => {
      registry.intercept = ({ path, query }) => {
        if (path.endsWith("/get-history")) asked.push(query["metric_key"] ?? "");
        return undefined;
      };
    },
    policyOf(rules, { canary }),
  );
  expect(asked.sort()).toEqual(["champion_val_auc_roc", "val_auc_roc", "val_rows"]);
  expect(Object.keys(run?.metrics ?? {})).toEqual([
    ...["val_auc_roc", "champion_val_auc_roc", "val_rows", "canary_10_requests"],
  ]);
});

test.each([
  [undefined, null],
  [null, null],
  ["1763757600000", 1763757600000],
  [1763757600000, 1763757600000],
  [-1, null],
  [1.5, null],
  ["yesterday", null],
])("a metric logged at %j was logged at %j", async (loggedAt, at) => {
  const run = await runOf({ val_auc_roc: 0.9 }, (details) => (details.loggedAt = loggedAt));
  expect(run?.metrics["val_auc_roc"]).toEqual({ value: 0.9, at });
});

test("a run that was deleted is said to be, although MLflow still answers it", async () => {
  const run = await runOf({ val_auc_roc: 0.9 }, (details) => (details.stage = "deleted"));
  expect(run?.deleted).toBe(true);
});

test("a run that is not there, or none at all, is no run and no contradiction", async () => {
  const gone = await factsOf({ val_auc_roc: 0.9 }, (_, registry) => {
    registry.runs.clear();
  });
  expect(gone.candidate).toMatchObject({ runId: "run-1", run: null });
  const none = await factsOf({ val_auc_roc: 0.9 }, (_, registry) => {
    registry.versions.set("1", { status: "READY", runId: undefined, tags: new Map() });
  });
  expect(none.candidate).toMatchObject({ runId: null, run: null });
  expect([...gone.contradictions, ...none.contradictions]).toEqual([]);
});

test("a run of another experiment says of which", async () => {
  const run = await runOf({ val_auc_roc: 0.9 }, (details, { tracking }) => {
    details.experimentId = "99";
    tracking.experiments.set("99", "/Users/eve/playground");
  });
  expect(run?.experiment).toBe("/Users/eve/playground");
});

test.each<[string, object | undefined]>([
  ["is not there", undefined],
  ["was deleted", { experiment_id: "17", name: "/Shared/x", lifecycle_stage: "deleted" }],
])("an experiment that %s has no path", async (_what, experiment) => {
  const { candidate, contradictions } = await factsOf({ val_auc_roc: 0.9 }, (_, registry) => {
    if (experiment === undefined) registry.tracking.experiments.clear();
    registry.intercept = ({ path }) =>
      path.endsWith("experiments/get") && experiment ? { body: { experiment } } : undefined;
  });
  expect([candidate?.run?.experiment, contradictions]).toEqual([null, []]);
});

test.each([
  {},
  { experiment: { experiment_id: "18", name: "/Shared/x" } },
  { experiment: { experiment_id: "17" } },
])("an experiment answered as %j contradicts the run", async (body) => {
  const facts = await factsOf({ val_auc_roc: 0.9 }, (_, registry) => {
    registry.intercept = ({ path }) => (path.endsWith("experiments/get") ? { body } : undefined);
  });
  expect(facts.candidate?.run?.experiment).toBeNull();
  expect(facts.contradictions).toEqual([
    expect.stringContaining("asked for experiment 17, the server answered"),
  ]);
});

const rows = (digest: string, context = "validation", name = "holdout") => ({
  name,
  digest,
  context,
});

test.each<[string, RunDetails["datasets"], string | null]>([
  ["none", [], null],
  ["that of training alone", [rows("d1", "training")], null],
  ["one", [rows("d1", "training"), rows("d2")], "d2"],
  ["the same twice", [rows("d2"), rows("d2")], "d2"],
  ["two digests", [rows("d1"), rows("d2")], null],
  ["two tables", [rows("d1"), rows("d1", "validation", "other")], null],
])("validated on %s: %j", async (_what, datasets, digest) => {
  const run = await runOf({ val_auc_roc: 0.9 }, (details) => (details.datasets = datasets));
  expect(run?.dataset).toEqual(digest === null ? null : { name: "holdout", digest });
});

test.each([
  ["version 3", "3"],
  ["none", null],
  ["", null],
  ["version", null],
  ["version 03", null],
  ["3", null],
])("compared with '%s' is compared with %s", async (tag, version) => {
  const run = await runOf({ val_auc_roc: 0.9 }, ({ tags }) =>
    tags.set("compared_with_champion", tag),
  );
  expect(run?.comparedWith).toBe(version);
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '{"inputs":[]}',
  '{"inputs":{},"outputs":[]}',
  '{"inputs":[{"name":"a"}],"outputs":[]}',
  '{"inputs":[{"name":1,"type":"long"}],"outputs":[]}',
  '{"inputs":[{"name":"a","type":"long","required":"yes"}],"outputs":[]}',
])("a signature noted as %s is none", async (text) => {
  const run = await runOf({ val_auc_roc: 0.9 }, ({ tags }) => tags.set("mlops.signature", text));
  expect(run?.signature).toBeNull();
});

test("a signature that did not fit into one tag is put together", async () => {
  const text = '{"inputs":[{"name":"a","type":"long","required":true}],"outputs":[]}';
  const parts = [text.slice(0, 20), text.slice(20, 40), text.slice(40)];
  const run = await runOf({ val_auc_roc: 0.9 }, ({ tags }) => {
    parts.forEach((part, at) => tags.set(`mlops.signature${at === 0 ? "" : `.${at + 1}`}`, part));
  });
  expect(run?.signature).toEqual(JSON.parse(text));
});

test("what nobody noted is not there: neither signature nor commit", async () => {
  const run = await runOf({ val_auc_roc: 0.9 }, ({ tags }) => {
    tags.clear();
  });
  expect(run).toMatchObject({ signature: null, commit: null });
});

const fingerprintOf = async (...args: Parameters<typeof factsOf>) =>
  (await factsOf(...args)).candidate?.fingerprint;
const METRICS = { val_auc_roc: 0.9, val_loss: "NaN" };

test.each<[string, Parameters<typeof factsOf>]>([
  ["when it was logged", [METRICS, (details) => (details.loggedAt = 5)]],
  ["the order of its metrics", [{ val_loss: "NaN", val_auc_roc: 0.9 }]],
  ["the canary's", [{ ...METRICS, canary_10_error_rate: 0.5 }]],
  ["the champion's", [{ ...METRICS, champion_val_auc_roc: 0.8 }]],
  ["the rules", [METRICS, undefined, policyOf([])]],
  ["its tags", [METRICS, ({ tags }) => tags.set("note", "x")]],
])("a fingerprint does not change with %s", async (_what, args) => {
  expect(await fingerprintOf(...args)).toBe(await fingerprintOf(METRICS));
});

test.each<[string, Parameters<typeof factsOf>]>([
  ["a value", [{ ...METRICS, val_auc_roc: 0.91 }]],
  ["another metric", [{ ...METRICS, val_f1: 0.5 }]],
  ["the rows", [METRICS, (details) => (details.datasets = [rows("d9")])]],
  [
    "the run",
    [
      METRICS,
      (_, { versions, runs }) => {
        versions.set("1", { status: "READY", runId: "run-9", tags: new Map() });
        runs.set("run-9", METRICS);
      },
    ],
  ],
])("a fingerprint changes with %s", async (_what, args) => {
  expect(await fingerprintOf(...args)).not.toBe(await fingerprintOf(METRICS));
});
