import type { ChampionRule, Comparison } from "../../../components/gate/decision/rule";

/*
 * The oracle's numbers: whole numbers of any length instead of doubles, so that nothing is rounded and
 * nothing overflows.
 */

/** A number as people read it: `digits` × 10^`exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Whether `measured` lies where `comparison` allows, seen from `bound`; nowhere for an unknown comparison. */
export function liesWhere(measured: number, comparison: Comparison, bound: number): boolean {
  const allowed: ReadonlyMap<string, readonly number[]> = new Map([
    [">", [1]],
    [">=", [1, 0]],
    ["<", [-1]],
    ["<=", [-1, 0]],
  ]);
  return allowed.get(comparison)?.includes(order(decimal(measured), decimal(bound))) ?? false;
}

/** Whether `mine` is better than `theirs` by `change` or more; no share of nothing is, or of next to nothing. */
export function gained(
  asked: Pick<ChampionRule, "better" | "change" | "relative"> & { mine: number; theirs: number },
): boolean {
  const { mine, theirs, better, relative } = asked;
  if (relative && !Number.isFinite((mine - theirs) / theirs)) return false;
  const unit = decimal(relative ? Math.abs(theirs) : 1);
  const change = decimal(asked.change);
  const needed = {
    digits: change.digits * unit.digits,
    exponent: change.exponent + unit.exponent,
  };
  const [more, less] = better === "higher" ? [mine, theirs] : [theirs, mine];
  // more − less ≥ needed, without a subtraction: more ≥ needed + less.
  return order(decimal(more), sum(needed, decimal(less))) >= 0;
}

function decimal(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

function sum(one: Decimal, other: Decimal): Decimal {
  const exponent = Math.min(one.exponent, other.exponent);
  return { digits: scaled(one, exponent) + scaled(other, exponent), exponent };
}

function order(one: Decimal, other: Decimal): -1 | 0 | 1 {
  const exponent = Math.min(one.exponent, other.exponent);
  const [left, right] = [scaled(one, exponent), scaled(other, exponent)];
  return left < right ? -1 : left > right ? 1 : 0;
}

const scaled = ({ digits, exponent }: Decimal, to: number): bigint =>
  digits * 10n ** BigInt(exponent - to);
