import { looksSecret, namesSecret } from "../secrets";
import type { Context, Finding, Resource, ResourceRule } from "../rule";
import { TYPES } from "../types";
import { at, isList, isProperties, type Value } from "../values";

/** What is started with parameters that anybody who sees the resource can read. */
const READABLE: ReadonlySet<string> = new Set([
  TYPES.job,
  TYPES.pipeline,
  TYPES.endpoint,
  "databricks:index/cluster:Cluster",
]);

/** No secret where everybody who may look at a job can read it, and its runs keep it for good. */
export const plainSecrets: ResourceRule = {
  name: "plain-secrets",
  description: "No parameter of a job, pipeline, cluster or endpoint holds a secret as plain text.",
  checkResource: ({ type, name, properties }: Resource, { secrets }: Context) =>
    READABLE.has(type)
      ? placesIn(properties, []).flatMap((place) => findings(name, place, secrets))
      : [],
};

/** A text, where it stands, and the name by which its reader knows it. */
interface Place {
  readonly path: string;
  readonly name: string;
  readonly text: string;
}

function findings(
  resource: string,
  { path, name, text }: Place,
  secrets: Context["secrets"],
): Finding[] {
  const configured = secrets.find(({ value }) => text.includes(value));
  const why =
    configured !== undefined
      ? `the value of the secret ${configured.key} of the stack's configuration`
      : (looksSecret(text) ??
        (namesSecret(name, text) ? `a plain value for '${name}'` : undefined));
  if (why === undefined) return [];
  return [
    {
      found: `${resource} has ${why} in ${path}, where everybody can read it who sees it`,
      fix:
        "Keep the secret in a secret scope and write {{secrets/scope/key}}, or let the task read it " +
        "with dbutils.secrets.get; then change the secret, which has been seen",
    },
  ];
}

function placesIn(value: Value, path: readonly string[], named?: string): Place[] {
  if (typeof value === "string") {
    return [{ path: written(path), name: named ?? path.at(-1) ?? "", text: value }];
  }
  if (isList(value)) return value.flatMap((element, index) => inList(value, element, index, path));
  if (!isProperties(value)) return [];
  // A parameter is a pair: { name, default } of a job, { key, value } of a tag.
  const label = [at(value, "name"), at(value, "key")].find((one) => typeof one === "string");
  return Object.entries(value).flatMap(([key, inner]) =>
    placesIn(inner, [...path, key], key === "default" || key === "value" ? label : undefined),
  );
}

function inList(
  list: readonly Value[],
  element: Value,
  index: number,
  path: readonly string[],
): Place[] {
  const at = [...path.slice(0, -1), `${path.at(-1) ?? ""}[${index}]`];
  if (typeof element !== "string") return placesIn(element, at);
  const flag = /^--?([\w.-]+)=(.+)$/s.exec(element);
  if (flag !== null) return [{ path: written(at), name: flag[1] ?? "", text: flag[2] ?? "" }];
  // `--token` and its value are two elements.
  const before = list[index - 1];
  const name =
    typeof before === "string" && before.startsWith("-") ? before.replace(/^-+/, "") : "";
  return [{ path: written(at), name: element.startsWith("-") ? "" : name, text: element }];
}

const written = (path: readonly string[]): string => path.join(".");
