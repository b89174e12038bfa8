import { z } from "zod";
import { readEvidence, type Evidence } from "../../components/gate/evidence/evidenceTags";
import {
  CANARY_TAG,
  CHALLENGER,
  CHAMPION,
  PROMOTED_TAG,
  REASON_TAG,
  REFUSED_TAG,
  REJECTED_TAG,
  VERDICT_TAG,
} from "../../components/gate/registry";
import { readTags } from "../../components/gate/reading/registryReads";
import { callWorkspace, type Connection } from "../../components/workspace/rest";
import { attempt } from "./attempt";
import type { DeployedModel, RecordedGate } from "./deployed";
import type { Champion, Fact, GateVerdict, ModelRow } from "./facts";

const version = z.object({ version: z.coerce.string(), created_at: z.number().optional() });

interface Alias {
  readonly version: string;
  readonly registeredAt: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Of a promotion by the gate. */
  readonly evidence: Evidence["state"];
}

/** Who is champion, who would be, and what the gate says; each by itself may be unknown. */
export async function readVersions(
  { registeredModel, gate }: DeployedModel,
  connection: Connection,
): Promise<Pick<ModelRow, "champion" | "challenger" | "gate">> {
  if (registeredModel === undefined) {
    const absent = { status: "not configured" } as const;
    return { champion: absent, challenger: absent, gate: absent };
  }
  const [champion, challenger] = await Promise.all(
    [CHAMPION, CHALLENGER].map((alias) =>
      attempt<Alias>(async () => readAlias(connection, registeredModel, alias)),
    ),
  );
  if (champion === undefined || challenger === undefined) throw new Error("An alias is missing.");
  const isChampion =
    challenger.status === "known" &&
    champion.status === "known" &&
    challenger.version === champion.version;
  return {
    champion: championOf(champion),
    challenger: isChampion ? { status: "none" } : dated(challenger),
    gate: gate === undefined ? { status: "not configured" } : verdictOf(champion, challenger, gate),
  };
}

async function readAlias(
  connection: Connection,
  model: string,
  alias: string,
): Promise<Fact<Alias>> {
  const path = `/api/2.1/unity-catalog/models/${encodeURIComponent(model)}/aliases/${alias}`;
  const answer = await callWorkspace(connection, { method: "GET", path });
  if (answer === undefined) return { status: "none" };
  const found = version.parse(answer);
  const tags = await readTags(connection, model, found.version);
  const evidence = await readEvidence(tags, model, found.version);
  return {
    status: "known",
    version: found.version,
    registeredAt:
      found.created_at === undefined ? undefined : new Date(found.created_at).toISOString(),
    tags,
    evidence: evidence.state,
  };
}

function championOf(alias: Fact<Alias>): Fact<Champion> {
  if (alias.status !== "known") return alias;
  const since = alias.tags[PROMOTED_TAG] ?? alias.registeredAt;
  return { status: "known", version: alias.version, ...(since === undefined ? {} : { since }) };
}

function dated(alias: Fact<Alias>): Fact<Champion> {
  if (alias.status !== "known") return alias;
  const { version, registeredAt } = alias;
  return {
    status: "known",
    version,
    ...(registeredAt === undefined ? {} : { since: registeredAt }),
  };
}

/** What the version's own tags say; where they do not, what the last update left in the state. */
function verdictOf(
  champion: Fact<Alias>,
  challenger: Fact<Alias>,
  gate: RecordedGate,
): Fact<GateVerdict> {
  const subject = challenger.status === "none" ? champion : challenger;
  if (subject.status !== "known") return subject;
  const { version, tags, evidence } = subject;
  const said = (
    verdict: GateVerdict["verdict"],
    reason: string | undefined,
  ): Fact<GateVerdict> => ({
    status: "known",
    version,
    verdict,
    ...(reason === undefined ? {} : { reason }),
  });
  const isChampion = champion.status === "known" && champion.version === version;
  const passed = tags[VERDICT_TAG] === "promoted" && evidence === "intact";
  if (isChampion && passed) return said("promoted", tags[REASON_TAG]);
  if (isChampion) {
    return said("bypassed", evidence === "broken" ? "its evidence was changed" : undefined);
  }
  if (tags[VERDICT_TAG] === "rejected") return said("rejected", noteOf(tags[REJECTED_TAG]));
  if (tags[CANARY_TAG]) return said("canary", noteOf(tags[CANARY_TAG]));
  const { outcome, reason } = gate.verdict;
  if (
    gate.facts.candidate?.version === version &&
    (outcome === "inconclusive" || outcome === "error")
  ) {
    return said(outcome, reason);
  }
  return tags[REFUSED_TAG] === undefined || tags[VERDICT_TAG] !== undefined
    ? said("waiting", undefined)
    : said("refused", tags[REFUSED_TAG]);
}

const note = z.union([
  z
    .object({ reason: z.string(), by: z.string() })
    .transform(({ reason, by }) => `${reason} (${by})`),
  z.object({ percent: z.number() }).transform(({ percent }) => `${percent} % of the traffic`),
]);

/** What the gate noted in JSON, in words. */
function noteOf(text: string | undefined): string | undefined {
  try {
    return note.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}
