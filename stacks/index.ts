import { signIn } from "../components";
import { churnPrediction } from "./churnPrediction";
import { loadConfig } from "./config";
import { customerChurn } from "./customerChurn";
import { EnvironmentPlatform } from "./platform";
import { purchases } from "./purchases";
import { telcoChurn } from "./telcoChurn";

/** Deploys one environment: the platform, and every model that is listed here. */
export async function deploy(): Promise<Record<string, unknown>> {
  const settings = loadConfig();
  await signIn();
  const platform = new EnvironmentPlatform("platform", settings.environment);
  const bought = purchases(platform);
  return {
    catalog: platform.catalog,
    warehouseId: platform.warehouseId,
    ...(await churnPrediction(platform, bought, settings.churnPrediction)),
    ...(await customerChurn(platform, bought, settings.customerChurn)),
    ...(await telcoChurn(platform, settings.telcoChurn)),
  };
}
