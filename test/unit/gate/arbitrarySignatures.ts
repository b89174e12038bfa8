import type { Column, Signature } from "../../../components/gate/decision/facts";
import { anyOf, rarely, type Draw } from "./arbitraryDraws";

const USUAL: Signature = {
  inputs: [
    { name: "tenure", type: "long", required: true },
    { name: "charges", type: "double", required: false },
  ],
  outputs: [
    { name: "churn", type: "double", required: true },
    { name: "label", type: "string", required: true },
  ],
};

/** Inputs and outputs: like those of the champion, or a change to them; null or empty now and then. */
export function columns(draw: Draw, like: Signature | null = USUAL): Signature | null {
  if (rarely(draw)) return null;
  const from = like ?? USUAL;
  if (anyOf(draw, true, true, true, false)) return from;
  return {
    inputs: rarely(draw)
      ? []
      : ["tenure", "charges", "constructor"].flatMap((name) => input(draw, name, from)),
    outputs: rarely(draw) ? [] : outputs(draw, from.outputs),
  };
}

function input(draw: Draw, name: string, from: Signature): Column[] {
  const same = from.inputs.filter((column) => column.name === name);
  const required = anyOf(draw, false, true);
  return {
    same,
    absent: [],
    long: [{ name, type: "long", required }],
    double: [{ name, type: "double", required }],
  }[anyOf(draw, "same", "absent", "long", "double")];
}

/** Sorted by name, so that none differs from another by its order alone. */
function outputs(draw: Draw, from: readonly Column[]): Column[] {
  const [first, ...others] = from;
  if (first === undefined) return [];
  return {
    same: [...from],
    fewer: others,
    twice: [first, first],
    more: [...from, { name: "score", type: "double", required: true }],
    other: [{ ...first, type: "float" }, ...others],
    optional: [{ ...first, required: false }, ...others],
  }[anyOf(draw, "same", "optional", "fewer", "twice", "more", "other")];
}
