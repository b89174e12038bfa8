import { GATE, MODEL, TABLE, model, planOf, report, step, urn } from "./plans";
import type { Report } from "../../../../cli/previewReport/report";

/**
 * A report in which every text that a plan can bring has `brought` in it: names, kinds, paths, values, messages, what gates and
 * policies say. Its shape does not depend on the text.
 */
export function reportWith(brought: string): Report {
  // Between letters, so that it is never no text at all.
  const text = `x${brought}x`;
  const parent = model("m");
  const value = { name: text, nested: { [`k${text}`]: text }, workloadSize: text };
  const other = {
    name: `${text}!`,
    nested: { [`k${text}`]: `${text}!` },
    workloadSize: `${text}!`,
  };
  const changed = { detailedDiff: null, replaceReasons: ["name"] };
  const at = urn(`${MODEL}$${GATE}`, "gate");
  const gate = {
    model: `ml.models.m${text}`.replaceAll(/[\s.]/g, ""),
    policy: { rules: [{ kind: "metric", metric: text, comparison: ">", bound: 1 }] },
    onFailure: "hold",
    facts: { candidate: { version: text, status: text, runId: text } },
    verdict: {
      outcome: "refused",
      reason: text,
      checks: [{ name: text, measured: text, required: text, result: "failed" }],
    },
    observed: { version: text, gated: true },
  };
  const made = (op: string, type = `databricks:index/x:${TYPE}`) =>
    step({
      op,
      type,
      name: `${op}${text}`,
      parent,
      ...(op === "create" ? {} : { before: value }),
      ...(op === "delete" ? {} : { after: other }),
      more: changed,
    });
  const steps = [
    ...["create", "update", "replace", "delete"].map((op) => made(op)),
    ...["create", "replace", "delete"].map((op) => made(op, TABLE)),
    made("update", "databricks:index/modelServing:ModelServing"),
    step({ op: "update", type: GATE, name: "gate", parent, before: {}, after: gate }),
  ];
  const diagnostics = [
    { urn: "", message: `warning: ${text}`, severity: "warning" },
    { urn: at, message: text, severity: "error" },
  ];
  const violation = {
    resourceUrn: urn(TABLE, text),
    message: text,
    policyName: text,
    policyPackName: text,
    enforcementLevel: "advisory",
  };
  return report(
    planOf(steps, { diagnostics }),
    {
      violations: [violation],
      outputs: { old: { [`o${text}`]: text }, new: { [`o${text}`]: `${text}!` } },
    },
    { stack: `s${text}`, commit: `c${text}`, exitCode: 1 },
  );
}

const TYPE = "Thing";
