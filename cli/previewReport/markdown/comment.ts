import { NOTHING_TO_SAY, previewMarker } from "../marker";
import { isQuiet, type Report } from "../report";
import { plainText } from "../text";
import { shorten } from "../values";
import { stays, verdictOf, type Tone } from "../verdict";
import { fit, whole, type Block } from "./blocks";
import { code, escapeMarkdown, fenced, inline } from "./escape";
import { modelSections, planSections } from "./models";
import {
  costSection,
  errorSection,
  gateSection,
  lossSection,
  outputSection,
  policySection,
} from "./sections";

/**
 * Bytes that a comment may have. GitHub takes 65,536 characters, Azure DevOps 150,000; what is left is for what
 * whoever posts it may add, such as a link.
 */
export const BUDGET = 60_000;

const icons: Readonly<Record<Tone, string>> = {
  bad: "🛑",
  warning: "⚠️",
  change: "🔷",
  quiet: "✅",
};

/**
 * The report as a comment of a pull request, in the Markdown that GitHub and Azure DevOps have in common. Nothing
 * that comes from the plan can end a table or a fold, or mention anybody.
 */
export function renderComment(report: Report): string {
  const { tone, sentence } = verdictOf(report);
  const marker = previewMarker(report.project, report.stack);
  const title = `${icons[tone]} ${inline(sentence)}`;
  const head = `${marker}\n`;
  if (isQuiet(report)) {
    const at = report.commit === undefined ? "" : ` at ${code(shorten(report.commit, 64))}`;
    return `${head}${NOTHING_TO_SAY}\n${title}${at}.\n`;
  }
  const top = `${head}### ${title}\n\n${facts(report)}`;
  const bottom = fold("Reproduce this preview", fenced(commands(report), "sh"));
  const frame = Buffer.byteLength(`${top}${bottom}${CUT}`) + 16;
  const { text, cut } = fit(blocks(report), BUDGET - frame);
  return (
    [top, text, ...(cut ? [CUT] : []), bottom].filter((part) => part !== "").join("\n\n") + "\n"
  );
}

const CUT =
  "> ✂️ Not everything fits into a comment. The whole plan is in the HTML report, which is kept with this run.";

function blocks(report: Report): Block[] {
  return [
    ...(report.failed ? errorSection(report) : []),
    ...lossSection(report),
    ...gateSection(report),
    ...policySection(report),
    ...costSection(report),
    ...outputSection(report),
    ...modelSections(report),
    ...planSections(report),
    ...warnings(report),
  ];
}

function facts({ project, stack, commit, unchanged }: Report): string {
  return [
    code(shorten(`${project}/${stack}`, 160)),
    ...(commit === undefined ? [] : [`commit ${code(shorten(commit, 64))}`]),
    ...(unchanged === undefined ? [] : [stays(unchanged)]),
  ].join(" · ");
}

function warnings({ problems, failed }: Report): Block[] {
  const said = problems.filter(({ severity }) => !failed || severity !== "error");
  if (said.length === 0) return [];
  const title = said.length === 1 ? "1 warning" : `${String(said.length)} warnings`;
  const text = said.map(({ message }) => plainText(message)).join("\n\n");
  return [whole(fold(title, fenced(shorten(text, 8000), "text")), 9)];
}

function fold(title: string, content: string): string {
  return `<details><summary>${escapeMarkdown(title)}</summary>\n\n${content}\n\n</details>`;
}

/** What somebody types to see the same; nothing in it can be more than a word to a shell. */
function commands(report: Report): string {
  const word = (text: string) => text.replaceAll(/[^\w./-]/g, "_");
  return [
    ...(report.commit === undefined ? [] : [`git checkout ${word(report.commit)}`]),
    `npm run pulumi -- preview --diff -s ${word(report.stack)}`,
  ].join("\n");
}
