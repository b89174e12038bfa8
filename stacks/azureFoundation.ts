import { ResourceGroup } from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { AlertWebhook } from "../components/azure/alertWebhook";
import { ContainerRegistry } from "../components/azure/containerRegistry";
import { DatabricksWorkspace, workspaceAddress } from "../components/azure/databricksWorkspace";
import { DataLake } from "../components/azure/dataLake";
import { DeleteLocks } from "../components/azure/deleteLocks";
import { DriftNotices } from "../components/azure/driftNotices";
import type { AzureEnvironment } from "../components/azure/environment";
import { existingVault, existingWorkspace } from "../components/azure/existing";
import type { Firewall } from "../components/azure/firewall";
import type { Container, Foundation, Identity } from "../components/azure/foundation";
import { KeyVault } from "../components/azure/keyVault";
import { LogAnalytics } from "../components/azure/logAnalytics";
import { ManagedIdentity } from "../components/azure/managedIdentity";
import { MonthlyBudget } from "../components/azure/monthlyBudget";
import { azureNames } from "../components/azure/names";
import { NoticeAlert } from "../components/azure/noticeAlert";
import { ServerlessAccess } from "../components/azure/serverlessAccess";
import { WorkspaceNetwork, type InjectedNetwork } from "../components/azure/workspaceNetwork";
import { pipelineIdentities } from "./azurePipelines";
import type { AzureSettings } from "./azureSettings";

/** What the Azure side has in common with the rest of its environment. */
export interface AzureFoundationArgs {
  readonly settings: AzureSettings;
  /** Tags for everything that can carry them: owner, cost centre. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whether an update may not delete what holds data. */
  readonly protect: boolean;
}

/** The Azure side of an environment: what its workspace stands on, and who may do what to it. */
export class AzureFoundation extends pulumi.ComponentResource implements Foundation {
  readonly workspaceUrl: pulumi.Output<string>;
  readonly workspaceResourceId: pulumi.Output<string>;
  readonly accessConnectorId: pulumi.Output<string>;
  readonly storage: Readonly<Record<Container, pulumi.Output<string>>>;
  readonly keyVault: Foundation["keyVault"];
  readonly jobsIdentity: Identity;
  readonly previewIdentity: Identity | undefined;
  readonly deployIdentity: Identity | undefined;
  readonly alertWebhookUrl: pulumi.Output<string> | undefined;
  readonly registryLoginServer: pulumi.Output<string>;
  readonly #name: string;
  /** What holds data and was made here, by a short name. */
  readonly #locked: Record<string, pulumi.Output<string>> = {};
  readonly #parts: pulumi.Resource[] = [];

