import { createHash } from "node:crypto";
import { parseArmId } from "./armId";
import { bag, isBag, revealed, text, type Bag } from "./values";

/** What outputs are computed from. */
export interface Made {
  readonly id: string;
  readonly token: string;
  readonly inputs: Bag;
  /** ISO 8601. */
  readonly created: string;
  readonly tenantId: string;
}

/** A GUID that is always the same for the same words. */
export function guid(...words: string[]): string {
  const hex = createHash("sha256").update(words.join("\n").toLowerCase()).digest("hex");
  const part = (from: number, to: number): string => hex.slice(from, to);
  return [part(0, 8), part(8, 12), `5${part(13, 16)}`, `8${part(17, 20)}`, part(20, 32)].join("-");
}

/**
 * What Azure adds to what a program sets, as far as programs read it; nested objects are laid over
 * the given ones.
 */
export function computedOutputs(made: Made): Bag {
  const { id, token, inputs } = made;
  const { name, type } = parseArmId(id);
  return {
    name,
    type,
    provisioningState: "Succeeded",
    etag: `"${guid(id, made.created).slice(0, 8)}"`,
    ...identityOutputs(made),
    ...(COMPUTED[token.replace(/^azure-native:/, "")]?.({ ...made, name }, inputs) ?? {}),
  };
}

/** Of every resource with an `identity`. */
function identityOutputs({ id, inputs, tenantId }: Made): Bag {
  const identity = bag(inputs, "identity");
  const kind = text(identity, "type") ?? "";
  const assigned = revealed(identity["userAssignedIdentities"]).value;
  if (kind === "") return {};
  return {
    identity: {
      ...(kind.includes("System") ? { principalId: guid(id, "principal"), tenantId } : {}),
      ...(Array.isArray(assigned) ? { userAssignedIdentities: identitiesOf(assigned) } : {}),
    },
  };
}

/** A list of ids in, a map of what they are out: that is how the SDK has it. */
function identitiesOf(ids: readonly unknown[]): Bag {
  return Object.fromEntries(
    ids.flatMap((each) => {
      const { value: id } = revealed(each);
      return typeof id === "string"
        ? [[id, { principalId: guid(id, "principal"), clientId: guid(id, "client") }]]
        : [];
    }),
  );
}

type Compute = (made: Made & { readonly name: string }, inputs: Bag) => Bag;

/** By type, without `azure-native:`. */
export const COMPUTED: Readonly<Record<string, Compute>> = {
  "resources:ResourceGroup": () => ({ properties: { provisioningState: "Succeeded" } }),

  "storage:StorageAccount": ({ name, created }, inputs) => ({
    primaryEndpoints: Object.fromEntries(
      ["blob", "dfs", "file", "queue", "table", "web"].map((service) => [
        service,
        `https://${name}.${service === "web" ? "z6.web" : service}.core.windows.net/`,
      ]),
    ),
    primaryLocation: text(inputs, "location") ?? "",
    statusOfPrimary: "available",
    creationTime: created,
    sku: { tier: text(bag(inputs, "sku"), "name")?.split("_")[0] ?? "Standard" },
  }),
  "storage:BlobContainer": ({ created }) => ({
    lastModifiedTime: created,
    leaseState: "Available",
    hasImmutabilityPolicy: false,
    hasLegalHold: false,
  }),
  "storage:ManagementPolicy": ({ created }) => ({ lastModifiedTime: created }),

  "keyvault:Vault": ({ name }) => ({
    properties: {
      vaultUri: `https://${name}.vault.azure.net/`,
      hsmPoolResourceId: "",
      provisioningState: "Succeeded",
    },
  }),

  "databricks:Workspace": ({ id, created }, inputs) => {
    const workspaceId = databricksWorkspaceId(id);
    const { scope } = parseArmId(id);
    const subscription = scope.slice(0, scope.indexOf("/resourceGroups/"));
    return {
      workspaceId,
      workspaceUrl: `adb-${workspaceId}.${Number(workspaceId) % 20}.azuredatabricks.net`,
      managedResourceGroupId:
        text(inputs, "managedResourceGroupId") ??
        `${subscription}/resourceGroups/databricks-rg-${guid(id).slice(0, 13)}`,
      isUcEnabled: true,
      createdDateTime: created,
      computeMode: text(inputs, "computeMode") ?? "Hybrid",
    };
  },
  "databricks:AccessConnector": () => ({ properties: { provisioningState: "Succeeded" } }),

  "operationalinsights:Workspace": ({ id, created }) => ({
    customerId: guid(id, "customer"),
    createdDate: created,
    modifiedDate: created,
  }),
  "monitor:DataCollectionEndpoint": ({ id, name }, inputs) => {
    const host = `${name}-${guid(id).slice(0, 4)}`;
    const region = `${text(inputs, "location") ?? ""}-1`;
    return {
      immutableId: `dce-${guid(id).replaceAll("-", "")}`,
      logsIngestion: { endpoint: `https://${host}.${region}.ingest.monitor.azure.com` },
      metricsIngestion: { endpoint: `https://${host}.${region}.metrics.ingest.monitor.azure.com` },
    };
  },
  "monitor:DataCollectionRule": ({ id }) => ({
    immutableId: `dcr-${guid(id).replaceAll("-", "")}`,
  }),
  "containerregistry:Registry": ({ name, created }) => ({
    loginServer: `${name.toLowerCase()}.azurecr.io`,
    creationDate: created,
  }),
  "logic:Workflow": ({ id, created }) => ({
    accessEndpoint: `https://prod-00.logic.azure.com:443/workflows/${guid(id).replaceAll("-", "")}`,
    createdTime: created,
    changedTime: created,
    version: guid(id, created),
  }),
  "managedidentity:UserAssignedIdentity": ({ id, tenantId }) => ({
    principalId: guid(id, "principal"),
    clientId: guid(id, "client"),
    tenantId,
  }),
  "authorization:RoleAssignment": ({ created, inputs }) => ({
    scope: text(inputs, "scope") ?? "",
    createdOn: created,
    updatedOn: created,
  }),
  "network:VirtualNetwork": ({ id }, inputs) => {
    const subnets = revealed(inputs["subnets"]).value;
    return {
      resourceGuid: guid(id),
      ...(Array.isArray(subnets) && {
        subnets: subnets.map((subnet) => ({
          ...(isBag(subnet) ? subnet : {}),
          id: `${id}/subnets/${text(subnet, "name") ?? ""}`,
          provisioningState: "Succeeded",
        })),
      }),
    };
  },
  "network:NetworkSecurityGroup": ({ id }) => ({ resourceGuid: guid(id) }),
};

/** A number of 16 digits, as Databricks has them, the same for the same workspace. */
export function databricksWorkspaceId(id: string): string {
  const digits = BigInt(`0x${guid(id).replaceAll("-", "")}`) % 9_000_000_000_000_000n;
  return String(1_000_000_000_000_000n + digits);
}

/** Lays computed values over given ones, object by object. */
export function laidOver(given: unknown, computed: unknown): unknown {
  const { value } = revealed(given);
  if (!isBag(computed) || (value !== undefined && !isBag(value))) return computed;
  const below = value ?? {};
  return {
    ...below,
    ...Object.fromEntries(
      Object.entries(computed).map(([key, inner]) => [key, laidOver(below[key], inner)]),
    ),
  };
}
