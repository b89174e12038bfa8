import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { noEvents } from "../../../../cli/previewReport/events";
import type { Check } from "../../../../cli/previewReport/gate";
import { fromLine } from "../../../../cli/previewReport/gateLine";
import { gatesOf } from "../../../../cli/previewReport/gates";
import { renderComment } from "../../../../cli/previewReport/markdown/comment";
import { verdictOf } from "../../../../cli/previewReport/verdict";
import { verdictLine, type GateInputs } from "../../../../components/gate/record";
import { gateInputs, scenes } from "./gateScene";
import { GATE, planOf, report, step, urn } from "./plans";

/** As the engine keeps them: what is null is not there. */
const properties = (gate: GateInputs) =>
  z
    .record(z.string(), z.json())
    .parse(JSON.parse(JSON.stringify(gate, (_, one: unknown) => (one === null ? undefined : one))));

const said = ({ name, measured, required, result }: Check): string =>
  `${name} ${measured} ${required}${result === "passed" ? "" : ` ${result}`}`.trim();

const planWith = (gate: GateInputs, op = "update") =>
  planOf([step({ op, type: GATE, name: "g", before: {}, after: properties(gate) })]);

const sceneOf = (wanted: string): GateInputs => {
  const found = scenes.find(([name]) => name === wanted)?.[1];
  if (found === undefined) throw new Error(`There is no scene ${wanted}.`);
  return found;
};

describe("every verdict", () => {
  test.each(scenes)("%s: is read from the properties, with all checks", (_, gate, standing) => {
    const [found] = gatesOf(planWith(gate), noEvents);
    expect(found).toMatchObject({ model: "churn", standing, changed: true });
    expect(found?.reason).toBe(gate.verdict.reason);
    expect(found?.checks).toHaveLength(gate.verdict.checks.length);
    for (const [index, { name, required, result }] of gate.verdict.checks.entries())
      expect(found?.checks[index]).toMatchObject({ name, required, result });
  });

  test.each(scenes)("%s: is read back from the line", (_, gate, standing, checks) => {
    const found = fromLine(`warning: ${verdictLine(gate)}\n`);
    const [same] = gatesOf(planWith(gate), noEvents);
    expect(found).toMatchObject({ model: "churn", standing });
    const { version, percent, reason, consequence } = found ?? {};
    expect(same).toMatchObject({ version, percent, reason, consequence });
    expect(found?.checks.map(said)).toEqual(checks);
  });

  it("is nothing in any other line", () => {
    for (const line of ["", "x → champion: UNHEARD (of)", "the job failed", undefined])
      expect(fromLine(line)).toBeUndefined();
  });
});

describe("the verdicts of a preview", () => {
  const refused = sceneOf("refused");

  it("come with what was announced where the gate does not change, and with all of it where there is an event log", () => {
    const at = urn(GATE, "g");
    const message = `${verdictLine(refused)}\n`;
    const plan = planOf([], { diagnostics: [{ urn: at, message, severity: "warning" }] });
    expect(gatesOf(plan, noEvents)[0]?.checks).toHaveLength(1);
    const events = { ...noEvents, inputs: new Map([[at, properties(refused)]]) };
    expect(gatesOf(plan, events)[0]).toMatchObject({ changed: false, checks: [{}, {}] });
  });

  it("leave out a gate that goes, and one whose properties are not those of a gate", () => {
    const plan = planOf([
      step({ op: "delete", type: GATE, name: "g", before: properties(refused) }),
      step({ op: "create", type: GATE, name: "h", after: { model: 7 } }),
    ]);
    expect(gatesOf(plan, noEvents)).toEqual([]);
  });
});

describe("what a reviewer sees", () => {
  const comment = (name: string, op?: string) => renderComment(report(planWith(sceneOf(name), op)));
  const toneOf = (name: string, op?: string) => verdictOf(report(planWith(sceneOf(name), op))).tone;

  it("is a row for each check, and which of them is not known", () => {
    const text = comment("blocked");
    expect(text).toContain("🛑 <strong>blocked</strong>");
    expect(text).toMatch(/<code>auc<\/code> \| NaN \| &#62; 0\.85 \| ❔ <strong>unknown<\/strong>/);
    expect(text).toMatch(/<code>loss<\/code> \| missing \|/);
  });

  it("is breakglass in bold, with who, until when and why, and what did not hold", () => {
    const text = comment("breakglass");
    expect(text).toContain("<strong>churn v2 becomes champion by breakglass</strong>");
    expect(text).toContain(
      "🚨 <strong>promoted by breakglass</strong>: breakglass by ada until 2026-11-22T12&#58;",
    );
    expect(text).toContain("00Z: Fraud; auc 0.8, must be");
    expect(text).toMatch(/<code>auc<\/code> \| 0\.8 \| &#62; 0\.85 \| ❌ <strong>fails<\/strong>/);
    expect(toneOf("breakglass")).toBe("warning");
    expect(toneOf("breakglass", "same"), "also while nothing changes").toBe("warning");
  });

  it("is that an error or a newer version fails the update, and not only that the preview failed", () => {
    for (const name of ["error", "superseded", "blocked"]) expect(toneOf(name)).toBe("bad");
    const gate = sceneOf("error");
    const at = urn(GATE, "g");
    const diagnostics = [
      { urn: at, message: `error: ${verdictLine(gate)}\n`, severity: "error" },
      { urn: "", message: "error: preview failed\n", severity: "error" },
    ];
    const text = renderComment(
      report({ ...planWith(gate), diagnostics }, {}, { stack: "prod", exitCode: 255 }),
    );
    expect(text).toContain(
      "🛑 The promotion gate fails the update of <code>prod</code>: <strong>churn v2</strong> (two versions have the alias)",
    );
    expect(text).toContain("🛑 <strong>error</strong>: two versions have the alias");
  });

  it("is the share of a canary, and who takes over from whom", () => {
    expect(comment("canary")).toContain("churn v2 answers 5 % of the requests");
    expect(comment("canary")).toContain("🐤 <strong>canary 5 %</strong><br>v1 stays champion");
    expect(comment("promoted")).toContain("churn v2 becomes champion");
    expect(comment("rollback")).toContain("churn v2 becomes champion again");
    expect(comment("rollback")).toContain("rollback from v1 by ada: Complaints");
  });

  it("is that a dry run promotes nothing", () => {
    expect(comment("dry run")).toContain(
      "🧪 <strong>dry run</strong>: dry run, would be promoted: auc 0.9",
    );
    expect(comment("dry run")).toContain("v1 stays champion");
    expect(comment("dry run")).not.toContain("becomes champion");
  });

  it("is nothing of a champion that stands as it stood", () => {
    expect(comment("champion", "same")).toContain("Nothing changes in");
    expect(gateInputs({ measured: null }).verdict.outcome).toBe("waiting");
  });
});
