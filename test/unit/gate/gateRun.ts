import { DrivenGate, providerOn, type Guarded } from "../../drivenGate";
import { RegistryDouble } from "./registryDouble";
import { ABOVE, policyOf } from "./standing";

/** What a gate of the tests is made with. */
interface Options extends Partial<Omit<Guarded, "model">> {
  /** Where the model is, if another gate owns it too. */
  registry?: RegistryDouble;
}

/** A gate on a double of the registry, driven as the engine drives a dynamic provider. */
export class GateRun extends DrivenGate {
  private constructor(
    readonly registry: RegistryDouble,
    ...[provider, guarded]: [DrivenGate["provider"], Guarded]
  ) {
    super(registry, provider, guarded);
  }

  static async make(options: Options = {}): Promise<GateRun> {
    const registry = options.registry ?? (await RegistryDouble.start());
    const guarded = { policy: policyOf([ABOVE]), ...options, model: registry.model };
    return new GateRun(registry, await providerOn(registry), guarded);
  }
}
