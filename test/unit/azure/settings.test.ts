import { expect, test } from "vitest";
import { azureSettings } from "../../../stacks/azureSettings";
import { EXISTING } from "./azureDouble";
import { AZURE_DEVOPS, GITHUB, LEAST, MOST, refusals } from "./scene";

test("what is left out has the safe value", () => {
  expect(azureSettings.parse(LEAST)).toEqual({
    ...LEAST,
    storage: { redundancy: "ZRS", softDeleteDays: 14, landing: { coolAfterDays: 30 } },
    firewall: { defaultAction: "Deny", ipRanges: [], subnetIds: [] },
    workspace: {},
    logs: { retentionDays: 90 },
    registry: { sku: "Basic" },
    pipelines: {},
    locks: true,
  });
});

test("everything can be set", () => {
  expect(refusals(MOST)).toEqual([]);
  const existing = {
    ...LEAST,
    keyVault: { existingId: EXISTING.vault },
    workspace: { existingId: EXISTING.workspace },
  };
  expect(refusals(existing)).toEqual([]);
  const network = {
    virtualNetworkId: EXISTING.network,
    publicSubnet: "hosts",
    privateSubnet: "containers",
  };
  expect(refusals({ ...LEAST, network })).toEqual([]);
});

test.each(["environment:prod", "ref:refs/heads/main", "ref:refs/tags/v1.0.0"])(
  "%s may deploy",
  (subject) => {
    const github = { ...GITHUB, deploy: [subject] };
    expect(refusals({ ...LEAST, pipelines: { github } })).toEqual([]);
  },
);

test("a repository may have the ids that its tokens carry", () => {
  const github = { ...GITHUB, repository: "contoso@123/mlops@456" };
  expect(refusals({ ...LEAST, pipelines: { github } })).toEqual([]);
});

const wide = (pipelines: object) => ({ ...LEAST, pipelines });

test.each<[object, string]>([
  [{ ...LEAST, name: "ml-ops" }, "name: must be 2 to 8 lower-case letters and digits"],
  [{ ...LEAST, environment: "production" }, "environment: must be 2 to 8"],
  [{ ...LEAST, subscriptionId: "mine" }, "subscriptionId: must be a GUID"],
  [{ ...LEAST, tenantId: "contoso.com" }, "tenantId: must be a GUID"],
  [{ ...LEAST, location: "West Europe" }, "location: must be a region such as westeurope"],
  [{ ...LEAST, keyVault: {} }, "keyVault.databricksObjectId: a vault that is made needs it: az ad"],
  [{ ...LEAST, keyVault: { existingId: EXISTING.workspace } }, "keyVault.existingId: must be /sub"],
  [{ ...LEAST, workspace: { existingId: EXISTING.vault } }, "workspace.existingId: must be /sub"],
  [
    { ...LEAST, network: { addressSpace: "10.20.0.0/28" } },
    "network.addressSpace: must be an IPv4 range of /16 to /24",
  ],
  [
    { ...LEAST, network: { virtualNetworkId: EXISTING.network } },
    "network: must have addressSpace alone, or",
  ],
  [
    { ...MOST, workspace: { existingId: EXISTING.workspace } },
    "network: an existing workspace has its network already",
  ],
  [{ ...LEAST, firewall: { ipRanges: ["10.0.0.0/31"] } }, "firewall.ipRanges.0: must be a public"],
  [{ ...LEAST, firewall: { ipRanges: ["example.com"] } }, "firewall.ipRanges.0: must be a public"],
  [{ ...LEAST, firewall: { subnetIds: [EXISTING.network] } }, "firewall.subnetIds.0: must be"],
  [{ ...LEAST, storage: { softDeleteDays: 1 } }, "storage.softDeleteDays:"],
  [
    { ...LEAST, storage: { landing: { coolAfterDays: 90, deleteAfterDays: 60 } } },
    "storage.landing.deleteAfterDays: must be more than coolAfterDays, 90",
  ],
  [{ ...LEAST, logs: { retentionDays: 7 } }, "logs.retentionDays:"],
  [{ ...LEAST, alerts: { emails: [] } }, "alerts.emails: must have at least one address"],
  [{ ...LEAST, registry: { sku: "basic" } }, "registry.sku:"],
  [
    { ...MOST, budget: { ...MOST.budget, startMonth: "2026-13" } },
    "budget.startMonth: must be a month such as 2026-12",
  ],
  [{ ...MOST, budget: { ...MOST.budget, monthlyAmount: 0 } }, "budget.monthlyAmount:"],
  [
    wide({ github: { ...GITHUB, repository: "mlops" } }),
    "pipelines.github.repository: must be owner",
  ],
  [
    wide({ github: { ...GITHUB, deploy: ["pull_request"] } }),
    "pipelines.github.deploy.0: must be environment:<name> or ref:refs/heads/<name>, and never a pull",
  ],
  [
    wide({ github: { ...GITHUB, deploy: ["ref:refs/heads/*"] } }),
    "pipelines.github.deploy.0: must",
  ],
  [wide({ github: { ...GITHUB, deploy: [] } }), "pipelines.github.deploy: must have at least one"],
  [
    wide({ github: { ...GITHUB, preview: ["push"] } }),
    "pipelines.github.preview.0: must be pull_req",
  ],
  [
    wide({ azureDevOps: { ...AZURE_DEVOPS, issuer: "https://vstoken.dev.azure.com/1" } }),
    "pipelines.azureDevOps.issuer: must be the issuer that the service connection's page shows",
  ],
  [
    wide({ azureDevOps: { ...AZURE_DEVOPS, deploy: "sc://contoso/mlops/prod" } }),
    "pipelines.azureDevOps.deploy: must be the subject identifier",
  ],
  [{ ...LEAST, adminPassword: "x" }, ": there is no such key; allowed: subscriptionId, tenantId"],
])("%j is refused, with the key and what is allowed", (settings, message) => {
  const said = refusals(settings);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain(message);
});
