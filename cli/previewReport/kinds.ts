/** What a reader calls the resources of a type whose own name says less; keys are the type's last part. */
const names: Readonly<Record<string, string>> = {
  AlertV2: "alert",
  DataQualityMonitor: "quality monitor",
  Directory: "folder",
  EntityTagAssignment: "tag",
  GovernedTable: "table",
  MlflowExperiment: "experiment",
  ModelServing: "serving endpoint",
  Permissions: "permissions",
  PublicIPAddress: "public IP address",
  PythonJob: "job",
  SqlEndpoint: "SQL warehouse",
  SqlTable: "table",
  WorkspaceFile: "file",
  BlobContainer: "storage container",
  Vault: "key vault",
};

/** What is lost with a resource, by the last part of its type; a deletion or replacement takes it along. */
const contents: Readonly<Record<string, string>> = {
  Catalog: "its schemas and tables",
  Schema: "its tables",
  SqlTable: "its rows",
  Table: "its rows",
  Volume: "its files",
  RegisteredModel: "its versions",
  MlflowExperiment: "its runs",
  DataQualityMonitor: "its history",
  StorageAccount: "its blobs",
  BlobContainer: "its blobs",
  Vault: "its secrets",
  Workspace: "all that is in it",
  ResourceGroup: "all that is in it",
  Registry: "its images",
};

/** Small resources that belong to another one: a reader wants their number, not their names. */
const small = [
  "Grant",
  "Grants",
  "Permissions",
  "EntityTagAssignment",
  "PrimaryKey",
  "WorkspaceFile",
  "Directory",
];

/** In the order in which data becomes an answer; other kinds come after these. */
const order = [
  "catalog",
  "schema",
  "volume",
  "table",
  "job",
  "experiment",
  "registered model",
  "promotion gate",
  "serving endpoint",
  "quality monitor",
  "alert",
];

/** Kinds, each once, in the order in which a reader expects them. */
export function inOrder(kinds: readonly string[]): string[] {
  const rank = (kind: string) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  return [...new Set(kinds)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** `databricks:index/sqlTable:SqlTable` is a `SqlTable`. */
function lastPart(type: string): string {
  return type.split(/[:/]/).at(-1) ?? type;
}

/** A type in words, e.g. `serving endpoint`. */
export function kindOf(type: string): string {
  const last = lastPart(type);
  if (Object.hasOwn(names, last)) return names[last] ?? last;
  return last.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, " ").toLowerCase();
}

/** A number of resources of a kind, e.g. `3 tables`. */
function countOf(count: number, kind: string): string {
  if (count === 1 || kind.endsWith("s")) return `${String(count)} ${kind}`;
  return `${String(count)} ${kind.replace(/([^aeiou])y$/, "$1ie")}s`;
}

/** What is lost if a resource of this type is deleted, undefined for what can be made anew. */
export function contentsOf(type: string): string | undefined {
  const last = lastPart(type);
  return Object.hasOwn(contents, last) ? contents[last] : undefined;
}

/** Whether the resources of this type are details of others: grants, tags, files. */
export function isSmall(type: string): boolean {
  return small.includes(lastPart(type));
}

/** How many there are of each kind, the most frequent first: `3 tables`, `1 job`. */
export function countKinds(kinds: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([kind, count]) => countOf(count, kind));
}
