import { describe, expect, test } from "vitest";
import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { namingProblems } from "../../azureNative/namingRules";
import { readSchema } from "../../azureNative/sdk";
import type { Schema } from "../../azureNative/shape";
import { validate } from "../../azureNative/validate";
import type { Bag } from "../../azureNative/values";

const account = {
  resourceGroupName: "rg",
  kind: "StorageV2",
  sku: { name: "Standard_ZRS" },
};

const schemas = new Map<string, Schema | undefined>();

function problems(token: string, inputs: Bag): string[] {
  const schema = schemas.get(token) ?? readSchema(`azure-native:${token}`);
  schemas.set(token, schema);
  if (schema === undefined) throw new Error(`There is no ${token}`);
  return validate(inputs, schema).map(({ message }) => message);
}

const ofAccount = (changes: Bag): string[] =>
  problems("storage:StorageAccount", { ...account, ...changes });

const secret = (value: unknown): Bag => ({ [specialSigKey]: specialSecretSig, value });

describe("the types of the SDK", () => {
  test("take what they allow", () => {
    expect(
      ofAccount({
        networkRuleSet: { defaultAction: "Deny", ipRules: [{ iPAddressOrRange: "1.2.3.4" }] },
        tags: { owner: "me" },
        allowSharedKeyAccess: false,
      }),
    ).toEqual([]);
  });

  test.each<[what: string, changes: Bag, message: string | RegExp]>([
    [
      "a misspelt property",
      { allowBlobPublicAcess: false },
      /^allowBlobPublicAcess is false; storage\.StorageAccountArgs has no such property, but accessTier, .*allowBlobPublicAccess,/,
    ],
    [
      "a misspelt property deep inside",
      {
        networkRuleSet: {
          defaultAction: "Deny",
          ipRules: [{ iPAddressOrRange: "1.2.3.4", acton: "Allow" }],
        },
      },
      /^networkRuleSet\.ipRules\[0\]\.acton is "Allow"; storage\.IPRuleArgs has no such property, but action, iPAddressOrRange$/,
    ],
    [
      "a value that an enum has not",
      { minimumTlsVersion: "TLS12" },
      /^minimumTlsVersion is "TLS12"; must be one of "TLS1_0", "TLS1_1", "TLS1_2"/,
    ],
    [
      "a string for a boolean",
      { allowSharedKeyAccess: "no" },
      'allowSharedKeyAccess is "no"; must be a boolean',
    ],
    ["a number for a string", { tags: { cost: 7 } }, "tags.cost is 7; must be a string"],
    [
      "a string for a list",
      { networkRuleSet: { defaultAction: "Deny", ipRules: "1.2.3.4" } },
      'networkRuleSet.ipRules is "1.2.3.4"; must be a list, each an object storage.IPRuleArgs',
    ],
    [
      "a string for an object",
      { sku: "Standard_LRS" },
      'sku is "Standard_LRS"; must be an object storage.SkuArgs',
    ],
    [
      "an object without a required property",
      { sku: {} },
      /^sku\.name is missing; storage\.SkuArgs requires one of "Standard_LRS"/,
    ],
    [
      "no required property",
      { kind: undefined },
      /^kind is missing; storage\.StorageAccountArgs requires one of "Storage"/,
    ],
  ])("refuse %s", (_what, changes, message) => {
    expect(ofAccount(changes)).toEqual([
      typeof message === "string" ? message : expect.stringMatching(message),
    ]);
  });

  test("are all told of at once", () => {
    expect(ofAccount({ kind: "Storage2", sku: { nam: "x" } })).toHaveLength(3);
  });

  test("say nothing of what is not known yet", () => {
    expect(ofAccount({ minimumTlsVersion: unknownValue, sku: unknownValue })).toEqual([]);
  });

  test("look into secrets and do not show them", () => {
    expect(ofAccount({ minimumTlsVersion: secret("TLS1_2") })).toEqual([]);
    const shown = ofAccount({
      minimumTlsVersion: secret("hunter2"),
      networkRuleSet: secret({ defaultAction: "hunter2" }),
      sku: [secret("hunter2")],
    });
    expect(shown.join("\n")).not.toContain("hunter2");
    expect(shown).toEqual([
      'sku is ["[secret]"]; must be an object storage.SkuArgs',
      expect.stringMatching(/^minimumTlsVersion is \[secret\]; must be one of/),
      expect.stringMatching(/^networkRuleSet\.defaultAction is \[secret\]; must be one of/),
    ]);
  });

  test("pick the alternative that a tag names", () => {
    const rule = {
      resourceGroupName: "rg",
      scopes: ["/x"],
      severity: 1,
      enabled: true,
      evaluationFrequency: "PT5M",
      windowSize: "PT5M",
    };
    const criteria = (extra: Bag): Bag => ({
      odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
      componentId: "/a",
      webTestId: "/b",
      ...extra,
    });
    expect(
      problems("monitor:MetricAlert", { ...rule, criteria: criteria({ failedLocationCount: 2 }) }),
    ).toEqual([]);
    expect(problems("monitor:MetricAlert", { ...rule, criteria: criteria({}) })).toEqual([
      expect.stringContaining("criteria.failedLocationCount is missing"),
    ]);
  });

  test("are there for functions too", () => {
    expect(problems("databricks:getWorkspace", { resourceGroupName: "rg", name: "w" })).toEqual([
      expect.stringContaining('name is "w"; databricks.GetWorkspaceArgs has no such property'),
      expect.stringContaining("workspaceName is missing"),
    ]);
  });

  test("are those of the SDK: it has nothing else", () => {
    expect(readSchema("azure-native:storage:StorageAcount")).toBeUndefined();
    expect(readSchema("azure-native:storge:StorageAccount")).toBeUndefined();
  });
});

describe("Azure's rules for names", () => {
  test.each<[token: string, input: string, good: string, bad: string[]]>([
    [
      "storage:StorageAccount",
      "accountName",
      "mlopsdevdata",
      ["ml", "mlops-dev", "Mlops", "a".repeat(25)],
    ],
    ["storage:BlobContainer", "containerName", "bronze-data", ["Bronze", "a--b", "-ab"]],
    ["keyvault:Vault", "vaultName", "kv-mlops-dev", ["1kv", "kv_dev", "k".repeat(25), "kv-"]],
    ["containerregistry:Registry", "registryName", "mlopsdev", ["abcd", "mlops-dev"]],
    ["databricks:Workspace", "workspaceName", "dbw-mlops_dev", ["db", "dbw mlops"]],
    ["monitor:ActionGroup", "groupShortName", "mlops-dev", ["mlops-production"]],
    [
      "authorization:RoleAssignment",
      "roleAssignmentName",
      "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
      ["reader"],
    ],
    ["resources:ResourceGroup", "resourceGroupName", "rg-mlops.dev", ["rg.", "rg/dev"]],
  ])("%s", (token, input, good, bad) => {
    expect(namingProblems(`azure-native:${token}`, { [input]: good })).toEqual([]);
    for (const name of bad) {
      const [problem] = namingProblems(`azure-native:${token}`, { [input]: name });
      expect(problem?.path).toBe(input);
      expect(problem?.message).toContain(`${input} is "${name}"; Azure allows`);
    }
  });
});
