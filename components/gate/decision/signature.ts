import type { Check } from "./check";
import type { Column, Signature, Version } from "./facts";

/** The name of the check. */
export const SIGNATURE = "signature";

/**
 * Whether callers of the champion can call the candidate: it must not ask for more than the champion took,
 * nor answer otherwise. A column that it takes no more is no harm: MLflow drops what a model does not name.
 * https://mlflow.org/docs/latest/model/signatures.html
 */
export function checkSignature(candidate: Signature | null, baseline: Version | null): Check {
  const required = baseline === null ? "there" : `compatible with v${baseline.version}'s`;
  const check = { name: SIGNATURE, required, bound: null };
  if (candidate === null || candidate.inputs.length === 0 || candidate.outputs.length === 0) {
    return { ...check, measured: null, result: "unknown" };
  }
  if (baseline === null) return { ...check, measured: "there", result: "passed" };
  const theirs = baseline.run?.signature ?? null;
  if (theirs === null) {
    return { ...check, measured: `unknown of v${baseline.version}`, result: "unknown" };
  }
  const broken = breach(candidate, theirs);
  return broken === undefined
    ? { ...check, measured: `compatible with v${baseline.version}'s`, result: "passed" }
    : { ...check, measured: broken, result: "failed" };
}

function breach(ours: Signature, theirs: Signature): string | undefined {
  for (const { name, type, required } of ours.inputs) {
    const known = theirs.inputs.find((column) => column.name === name);
    if (known === undefined && required) return `asks for ${shown(name)}`;
    if (known !== undefined && known.type !== type) {
      return `takes ${shown(name)} as ${type} instead of ${known.type}`;
    }
    if (known !== undefined && required && !known.required) return `asks for ${shown(name)}`;
  }
  const [now, before] = [ours.outputs, theirs.outputs];
  const same = ({ name, type }: Column, index: number): boolean =>
    name === before[index]?.name && type === before[index].type;
  if (now.length === before.length && now.every(same)) return undefined;
  return `answers ${listed(now)} instead of ${listed(before)}`;
}

const shown = (name: string): string => (name === "" ? "its input" : name);

const listed = (columns: readonly Column[]): string =>
  columns.map(({ name, type }) => `${name} ${type}`.trim()).join(", ");