  constructor(
    name: string,
    { settings, tags, protect }: AzureFoundationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlops:index:AzureFoundation", name, {}, opts);
    this.#name = name;
    const names = azureNames(settings);
    const { subscriptionId, tenantId, location } = settings;
    const group = new ResourceGroup(
      `${name}-group`,
      { resourceGroupName: names.base, location, tags },
      { parent: this, protect },
    );
    const resourceGroupName = group.name;
    const environment: AzureEnvironment = {
      ...{ names, subscriptionId, tenantId, location, resourceGroupName, tags, protect },
    };
    const within = { parent: this };
    const logs = new LogAnalytics(`${name}-logs`, { environment, ...settings.logs }, within);
    const { network, subnetIds } = this.makeNetwork(environment, settings);
    const firewall = {
      ...settings.firewall,
      subnetIds: [...settings.firewall.subnetIds, ...subnetIds],
    };
    const workspace = this.makeWorkspace(environment, settings, network, logs);
    this.workspaceUrl = workspace.url;
    this.workspaceResourceId = workspace.id;
    const lake = this.makeLake(environment, settings, firewall, logs);
    this.accessConnectorId = lake.accessConnector.id;
    this.storage = lake.urls;
    this.keyVault = this.makeVault(environment, settings, logs);
    const registry = new ContainerRegistry(
      `${name}-images`,
      { environment, ...settings.registry },
      within,
    );
    this.registryLoginServer = registry.registry.loginServer;
    this.jobsIdentity = new ManagedIdentity(
      `${name}-jobs`,
      { environment, purpose: "jobs", subjects: [], grants: {} },
      within,
    );
    const webhook = this.makeAlerts(environment, settings, logs);
    this.alertWebhookUrl = webhook?.url;
    const identities = pipelineIdentities(
      name,
      { environment, settings, resourceGroupId: group.id, webhook },
      within,
    );
    this.previewIdentity = identities?.preview;
    this.deployIdentity = identities?.deploy;
    if (settings.budget) {
      const { monthlyAmount: amount, startMonth, emails } = settings.budget;
      new MonthlyBudget(`${name}-budget`, { environment, amount, startMonth, emails }, within);
    }
    if (settings.locks) {
      const locks = { resources: this.#locked, after: [...this.#parts, logs] };
      new DeleteLocks(`${name}-locks`, locks, within);
    }
    this.registerOutputs({ workspaceUrl: this.workspaceUrl });
  }

  private makeNetwork(
    environment: AzureEnvironment,
    { network }: AzureSettings,
  ): { network: InjectedNetwork | undefined; subnetIds: readonly pulumi.Output<string>[] } {
    if (network === undefined || "virtualNetworkId" in network) return { network, subnetIds: [] };
    const made = new WorkspaceNetwork(
      `${this.#name}-network`,
      { environment, addressSpace: network.addressSpace },
      { parent: this },
    );
    return { network: made, subnetIds: made.subnetIds };
  }

  private makeWorkspace(
    environment: AzureEnvironment,
    { workspace: { existingId } }: AzureSettings,
    network: InjectedNetwork | undefined,
    logs: LogAnalytics,
  ): { id: pulumi.Output<string>; url: pulumi.Output<string> } {
    const name = `${this.#name}-databricks`;
    if (existingId !== undefined) {
      const { id, workspace } = existingWorkspace(name, existingId, { parent: this });
      return { id, url: workspaceAddress(workspace) };
    }
    const made = new DatabricksWorkspace(name, { environment, logs, network }, { parent: this });
    const { id } = made.workspace;
    this.#locked["workspace"] = id;
    this.#parts.push(made);
    return { id, url: made.url };
  }

  private makeLake(
    environment: AzureEnvironment,
    { storage }: AzureSettings,
    firewall: Firewall,
    logs: LogAnalytics,
  ): DataLake {
    const name = `${this.#name}-lake`;
    const lake = new DataLake(name, { environment, logs, ...storage, firewall }, { parent: this });
    const { id } = lake.account;
    this.#locked["storage"] = id;
    this.#parts.push(lake);
    if (firewall.defaultAction === "Deny") {
      const access = { environment, storageAccountId: id };
      this.#parts.push(new ServerlessAccess(`${name}-serverless`, access, { parent: this }));
    }
    return lake;
  }

  private makeVault(
    environment: AzureEnvironment,
    { keyVault: { existingId, databricksObjectId }, firewall }: AzureSettings,
    logs: LogAnalytics,
  ): Foundation["keyVault"] {
    const name = `${this.#name}-vault`;
    if (existingId !== undefined) return existingVault(name, existingId, { parent: this });
    if (databricksObjectId === undefined) {
      throw new pulumi.RunError("keyVault needs either existingId or databricksObjectId.");
    }
    const args = { environment, logs, firewall, databricksObjectId };
    const made = new KeyVault(name, args, { parent: this });
    const resourceId = made.vault.id;
    this.#locked["vault"] = resourceId;
    this.#parts.push(made);
    return { resourceId, uri: made.uri };
  }

  private makeAlerts(
    environment: AzureEnvironment,
    { alerts }: AzureSettings,
    logs: LogAnalytics,
  ): AlertWebhook | undefined {
    if (alerts === undefined) return;
    const within = { parent: this };
    const notices = new DriftNotices(`${this.#name}-notices`, { environment, logs }, within);
    const { emails } = alerts;
    new NoticeAlert(`${this.#name}-alert`, { environment, logs, notices, emails }, within);
    return new AlertWebhook(`${this.#name}-webhook`, { environment, notices }, within);
  }
}
