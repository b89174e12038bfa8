import * as fc from "fast-check";

/** Draws one value after the other, as fast-check's `fc.gen()` hands it out: it records them, to shrink them. */
export type Draw = fc.GeneratorValue;

/** One of `values`, each as likely; the first is what a counterexample shrinks to. */
export const anyOf = <const T>(draw: Draw, ...values: readonly [T, ...T[]]): T =>
  // The same function each time: fast-check shrinks what it knows the origin of.
  draw(oneOf<T>, ...values);

const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** True once in thirty times: for what goes wrong, of which there is much to choose from. */
export const rarely = (draw: Draw): boolean => draw(onceInThirty);

const ONCE_IN_THIRTY = fc.oneof(
  { withCrossShrink: true },
  { weight: 29, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);
const onceInThirty = () => ONCE_IN_THIRTY;
