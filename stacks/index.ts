import { signIn } from "../components";
import { loadConfig } from "./config";
import { customerChurn } from "./customerChurn";
import { EnvironmentPlatform } from "./platform";

/** Deploys one environment: the platform, and every model that is listed here. */
export async function deploy(): Promise<Record<string, unknown>> {
  const settings = loadConfig();
  await signIn();
  const platform = new EnvironmentPlatform("platform", settings.environment);
  return {
    catalog: platform.catalog,
    warehouseId: platform.warehouseId,
    ...(await customerChurn(platform, settings.customerChurn)),
  };
}
