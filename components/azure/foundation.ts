import type * as pulumi from "@pulumi/pulumi";

/** Containers of an environment's storage account; {@link Foundation.storage} has their URLs. */
export const CONTAINERS = ["catalog", "landing"] as const;

/** `catalog` holds managed tables, volumes and models; `landing` the files of others, which are only read. */
export type Container = (typeof CONTAINERS)[number];

/** An identity of Microsoft Entra ID without any secret. */
export interface Identity {
  /** Application id: Databricks knows the service principal by it, pipelines sign in with it. */
  readonly clientId: pulumi.Output<string>;
  /** Object id of the service principal: role assignments name it. */
  readonly principalId: pulumi.Output<string>;
  /** ARM id of the managed identity. */
  readonly resourceId: pulumi.Output<string>;
}

/** What the Azure side of an environment offers to the workspace's side. `stacks/azure.ts` makes one. */
export interface Foundation {
  /** Address of the workspace, `https://adb-….azuredatabricks.net`: what `databricks:host` is set to. */
  readonly workspaceUrl: pulumi.Output<string>;
  /** ARM id of the workspace. */
  readonly workspaceResourceId: pulumi.Output<string>;
  /** ARM id of the access connector that a storage credential is made on. */
  readonly accessConnectorId: pulumi.Output<string>;
  /** URL of each container, `abfss://catalog@account.dfs.core.windows.net/`, as external locations take it. */
  readonly storage: Readonly<Record<Container, pulumi.Output<string>>>;
  /** The vault behind the secret scope; `uri` is `https://name.vault.azure.net/`. */
  readonly keyVault: {
    readonly resourceId: pulumi.Output<string>;
    readonly uri: pulumi.Output<string>;
  };
  /** What jobs run as. It has no role in Azure: it reaches data through Unity Catalog alone. */
  readonly jobsIdentity: Identity;
  /** What pipelines preview with, undefined if no pipeline is configured. */
  readonly previewIdentity: Identity | undefined;
  /** What pipelines deploy with, undefined if no pipeline is configured. */
  readonly deployIdentity: Identity | undefined;
  /**
   * Where a notification destination posts what the action group shall tell; undefined without an action
   * group. Its signature lets anybody post: it is a secret, in the state and in every output.
   */
  readonly alertWebhookUrl: pulumi.Output<string> | undefined;
  /** Login server of the container registry, `name.azurecr.io`. */
  readonly registryLoginServer: pulumi.Output<string>;
}
