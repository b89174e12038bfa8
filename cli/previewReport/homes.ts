import { parseUrn } from "../stack/urn";

/** What a resource belongs to. */
export interface Home {
  readonly kind: "model" | "platform" | "azure" | "other";
  /** The model's name, else words. */
  readonly name: string;
}

/** Type of the component that holds a model. */
export const MODEL = "mlops:index:ModelStack";
const shared: Readonly<Record<string, Home>> = {
  "mlops:index:Platform": { kind: "platform", name: "Platform" },
  "mlops:index:AzureFoundation": { kind: "azure", name: "Azure" },
};
const OTHERS: Home = { kind: "other", name: "Other resources" };

/**
 * Finds the model, or the part of the environment, that a resource belongs to. A URN has the types of all
 * ancestors, but not their names; those come from the parents, as far as these are known.
 * @param parentOf - URN of the parent by URN.
 */
export function findHome(urn: string, parentOf: ReadonlyMap<string, string>): Home {
  const { ancestors, type, name } = parseUrn(urn);
  const chain = [...ancestors, type];
  if (chain.includes(MODEL)) {
    const known = modelAmong(urn, parentOf) ?? modelByName(name, parentOf);
    return known === undefined ? { kind: "model", name: "Models" } : { kind: "model", name: known };
  }
  const part = chain.find((one) => Object.hasOwn(shared, one));
  if (part !== undefined) return shared[part] ?? OTHERS;
  return chain.some((one) => one.startsWith("azure-native:")) ? AZURE : OTHERS;
}

const AZURE: Home = { kind: "azure", name: "Azure" };

/** Follows the parents; a plan that says of one that it is its own ancestor ends it. */
function modelAmong(urn: string, parentOf: ReadonlyMap<string, string>): string | undefined {
  const seen = new Set<string>();
  for (let at = urn; at !== "" && !seen.has(at); at = parentOf.get(at) ?? "") {
    seen.add(at);
    const { type, name } = parseUrn(at);
    if (type === MODEL) return name;
  }
  return undefined;
}

/** Where a parent did not change and there is no event log: the names of resources begin with the model's. */
function modelByName(name: string, parentOf: ReadonlyMap<string, string>): string | undefined {
  const models = [...parentOf]
    .flat()
    .map(parseUrn)
    .filter(({ type }) => type === MODEL);
  return models
    .map((model) => model.name)
    .filter((model) => name === model || name.startsWith(`${model}-`))
    .sort((a, b) => b.length - a.length)[0];
}
