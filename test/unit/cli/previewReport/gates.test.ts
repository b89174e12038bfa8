import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromLine, gatesOf } from "../../../../cli/previewReport/gates";
import { noEvents } from "../../../../cli/previewReport/events";
import { verdictLine, type GateInputs } from "../../../../components/gate/record";
import { decide } from "../../../../components/gate/decide";
import { GATE, planOf, step, urn } from "./plans";

/** As the engine keeps them. */
const properties = z.record(z.string(), z.json());

const rules = [
  { metric: "auc", comparison: ">" as const, bound: 0.85 },
  { metric: "loss", comparison: "<=" as const, bound: 0.2 },
];

function inputs(
  metrics: Record<string, number | string> | null,
  more: Partial<GateInputs> = {},
): GateInputs {
  const candidate =
    metrics === null ? null : { version: "2", status: "READY", runId: "r", metrics };
  return {
    model: "ml.models.churn",
    rules,
    onFailure: "hold",
    candidate,
    verdict: decide(candidate, rules),
    observed: { version: "1", gated: true },
    lost: false,
    left: "1",
    ...more,
  };
}

describe("what a gate announces", () => {
  it.each([
    [inputs({ auc: 0.9, loss: 0.1 }), "PROMOTED", ["auc 0.9 > 0.85", "loss 0.1 <= 0.2"]],
    [inputs({ auc: 0.8, loss: 0.1 }), "REFUSED", ["auc 0.8 > 0.85 ✗"]],
    [
      inputs({ auc: "NaN" }, { onFailure: "block" }),
      "BLOCKED",
      ["auc NaN > 0.85 ✗", "loss missing <= 0.2 ✗"],
    ],
    [inputs(null), "WAITING", []],
    [
      inputs({ auc: 0.9, loss: 0.1 }, { observed: { version: "2", gated: true } }),
      "CHAMPION",
      ["auc 0.9 > 0.85", "loss 0.1 <= 0.2"],
    ],
  ])("is read back from its line", (gate, standing, measured) => {
    const found = fromLine(`warning: ${verdictLine(gate)}\n`);
    // What the properties of the gate say is the same.
    const after = properties.parse(gate);
    const plan = planOf([step({ op: "create", type: GATE, name: "g", after })]);
    const { model, version, reason, consequence } = found ?? {};
    expect(gatesOf(plan, noEvents)).toMatchObject([
      { model, version, standing, reason, consequence },
    ]);
    expect(found).toMatchObject({ model: "churn", standing });
    const shown = found?.rules.map(
      (one) => `${one.metric} ${one.measured} ${one.required}${one.passed ? "" : " ✗"}`,
    );
    expect(shown).toEqual(measured);
  });

  it("is nothing in any other line", () => {
    for (const line of ["", "x → champion: UNHEARD (of)", "the job failed", undefined])
      expect(fromLine(line)).toBeUndefined();
  });
});

describe("the verdicts of a preview", () => {
  const after = JSON.parse(JSON.stringify(inputs({ auc: 0.8, loss: 0.1 }))) as Record<
    string,
    never
  >;

  it("come with all rules where the gate changes", () => {
    const plan = planOf([step({ op: "update", type: GATE, name: "g", before: {}, after })]);
    expect(gatesOf(plan, noEvents)).toMatchObject([
      {
        standing: "REFUSED",
        version: "2",
        consequence: "v1 stays champion",
        changed: true,
        rules: [
          { metric: "auc", measured: "0.8", required: "> 0.85", passed: false },
          { passed: true },
        ],
      },
    ]);
  });

  it("come with what was announced where it does not, and with all of it where there is an event log", () => {
    const at = urn(GATE, "g");
    const message = "churn v2 → champion: REFUSED (auc 0.8, must be > 0.85); v1 stays champion\n";
    const plan = planOf([], { diagnostics: [{ urn: at, message, severity: "warning" }] });
    expect(gatesOf(plan, noEvents)[0]?.rules).toHaveLength(1);
    const events = { ...noEvents, inputs: new Map([[at, after]]) };
    expect(gatesOf(plan, events)[0]).toMatchObject({ changed: false, rules: [{}, {}] });
  });

  it("leave out a gate that goes, and one whose properties are not those of a gate", () => {
    const plan = planOf([
      step({ op: "delete", type: GATE, name: "g", before: after }),
      step({ op: "create", type: GATE, name: "h", after: { model: 7 } }),
    ]);
    expect(gatesOf(plan, noEvents)).toEqual([]);
  });
});
