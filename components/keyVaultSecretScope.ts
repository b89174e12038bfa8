import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link KeyVaultSecretScope}. */
export interface KeyVaultSecretScopeArgs {
  /** The scope's name in the workspace: `dbutils.secrets.get("ml_dev", …)`. */
  readonly scope: string;
  /** The vault: its ARM id and `https://name.vault.azure.net/`. */
  readonly keyVault: {
    readonly resourceId: pulumi.Input<string>;
    readonly uri: pulumi.Input<string>;
  };
  /**
   * Who may read every secret of the vault, by a short name: account groups by name, service principals
   * by application id. Nobody can write through the scope.
   */
  readonly readers: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * The secrets of a Key Vault, as notebooks and jobs read them. The scope holds no secret, so that it can be
 * made anew at any time.
 *
 * Databricks makes such a scope only for a caller that signed in with Microsoft Entra ID, not with a
 * personal access token, and reads the vault as the enterprise application AzureDatabricks, which needs the
 * role Key Vault Secrets User on it:
 * https://learn.microsoft.com/azure/databricks/security/secrets/#azure-key-vault-backed-scopes
 *
 * @example
 * new KeyVaultSecretScope("platform-secrets", {
 *   scope: settings.catalog,
 *   keyVault: foundation.keyVault,
 *   readers: { engineers: settings.access.engineers, jobs: jobs.applicationId },
 * }, { parent: this });
 */
export class KeyVaultSecretScope extends pulumi.ComponentResource {
  /** The scope's name, known once it exists. */
  readonly scope: pulumi.Output<string>;

  /** @throws pulumi.RunError for a name that Databricks refuses. */
  constructor(name: string, args: KeyVaultSecretScopeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:KeyVaultSecretScope", name, {}, opts);
    if (!/^[\w.@-]{1,128}$/.test(args.scope)) {
      throw new pulumi.RunError(
        `The secret scope's name is '${args.scope}'; it may have up to 128 letters, digits, and -, _, ., @.`,
      );
    }
    const made = new databricks.SecretScope(
      `${name}-scope`,
      {
        name: args.scope,
        keyvaultMetadata: { resourceId: args.keyVault.resourceId, dnsName: args.keyVault.uri },
      },
      { parent: this },
    );
    this.scope = made.name;
    for (const [who, principal] of Object.entries(args.readers)) {
      new databricks.SecretAcl(
        `${name}-${who}`,
        { scope: made.name, principal, permission: "READ" },
        { parent: this },
      );
    }
    this.registerOutputs({ scope: this.scope });
  }
}
