import { expect, test } from "vitest";
import { secretScopeOperations } from "../../../local/api/secretScopes";
import { openWorkspace } from "./harness";

const path = "/api/2.0/secrets";
const vault = {
  resource_id:
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/" +
    "Microsoft.KeyVault/vaults/kv",
  dns_name: "https://kv.vault.azure.net/",
};
const scope = {
  scope: "mlops",
  scope_backend_type: "AZURE_KEYVAULT",
  backend_azure_keyvault: vault,
};

const open = () => openWorkspace(secretScopeOperations);

async function openWithScope() {
  const harness = open();
  await harness.call("POST", `${path}/scopes/create`, scope);
  return harness;
}

test("a scope keeps its vault, also after a restart, until it is deleted", async () => {
  const harness = await openWithScope();
  harness.reopen();
  expect((await harness.call("GET", `${path}/scopes/list`)).body).toEqual({
    scopes: [{ name: "mlops", backend_type: "AZURE_KEYVAULT", keyvault_metadata: vault }],
  });
  await harness.call("POST", `${path}/scopes/delete`, { scope: "mlops" });
  expect((await harness.call("GET", `${path}/scopes/list`)).body).toEqual({ scopes: [] });
  expect(await harness.call("POST", `${path}/scopes/delete`, { scope: "mlops" })).toMatchObject({
    status: 404,
    body: { error_code: "RESOURCE_DOES_NOT_EXIST" },
  });
});

test.each([
  [scope, 400, "Scope mlops already exists!"],
  [{ scope: "own" }, 501, "a scope that is not of an Azure Key Vault"],
  [{ ...scope, backend_azure_keyvault: { ...vault, resource_id: "kv" } }, 400, "of a Key Vault"],
  [{ ...scope, scope: "a b" }, 400, "must be up to 128 letters"],
  [{ ...scope, initial_manage_principal: "me" }, 400, "initial_manage_principal"],
])("%j is refused with %s", async (body, status, message) => {
  const { call } = await openWithScope();
  expect(await call("POST", `${path}/scopes/create`, body)).toMatchObject({
    status,
    body: { message: expect.stringContaining(message) as unknown },
  });
});

test("who may read a scope is put, overwritten, listed and taken away", async () => {
  const { call } = await openWithScope();
  const put = (principal: string, permission: string) =>
    call("POST", `${path}/acls/put`, { scope: "mlops", principal, permission });
  const maker = { principal: "local.admin@example.com", permission: "MANAGE" };
  expect((await call("GET", `${path}/acls/list?scope=mlops`)).body).toEqual({ items: [maker] });
  await put("engineers", "WRITE");
  await put("engineers", "READ");
  const reader = { principal: "engineers", permission: "READ" };
  const one = `${path}/acls/get?scope=mlops&principal=engineers`;
  expect((await call("GET", one)).body).toEqual(reader);
  expect((await call("GET", `${path}/acls/list?scope=mlops`)).body).toEqual({
    items: [reader, maker],
  });
  await call("POST", `${path}/acls/delete`, { scope: "mlops", principal: "engineers" });
  expect(await call("GET", one)).toMatchObject({ status: 404 });
  expect(await put("engineers", "ADMIRE")).toMatchObject({ status: 400 });
});

test("a scope made anew has none of the old one's readers", async () => {
  const { call } = await openWithScope();
  await call("POST", `${path}/acls/put`, { scope: "mlops", principal: "x", permission: "READ" });
  await call("POST", `${path}/scopes/delete`, { scope: "mlops" });
  await call("POST", `${path}/scopes/create`, { ...scope, initial_manage_principal: "users" });
  expect((await call("GET", `${path}/acls/list?scope=mlops`)).body).toEqual({
    items: [{ principal: "users", permission: "MANAGE" }],
  });
});
