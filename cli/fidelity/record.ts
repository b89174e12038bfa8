import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { recordedCall } from "../../local/recordCalls";
import { paths, root } from "../shared/paths";

/** On what the answers of one operation rest. */
const basis = z.strictObject({
  /** Its recorded answers were read by the SDK's type, and nothing in them was unknown or lost. */
  spec: z.literal(true).optional(),
  /** Unmodified clients that it answered with success: version by name. */
  clients: z.record(z.string(), z.string()).optional(),
});

/** What a run of the end-to-end tests has shown, by operation (`GET /api/2.2/jobs/get`). */
export const fidelity = z.record(z.string(), basis);
export type Fidelity = z.output<typeof fidelity>;

/** The record that the repository keeps, and the table made from it. */
export const kept = {
  record: join(root, "docs", "workspace-fidelity.json"),
  table: join(root, "docs", "workspace-fidelity.md"),
} as const;

/** What the last run of the end-to-end tests on this machine has shown. */
export const latestRecord = join(paths.kept, "reports", "fidelity.json");

/** @throws Error if the file is missing or not a record. */
export function readFidelity(file: string): Fidelity {
  return fidelity.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Names in order and fields one a line, so that a change of the record is easy to review. */
export function writtenFidelity(record: Fidelity): string {
  const sorted = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

/**
 * What recorded calls show.
 * @param calls - Lines written by `local/recordCalls.ts`.
 * @param problems - What is wrong with the answers of the operations whose answers have a type.
 */
export function observed(
  calls: string,
  problems: Readonly<Record<string, readonly string[]>>,
): Fidelity {
  const record: Fidelity = {};
  for (const line of calls.split("\n").filter((text) => text !== "")) {
    const { operation, client, clientVersion = "" } = recordedCall.parse(JSON.parse(line));
    const entry = (record[operation] ??= problems[operation]?.length === 0 ? { spec: true } : {});
    if (client !== undefined) entry.clients = sorted({ ...entry.clients, [client]: clientVersion });
  }
  return record;
}

/** What `claimed` says and `seen` does not show: nothing, or the table promises too much. */
export function unsupportedClaims(claimed: Fidelity, seen: Fidelity): string[] {
  return Object.entries(claimed).flatMap(([operation, { spec, clients = {} }]) => [
    ...(spec && !seen[operation]?.spec ? [`${operation}: spec`] : []),
    ...Object.entries(clients)
      .filter(([name, version]) => seen[operation]?.clients?.[name] !== version)
      .map(([name, version]) => `${operation}: ${name} ${version}`),
  ]);
}

function sorted(clients: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(clients).sort(([a], [b]) => (a < b ? -1 : 1)));
}
