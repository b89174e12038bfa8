import type * as pulumi from "@pulumi/pulumi";
import { decide, type Candidate, type MetricRule, type Verdict } from "./decide";
import {
  CHAMPION,
  PREVIOUS_TAG,
  VERDICT_TAG,
  readAlias,
  readChampion,
  readStanding,
  readTags,
  setAlias,
  tagVersion,
  type Champion,
} from "./registry";
import { findConnection } from "../workspace/connection";
import type { Connection } from "../workspace/rest";

/** `hold` keeps the champion and lets the update finish; `block` fails it before anything downstream changes. */
export type OnFailure = "hold" | "block";

/** What the program saw and decided; all of it plain, so that a preview shows it. */
export interface GateInputs {
  /** Full name of the registered model. */
  readonly model: string;
  readonly rules: readonly MetricRule[];
  readonly onFailure: OnFailure;
  readonly candidate: Candidate | null;
  readonly verdict: Verdict;
  /** The champion that the program saw. Not compared by `diff`, except to find a moved alias. */
  readonly observed: Champion | null;
  /** Whether the candidate was promoted before and has lost the alias since. */
  readonly lost: boolean;
}

/** What the state keeps; `observed` is then the champion after the update, or as refresh found it. */
export interface GateOutputs extends GateInputs {
  /** The version that this gate left as champion, whoever moved the alias since; none if there is none. */
  readonly champion?: string;
  readonly previousChampion?: string;
  /** RFC 3339; none while nothing was promoted. */
  readonly promotedAt?: string;
  readonly logic: number;
}

/**
 * Raised with every change of this file's behaviour: the engine runs the code kept in the state for
 * refresh and delete, and only a difference brings the new code there.
 */
const LOGIC = 2;

/** The one line that people read in a preview: what happens to the alias, and why. */
export function verdictLine({
  model,
  candidate,
  verdict,
  onFailure,
  observed,
}: GateInputs): string {
  const name = model.split(".").at(-1) ?? model;
  if (candidate === null) return `${name} → champion: WAITING (${verdict.reason})`;
  const head = `${name} v${candidate.version} → champion`;
  if (verdict.outcome === "promoted") {
    const standing = observed?.version === candidate.version ? "CHAMPION" : "PROMOTED";
    return `${head}: ${standing} (${verdict.reason})`;
  }
  if (onFailure === "block") return `${head}: BLOCKED (${verdict.reason})`;
  const stays =
    observed === null ? "there is no champion yet" : `v${observed.version} stays champion`;
  return `${head}: REFUSED (${verdict.reason}); ${stays}`;
}

/**
 * Whether the alias is not where the gate left it: as refresh found it (`olds`), or as the program
 * sees it (`news`). When it refreshes, the engine asks with the inputs of the last update; what those
 * saw before that update promoted is no finding, unless it was a version without a verdict.
 */
function isMoved(olds: GateOutputs, { verdict, observed, lost }: GateInputs): boolean {
  const strayed = (champion: Champion | null | undefined): boolean =>
    (champion?.version ?? null) !== (olds.champion ?? null) || champion?.gated === false;
  if (strayed(olds.observed)) return true;
  return verdict.outcome === "promoted" ? lost || observed?.gated === false : strayed(observed);
}

/** Text that is equal for equal facts: keys in order, and null like absent, as the engine keeps them. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, member]) => member !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );
}

function differs(olds: GateInputs, news: GateInputs): boolean {
  const compared = ({ model, rules, onFailure, candidate, verdict }: GateInputs): string =>
    canonical({ model, rules, onFailure, candidate, verdict });
  return compared(olds) !== compared(news);
}

/** What an update that left `observed` as champion keeps; the engine's protocol refuses undefined. */
function outputs(
  inputs: GateInputs,
  observed: Champion | null,
  previousChampion: string | undefined,
  promotedAt: string | undefined,
): GateOutputs {
  return {
    ...inputs,
    observed,
    lost: false,
    ...(observed === null ? {} : { champion: observed.version }),
    ...(previousChampion === undefined ? {} : { previousChampion }),
    ...(promotedAt === undefined ? {} : { promotedAt }),
    logic: LOGIC,
  };
}

/**
 * Decides again on fresh facts and, if they still are what the program saw, moves the alias.
 * @throws Error when the facts changed meanwhile, when the gate blocks, or when the alias cannot be read back.
 */
