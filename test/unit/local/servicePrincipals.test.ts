import { expect, test } from "vitest";
import { servicePrincipalOperations } from "../../../local/api/servicePrincipals";
import { openWorkspace } from "./harness";

const path = "/api/2.0/preview/scim/v2/ServicePrincipals";
const APPLICATION = "6f1b1a2c-9d3e-4f50-8a61-0c2d4e6f8a90";
const registered = { applicationId: APPLICATION, displayName: "jobs-dev", active: true };

const open = () => openWorkspace(servicePrincipalOperations);
const idOf = ({ body }: { readonly body: unknown }): string => (body as { id: string }).id;

test("a service principal is read as it was registered, also after a restart", async () => {
  const harness = open();
  // As the provider sends it when nothing is entitled.
  const made = await harness.call("POST", path, { ...registered, entitlements: [{ value: "" }] });
  const id = idOf(made);
  const shown = {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"],
    id,
    ...registered,
  };
  expect(made.body).toEqual(shown);
  harness.reopen();
  const filter = encodeURIComponent(`applicationId eq "${APPLICATION.toUpperCase()}"`);
  expect((await harness.call("GET", `${path}?filter=${filter}`)).body).toMatchObject({
    totalResults: 1,
    Resources: [shown],
  });
  // The provider asks for these, and takes the application from the answer.
  expect((await harness.call("GET", `${path}/${id}?attributes=userName,active`)).body).toEqual({
    schemas: shown.schemas,
    id,
    applicationId: APPLICATION,
    active: true,
  });
});

test("one without an application gets one, as Databricks gives it", async () => {
  const { body } = await open().call("POST", path, { displayName: "own" });
  expect(body).toMatchObject({
    displayName: "own",
    applicationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
  });
});

test("an application is registered once, and says so in the provider's words", async () => {
  const { call } = open();
  await call("POST", path, registered);
  expect(await call("POST", path, registered)).toMatchObject({
    status: 409,
    body: { message: `Service principal with application ID ${APPLICATION} already exists.` },
  });
});

test("it is replaced, but keeps its application, and ends once", async () => {
  const { call } = open();
  const id = idOf(await call("POST", path, registered));
  const changed = { displayName: "jobs", entitlements: [{ value: "workspace-access" }] };
  await call("PUT", `${path}/${id}`, { ...changed, active: false });
  expect((await call("GET", `${path}/${id}`)).body).toMatchObject({
    ...changed,
    active: false,
    applicationId: APPLICATION,
  });
  const other = { ...registered, applicationId: APPLICATION.replace("6", "7") };
  expect(await call("PUT", `${path}/${id}`, other)).toMatchObject({ status: 400 });
  expect(await call("DELETE", `${path}/${id}`)).toMatchObject({ status: 200 });
  expect(await call("DELETE", `${path}/${id}`)).toMatchObject({ status: 404 });
});

test.each([
  [{ ...registered, applicationId: "jobs" }, 400, "must be the id of an application"],
  [{ ...registered, entitlements: [{ value: "fly" }] }, 400, "entitlements"],
  [{ ...registered, userName: "jobs" }, 501, "'userName'"],
  [{ ...registered, groups: [{ value: "1" }] }, 400, "groups"],
])("%j is refused with %s", async (body, status, message) => {
  expect(await open().call("POST", path, body)).toMatchObject({
    status,
    body: { message: expect.stringContaining(message) as unknown },
  });
});
