import { expect, test } from "vitest";
import { ManagedIdentity } from "../../../components/azure/managedIdentity";
import { ROLES, roleDefinitionId, type Role } from "../../../components/azure/roles";
import { Program } from "../program";
import { AZURE_DEVOPS, environment, inputsOf, LEAST, made, MOST, SUBSCRIPTION } from "./scene";

/** Every assignment of a program whose name begins so: role or definition, and scope. */
function grantsOf(program: Program, prefix: string): Record<string, [unknown, unknown]> {
  const names = program
    .ofType("azure-native:RoleAssignment")
    .filter((one) => one.startsWith(prefix));
  return Object.fromEntries(
    names.map((name) => {
      const { roleDefinitionId: definition, scope } = inputsOf(program, "RoleAssignment", name);
      const role = Object.entries(ROLES).find(([, id]) => String(definition).endsWith(id))?.[0];
      return [name.slice(prefix.length), [role ?? definition, scope]];
    }),
  );
}

test("what previews only reads, and what deploys owns no more than the resource group", async () => {
  const { program } = await made(MOST);
  expect(grantsOf(program, "azure-preview-")).toEqual({
    read: ["Reader", "/arm/mlops-dev"],
    "alert-url": [expect.stringMatching(/^\/arm\/[0-9a-f-]{36}$/), "/arm/mlops-dev-alerts"],
  });
  expect(grantsOf(program, "azure-deploy-")).toEqual({
    change: ["Contributor", "/arm/mlops-dev"],
    grant: ["Role Based Access Control Administrator", "/arm/mlops-dev"],
    lock: ["Locks Contributor", "/arm/mlops-dev"],
    budget: ["Cost Management Contributor", `/subscriptions/${SUBSCRIPTION}`],
  });
  expect(grantsOf(program, "azure-jobs-")).toEqual({});
});

test("what deploys can grant no right that reaches beyond data", async () => {
  const { program } = await made(MOST);
  const { condition, conditionVersion } = inputsOf(program, "RoleAssignment", "azure-deploy-grant");
  expect(conditionVersion).toBe("2.0");
  const allowed = Object.entries(ROLES)
    .filter(([, id]) => String(condition).includes(id))
    .map(([role]) => role);
  expect(allowed.sort()).toEqual([
    "Key Vault Secrets User",
    "Monitoring Metrics Publisher",
    "Storage Blob Data Contributor",
    "Storage Blob Data Reader",
    "Storage Blob Delegator",
  ]);
  // What is granted is in the request; what is taken away is there already.
  const clauses = { write: "@Request", delete: "@Resource" };
  for (const [action, source] of Object.entries(clauses)) {
    expect(condition).toContain(
      `(!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR (${source}[`,
    );
  }
  const ids: Record<string, string> = ROLES;
  const others = program
    .ofType("azure-native:RoleAssignment")
    .filter((name) => !name.startsWith("azure-deploy-") && !name.startsWith("azure-preview-"))
    .map((name) => String(inputsOf(program, "RoleAssignment", name)["roleDefinitionId"]));
  const missing = others.filter((definition) =>
    allowed.every((role) => !definition.endsWith(ids[role] ?? "none")),
  );
  expect(missing, "roles that a deployment has to assign and may not").toEqual([]);
});

test("the custom role reads one address", async () => {
  const { program } = await made(MOST);
  expect(inputsOf(program, "RoleDefinition", "azure-alert-url-role")).toMatchObject({
    scope: "/arm/mlops-dev",
    roleName: "mlops-dev alert webhook reader",
    assignableScopes: ["/arm/mlops-dev"],
    permissions: [{ actions: ["Microsoft.Logic/workflows/triggers/listCallbackUrl/action"] }],
  });
});

test("without locks, budget and alerts, nobody gets the rights to them", async () => {
  const { pipelines } = MOST;
  const { program } = await made({ ...LEAST, pipelines, locks: false });
  expect(Object.keys(grantsOf(program, "azure-deploy-"))).toEqual(["change", "grant"]);
  expect(Object.keys(grantsOf(program, "azure-preview-"))).toEqual(["read"]);
  expect(program.ofType("azure-native:RoleDefinition")).toEqual([]);
});

test("pipelines sign in with the subjects of their tokens", async () => {
  const { program } = await made(MOST);
  const credential = (name: string) => inputsOf(program, "FederatedIdentityCredential", name);
  expect(credential("azure-preview-github-pull-request")).toMatchObject({
    resourceName: "mlops-dev-preview",
    issuer: "https://token.actions.githubusercontent.com",
    subject: "repo:contoso/mlops:pull_request",
    audiences: ["api://AzureADTokenExchange"],
  });
  expect(credential("azure-deploy-github-environment-dev")).toMatchObject({
    resourceName: "mlops-dev-deploy",
    subject: "repo:contoso/mlops:environment:dev",
  });
  for (const purpose of ["preview", "deploy"] as const) {
    expect(credential(`azure-${purpose}-azure-devops`)).toMatchObject({
      issuer: AZURE_DEVOPS.issuer,
      subject: AZURE_DEVOPS[purpose],
    });
  }
});

test("without pipelines there are no identities for them", async () => {
  const { program, foundation } = await made(LEAST);
  expect(foundation.previewIdentity).toBeUndefined();
  expect(foundation.deployIdentity).toBeUndefined();
  expect(program.ofType("azure-native:UserAssignedIdentity")).toEqual(["azure-jobs-identity"]);
});

const subject = (name: string, value = `repo:contoso/mlops:environment:${name}`) => ({
  name,
  issuer: "https://token.actions.githubusercontent.com",
  subject: value,
});

const identityWith = (subjects: ReturnType<typeof subject>[]) => (): ManagedIdentity =>
  new ManagedIdentity("deploy", { environment, purpose: "deploy", subjects, grants: {} });

test("credentials are written one after the other", async () => {
  const program = new Program();
  await program.run(identityWith([subject("a"), subject("b"), subject("c")]));
  const before = (name: string) =>
    program
      .find("azure-native:FederatedIdentityCredential", name)
      .dependsOn.filter((one) => one !== "deploy-identity");
  expect(before("deploy-a")).toEqual([]);
  expect(before("deploy-b")).toEqual(["deploy-a"]);
  expect(before("deploy-c")).toEqual(["deploy-b"]);
});

test.each([
  [
    Array.from({ length: 21 }, (_, index) => subject(`s${index}`)),
    "deploy has 21 federated subjects; Azure takes 20 at most.",
  ],
  [[subject("a"), subject("a", "repo:other/mlops:environment:b")], "with the name 'a'"],
  [[subject("a"), subject("b", subject("a").subject)], "with the subject 'repo:contoso/mlops"],
])(
  "subjects that Azure would refuse are refused before any child is made",
  async (given, message) => {
    const program = new Program();
    await expect(program.run(identityWith(given))).rejects.toThrow(message);
    expect(program.resources.filter(({ parent }) => parent === "deploy")).toEqual([]);
  },
);

test("role ids are those of the subscription", () => {
  const roles: Role[] = ["Reader", "Contributor"];
  expect(roles.map((role) => roleDefinitionId(SUBSCRIPTION, role))).toEqual([
    `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
    `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`,
  ]);
});
