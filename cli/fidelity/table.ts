import type { Operation } from "../../local/route";
import type { Fidelity } from "./record";

/** How the table calls a client, shorter than it calls itself. */
const shortNames: Readonly<Record<string, string>> = {
  "databricks-tf-provider": "provider",
  "databricks-sdk-py": "SDK",
  "mlflow-python-client": "MLflow",
};

type Listed = Pick<Operation, "method" | "path" | "answers">;

/** The page that says, for each operation, on what it rests that it answers as Databricks does. */
export async function fidelityPage(
  operations: readonly Listed[],
  record: Fidelity,
): Promise<string> {
  const versions = new Map(
    Object.values(record).flatMap(({ clients = {} }) => Object.entries(clients)),
  );
  const known = operations.map((one) => record[`${one.method} ${one.path}`]);
  const count = (is: (entry: Fidelity[string] | undefined) => boolean) => known.filter(is).length;
  const spec = count((entry) => entry?.spec === true);
  const client = count((entry) => entry?.clients !== undefined);
  const neither = count((entry) => entry?.spec === undefined && entry?.clients === undefined);
  const named = [...versions].map(
    ([name, version]) => `${shortNames[name] ?? name} = \`${name}\` ${version}`,
  );
  return `# On what the local workspace's answers rest

<!-- Made by \`npm run fidelity\` from the operations in local/api and workspace-fidelity.json. -->

No operation was compared with a Databricks workspace in the cloud. What stands behind each of the
${operations.length} operations is weaker, and named:

- **spec** (${spec}): answers recorded in the end-to-end tests were read by the type that the Databricks SDK
  for Python gives them (the column "Answer"). No field and no enum value in them is unknown to it, and every
  value has the field's type. It says nothing about the values being those that Databricks would give.
- **client** (${client}): clients as they come, not changed for these tests, called the operation with success in
  the end-to-end tests: ${named.join(", ")}.
- **–** (${neither}): neither. The unit tests call it, or nothing does.

Where MLflow's own interface is ahead of the SDK's types, \`test/e2e/check_answers.py\` lists the fields.
What no operation takes is refused with status 501 and its name; \`test/unit/local/strictness.test.ts\` holds
every operation to that.

${await table(operations, record)}`;
}

async function table(operations: readonly Listed[], record: Fidelity): Promise<string> {
  const { markdownTable } = await import("markdown-table");
  const rows = operations
    .map((one) => ({ ...one, entry: record[`${one.method} ${one.path}`] }))
    .sort((a, b) => (a.path === b.path ? compare(a.method, b.method) : compare(a.path, b.path)));
  const cells = rows.map(({ method, path, answers, entry }) => [
    method,
    `\`${path.replaceAll("::", ":")}\``,
    answers === "raw" ? "" : `\`${answers}\``,
    entry?.spec === true ? "spec" : "–",
    Object.keys(entry?.clients ?? {})
      .map((name) => shortNames[name] ?? name)
      .join(", ") || "–",
  ]);
  return `${markdownTable([["Method", "Path", "Answer", "Spec", "Clients"], ...cells])}\n`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
