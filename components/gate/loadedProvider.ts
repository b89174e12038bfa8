import type * as pulumi from "@pulumi/pulumi";
import { ownCode } from "../workspace/ownCode";
import type * as module from "./provider";
import type { GateInputs, GateOutputs } from "./record";

/**
 * The gate's provider as the state keeps it: it loads {@link module.GateProvider} from the checkout. So refresh and
 * diff, which the engine runs by what the state keeps, run today's code, and a hundred gates are not a hundred
 * copies of it.
 */
export class LoadedGateProvider implements pulumi.dynamic.ResourceProvider<
  GateInputs,
  GateOutputs
> {
  private config: pulumi.dynamic.Config | undefined;
  private loaded: Promise<module.GateProvider> | undefined;

  configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.config = config;
    return Promise.resolve();
  }

  async diff(id: string, olds: GateOutputs, news: GateInputs): Promise<pulumi.dynamic.DiffResult> {
    return (await this.provider()).diff(id, olds, news);
  }

  async create(inputs: GateInputs): Promise<pulumi.dynamic.CreateResult<GateOutputs>> {
    return (await this.provider()).create(inputs);
  }

  async update(
    id: string,
    olds: GateOutputs,
    news: GateInputs,
  ): Promise<pulumi.dynamic.UpdateResult<GateOutputs>> {
    return (await this.provider()).update(id, olds, news);
  }

  async read(id: string, props?: GateOutputs): Promise<pulumi.dynamic.ReadResult<GateOutputs>> {
    return (await this.provider()).read(id, props);
  }

  /** Leaves the alias, as the gate does, and needs no code for it: a stack can be destroyed without a checkout. */
  delete(): Promise<void> {
    return Promise.resolve();
  }

  private provider(): Promise<module.GateProvider> {
    return (this.loaded ??= load(this.config));
  }
}

async function load(config: pulumi.dynamic.Config | undefined): Promise<module.GateProvider> {
  const isModule = (value: unknown): value is typeof module =>
    typeof value === "object" && value !== null && "GateProvider" in value;
  const file = "./components/gate/provider.ts";
  const loaded = await ownCode(file);
  if (!isModule(loaded)) throw new Error(`${file} has no provider of gates.`);
  const provider = new loaded.GateProvider();
  if (config !== undefined) await provider.configure({ config });
  return provider;
}
