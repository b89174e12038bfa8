import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { championAfter } from "../../../components/gate/afterwards";
import { judge, seen } from "../../../components/gate/judge";
import { GateProvider } from "../../../components/gate/provider";
import type { GateInputs, GateOutputs, OnFailure } from "../../../components/gate/record";
import type { Rollback } from "../../../components/gate/decision/rollback";
import type { Policy } from "../../../components/gate/decision/rule";
import { startedProvider } from "../startedProvider";
import { RegistryDouble } from "./registryDouble";
import { ABOVE, policyOf } from "./standing";

/** What a gate of the tests is made with. */
interface Options {
  onFailure?: OnFailure;
  onAliasDrift?: GateInputs["onAliasDrift"];
  policy?: Policy;
  /** Where the model is, if another gate owns it too. */
  registry?: RegistryDouble;
}

/** A gate on a double of the registry, driven as the engine drives a dynamic provider. */
export class GateRun {
  state: GateOutputs | undefined;
  /** What the next program is ordered to bring back. */
  rollback: Rollback | null = null;
  policy: Policy;

  private constructor(
    readonly registry: RegistryDouble,
    readonly provider: GateProvider,
    private readonly options: Options,
  ) {
    this.policy = options.policy ?? policyOf([ABOVE]);
  }

  static async start(options: Options = {}): Promise<GateRun> {
    const registry = options.registry ?? (await RegistryDouble.start());
    const provider = await startedProvider(new GateProvider(), registry.config);
    return new GateRun(registry, provider, options);
  }

  /** What the program sees and decides, as `PromotionGate` registers it. */
  async preview(): Promise<GateInputs> {
    const { registry, policy, rollback, options } = this;
    const question = { model: registry.model, policy, rollback };
    const judged = seen(await judge(registry, question));
    return {
      ...question,
      ...judged,
      onFailure: options.onFailure ?? "hold",
      onAliasDrift: options.onAliasDrift ?? "restore",
      folder: "/Shared/ml",
      left: championAfter(judged) ?? "none",
    };
  }

  /** Whether `pulumi preview` would show a change. */
  async changes(): Promise<boolean> {
    if (this.state === undefined) return true;
    const diff = await this.provider.diff("id", this.state, await this.preview());
    return diff.changes === true;
  }

  /** One `pulumi up`: program, then create or update with what the program saw. */
  async up(inputs?: GateInputs): Promise<GateOutputs> {
    const news = inputs ?? (await this.preview());
    const { outs } =
      this.state === undefined
        ? await this.provider.create(news)
        : await this.provider.update("id", this.state, news);
    if (outs === undefined) throw new Error("The provider returned no outputs.");
    this.state = asKept(outs);
    return this.state;
  }

  /** One `pulumi refresh`. */
  async refresh(): Promise<GateOutputs> {
    const { props } = await this.provider.read("id", this.state);
    if (props === undefined) throw new Error("The provider returned no properties.");
    this.state = asKept(props);
    return this.state;
  }
}

/** What the engine keeps of outputs: what survives its protocol, which refuses undefined. */
function asKept(outputs: GateOutputs): GateOutputs {
  return { ...outputs, ...Struct.fromJavaScript({ ...outputs }).toJavaScript() };
}
