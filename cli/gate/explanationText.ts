import type { Verdict } from "../../components/gate/decision/decide";
import type { Evidence } from "../../components/gate/evidence/evidenceTags";
import type { Facts } from "../../components/gate/decision/facts";
import { visible } from "../previewReport/text";
import { textTable, wrap, type Cell, type Display } from "../shared/textTable";
import { minute } from "./historyText";

/** The shape of `npm run gate -- explain MODEL VERSION --json`. */
export interface Explanation {
  /** Raised when a field changes its meaning or goes; fields may be added at any time. */
  readonly formatVersion: 1;
  readonly stack: string;
  /** As its stack's folder is called: `customer-churn`. */
  readonly name: string;
  /** Full name of the registered model. */
  readonly model: string;
  readonly version: string;
  readonly verdict: Verdict;
  /** The verdict as a preview says it. */
  readonly line: string;
  /** All that it was decided on. */
  readonly facts: Facts;
  /** Of an earlier promotion of this version. */
  readonly evidence: Evidence;
}

const TONES = { passed: "good", failed: "bad", unknown: "warning" } as const;

/** The decision for people: the verdict, each rule with its number, and what was looked at. */
export function explanationText(explanation: Explanation, display: Display): string {
  const { line, verdict, stack } = explanation;
  const rows = verdict.checks.map(({ name, measured, required, result }): Cell[] => [
    { text: visible(name), tone: "plain" },
    { text: measured === null ? "missing" : visible(String(measured)), tone: "plain" },
    { text: visible(required), tone: "plain" },
    { text: result, tone: TONES[result] },
  ]);
  const table = textTable(["rule", "measured", "must be", "result"], rows, display);
  const facts = factsOf(explanation).flatMap((fact) => wrap(visible(fact), display.width));
  return [
    ...wrap(visible(line), display.width),
    ...(rows.length === 0 ? [] : ["", ...table]),
    "",
    ...facts,
    `Decided by what ${stack} was last deployed with; nothing was changed.`,
  ].join("\n");
}

function factsOf({ facts, evidence }: Explanation): string[] {
  const { candidate, champion, baseline, promotedAt } = facts;
  const run = candidate?.run ?? null;
  const dataset = run?.dataset ?? null;
  return [
    `run: ${candidate?.runId ?? "none"}${run === null ? "" : ` of ${run.experiment ?? "an unknown experiment"}`}`,
    `data: ${dataset === null ? "not recorded" : `${dataset.name}, digest ${dataset.digest}`}`,
    `commit: ${run?.commit ?? "not recorded"}`,
    `champion: ${champion === null ? "none" : `v${champion}`}`,
    `compared with: ${baseline === null ? "nothing" : `v${baseline.version}`}`,
    ...(promotedAt === null ? [] : [`promoted: ${minute(promotedAt)} UTC`]),
    `evidence: ${evidenceOf(evidence)}`,
  ];
}

function evidenceOf(evidence: Evidence): string {
  switch (evidence.state) {
    case "none":
      return "none: it was never promoted";
    case "broken":
      return `broken: ${evidence.why}`;
    case "intact": {
      const { digest, promotedAt, ground, statement } = evidence;
      const { reason, by } = statement.predicate.promotion;
      const who = by === undefined ? "" : ` by ${by}`;
      return `intact, ${ground}${who} at ${minute(promotedAt)} UTC: ${reason}; sha256:${digest}`;
    }
  }
}
