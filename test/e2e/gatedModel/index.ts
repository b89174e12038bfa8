import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { above } from "../../../components/gate/rules";
import { PromotionGate, type PromotionGateArgs } from "../../../components/promotionGate";
import { RegisteredModel } from "../../../components/registeredModel";
import { ServingEndpoint } from "../../../components/servingEndpoint";
import { signIn } from "../../../components/workspace/signIn";
import { SmallPlatform } from "./platform";

/** What a test says of a model; the rules of its gate are those of customer churn. */
export interface GatedModel extends Partial<
  Pick<PromotionGateArgs, "rules" | "onFailure" | "onAliasDrift">
> {
  /** Whether an endpoint serves the champion, which takes its time over loading it. @default a folder alone */
  readonly endpoint?: boolean;
}

const RULES = [above("val_accuracy", 0.8), above("val_f1", 0.75), above("val_auc_roc", 0.842)];

/** Deploys the models that the configuration names. */
export async function deploy(): Promise<Record<string, unknown>> {
  await signIn();
  const platform = new SmallPlatform();
  const models = new pulumi.Config().requireObject<Record<string, GatedModel>>("models");
  await Promise.all(
    Object.entries(models).map(([name, said]) => deployModel(platform, name, said)),
  );
  return {};
}

/** @param name - As the configuration has it: `customer_churn`. */
async function deployModel(
  platform: SmallPlatform,
  name: string,
  { endpoint = false, ...said }: GatedModel,
): Promise<void> {
  const hyphened = name.replaceAll("_", "-");
  const model = new RegisteredModel(`${hyphened}-model`, {
    platform,
    model: platform.table(`models.${name}_model`),
    comment: "For a test",
  });
  const experiment = `${platform.folder}/${hyphened}`;
  const champion = await PromotionGate.decide(`${hyphened}-gate`, {
    ...{ model, experiment, rules: RULES },
    ...said,
  });
  if (endpoint) new ServingEndpoint(hyphened, { platform, champion, scaleToZero: true });
  else follow(hyphened, `${experiment}-serves`, champion);
}

/** A folder named by the champion's version, which stands behind the gate as an endpoint does, and costs nothing. */
function follow(name: string, folder: string, champion: PromotionGate): void {
  const { championVersion } = champion;
  if (championVersion === undefined) return;
  const path = pulumi.interpolate`${folder}/${champion.confirm(championVersion)}`;
  new databricks.Directory(`${name}-serves`, { path }, { dependsOn: [champion] });
}
