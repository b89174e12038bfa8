import type { VNode } from "preact";
import type { DriftPoint } from "../monitors";
import { day, figure } from "./format";

/** The two drawings of which the style sheet shows the one that fits, in their own units. */
const sizes = {
  wide: { width: 960, height: 260, days: 7 },
  narrow: { width: 340, height: 220, days: 2 },
} as const;
const LEFT = 46;
const RIGHT = 12;
const TOP = 16;
const BOTTOM = 34;

/**
 * Drift over time as a line of windows, with the threshold as a dashed line. A picture for the eye: its text
 * is the title, and the table beside it has every value.
 */
export function DriftChart({
  points,
  threshold,
  title,
  size,
}: {
  points: readonly DriftPoint[];
  threshold: number | undefined;
  title: string;
  size: keyof typeof sizes;
}): VNode {
  const { width, height, days } = sizes[size];
  const right = width - RIGHT;
  const ticks = ticksTo(Math.max(...points.map(({ score }) => score), (threshold ?? 0) * 1.25));
  const top = ticks.at(-1) ?? 1;
  const x = (index: number) => LEFT + spread(index, points.length) * (right - LEFT);
  const scale = isSteep(points, threshold) ? Math.sqrt : (score: number) => score;
  const y = (score: number) =>
    height - BOTTOM - (scale(score) / scale(top)) * (height - TOP - BOTTOM);
  return (
    <svg class={`chart ${size}`} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
      {ticks.map((tick) => (
        <g>
          <line class="grid" x1={LEFT} x2={right} y1={y(tick)} y2={y(tick)} />
          <text class="tick" x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
            {figure(tick)}
          </text>
        </g>
      ))}
      {labelled(points, days).map(({ start, index }) => (
        <text class="tick" x={x(index)} y={height - 12} text-anchor={anchor(index, points.length)}>
          {day(start)}
        </text>
      ))}
      <path class="line" d={linePath(points.map(({ score }, i) => [x(i), y(score)]))} />
      {threshold === undefined ? null : (
        <g>
          <line class="threshold" x1={LEFT} x2={right} y1={y(threshold)} y2={y(threshold)} />
          <text class="threshold-name" x={LEFT + 6} y={y(threshold) - 6}>
            {`threshold ${figure(threshold)}`}
          </text>
        </g>
      )}
      {points.map(({ score, verdict }, i) => (
        <Mark x={x(i)} y={y(score)} verdict={verdict} />
      ))}
    </svg>
  );
}

/** The same line, small, for a list. */
export function Sparkline({
  points,
  threshold,
}: {
  points: readonly DriftPoint[];
  threshold: number | undefined;
}): VNode {
  const top = Math.max(...points.map(({ score }) => score), threshold ?? 0) * 1.1 || 1;
  const x = (index: number) => 3 + spread(index, points.length) * 114;
  const scale = isSteep(points, threshold) ? Math.sqrt : (score: number) => score;
  const y = (score: number) => 27 - (scale(score) / scale(top)) * 24;
  const last = points.at(-1);
  return (
    <svg class="sparkline" viewBox="0 0 120 30" aria-hidden="true">
      {threshold === undefined ? null : (
        <line class="threshold" x1={0} x2={120} y1={y(threshold)} y2={y(threshold)} />
      )}
      <path class="line" d={linePath(points.map((point, i) => [x(i), y(point.score)]))} />
      {last === undefined ? null : (
        <Mark x={x(points.length - 1)} y={y(last.score)} verdict={last.verdict} />
      )}
    </svg>
  );
}

/** A window; what is above the threshold has another shape, and what says nothing is hollow. */
function Mark({ x, y, verdict }: { x: number; y: number; verdict: DriftPoint["verdict"] }): VNode {
  return verdict === "above" ? (
    <path class="mark above" d={`M${x} ${y - 5.5}l5.5 5.5-5.5 5.5-5.5-5.5z`} />
  ) : (
    <circle class={`mark ${verdict}`} cx={x} cy={y} r={3.5} />
  );
}

/**
 * Whether some window is so far above the threshold that on an even scale all others would lie on the axis;
 * the scale is that of square roots then.
 */
export function isSteep(points: readonly DriftPoint[], threshold: number | undefined): boolean {
  return threshold !== undefined && points.some(({ score }) => score > 10 * threshold);
}

/** Where a point of a row of points lies, from 0 to 1; a single one in the middle. */
function spread(index: number, length: number): number {
  return length < 2 ? 0.5 : index / (length - 1);
}

function anchor(index: number, length: number): "start" | "middle" | "end" {
  if (length < 2) return "middle";
  return index === 0 ? "start" : index === length - 1 ? "end" : "middle";
}

/** The windows whose day is written: evenly, the first and the last included. */
function labelled(points: readonly DriftPoint[], most: number): { start: number; index: number }[] {
  const all = points.map(({ start }, index) => ({ start, index }));
  if (all.length <= most) return all;
  const step = (all.length - 1) / (most - 1);
  const wanted = new Set(Array.from({ length: most }, (_, i) => Math.round(i * step)));
  return all.filter(({ index }) => wanted.has(index));
}

/** Round numbers from 0 to the first that is not below `value`: at most six, evenly spread. */
export function ticksTo(value: number): number[] {
  if (!(value > 0 && value < Infinity)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(value / 5));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power * 5 >= value) ?? 10) * power;
  const steps = Math.ceil(Number((value / step).toPrecision(12)));
  // Without the digits that binary fractions add.
  return Array.from({ length: steps + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

function linePath(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join("");
}
