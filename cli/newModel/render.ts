import { readFileSync } from "node:fs";
import { join } from "node:path";
import Mustache from "mustache";
import type { Answers } from "./answers";
import { namesOf } from "./names";
import { samples, type Metric } from "./samples";

/** Quartz cron in UTC of training, and of batch predictions an hour later. */
const SCHEDULES = {
  daily: { when: "every day at 5:00 UTC", cron: "0 0 5 * * ?", inferenceCron: "0 0 6 * * ?" },
  weekly: { when: "on Mondays at 5:00 UTC", cron: "0 0 5 ? * MON", inferenceCron: "0 0 6 ? * MON" },
  monthly: { when: "on the first at 5:00 UTC", cron: "0 0 5 1 * ?", inferenceCron: "0 0 6 1 * ?" },
  manual: {},
} as const;

/** Records that must have been held back; the smallest sample has 43. */
const MIN_ROWS = 30;

/** The longest line of a Python file here. */
const PYTHON_WIDTH = 100;

/**
 * Fills a template in.
 * @param template - Below `templates/`, without `.mustache`.
 */
export function render(template: string, view: object): string {
  const text = readFileSync(join(__dirname, "templates", `${template}.mustache`), "utf8");
  // Nothing here is HTML.
  return Mustache.render(text, view, {}, { escape: String });
}

/** What the templates say of a model. */
export function viewOf(answers: Answers): object {
  const { name, problem, schedule, serving, metric } = answers;
  const sample = samples[problem];
  const bounds = sample.metrics.filter((one) =>
    metric === undefined ? one.usual : `val_${one.metric}` === metric,
  );
  return {
    ...namesOf(name),
    ...SCHEDULES[schedule],
    owner: answers.owner,
    sample,
    PROBLEM: sample.problem,
    regression: sample.problem === "REGRESSION",
    label: { ...sample.label, sqlType: sample.label.type.toUpperCase() },
    columns: sample.columns,
    derived: sample.derived,
    endpoint: serving === "endpoint",
    batch: serving === "batch",
    monitoring: answers.monitoring === "yes",
    inputs: serving === "batch" || answers.monitoring === "yes",
    watches: serving === "batch" && answers.monitoring === "yes",
    usesSource: serving === "batch" || answers.monitoring === "yes",
    figures: sample.metrics.map((one) => ({ ...one, kind: one.unit ? "share" : "error" })),
    metricsInWords: [...sample.metrics.map((one) => `\`val_${one.metric}\``), "`val_rows`"].join(
      ", ",
    ),
    bounds: bounds.map(shown),
    firstMetric: bounds[0]?.metric,
    error: bounds.some(({ sign }) => sign === "<"),
    errors: sample.metrics.some(({ unit }) => !unit),
    shares: sample.metrics.some(({ unit }) => unit),
    keeps: bounds.slice(0, 1).map(({ metric, tolerance }) => ({ metric, by: tolerance })),
    rows: MIN_ROWS,
  };
}

function shown(metric: Metric): object {
  const { bound, measured, sign } = metric;
  const beyond = sign === ">" ? bound / 2 : bound * 2;
  return { ...metric, good: measured, bad: beyond };
}

/** Puts imports in the order that ruff asks for, which depends on the model's name. */
export function sortImports(python: string): string {
  const isImport = (line: string): boolean => /^(import \S|from \S+ import \w)/.test(line);
  const rank = (line: string): string =>
    `${line.startsWith("import") ? 0 : 1} ${line.split(" ")[1] ?? ""}`;
  const lines: string[] = [];
  let block: string[] = [];
  const flush = (): void => {
    lines.push(...block.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).map(wrapped));
    block = [];
  };
  for (const line of python.split("\n")) {
    if (isImport(line)) block.push(line);
    else {
      flush();
      lines.push(line);
    }
  }
  flush();
  return lines.join("\n");
}

function wrapped(line: string): string {
  if (line.length <= PYTHON_WIDTH) return line;
  const [from = "", names = ""] = line.split(" import ");
  return [`${from} import (`, ...names.split(", ").map((name) => `    ${name},`), ")"].join("\n");
}
