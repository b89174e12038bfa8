import { Registry } from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import { placed, type AzureEnvironment } from "./environment";

/** Arguments of {@link ContainerRegistry}. */
export interface ContainerRegistryArgs {
  readonly environment: AzureEnvironment;
  /** @default "Basic" */
  readonly sku?: "Basic" | "Standard" | "Premium" | undefined;
}

/** Where images of validated models are kept. Only identities sign in: no admin user, no anonymous pulls. */
export class ContainerRegistry extends pulumi.ComponentResource {
  readonly registry: Registry;

  constructor(name: string, args: ContainerRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ContainerRegistry", name, {}, opts);
    const { environment, sku = "Basic" } = args;
    this.registry = new Registry(
      `${name}-registry`,
      {
        ...placed(environment),
        registryName: environment.names.containerRegistry,
        sku: { name: sku },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
      },
      { parent: this, protect: environment.protect },
    );
    this.registerOutputs({ loginServer: this.registry.loginServer });
  }
}
