import type { Comparison, Rule } from "../../../components/gate/decision/rule";
import { anyOf, rarely, type Draw } from "./arbitraryDraws";

/** Metrics that rules name; some are what every object has, or nobody looks for. */
const metricOf = (draw: Draw): string =>
  anyOf(draw, "auc", "auc", "loss", "rows", "constructor", "__proto__");

/** Few numbers, so that values meet their bounds. */
const boundOf = (draw: Draw): number =>
  rarely(draw)
    ? anyOf(draw, NaN, Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE)
    : anyOf(draw, 0.5, 0.85, 0, -0, -1, 0.1 + 0.2, Number.MIN_VALUE, 1e-7, 1e21);

const comparisonOf = (draw: Draw): Comparison =>
  rarely(draw)
    ? (anyOf(draw, "==", "", "constructor") as string as Comparison)
    : anyOf(draw, ">", ">=", "<", "<=");

/** One rule of any kind, now and then of none that is known. */
export function ruleOf(draw: Draw): Rule {
  if (rarely(draw))
    return JSON.parse(anyOf(draw, '{"kind":"vibes"}', '{"kind":"constructor"}')) as Rule;
  const metric = metricOf(draw);
  switch (anyOf(draw, ...KINDS)) {
    case "metric":
      return { kind: "metric", metric, comparison: comparisonOf(draw), bound: boundOf(draw) };
    case "range": {
      const ends = [boundOf(draw), boundOf(draw)] as const;
      const [from, to] = rarely(draw) ? ends : [Math.min(...ends), Math.max(...ends)];
      return { kind: "range", metric, from, to };
    }
    case "slices": {
      const metrics = rarely(draw)
        ? [metric].slice(0, anyOf(draw, 1, 0))
        : ["north", "south", metric];
      return { kind: "slices", metrics, comparison: comparisonOf(draw), bound: boundOf(draw) };
    }
    case "champion":
      return {
        kind: "champion",
        metric,
        better: anyOf(draw, "higher", "lower"),
        change: rarely(draw)
          ? anyOf(draw, NaN, Infinity, -Infinity)
          : anyOf(draw, -0.01, -0.5, 0, -0, 0.25),
        relative: anyOf(draw, false, false, true),
      };
    case "tag":
      return {
        kind: "tag",
        tag: tagOf(draw, "risk"),
        values: anyOf(draw, [], ["low"], ["none", "low"]),
      };
    case "approval":
      return {
        kind: "approval",
        tag: anyOf(draw, null, tagOf(draw, "approval")),
        approvers: anyOf(draw, [], ["ann", "bob"], ["ann"]),
      };
    case "age":
      return {
        kind: "age",
        maxHours: rarely(draw)
          ? anyOf(draw, NaN, Infinity, 0, -1, Number.MAX_VALUE)
          : anyOf(draw, 24, 1, 168),
      };
    case "rows":
      return { kind: "rows", metric: "rows", atLeast: rarely(draw) ? NaN : anyOf(draw, 100, 1) };
  }
}

const KINDS = [
  ...(["metric", "metric", "metric", "range", "slices"] as const),
  ...(["champion", "champion", "tag", "approval", "age", "rows"] as const),
] as const;

const tagOf = (draw: Draw, usual: string): string =>
  rarely(draw) ? anyOf(draw, "constructor", "__proto__", "Risk") : usual;
