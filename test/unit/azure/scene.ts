import type { AzureEnvironment } from "../../../components/azure/environment";
import { azureNames } from "../../../components/azure/names";
import { LogAnalytics } from "../../../components/azure/logAnalytics";
import { azureFoundation, type AzureFoundation } from "../../../stacks/azure";
import { azureSettings, type AzureSettings } from "../../../stacks/azureSettings";
import { Program, type Registered } from "../program";

export const SUBSCRIPTION = "11111111-1111-4111-8111-111111111111";
export const TENANT = "22222222-2222-4222-8222-222222222222";
export const DATABRICKS = "33333333-3333-4333-8333-333333333333";

export const TAGS = { owner: "data-science", cost_center: "ml-dev" };

/** The `mlops:azure` section with nothing in it that may be left out. */
export const LEAST = {
  subscriptionId: SUBSCRIPTION,
  tenantId: TENANT,
  location: "westeurope",
  name: "mlops",
  environment: "dev",
  keyVault: { databricksObjectId: DATABRICKS },
};

export const GITHUB = { repository: "contoso/mlops", deploy: ["environment:dev"] };

export const AZURE_DEVOPS = {
  issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  preview: `/eid1/c/pub/t/abc/a/def/sc/${SUBSCRIPTION}/${TENANT}`,
  deploy: `/eid1/c/pub/t/abc/a/def/sc/${SUBSCRIPTION}/${DATABRICKS}`,
};

/** The section with everything in it. */
export const MOST = {
  ...LEAST,
  network: { addressSpace: "10.20.0.0/20" },
  alerts: { emails: ["ml-oncall@example.com"] },
  pipelines: { github: GITHUB, azureDevOps: AZURE_DEVOPS },
  budget: { monthlyAmount: 2000, startMonth: "2026-12", emails: ["owner@example.com"] },
};

/** What the settings refuse, each as `path: message`. */
export function refusals(settings: object): string[] {
  const result = azureSettings.safeParse(settings);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

/** A place for components on their own. */
export const environment: AzureEnvironment = {
  names: azureNames(LEAST),
  subscriptionId: SUBSCRIPTION,
  tenantId: TENANT,
  location: "westeurope",
  resourceGroupName: "mlops-dev",
  tags: TAGS,
  protect: true,
};

export const logsOf = (): LogAnalytics => new LogAnalytics("logs", { environment });

/** A run of the Azure side, and what it returned. */
export interface Made {
  readonly program: Program;
  readonly foundation: AzureFoundation;
}

async function run(settings: object, protect: boolean): Promise<Made> {
  const program = new Program();
  const parsed: AzureSettings = azureSettings.parse(settings);
  const foundation = await program.run(() =>
    azureFoundation({ settings: parsed, tags: TAGS, protect }),
  );
  return { program, foundation };
}

const done = new Map<string, Promise<Made>>();

/** As `run`, but once for the same settings. */
export function made(settings: object, protect = false): Promise<Made> {
  const key = JSON.stringify([settings, protect]);
  const found = done.get(key) ?? run(settings, protect);
  done.set(key, found);
  return found;
}

/** The arguments of the resource of this type and name. */
export const inputsOf = (program: Program, type: string, name: string): Registered["inputs"] =>
  program.find(`azure-native:${type}`, name).inputs;
