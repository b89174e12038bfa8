/** `2026-11-21 14:05` in UTC. @param at - Milliseconds. */
export function utc(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

/** `2026-11-21` in UTC. @param at - Milliseconds. */
export function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** The largest unit that fits, e.g. `3 h`; `0 s` for less than a second. */
export function span(ms: number): string {
  const [unit, size] = units.find(([, size]) => ms >= size) ?? ["s", 1000];
  return `${Math.floor(Math.max(ms, 0) / size)} ${unit}`;
}

/** How long something took, e.g. `850 ms`, `12.3 s`, `4 min 05 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** A measured value with at most six digits; what is no number as it is. */
export function figure(value: number | string): string {
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(6)));
}

/** A whole number with groups of three digits: `12,345`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** A number of things: `1 run`, `2 runs`. */
export function plural(number: number, thing: string): string {
  return `${count(number)} ${thing}${number === 1 ? "" : "s"}`;
}

/** A share in percent, e.g. `0.4 %`; never 0 for what is above it. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "0 %";
  const share = (100 * part) / whole;
  return share < 0.1 ? "< 0.1 %" : `${Number(share.toPrecision(3))} %`;
}

/** The last part of a name: `churn` of `main.models.churn`. */
export function shortName(fullName: string): string {
  return fullName.split(".").at(-1) ?? fullName;
}

/** The path of a model's own page. */
export function modelPath(fullName: string): string {
  return `/models/${encodeURIComponent(fullName)}`;
}
