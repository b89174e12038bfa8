import type { Settings } from "./settings";

/** Days in which state that was deleted or overwritten, or a deleted vault, can be brought back. */
const STATE_DAYS = "30";
const VAULT_DAYS = "90";

/** Who gets a role: a person, or the identity of a pipeline. */
export interface Principal {
  readonly id: string;
  readonly type: "User" | "ServicePrincipal";
}

/** Ids of what roles are given on. */
export interface Scopes {
  readonly container: string;
  readonly vault: string;
}

/** ARM ids of the state's container and of the vault. */
export function scopesOf({ subscription, names }: Settings): Scopes {
  const group = `/subscriptions/${subscription}/resourceGroups/${names.group}/providers`;
  return {
    container: `${group}/Microsoft.Storage/storageAccounts/${names.account}/blobServices/default/containers/${names.container}`,
    vault: `${group}/Microsoft.KeyVault/vaults/${names.vault}`,
  };
}

/** Everything but the vault: each command leaves alone, or brings in line, what is there already. */
export function storageCommands({ stack, subscription, location, names }: Settings): string[][] {
  const { group, account, container } = names;
  const within = ["--resource-group", group, "--subscription", subscription];
  return [
    [
      ...["group", "create", "--name", group, "--location", location],
      ...["--subscription", subscription, "--tags", `stack=${stack}`, "purpose=pulumi-state"],
    ],
    [
      ...["storage", "account", "create", "--name", account, ...within, "--location", location],
      ...["--sku", "Standard_ZRS", "--kind", "StorageV2", "--https-only", "true"],
      ...["--min-tls-version", "TLS1_2", "--allow-blob-public-access", "false"],
      ...["--allow-shared-key-access", "false", "--allow-cross-tenant-replication", "false"],
    ],
    [
      ...["storage", "account", "blob-service-properties", "update"],
      ...["--account-name", account, ...within, "--enable-versioning", "true"],
      ...["--enable-delete-retention", "true", "--delete-retention-days", STATE_DAYS],
      ...["--enable-container-delete-retention", "true"],
      ...["--container-delete-retention-days", STATE_DAYS],
    ],
    [
      ...["storage", "container-rm", "create", "--name", container],
      ...["--storage-account", account, ...within],
    ],
  ];
}

/** The vault; Azure refuses to make one that is there. */
export function vaultCommand({ subscription, location, names }: Settings): string[] {
  return [
    ...["keyvault", "create", "--name", names.vault, "--resource-group", names.group],
    ...["--subscription", subscription, "--location", location, "--sku", "standard"],
    ...["--enable-rbac-authorization", "true", "--enable-purge-protection", "true"],
    ...["--retention-days", VAULT_DAYS],
  ];
}

/** The key; made again it would be another version, so it is made where there is none. */
export function keyCommand({ subscription, names }: Settings): string[] {
  return [
    ...["keyvault", "key", "create", "--vault-name", names.vault, "--name", names.key],
    ...["--subscription", subscription, "--kty", "RSA", "--size", "3072"],
    ...["--ops", "encrypt", "decrypt"],
  ];
}

/** Prevents that state and vault are deleted with a click. */
export function lockCommand({ subscription, names }: Settings): string[] {
  return [
    ...["lock", "create", "--name", "keep-pulumi-state", "--lock-type", "CanNotDelete"],
    ...["--resource-group", names.group, "--subscription", subscription],
  ];
}

/** What a person who bootstraps needs: to write state, to make the key and to encrypt with it. */
export function ownRoles(scopes: Scopes, me: Principal): string[][] {
  return [
    roleCommand("Storage Blob Data Contributor", scopes.container, me),
    roleCommand("Key Vault Crypto Officer", scopes.vault, me),
  ];
}

/** What pipelines need: to read or write state, and to decrypt what is secret in it. */
export function pipelineRoles(scopes: Scopes, { readers, writers }: Settings): string[][] {
  const grant = (role: string) => (id: string) => {
    const principal = { id, type: "ServicePrincipal" } as const;
    return [
      roleCommand(`Storage Blob Data ${role}`, scopes.container, principal),
      roleCommand("Key Vault Crypto User", scopes.vault, principal),
    ];
  };
  return [...readers.flatMap(grant("Reader")), ...writers.flatMap(grant("Contributor"))];
}

/** Giving a role that somebody has changes nothing. */
function roleCommand(role: string, scope: string, { id, type }: Principal): string[] {
  return [
    ...["role", "assignment", "create", "--role", role, "--scope", scope],
    ...["--assignee-object-id", id, "--assignee-principal-type", type],
  ];
}
