import { decide, says } from "../../../../components/gate/decision/decide";
import type { Facts, Run, Version } from "../../../../components/gate/decision/facts";
import type { GateInputs } from "../../../../components/gate/record";
import { decideRollback } from "../../../../components/gate/decision/rollback";
import type { Policy } from "../../../../components/gate/decision/rule";
import {
  above,
  approvedInFile,
  atMost,
  maxRegression,
  tagged,
  worstOf,
} from "../../../../components/gate/rules";

const NOW = Date.parse("2026-11-21T12:00:00Z");

const POLICY: Policy = {
  rules: [above("auc", 0.85), atMost("loss", 0.2)],
  experiment: "/Shared/ml/churn",
  signature: "any",
  canary: [],
  breakglass: null,
  approvals: [],
  dryRun: false,
};

function versionOf(version: string, metrics: Readonly<Record<string, number | string>>): Version {
  const run: Run = {
    id: `run-${version}`,
    deleted: false,
    experiment: "/Shared/ml/churn",
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, value]) => [name, { value, at: NOW - 1000 }]),
    ),
    ambiguous: [],
    dataset: { name: "holdout", digest: "d1" },
    comparedWith: null,
    commit: null,
    signature: null,
  };
  const status = "READY";
  return { version, status, runId: run.id, run, tags: {}, fingerprint: "f", rejection: null };
}

/** Measured by the version that is judged, and what else is not as usual. */
export interface Scene {
  /** Nothing is nominated if null. */
  readonly measured: Readonly<Record<string, number | string>> | null;
  readonly policy?: Partial<Policy>;
  readonly facts?: Partial<Facts>;
  readonly more?: Partial<GateInputs>;
}

/** Inputs of a gate that judges version 2 while version 1 is champion, by the real decision. */
export function gateInputs({ measured, policy = {}, facts = {}, more = {} }: Scene): GateInputs {
  const said = { ...POLICY, ...policy };
  const found: Facts = {
    at: NOW,
    candidate: measured === null ? null : versionOf("2", measured),
    champion: "1",
    baseline: versionOf("1", { auc: 0.9, loss: 0.1 }),
    promotedAt: null,
    canary: null,
    contradictions: [],
    ...facts,
  };
  return {
    model: "ml.models.churn",
    policy: said,
    onFailure: "hold",
    onAliasDrift: "restore",
    folder: "/Shared/ml",
    rollback: null,
    facts: found,
    verdict: decide(said, found),
    observed: { version: "1", evidence: "intact", gated: true },
    noted: "1",
    left: "1",
    ...more,
  };
}

const GOOD = { auc: 0.9, loss: 0.1 };
const BAD = { auc: 0.8, loss: 0.1 };

/** Every verdict that a gate can come to, with how it stands and what its checks say. */
export const scenes: readonly (readonly [
  name: string,
  inputs: GateInputs,
  standing: string,
  checks: readonly string[],
])[] = [
  ["promoted", gateInputs({ measured: GOOD }), "PROMOTED", ["auc 0.9 > 0.85", "loss 0.1 <= 0.2"]],
  ["refused", gateInputs({ measured: BAD }), "REFUSED", ["auc 0.8 > 0.85 failed"]],
  [
    "blocked",
    gateInputs({ measured: { auc: "NaN" }, more: { onFailure: "block" } }),
    "BLOCKED",
    ["auc NaN > 0.85 unknown", "loss missing <= 0.2 unknown"],
  ],
  [
    "inconclusive",
    gateInputs({ measured: { loss: 0.1 } }),
    "INCONCLUSIVE",
    ["auc missing > 0.85 unknown"],
  ],
  ["waiting", gateInputs({ measured: null }), "WAITING", []],
  [
    "champion",
    gateInputs({
      measured: GOOD,
      more: { observed: { version: "2", evidence: "intact", gated: true } },
    }),
    "CHAMPION",
    ["auc 0.9 > 0.85", "loss 0.1 <= 0.2"],
  ],
  [
    "first champion",
    gateInputs({
      measured: GOOD,
      policy: { rules: [above("auc", 0.85), maxRegression("auc", 0.1)], signature: "compatible" },
      facts: { baseline: null, champion: null },
      more: { observed: null },
    }),
    "INCONCLUSIVE",
    ["signature missing there unknown"],
  ],
  [
    "against the champion, slices, tags and approvals",
    gateInputs({
      measured: { auc: 0.86, north: 0.7, south: 0.6 },
      policy: {
        rules: [
          maxRegression("auc", 0.01),
          maxRegression("auc", 0.01, { relative: true }),
          worstOf(["north", "south"], ">", 0.65),
          tagged("stage", "tested"),
          approvedInFile("ada"),
        ],
      },
    }),
    "INCONCLUSIVE",
    [
      "auc gain on v1 (0.9) -0.04 >= -0.01 failed",
      "auc relative gain on v1 (0.9) -0.0444444 >= -0.01 failed",
      "lowest of north, south 0.6 > 0.65 failed",
      "tag stage missing tested unknown",
      "approval in the approvals file missing by ada unknown",
    ],
  ],
  [
    "error",
    gateInputs({ measured: GOOD, facts: { contradictions: ["two versions have the alias"] } }),
    "ERROR",
    [],
  ],
  [
    "superseded",
    gateInputs({
      measured: GOOD,
      more: { verdict: says("superseded", "the champion was 1 and is 3") },
    }),
    "SUPERSEDED",
    [],
  ],
  [
    "dry run",
    gateInputs({ measured: GOOD, policy: { dryRun: true } }),
    "DRY RUN",
    ["auc 0.9 > 0.85", "loss 0.1 <= 0.2"],
  ],
  [
    "breakglass",
    gateInputs({
      measured: BAD,
      policy: {
        breakglass: { version: "2", reason: "Fraud", by: "ada", expires: "2026-11-22T12:00:00Z" },
      },
    }),
    "PROMOTED BY BREAKGLASS",
    ["auc 0.8 > 0.85 failed"],
  ],
  [
    "rollback",
    gateInputs({
      measured: GOOD,
      more: {
        verdict: decideRollback(
          { to: "2", by: "ada", reason: "Complaints" },
          gateInputs({ measured: GOOD }).facts as Facts,
          "intact",
        ),
      },
    }),
    "ROLLED BACK",
    [],
  ],
  [
    "canary",
    gateInputs({
      measured: { ...GOOD, canary_5_requests: 50 },
      policy: {
        canary: [{ percent: 5, minRequests: 100, rules: [atMost("error_rate", 0.01)] }],
      },
      facts: { canary: { version: "2", step: 0, since: "2026-11-21T11:00:00Z" } },
    }),
    "CANARY",
    ["canary 5 % requests 50 >= 100 failed", "canary 5 % error_rate missing <= 0.01 unknown"],
  ],
];
