import { z } from "zod";
import { ARM_TYPES, armIdShape, parseArmId } from "../components/azure/armId";
import {
  AZURE_DEVOPS_ISSUER,
  AZURE_DEVOPS_SUBJECT,
  GITHUB_DEPLOY_SUBJECT,
  GITHUB_REPOSITORY,
  GITHUB_SUBJECT,
} from "../components/azure/federation";
import { SHORT_NAME, SHORT_NAME_RULE } from "../components/azure/names";
import { firstQuarters, RANGE_RULE } from "../components/azure/ranges";
import { emails, section } from "./schema";

const shortName = z.string().regex(SHORT_NAME, SHORT_NAME_RULE);
const guid = z.guid("must be a GUID");

/** The ARM id of an existing resource. */
const armId = (kind: keyof typeof ARM_TYPES, shape = armIdShape(ARM_TYPES[kind])) =>
  z.string().refine((id) => parseArmId(ARM_TYPES[kind], id) !== undefined, `must be ${shape}`);

const subnetId = armId("subnet", armIdShape("Microsoft.Network/virtualNetworks/<name>/subnets"));

const ipRange = z.union(
  [
    z.ipv4(),
    // Storage takes no ranges of one or two addresses.
    z.cidrv4().refine((range) => Number(range.split("/")[1]) <= 30),
  ],
  "must be a public IPv4 address, or a range up to /30",
);

const githubSubjects = (allowed: RegExp, rule: string) =>
  z.array(z.string().regex(allowed, rule)).min(1, "must have at least one subject");

const serviceConnection = z
  .string()
  .regex(
    AZURE_DEVOPS_SUBJECT,
    "must be the subject identifier that the service connection's page shows: /eid1/c/…/sc/<organization id>/<connection id>",
  );

const keyVault = section({
  /** A vault that exists and is used as it is, instead of one that is made. */
  existingId: armId("vault").optional(),
  /**
   * Object id of the enterprise application AzureDatabricks in the tenant, which reads the secret scope:
   * `az ad sp show --id 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d --query id`.
   */
  databricksObjectId: guid.optional(),
}).superRefine(({ existingId, databricksObjectId }, context) => {
  if (existingId === undefined && databricksObjectId === undefined) {
    context.addIssue({
      code: "custom",
      path: ["databricksObjectId"],
      message:
        "a vault that is made needs it: az ad sp show --id 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d --query id",
    });
  }
});

const network = z.union(
  [
    /** A network that is made, with the range that clusters live in. */
    section({
      addressSpace: z.string().refine((range) => firstQuarters(range) !== undefined, RANGE_RULE),
    }),
    /** A network that exists, with two delegated subnets. */
    section({
      virtualNetworkId: armId("virtualNetwork"),
      publicSubnet: z.string().min(1),
      privateSubnet: z.string().min(1),
    }),
  ],
  "must have addressSpace alone, or virtualNetworkId, publicSubnet and privateSubnet",
);

/** The Azure side of an environment: `mlops:azure`. Without the section nothing is made in Azure. */
export const azureSettings = section({
  subscriptionId: guid,
  tenantId: guid,
  /** Region, e.g. `westeurope`. */
  location: z.string().regex(/^[a-z0-9]+$/, "must be a region such as westeurope"),
  /** Short name of the platform, which all names begin with. */
  name: shortName,
  /** Short name of the environment, which tells its names from those of others. */
  environment: shortName,
  storage: section({
    /** Copies in three zones of the region, in a second region too, or in one place. */
    redundancy: z.enum(["LRS", "ZRS", "GRS", "GZRS"]).default("ZRS"),
    /** Days in which what was deleted can be brought back. */
    softDeleteDays: z.number().int().min(7).max(365).default(14),
    /** When files in `landing` become cheaper to keep, and when they go; counted from their last change. */
    landing: section({
      coolAfterDays: z.number().int().min(1).default(30),
      deleteAfterDays: z.number().int().min(31).optional(),
    }).prefault({}),
  }).prefault({}),
  /** From where storage and vault can be reached, besides the workspace's own ways. */
  firewall: section({
    defaultAction: z.enum(["Allow", "Deny"]).default("Deny"),
    /** Public IPv4 addresses and ranges. */
    ipRanges: z.array(ipRange).default([]),
    /** Subnets with the service endpoints Microsoft.Storage and Microsoft.KeyVault. */
    subnetIds: z.array(subnetId).default([]),
  }).prefault({}),
  keyVault,
  workspace: section({
    /** A workspace that exists and is used as it is, instead of one that is made. */
    existingId: armId("workspace").optional(),
  }).prefault({}),
  /** Default: a network that Azure Databricks manages. */
  network: network.optional(),
  logs: section({
    retentionDays: z.number().int().min(30).max(730).default(90),
    /** Gigabytes a day after which Log Analytics takes no more, as a bound on its cost. */
    dailyCapGb: z.number().gt(0).optional(),
  }).prefault({}),
  /** Who is told through Azure Monitor. Without the section there is no action group. */
  alerts: section({ emails }).optional(),
  registry: section({ sku: z.enum(["Basic", "Standard", "Premium"]).default("Basic") }).prefault(
    {},
  ),
  /** Pipelines that sign in without a secret. */
  pipelines: section({
    github: section({
      repository: z
        .string()
        .regex(GITHUB_REPOSITORY, "must be owner/repository, with ids if its tokens have them"),
      preview: githubSubjects(
        GITHUB_SUBJECT,
        "must be pull_request, environment:<name> or ref:refs/heads/<name>",
      ).default(["pull_request"]),
      /** Never a pull request: whoever can open one could deploy. */
      deploy: githubSubjects(
        GITHUB_DEPLOY_SUBJECT,
        "must be environment:<name> or ref:refs/heads/<name>, and never a pull request: whoever opens one could deploy",
      ),
    }).optional(),
    azureDevOps: section({
      issuer: z
        .string()
        .regex(
          AZURE_DEVOPS_ISSUER,
          "must be the issuer that the service connection's page shows, https://login.microsoftonline.com/<tenant id>/v2.0; a connection with another issuer has to be converted",
        ),
      preview: serviceConnection,
      deploy: serviceConnection,
    }).optional(),
  }).prefault({}),
  budget: section({
    /** In the subscription's currency, per month, for this resource group and the workspace's own. */
    monthlyAmount: z.number().gt(0),
    /** Month that it begins with, `2026-12`: the current one when it is made, and never changed after. */
    startMonth: z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, "must be a month such as 2026-12"),
    emails,
  }).optional(),
  /** Whether Azure refuses to delete storage, vault and workspace, whoever asks. */
  locks: z.boolean().default(true),
}).superRefine(({ workspace, network: given, storage }, context) => {
  if (workspace.existingId !== undefined && given !== undefined) {
    context.addIssue({
      code: "custom",
      path: ["network"],
      message: "an existing workspace has its network already: leave one of the two out",
    });
  }
  const { coolAfterDays, deleteAfterDays } = storage.landing;
  if (deleteAfterDays !== undefined && deleteAfterDays <= coolAfterDays) {
    context.addIssue({
      code: "custom",
      path: ["storage", "landing", "deleteAfterDays"],
      message: `must be more than coolAfterDays, ${coolAfterDays}`,
    });
  }
});

/** The Azure side of an environment, checked, with defaults filled in. */
export type AzureSettings = z.output<typeof azureSettings>;
