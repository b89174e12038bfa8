import { signIn } from "../components";
import { loadConfig } from "./config";
import { models } from "./models";
import { EnvironmentPlatform } from "./platform";

/** Deploys one environment: the platform, and those of its models that the configuration chooses. */
export async function deploy(): Promise<Record<string, unknown>> {
  const settings = loadConfig();
  await signIn();
  const platform = new EnvironmentPlatform("platform", settings.environment);
  const outputs = { catalog: platform.catalog, warehouseId: platform.warehouseId };
  for (const model of models.filter(({ key }) => settings.environment.models.includes(key))) {
    Object.assign(outputs, await model.deploy(platform, settings.models[model.key]));
  }
  return outputs;
}
