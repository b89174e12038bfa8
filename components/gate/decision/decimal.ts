/*
 * Differences of decimal numbers without the error that binary ones have: 0.85 is 0.01 below 0.86, and not
 * 0.010000000000000009. What people read in a verdict is what is compared.
 */

/** `digits` × 10^`exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** The number that the shortest text of `value` says. @param value - Finite. */
function decimalOf(value: number): Decimal {
  const [mantissa = "0", power = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** Both numbers as digits of one exponent. */
function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const at = ({ digits, exponent: own }: Decimal): bigint => digits * 10n ** BigInt(own - exponent);
  return [at(a), at(b), exponent];
}

function minus(a: Decimal, b: Decimal): Decimal {
  const [left, right, exponent] = aligned(a, b);
  return { digits: left - right, exponent };
}

function times(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, exponent: a.exponent + b.exponent };
}

/** `a - b`, rounded once. @param a - Finite. @param b - Finite. */
export function difference(a: number, b: number): number {
  const { digits, exponent } = minus(decimalOf(a), decimalOf(b));
  return Number(`${digits}e${exponent}`);
}

/** Whether `a - b` is at least `share` of `of`. @param a - Finite, as all others. */
export function isAtLeast(a: number, b: number, share: number, of: number): boolean {
  const gain = minus(decimalOf(a), decimalOf(b));
  return minus(gain, times(decimalOf(share), decimalOf(of))).digits >= 0n;
}