async function settle(
  connection: Connection,
  inputs: GateInputs,
  recorded?: GateOutputs,
): Promise<GateOutputs> {
  const { model, rules, candidate, onFailure } = inputs;
  const metrics = rules.map((rule) => rule.metric);
  const now = await readStanding(connection, model, metrics);
  const verdict = decide(now.candidate, rules);
  const seen = { candidate, verdict: inputs.verdict };
  if (canonical({ candidate: now.candidate, verdict }) !== canonical(seen)) {
    throw new Error(
      `${verdictLine(inputs)} was decided on facts that have changed since; nothing was moved. ` +
        `Now: ${verdictLine({ ...inputs, candidate: now.candidate, verdict, observed: now.champion })}`,
    );
  }
  const kept = outputs(inputs, now.champion, recorded?.previousChampion, recorded?.promotedAt);

  if (verdict.outcome === "promoted" && candidate !== null) {
    const { version } = candidate;
    const stands = now.champion?.gated === true && now.champion.version === version;
    if (stands && recorded?.champion === version) return kept;
    // What somebody put there by hand was never champion to this gate.
    const before = now.champion?.gated === true ? now.champion.version : recorded?.champion;
    return promote(connection, inputs, candidate, before === version ? undefined : before);
  }

  const before = recorded?.champion;
  const champion = now.champion?.version;
  if (before !== undefined && before !== champion) {
    await setAlias(connection, model, CHAMPION, before);
    throw new Error(
      `${model}@${CHAMPION} was moved by hand from ${before} to ${champion ?? "none"}. ` +
        `It points at ${before} again; run the update once more to bring the endpoint along.`,
    );
  }
  if (now.champion?.gated === false) {
    throw new Error(
      `${model}@${CHAMPION} points at version ${now.champion.version}, which this gate never promoted. ` +
        "Nominate a version that passes, or delete the alias.",
    );
  }
  if (onFailure === "block" && verdict.outcome !== "waiting") throw new Error(verdictLine(inputs));
  return kept;
}

/**
 * Moves the alias, in an order that can be broken off anywhere and begun again: the evidence first,
 * because an alias without it counts as moved by hand; the previous champion's verdict last.
 * @param before - The champion so far; if unknown, what an interrupted promotion noted.
 */
async function promote(
  connection: Connection,
  inputs: GateInputs,
  { version, runId }: Candidate,
  before: string | undefined,
): Promise<GateOutputs> {
  const { model, verdict } = inputs;
  const previous = before ?? (await readTags(connection, model, version))[PREVIOUS_TAG];
  const promotedAt = new Date().toISOString();
  await tagVersion(connection, model, version, {
    "mlops.gate.reason": verdict.reason,
    "mlops.gate.run_id": runId ?? "",
    "mlops.gate.promoted_at": promotedAt,
    ...(previous === undefined ? {} : { [PREVIOUS_TAG]: previous }),
    [VERDICT_TAG]: "promoted",
  });
  await setAlias(connection, model, CHAMPION, version);
  const after = await readAlias(connection, model, CHAMPION);
  if (after?.version !== version) {
    throw new Error(
      `${model}@${CHAMPION} was set to ${version} but reads ${after?.version ?? "none"}: ` +
        "another update may be running. Run this one again.",
    );
  }
  if (previous !== undefined) {
    await tagVersion(connection, model, previous, { [VERDICT_TAG]: "superseded" });
  }
  return outputs(inputs, { version, gated: true }, previous, promotedAt);
}

/**
 * The dynamic provider of promotion gates. The connection comes from the configuration or the
 * environment of the process that runs it; it is neither an input nor captured.
 */
export class GateProvider implements pulumi.dynamic.ResourceProvider<GateInputs, GateOutputs> {
  private config: pulumi.dynamic.Config | undefined;

  configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.config = config;
    return Promise.resolve();
  }

  diff(_id: string, olds: GateOutputs, news: GateInputs): Promise<pulumi.dynamic.DiffResult> {
    return Promise.resolve({
      changes: olds.logic !== LOGIC || differs(olds, news) || isMoved(olds, news),
      replaces: olds.model === news.model ? [] : ["model"],
    });
  }

  async create(inputs: GateInputs): Promise<pulumi.dynamic.CreateResult<GateOutputs>> {
    return { id: inputs.model, outs: await settle(this.connection(), inputs) };
  }

  async update(
    _id: string,
    olds: GateOutputs,
    news: GateInputs,
  ): Promise<pulumi.dynamic.UpdateResult<GateOutputs>> {
    return { outs: await settle(this.connection(), news, olds) };
  }

  /** What refresh sees: the alias as it stands, whoever moved it. */
  async read(id: string, props?: GateOutputs): Promise<pulumi.dynamic.ReadResult<GateOutputs>> {
    if (props === undefined) throw new Error(`The promotion gate of ${id} cannot be imported.`);
    const observed = await readChampion(this.connection(), props.model);
    return { id, props: { ...props, observed } };
  }

  /** Leaves the alias: what serves production must not lose its champion because a gate is taken down. */
  delete(): Promise<void> {
    return Promise.resolve();
  }

  private connection(): Connection {
    return findConnection((key) => this.config?.get(key));
  }
}
