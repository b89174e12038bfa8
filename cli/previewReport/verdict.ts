import { countKinds } from "./kinds";
import { operations, words, type Operation } from "./operations";
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
  const blocked = gates.find(({ standing }) => standing === "BLOCKED");
  if (blocked !== undefined) {
    const version = blocked.version === undefined ? "" : ` v${blocked.version}`;
    return {
      tone: "bad",
      sentence: [
        "The promotion gate blocks the update of ",
        target,
        ": ",
        { strong: [shorten(`${blocked.model}${version}`, NAME)] },
        ` (${shorten(blocked.reason, 240)})`,
      ],
    };
  }
  if (isQuiet(report)) return { tone: "quiet", sentence: ["Nothing changes in ", target] };
  const does = doing(report);
  if (does.length === 0)
    return { tone: "change", sentence: ["No resource of ", target, " changes"] };
  const harms = (["delete", "replace"] as const).some((one) => (report.counts.get(one) ?? 0) > 0);
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

function crowned({ gates }: Report): Inline[] {
  const promoted = gates.filter(({ standing }) => standing === "PROMOTED");
  if (promoted.length === 0) return [];
  const names = promoted
    .slice(0, FEW)
    .map(({ model, version }) => [shorten(`${model} v${version ?? "?"}`, NAME)]);
  return [
    "; ",
    ...listed(names),
    promoted.length === 1 ? " becomes champion" : " become champions",
  ];
}

/** e.g. `3 resources stay as they are`. */
export function stays(count: number): string {
  return count === 1 ? "1 resource stays as it is" : `${String(count)} resources stay as they are`;
}
