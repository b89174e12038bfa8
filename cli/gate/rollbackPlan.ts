import type { Rollback } from "../../components/gate/decision/rollback";
import { visible } from "../previewReport/text";
import type { Entry, VersionRecord } from "./entries";

/** What a rollback will do, in lines. */
export function planText(
  name: string,
  stack: string,
  champion: string | null,
  { to, reason, by }: Rollback,
): string {
  const from = champion === null ? "no champion" : `v${champion}`;
  const rejected =
    champion === null
      ? []
      : [`  v${champion} is rejected: what it measured so far does not promote it again`];
  return [
    `${name} in ${stack}: ${from} → v${to}`,
    "  alias and endpoint change in one update; nothing else of the stack does",
    ...rejected,
    `  by ${visible(by)}: ${visible(reason)}`,
  ].join("\n");
}

/** The versions that were champion, are not, and were not rejected, the last first. */
export function returnable(
  entries: readonly Entry[],
  versions: readonly VersionRecord[],
  champion: string | null,
): string[] {
  const there = new Map(versions.map((one) => [one.version, one]));
  const were = entries.filter(({ what }) => what !== "rejected").map(({ version }) => version);
  return [...new Set(were)].filter((version) => {
    const found = there.get(version);
    return version !== champion && found?.evidence.state === "intact" && found.rejection === null;
  });
}
