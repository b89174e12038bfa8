import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { operations } from "../local/api";
import { kept, latestRecord, readFidelity, writtenFidelity } from "./fidelity/record";
import { fidelityPage } from "./fidelity/table";

/**
 * `npm run fidelity`: takes over what the last run of the end-to-end tests has shown, if there is one on
 * this machine, and writes the table of it.
 */
export async function main(): Promise<number> {
  const source = existsSync(latestRecord) ? latestRecord : kept.record;
  const known = new Set(operations.map(({ method, path }) => `${method} ${path}`));
  const record = Object.fromEntries(
    Object.entries(readFidelity(source)).filter(([operation]) => known.has(operation)),
  );
  mkdirSync(dirname(kept.record), { recursive: true });
  writeFileSync(kept.record, writtenFidelity(record));
  writeFileSync(kept.table, await fidelityPage(operations, record));
  console.log(
    `${operations.length} operations, ${Object.keys(record).length} of them recorded: ${kept.table}`,
  );
  return 0;
}
