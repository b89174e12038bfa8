import { standings, type Check, type Said } from "./gate";

const LINE =
  /^(?:(?:warning|info|error): )?(\S+)(?: v(\S+))? → champion: ([A-Z][A-Z ]*[A-Z])(?: (\d+) %)? \(([^]*)\)(?:; ([^]*))?$/;

/** Reads the line that a gate announces (`verdictLine` in components/gate/record.ts); undefined for anything else. */
export function fromLine(line: string | undefined): Said | undefined {
  const [, model = "", version, word, percent, reason = "", consequence = ""] =
    LINE.exec(line?.trim() ?? "") ?? [];
  const named = standings.find((one) => one === word);
  if (named === undefined) return undefined;
  return {
    model,
    version,
    standing: named,
    percent: percent === undefined ? undefined : Number(percent),
    reason,
    consequence,
    checks: reason
      .replace(/^dry run, would be \w+: /, "")
      .split("; ")
      .flatMap(checkIn),
  };
}

/** What a check can be called: a metric, or what components/gate/decision/check*.ts say. */
const NAME = [
  "signature|evidence|tag \\S+|approval in the approvals file|approval in the tag \\S+",
  "\\S+ (?:relative )?gain on (?:the champion|v\\S+)(?: \\(\\S+\\))?",
  "(?:lowest|highest) of \\S+(?:, \\S+)*|canary \\d+ % \\S+|\\S+",
].join("|");

const MISSED = new RegExp(`^(${NAME}) (.+), must be (.+)$`);
const HELD = new RegExp(`^(${NAME}) (\\S+) ([<>]=? \\S+|from \\S+ to \\S+)$`);
const HELD_TEXT = new RegExp(`^(${NAME}): (.+)$`);

/** What there is instead of a measurement. */
const UNKNOWN = /^(.* )?missing$|^-?(NaN|Infinity)$|^against |^unknown of | and /;

/** `val_f1 0.93 > 0.75`, or `val_auc_roc 0.84, must be > 0.85`, or `signature: there`. */
function checkIn(part: string): Check[] {
  const missed = MISSED.exec(part);
  if (missed !== null) {
    const [, name = "", measured = "", required = ""] = missed;
    const result = UNKNOWN.test(measured) ? "unknown" : "failed";
    return [{ name, measured, required, result }];
  }
  const [, name = "", measured = "", required = ""] = HELD.exec(part) ?? HELD_TEXT.exec(part) ?? [];
  return name === "" ? [] : [{ name, measured, required, result: "passed" }];
}
