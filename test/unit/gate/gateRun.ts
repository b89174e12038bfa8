import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { decide, type MetricRule } from "../../../components/gate/decide";
import { GateProvider } from "../../../components/gate/provider";
import type { GateInputs, GateOutputs, OnFailure } from "../../../components/gate/record";
import { readStanding } from "../../../components/gate/registry";
import { above } from "../../../components/gate/rules";
import { startedProvider } from "../startedProvider";
import { RegistryDouble } from "./registryDouble";

/** What the gate of the tests asks for. */
export const RULES: readonly MetricRule[] = [above("val_auc_roc", 0.85)];

/** A gate on a double of the registry, driven as the engine drives a dynamic provider. */
export class GateRun {
  state: GateOutputs | undefined;

  private constructor(
    readonly registry: RegistryDouble,
    readonly provider: GateProvider,
    private readonly onFailure: OnFailure,
    private readonly rules: readonly MetricRule[],
  ) {}

  static async start(
    onFailure: OnFailure = "hold",
    rules: readonly MetricRule[] = RULES,
  ): Promise<GateRun> {
    const registry = await RegistryDouble.start();
    const provider = await startedProvider(new GateProvider(), registry.config);
    return new GateRun(registry, provider, onFailure, rules);
  }

  /** What the program sees and decides, as `PromotionGate` registers it. */
  async preview(): Promise<GateInputs> {
    const { registry, rules, onFailure } = this;
    const metrics = rules.map((rule) => rule.metric);
    const { candidate, champion, lost } = await readStanding(registry, registry.model, metrics);
    const verdict = decide(candidate, rules);
    return {
      model: registry.model,
      rules,
      onFailure,
      candidate,
      verdict,
      observed: champion,
      lost,
      left: (verdict.outcome === "promoted" ? candidate : champion)?.version ?? "none",
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
