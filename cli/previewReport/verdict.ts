import { countKinds } from "./kinds";
import { operations, words, type Operation } from "./operations";
import { stops, type Gate } from "./gate";
import { isMandatory, isQuiet, titleOf, type Report } from "./report";
import { firstLine, listed, type Inline } from "./text";
import { shorten } from "./values";

/** How much a reader should worry. */
export type Tone = "bad" | "warning" | "change" | "quiet";

/** What to know if one reads one sentence only. */
export interface Verdict {
  readonly tone: Tone;
  readonly sentence: readonly Inline[];
}

/** Says in one sentence what the update would do, the worst first. */
export function verdictOf(report: Report): Verdict {
  const { stack, failed, problems, violations, gates } = report;
  const target: Inline = { code: shorten(stack, NAME) };
  if (failed) {
    const error = problems.find(({ severity }) => severity === "error");
    const reason = shorten(
      firstLine(error?.message ?? "it says no more").replace(/^error: /, ""),
      240,
    );
    return { tone: "bad", sentence: ["The preview of ", target, " failed: ", reason] };
  }
  const stopping = violations.filter(isMandatory).length;
  if (stopping > 0) {
    const breaks = stopping === 1 ? " policy violation stops" : " policy violations stop";
    const sentence = [`${String(stopping)}${breaks} the update of `, target, ...afterwards(report)];
    return { tone: "bad", sentence };
  }
  const stopper = gates.find(stops);
  if (stopper !== undefined) {
    const does = stopper.standing === "BLOCKED" ? "blocks" : "fails";
    return {
      tone: "bad",
      sentence: [
        `The promotion gate ${does} the update of `,
        target,
        ": ",
        { strong: [nameOf(stopper)] },
        ` (${shorten(stopper.reason, 240)})`,
      ],
    };
  }
  if (isQuiet(report)) return { tone: "quiet", sentence: ["Nothing changes in ", target] };
  const does = doing(report);
  const harms =
    gates.some(({ standing }) => standing === "PROMOTED BY BREAKGLASS") ||
    (["delete", "replace"] as const).some((one) => (report.counts.get(one) ?? 0) > 0);
  if (does.length === 0)
    return {
      tone: harms ? "warning" : "change",
      sentence: ["No resource of ", target, " changes", ...crowned(report)],
    };
  return {
    tone: harms ? "warning" : "change",
    sentence: [
      "The update of ",
      target,
      " ",
      ...does,
      ...where(report),
      ...losses(report),
      ...crowned(report),
    ],
  };
}

function afterwards(report: Report): Inline[] {
  const does = doing(report);
  return does.length === 0 ? [] : [" (it ", ...does, ...where(report), ...losses(report), ")"];
}

/** **deletes 2**, **replaces 1** and updates 3 resources. */
function doing({ counts }: Report): Inline[] {
  const parts = operations.flatMap((operation) => {
    const count = counts.get(operation) ?? 0;
    return count === 0 ? [] : [part(operation, count)];
  });
  if (parts.length === 0) return [];
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...listed(parts), total === 1 ? " resource" : " resources"];
}

function part(operation: Operation, count: number): Inline[] {
  const text = `${words[operation].does} ${String(count)}`;
  return operation === "delete" || operation === "replace" ? [{ strong: [text] }] : [text];
}

const FEW = 3;

/** Characters of a name that a sentence has room for. */
const NAME = 80;

function where({ groups }: Report): Inline[] {
  if (groups.length === 0) return [];
  const names = groups.map((group) => [
    `${group.fate === undefined ? "" : "the "}${titleOf(group)}`,
  ]);
  return names.length <= FEW
    ? [" in ", ...listed(names)]
    : [" in ", ...listed(names.slice(0, FEW - 1)), ` and ${String(names.length - FEW + 1)} more`];
}

/** What is lost for good. */
function losses({ groups }: Report): Inline[] {
  const lost = groups
    .flatMap(({ resources }) => resources)
    .filter(({ loses }) => loses !== undefined);
  const [only] = lost;
  if (only === undefined) return [];
  if (lost.length === 1)
    return [
      "; ",
      {
        strong: [`${only.kind} `, { code: shorten(only.name, NAME) }, ` loses ${only.loses ?? ""}`],
      },
    ];
  const kinds = countKinds(lost.map(({ kind }) => kind));
  return [
    "; ",
    { strong: ["data is lost with ", ...listed(kinds.slice(0, FEW + 1).map((one) => [one]))] },
  ];
}

/** Whose share of the requests changes; what no rule would let through in bold. */
function crowned({ gates }: Report): Inline[] {
  const glass = gates.filter(({ standing }) => standing === "PROMOTED BY BREAKGLASS");
  return [
    ...(glass.length === 0 ? [] : ["; ", { strong: named(glass, " by breakglass") }]),
    ...becoming(gates, "PROMOTED", ""),
    ...becoming(gates, "ROLLED BACK", " again"),
    ...gates
      .filter(({ standing, changed }) => standing === "CANARY" && changed)
      .slice(0, FEW)
      .map((gate) => `; ${nameOf(gate)} answers ${String(gate.percent)} % of the requests`),
  ];
}

function becoming(gates: readonly Gate[], standing: Gate["standing"], how: string): Inline[] {
  const crowned = gates.filter((gate) => gate.standing === standing);
  return crowned.length === 0 ? [] : ["; ", ...named(crowned, how)];
}

function named(gates: readonly Gate[], how: string): Inline[] {
  const does = gates.length === 1 ? " becomes champion" : " become champions";
  return [...listed(gates.slice(0, FEW).map((gate) => [nameOf(gate)])), `${does}${how}`];
}

const nameOf = ({ model, version }: Gate): string =>
  shorten(version === undefined ? model : `${model} v${version}`, NAME);

/** e.g. `3 resources stay as they are`. */
export function stays(count: number): string {
  return count === 1 ? "1 resource stays as it is" : `${String(count)} resources stay as they are`;
}
