import type * as pulumi from "@pulumi/pulumi";
import { LOGIC, canonical, type GateInputs, type GateOutputs } from "./record";
import { readChampion, type Champion } from "./registry";
import { settle } from "./settle";
import { providerConnection } from "../workspace/providerConnection";
import type { Connection } from "../workspace/rest";

/**
 * The dynamic provider of promotion gates. The connection comes from the configuration or the
 * environment of the process that runs it; it is neither an input nor captured.
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
    return { id: inputs.model, outs: await settle(await this.connection(), inputs) };
  }

  async update(
    _id: string,
    olds: GateOutputs,
    news: GateInputs,
  ): Promise<pulumi.dynamic.UpdateResult<GateOutputs>> {
    return { outs: await settle(await this.connection(), news, olds) };
  }

  /** What refresh sees: the alias as it stands, whoever moved it. */
  async read(id: string, props?: GateOutputs): Promise<pulumi.dynamic.ReadResult<GateOutputs>> {
    if (props === undefined) throw new Error(`The promotion gate of ${id} cannot be imported.`);
    const observed = await readChampion(await this.connection(), props.model);
    return { id, props: { ...props, observed } };
  }

  /** Leaves the alias: what serves production must not lose its champion because a gate is taken down. */
  delete(): Promise<void> {
    return Promise.resolve();
  }

  /** Signed in once for all gates: the engine's process keeps one provider. */
  private connection(): Promise<Connection> {
    return (this.connected ??= providerConnection((key) => this.config?.get(key)));
  }
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

function differs(olds: GateInputs, news: GateInputs): boolean {
  const compared = ({ model, rules, onFailure, candidate, verdict }: GateInputs): string =>
    canonical({ model, rules, onFailure, candidate, verdict });
  return compared(olds) !== compared(news);
}
