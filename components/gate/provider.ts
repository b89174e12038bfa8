import type * as pulumi from "@pulumi/pulumi";
import { findConnection } from "../workspace/connection";
import type { Connection } from "../workspace/rest";
import { recognize } from "./aliasDrift";
import { readChampion, type Champion } from "./reading/readFacts";
import { LOGIC, canonical, type GateInputs, type GateMemory, type GateOutputs } from "./record";
import { settle } from "./settle";

/**
 * The dynamic provider of promotion gates. The connection comes from the configuration or the
 * environment of the process that runs it; it is no input, so it is in no state.
 */
export class GateProvider implements pulumi.dynamic.ResourceProvider<GateInputs, GateOutputs> {
  private config: pulumi.dynamic.Config | undefined;
  private connected: Promise<Connection> | undefined;

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
    const memory = { holder: globalThis.crypto.randomUUID(), history: [], rejected: [] };
    const known = await settle(await this.connection(), inputs, memory);
    return { id: inputs.model, outs: outputs(inputs, known) };
  }

  async update(
    _id: string,
    olds: GateOutputs,
    news: GateInputs,
  ): Promise<pulumi.dynamic.UpdateResult<GateOutputs>> {
    const known = await settle(await this.connection(), news, memoryOf(olds));
    return { outs: outputs(news, known) };
  }

  /**
   * What refresh sees: the alias as it stands, whoever moved it. A promotion that stands up to this gate's own
   * decision, by an update that was interrupted or by another state's gate, is on record from then on.
   */
  async read(id: string, props?: GateOutputs): Promise<pulumi.dynamic.ReadResult<GateOutputs>> {
    if (props === undefined) {
      throw new Error(
        `The promotion gate of ${id} cannot be imported. Declare it and run an update: it takes over a ` +
          "champion that stands up to its rules.",
      );
    }
    const connection = await this.connection();
    const { champion, left } = await readChampion(connection, props.model);
    const isOther = champion?.gated === true && champion.version !== props.champion;
    const known = isOther ? await recognize(connection, props, memoryOf(props)) : memoryOf(props);
    const found = { observed: champion, noted: left };
    return { id, props: { ...props, ...known, ...found, left: known.champion ?? "none" } };
  }

  /** Leaves the alias: what serves production must not lose its champion because a gate is taken down. */
  delete(): Promise<void> {
    return Promise.resolve();
  }

  /** Signed in once for all gates: the engine's process keeps one provider. */
  private connection(): Promise<Connection> {
    return (this.connected ??= findConnection((key) => this.config?.get(key)));
  }
}

/**
 * Whether the alias is not where the gate left it: as refresh found it (`olds`), or as the program
 * sees it (`news`). When it refreshes, the engine asks with the inputs of the last update; what those saw
 * before that update promoted is no finding, so they are held against what the model's tag said at that time.
 */
function isMoved(olds: GateOutputs, { observed, noted }: GateInputs): boolean {
  const strays = (champion: Champion | null, from: string | null): boolean =>
    (champion?.version ?? null) !== from || champion?.gated === false;
  return strays(olds.observed, olds.champion ?? null) || strays(observed, noted);
}

/** Whether the gate is asked anything else, or would answer anything else. */
function differs(olds: GateInputs, news: GateInputs): boolean {
  return compared(olds) !== compared(news);
}

function compared(inputs: GateInputs): string {
  const { model, policy, onFailure, onAliasDrift, folder, facts, verdict, rollback } = inputs;
  const { outcome, canary } = verdict;
  // What else was measured, and what people say of it, is a change if the outcome is another one.
  const candidate = facts.candidate && { ...facts.candidate, rejection: null, fingerprint: null };
  return canonical({
    ...{ model, policy, onFailure, onAliasDrift, folder, rollback },
    ...{ candidate, outcome, canary },
  });
}

/** What is left of a state; that of an older gate may know less. */
function memoryOf(olds: GateOutputs): GateMemory {
  const { champion, previousChampion, promotedAt, evidence, progress } = olds;
  const older: Partial<GateMemory> = olds;
  return {
    holder: older.holder ?? globalThis.crypto.randomUUID(),
    history: older.history ?? [],
    rejected: older.rejected ?? [],
    // The engine's protocol refuses undefined.
    ...(champion === undefined ? {} : { champion }),
    ...(previousChampion === undefined ? {} : { previousChampion }),
    ...(promotedAt === undefined ? {} : { promotedAt }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(progress === undefined ? {} : { progress }),
  };
}

/** What an update keeps. */
function outputs(inputs: GateInputs, memory: GateMemory): GateOutputs {
  const { champion } = memory;
  return {
    ...inputs,
    ...memory,
    observed:
      champion === undefined ? null : { version: champion, evidence: "intact", gated: true },
    noted: champion ?? null,
    left: champion ?? "none",
    logic: LOGIC,
  };
}
