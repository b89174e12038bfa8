import { isNews, remark, wordOf, type Check, type Gate, type Standing } from "../gate";
import { kindOf } from "../kinds";
import { lossesOf, type Loss } from "../losses";
import { words } from "../operations";
import { isMandatory, type Report } from "../report";
import { plainText } from "../text";
import { parseUrn } from "../../stack/urn";
import { shorten } from "../values";
import { whole, type Block } from "./blocks";
import { change, transition, value } from "./change";
import { code, escapeMarkdown, fenced } from "./escape";
import { table } from "./table";

/** What a section must not push out of the comment has a lower rank. */
const ranks = { errors: 1, losses: 2, gates: 3, policies: 4, costs: 5, outputs: 6 } as const;

const LONGEST = 600;

/** Errors, each as it was said. */
export function errorSection({ problems }: Report): Block[] {
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return [];
  return [
    {
      before: "#### Errors\n",
      items: errors.map(({ message }) => `${fenced(shorten(plainText(message), 8000), "text")}\n`),
      after: "",
      rank: ranks.errors,
      rest: (left) => `… and ${String(left)} more.`,
    },
  ];
}

/** Deletions and replacements, with what forces them and what is lost. */
export function lossSection({ groups }: Report): Block[] {
  const losses = groups.flatMap(lossesOf);
  if (losses.length === 0) return [];
  return [
    {
      before: "#### Deletions and replacements\n",
      items: losses.map(loss),
      after: "",
      rank: ranks.losses,
      rest: (left) => `- … and ${String(left)} more`,
    },
  ];
}

function loss({ operation, what, name, home, because, loses }: Loss): string {
  const { icon, done } = words[operation];
  const named = name === undefined ? "" : ` ${code(shorten(name, 120))}`;
  const head = `${icon} <strong>${done}: ${escapeMarkdown(what)}${named}</strong>`;
  const forcing = because.slice(0, 4);
  const why =
    name === undefined
      ? forcing.map(({ path }) => `<strong>${code(shorten(path, 120))}</strong>`).join(", ")
      : forcing.map(change).join("; ");
  const reason = why === "" ? "" : `, because of ${why}`;
  const lost = loses === undefined ? "" : ` <strong>Lost: ${escapeMarkdown(loses)}.</strong>`;
  return `- ${head} (${escapeMarkdown(shorten(home, 120))})${reason}.${lost}`;
}

/** In front of a verdict's word; bold where it is something to act on. */
const standingIcons: Readonly<Record<Standing, string>> = {
  ERROR: "🛑",
  SUPERSEDED: "🛑",
  BLOCKED: "🛑",
  "PROMOTED BY BREAKGLASS": "🚨",
  "ROLLED BACK": "⏪",
  INCONCLUSIVE: "❔",
  REFUSED: "✋",
  "DRY RUN": "🧪",
  CANARY: "🐤",
  PROMOTED: "🏆",
  CHAMPION: "✅",
  WAITING: "⏳",
};

function standingWords(gate: Gate): string {
  const word = wordOf(gate).toLowerCase();
  const plain = gate.standing === "CHAMPION" || gate.standing === "WAITING";
  return `${standingIcons[gate.standing]} ${plain ? word : `<strong>${word}</strong>`}`;
}

const results: Readonly<Record<Check["result"], string>> = {
  passed: "✅ holds",
  failed: "❌ <strong>fails</strong>",
  unknown: "❔ <strong>unknown</strong>",
};

/** The verdict of each gate, a row for each check; those that stand as they stood in one line. */
export function gateSection({ gates }: Report): Block[] {
  const heading = "#### Promotion gates";
  const news = gates.filter(isNews);
  const rows = news.flatMap(rowsOf);
  const columns = ["Model", "Version", "Verdict", "Check", "Measured", "Required", ""];
  const others = gates.filter((gate) => !isNews(gate)).map(standing);
  if (others.length === 0)
    return rows.length === 0 ? [] : [table(heading, columns, rows, ranks.gates)];
  const shown = others.slice(0, FEW).join(", ");
  const more = others.length > FEW ? ` and ${String(others.length - FEW)} more` : "";
  const line = `As before: ${shown}${more}.`;
  if (rows.length === 0) return [whole(`${heading}\n\n${line}`, ranks.outputs)];
  return [table(heading, columns, rows, ranks.gates), whole(line, ranks.outputs)];
}

const FEW = 12;

function standing(gate: Gate): string {
  const { model, version } = gate;
  const judged = version === undefined ? "" : ` v${shorten(version, 40)}`;
  return `${code(shorten(model, 120))}${escapeMarkdown(judged)} ${wordOf(gate).toLowerCase()}`;
}

function rowsOf(gate: Gate): string[][] {
  const { model, version, checks, consequence } = gate;
  const said = remark(gate);
  const head = [
    code(shorten(model, 120)),
    version === undefined ? "none" : escapeMarkdown(`v${shorten(version, 40)}`),
    [
      `${standingWords(gate)}${said === "" ? "" : `: ${escapeMarkdown(shorten(said, LONGEST))}`}`,
      ...(consequence === "" ? [] : [escapeMarkdown(shorten(consequence, LONGEST))]),
    ].join("<br>"),
  ];
  if (checks.length === 0) return [[...head, "", "", "", ""]];
  return checks.map(({ name, measured, required, result }, index) => [
    ...(index === 0 ? head : ["", "", ""]),
    code(shorten(name, 120)),
    escapeMarkdown(shorten(measured, 80)),
    escapeMarkdown(shorten(required, 80)),
    results[result],
  ]);
}

/** What the policy pack found, what stops the update first. */
export function policySection({ violations }: Report): Block[] {
  if (violations.length === 0) return [];
  const rows = violations.map((one) => {
    const { type, name } = parseUrn(one.resourceUrn);
    const about =
      one.resourceUrn === ""
        ? "the stack"
        : `${escapeMarkdown(kindOf(type))} ${code(shorten(name, 120))}`;
    const level = isMandatory(one) ? "🛑 <strong>stops the update</strong>" : "⚠️ advice";
    return [
      level,
      code(shorten(one.policyName, 120)),
      about,
      escapeMarkdown(shorten(plainText(one.message), LONGEST)),
    ];
  });
  return [table("#### Policy findings", ["", "Rule", "Resource", "Finding"], rows, ranks.policies)];
}

/** Properties with a price. */
export function costSection({ costs }: Report): Block[] {
  if (costs.length === 0) return [];
  const rows = costs.map(({ resource, path, before, after }) => [
    `${escapeMarkdown(resource.kind)} ${code(shorten(resource.name, 120))}`,
    code(shorten(path, 120)),
    value(before),
    value(after),
  ]);
  return [
    table(
      "#### Cost-relevant changes",
      ["Resource", "Property", "Before", "After"],
      rows,
      ranks.costs,
    ),
  ];
}

/** Outputs of the stack that other programs and people read. */
export function outputSection({ outputs }: Report): Block[] {
  if (outputs.length === 0) return [];
  const rows = outputs.map(({ path, before, after }) => [
    code(shorten(path, 120)),
    transition(before, after),
  ]);
  return [table("#### Changed outputs", ["Output", "Value"], rows, ranks.outputs)];
}
