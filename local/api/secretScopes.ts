import { z } from "zod";
import { ApiError, missing, unsupported } from "../errors";
import { USER } from "../identity";
import { operation, type Operation } from "../route";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";

const path = "/api/2.0/secrets";
const scope = z
  .string()
  .regex(/^[\w.@/-]{1,128}$/, "must be up to 128 letters, digits, dashes, underscores and periods");
const principal = z.string().min(1);
const permission = z.enum(["READ", "WRITE", "MANAGE"]);

const vault = z.strictObject({
  resource_id: z
    .string()
    .regex(
      /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+$/i,
      "must be the resource id of a Key Vault",
    ),
  dns_name: z.url({ protocol: /^https$/, error: "must be the https address of a Key Vault" }),
});

const record = z.strictObject({
  name: scope,
  keyvault_metadata: vault,
  acls: z.array(z.strictObject({ principal, permission })),
});
type Scope = z.output<typeof record>;

const scopes = ({ store }: Workspace): Collection<Scope> =>
  store.collection("secretScopes", record);

/**
 * Secret scopes of Azure Key Vaults, and who may read what is in them
 * (https://docs.databricks.com/api/workspace/secrets). This machine has no Azure, so there is no secret to be
 * listed or read: those calls are refused, as are scopes that Databricks keeps itself.
 */
export const secretScopeOperations: Operation[] = [
  operation(`POST ${path}/scopes/create`, {
    answers: "raw",
    body: z.strictObject({
      scope,
      scope_backend_type: z.enum(["AZURE_KEYVAULT", "DATABRICKS"]).default("DATABRICKS"),
      backend_azure_keyvault: vault.optional(),
      initial_manage_principal: z.literal("users").optional(),
    }),
    handle: ({ body, workspace }) => {
      const { backend_azure_keyvault: keyvault_metadata } = body;
      if (body.scope_backend_type === "DATABRICKS" || keyvault_metadata === undefined)
        throw unsupported(
          `POST ${path}/scopes/create`,
          "a scope that is not of an Azure Key Vault",
        );
      if (scopes(workspace).get(body.scope) !== undefined)
        throw new ApiError("RESOURCE_ALREADY_EXISTS", `Scope ${body.scope} already exists!`);
      const manager = body.initial_manage_principal ?? USER.userName;
      scopes(workspace).put(body.scope, {
        name: body.scope,
        keyvault_metadata,
        acls: [{ principal: manager, permission: "MANAGE" }],
      });
    },
  }),
  operation(`GET ${path}/scopes/list`, {
    answers: "workspace.ListScopesResponse",
    handle: ({ workspace }) => ({
      scopes: scopes(workspace)
        .list()
        .map(({ name, keyvault_metadata }) => ({
          name,
          backend_type: "AZURE_KEYVAULT",
          keyvault_metadata,
        })),
    }),
  }),
  operation(`POST ${path}/scopes/delete`, {
    answers: "raw",
    body: z.strictObject({ scope }),
    handle: ({ body, workspace }) => {
      scopes(workspace).delete(requireScope(workspace, body.scope).name);
    },
  }),
  operation(`POST ${path}/acls/put`, {
    answers: "raw",
    body: z.strictObject({ scope, principal, permission }),
    handle: ({ body: { scope, principal, permission }, workspace }) => {
      const found = requireScope(workspace, scope);
      putAcls(workspace, found, [...others(found, principal), { principal, permission }]);
    },
  }),
  operation(`GET ${path}/acls/get`, {
    answers: "workspace.AclItem",
    query: z.strictObject({ scope, principal }),
    handle: ({ query, workspace }) =>
      requireAcl(requireScope(workspace, query.scope), query.principal),
  }),
  operation(`GET ${path}/acls/list`, {
    answers: "workspace.ListAclsResponse",
    query: z.strictObject({ scope }),
    handle: ({ query, workspace }) => ({ items: requireScope(workspace, query.scope).acls }),
  }),
  operation(`POST ${path}/acls/delete`, {
    answers: "raw",
    body: z.strictObject({ scope, principal }),
    handle: ({ body, workspace }) => {
      const found = requireScope(workspace, body.scope);
      requireAcl(found, body.principal);
      putAcls(workspace, found, others(found, body.principal));
    },
  }),
];

function requireScope(workspace: Workspace, name: string): Scope {
  const found = scopes(workspace).get(name);
  if (found === undefined) throw missing("Scope", name);
  return found;
}

function requireAcl({ name, acls }: Scope, principal: string): Scope["acls"][number] {
  const found = acls.find((one) => one.principal === principal);
  if (found === undefined) throw missing(`The ACL on scope '${name}' of`, principal);
  return found;
}

const others = ({ acls }: Scope, principal: string): Scope["acls"] =>
  acls.filter((one) => one.principal !== principal);

function putAcls(workspace: Workspace, found: Scope, acls: Scope["acls"]): void {
  acls.sort((a, b) => a.principal.localeCompare(b.principal));
  scopes(workspace).put(found.name, { ...found, acls });
}
