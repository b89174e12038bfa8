import { signIn } from "../components";
import { churnPrediction } from "./churnPrediction";
import { loadConfig, type ModelName } from "./config";
import { customerChurn } from "./customerChurn";
import { iris } from "./iris";
import { EnvironmentPlatform } from "./platform";
import { purchases, type Purchases } from "./purchases";
import { telcoChurn } from "./telcoChurn";

/** Deploys one environment: the platform, and those of its models that the configuration chooses. */
export async function deploy(): Promise<Record<string, unknown>> {
  const settings = loadConfig();
  await signIn();
  const platform = new EnvironmentPlatform("platform", settings.environment);
  let made: Purchases | undefined;
  const bought = (): Purchases => (made ??= purchases(platform));

  const models: Record<ModelName, () => Promise<Record<string, unknown>>> = {
    churnPrediction: () => churnPrediction(platform, bought(), settings.churnPrediction),
    customerChurn: () => customerChurn(platform, bought(), settings.customerChurn),
    iris: () => iris(platform, settings.iris),
    telcoChurn: () => telcoChurn(platform, settings.telcoChurn),
  };
  const outputs = { catalog: platform.catalog, warehouseId: platform.warehouseId };
  for (const name of settings.environment.models) Object.assign(outputs, await models[name]());
  return outputs;
}
