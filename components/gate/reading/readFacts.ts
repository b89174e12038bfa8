import { readEvidence, type Evidence } from "../evidence/evidenceTags";
import type { Facts } from "../decision/facts";
import { CHALLENGER, CHAMPION, LEFT_TAG, PREVIOUS_TAG, VERDICT_TAG } from "../registry";
import { readModel, readVersion, type RegisteredVersion } from "./registryReads";
import type { Policy } from "../decision/rule";
import { versionOf } from "./values";
import { baselineFacts, candidateFacts } from "./versionFacts";
import { canaryOf } from "./versionNotes";
import type { Connection } from "../../workspace/rest";

/** The version that is champion now. */
export interface Champion {
  readonly version: string;
  /** Of its promotion. `none`: the gate never promoted it; `broken`: its evidence has been changed. */
  readonly evidence: Evidence["state"];
  /**
   * Whether a gate made it champion and no other one since: its evidence is intact, and its verdict still is
   * `promoted`. An alias that somebody moved back by hand is at a version that was superseded or rejected.
   */
  readonly gated: boolean;
}

/** Who is champion, and what there is to show for it. */
export interface ChampionStanding {
  readonly champion: Champion | null;
  /** The version that the gate left as champion; null if it left none. */
  readonly left: string | null;
  /** Of the champion's promotion. */
  readonly evidence: Evidence;
}

/** How a model stands at one moment. */
export interface Standing extends ChampionStanding {
  readonly facts: Facts;
  /** Of a promotion of the candidate, whether or not it is champion. */
  readonly candidateEvidence: Evidence;
}

/**
 * Reads all that a decision is made on, with three calls to the registry: the model, the candidate, and what it
 * is compared with. A fourth is needed only where somebody has moved the alias by hand: a candidate is compared
 * with the champion that the gate left, not with whatever was put in its place.
 * @param candidate - The version to judge; by default the one that training nominated. Where there is no such
 * version, `facts.candidate` is null.
 * @throws Error if the workspace cannot be reached, refuses, or does not answer in JSON. What it answers and
 * cannot be is in `facts.contradictions` instead.
 */
export async function readFacts(
  connection: Connection,
  model: string,
  policy: Policy,
  candidate?: string,
): Promise<Standing> {
  const at = Date.now();
  const registry = await openRegistry(connection, model);
  const { contradictions } = registry;
  const [judged, standing] = await Promise.all([
    readCandidate(registry, candidate),
    readStanding(registry),
  ]);
  const promotedAt = judged === null ? null : promotionOf(standing, judged);
  const baseline = judged === null ? null : await readBaseline(registry, standing, judged);
  const [candidateNow, baselineNow] = await Promise.all([
    judged === null ? null : candidateFacts(registry, judged, policy, promotedAt !== null),
    baseline === null ? null : baselineFacts(registry, baseline, policy),
  ]);
  const facts: Facts = {
    at,
    candidate: candidateNow,
    champion: standing.champion?.version ?? null,
    baseline: baselineNow,
    promotedAt,
    canary: judged === null ? null : canaryOf(judged, policy.canary, contradictions),
    // Calls that run at once answer in any order.
    contradictions: [...new Set(contradictions)].sort(),
  };
  return { ...standing, candidateEvidence: await evidenceOf(registry, judged), facts };
}

/**
 * Who is champion, with two calls to the registry.
 * @throws Error, see {@link readFacts}; also if what was answered cannot be.
 */
export async function readChampion(
  connection: Connection,
  model: string,
): Promise<ChampionStanding> {
  const registry = await openRegistry(connection, model);
  const standing = await readStanding(registry);
  const [contradiction] = registry.contradictions;
  if (contradiction !== undefined) throw new Error(`${model}: ${contradiction}.`);
  return standing;
}

/** A model in the registry, as far as one reading has come. */
interface Registry {
  readonly connection: Connection;
  readonly model: string;
  /** Versions by their alias. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly left: string | null;
  readonly contradictions: string[];
  /** A version, read once; null if there is none. */
  readonly read: (version: string) => Promise<RegisteredVersion | null>;
  /** A version that has to be there. */
  readonly demand: (version: string) => Promise<RegisteredVersion | null>;
}

async function openRegistry(connection: Connection, model: string): Promise<Registry> {
  const contradictions: string[] = [];
  const found = await readModel(connection, model, contradictions);
  const versions = new Map<string, ReturnType<typeof readVersion>>();
  const once = (version: string): ReturnType<typeof readVersion> => {
    const reading =
      versions.get(version) ?? readVersion(connection, model, version, contradictions);
    versions.set(version, reading);
    return reading;
  };
  const leftTag = found?.tags.get(LEFT_TAG);
  const left = versionOf(leftTag);
  if (left === null && leftTag !== undefined && leftTag !== "none") {
    contradictions.push(`the tag ${LEFT_TAG} of ${model} names no version`);
  }
  return {
    connection,
    model,
    aliases: found?.aliases ?? new Map<string, string>(),
    left,
    contradictions,
    read: async (version) => (await once(version)) ?? null,
    demand: async (version) => {
      const there = await once(version);
      if (there === undefined) contradictions.push(`${model} has no version ${version}`);
      return there ?? null;
    },
  };
}

function readCandidate(
  { aliases, read, demand }: Registry,
  asked: string | undefined,
): Promise<RegisteredVersion | null> {
  if (asked !== undefined) return read(asked);
  const nominated = aliases.get(CHALLENGER);
  return nominated === undefined ? Promise.resolve(null) : demand(nominated);
}

async function readStanding(registry: Registry): Promise<ChampionStanding> {
  const version = registry.aliases.get(CHAMPION);
  const found = version === undefined ? null : await registry.demand(version);
  const evidence = await evidenceOf(registry, found);
  const gated = evidence.state === "intact" && found?.tags.get(VERDICT_TAG) === "promoted";
  const champion = version === undefined ? null : { version, evidence: evidence.state, gated };
  return { champion, left: registry.left, evidence };
}

function evidenceOf({ model }: Registry, found: RegisteredVersion | null): Promise<Evidence> {
  if (found === null) return Promise.resolve({ state: "none" });
  return readEvidence(Object.fromEntries(found.tags), model, found.version);
}

/** When a version was promoted, if it is champion and its evidence shows that. */
function promotionOf(
  { champion, evidence }: ChampionStanding,
  { version }: RegisteredVersion,
): string | null {
  const isChampion = version === champion?.version && champion.gated;
  return isChampion && evidence.state === "intact" ? evidence.promotedAt : null;
}

/**
 * The version that `judged` is compared with: the champion; of a champion, the one before. Where somebody has
 * moved or deleted the alias, it is the champion that the gate left, as long as that is in the registry.
 */
async function readBaseline(
  { read }: Registry,
  standing: ChampionStanding,
  judged: RegisteredVersion,
): Promise<RegisteredVersion | null> {
  const { champion, left } = standing;
  const found = champion === null ? null : await read(champion.version);
  const isChampion = judged.version === champion?.version;
  const stands = found !== null && promotionOf(standing, found) !== null;
  const before = versionOf(judged.tags.get(PREVIOUS_TAG));
  const ranked = stands
    ? [isChampion ? before : found.version]
    : left === judged.version
      ? [before]
      : [left, isChampion ? before : (champion?.version ?? null)];
  for (const version of ranked) {
    if (version === null || version === judged.version) continue;
    const there = await read(version);
    if (there !== null) return there;
  }
  return null;
}
