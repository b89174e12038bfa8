import * as fc from "fast-check";

/** Draws one value after the other, as fast-check's `fc.gen()` hands it out: it records them, to shrink them. */
export type Draw = fc.GeneratorValue;

/** One of `values`, none of which is undefined, each as likely; the first is what a counterexample shrinks to. */
export function anyOf<const T>(draw: Draw, ...values: readonly [T, ...T[]]): T {
  const drawn = values[draw(indexBelow(values.length))];
  return drawn === undefined ? values[0] : drawn;
}

/** True once in thirty times: for what goes wrong, of which there is much to choose from. */
export const rarely = (draw: Draw): boolean => draw(indexBelow(30)) === 29;

/**
 * The same function for the same length each time: fast-check takes what was drawn by it for what can be
 * shrunk, and looks it up, which is slow among many.
 */
function indexBelow(length: number): () => fc.Arbitrary<number> {
  const known = BELOW.get(length);
  if (known !== undefined) return known;
  const indices = fc.constantFrom(...Array.from({ length }, (_, index) => index));
  const made = () => indices;
  BELOW.set(length, made);
  return made;
}

const BELOW = new Map<number, () => fc.Arbitrary<number>>();
