import { beforeEach, describe, expect, it } from "vitest";
import { AzError, commandLine } from "../../../cli/bootstrap/az";
import { makeAzureSide, whoAmI } from "../../../cli/bootstrap/azure";
import { namesOf, readSettings } from "../../../cli/bootstrap/settings";
import { withIds } from "../../../cli/bootstrap/stackFile";
import { answerAz, emptyAzure, type AzureState } from "../../azDouble/azure";

const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
const READER = "11111111-2222-3333-4444-666666666666";
const WRITER = "11111111-2222-3333-4444-777777777777";
const asked = ["dev", "--subscription", SUBSCRIPTION, "--location", "westeurope"];

describe("the Azure side, against the double of az", () => {
  let azure: AzureState;

  beforeEach(() => {
    azure = emptyAzure();
  });

  async function make(...more: string[]): Promise<{ key: string; said: string[]; paused: number }> {
    const settings = readSettings([...asked, ...more]);
    const said: string[] = [];
    const az = {
      run: (...args: string[]): string => {
        said.push(commandLine("az", args));
        const { code, output } = answerAz(azure, args);
        if (code === 0) return output;
        throw new AzError(output);
      },
    };
    let paused = 0;
    const pause = (): Promise<void> => {
      paused += 1;
      return Promise.resolve();
    };
    const key = await makeAzureSide(az, settings, whoAmI(az, settings).me, pause);
    return { key, said, paused };
  }

  it("is made closed: no keys, no public blobs, no old TLS, protected against deletion", async () => {
    const { key } = await make();
    const { made } = azure;
    expect(Object.values(made["accounts"] ?? {})[0]).toMatchObject({
      "min-tls-version": ["TLS1_2"],
      "https-only": ["true"],
      "allow-shared-key-access": ["false"],
      "allow-blob-public-access": ["false"],
    });
    expect(Object.values(made["blobProperties"] ?? {})[0]).toMatchObject({
      "enable-versioning": ["true"],
      "enable-delete-retention": ["true"],
    });
    expect(Object.values(made["vaults"] ?? {})[0]).toMatchObject({
      "enable-rbac-authorization": ["true"],
      "enable-purge-protection": ["true"],
    });
    expect(Object.values(made["locks"] ?? {})[0]).toMatchObject({ "lock-type": ["CanNotDelete"] });
    const { vault } = namesOf("mlops", "dev", SUBSCRIPTION);
    expect(key).toBe(`azurekeyvault://${vault}.vault.azure.net/keys/pulumi/v1`);
  });

  it("stays as it is when it is made again: above all the key", async () => {
    const first = await make();
    const before = structuredClone(azure);
    const second = await make();
    expect(second.key).toBe(first.key);
    expect(azure.made).toEqual(before.made);
    expect(azure.keyVersions).toBe(1);
    expect(second.said.join("\n")).not.toMatch(/keyvault create|key create/);
  });

  it("gives pipelines what they need on state and key, and no more", async () => {
    await make("--reader", READER, "--writer", WRITER);
    const roles = Object.keys(azure.made["roles"] ?? {}).map((role) =>
      role.split(" | ").slice(0, 2),
    );
    expect(roles.filter(([, who]) => who === READER || who === WRITER)).toEqual([
      ["Storage Blob Data Reader", READER],
      ["Key Vault Crypto User", READER],
      ["Storage Blob Data Contributor", WRITER],
      ["Key Vault Crypto User", WRITER],
    ]);
  });

  it("waits for a role that was just given", async () => {
    azure.forbidden = 2;
    expect((await make()).paused).toBe(2);
    expect(azure.keyVersions).toBe(1);
  });

  it("gives up on a right that never comes", async () => {
    azure.forbidden = 1000;
    await expect(make()).rejects.toThrow("(Forbidden)");
  });

  it("says how to sign in, and makes nothing", async () => {
    azure.signedIn = false;
    await expect(make()).rejects.toThrow(
      `The Azure CLI is not signed in to the subscription ${SUBSCRIPTION}: az login`,
    );
    expect(azure.made).toEqual({});
  });

  it("prints every command that it runs", async () => {
    const { said } = await make();
    expect(said).toHaveLength(azure.calls.length);
    expect(said.every((line) => line.startsWith("az "))).toBe(true);
  });
});

describe("the arguments of bootstrap", () => {
  it("are refused all at once", () => {
    const bad = ["nowhere", "--subscription", "mine", "--location", "West Europe", "--name", "M"];
    expect(() => readSettings(bad)).toThrow(
      /STACK is 'nowhere'.*\n--subscription is 'mine'.*\n--location is 'West Europe'.*\n--name is 'M'/,
    );
    expect(() => readSettings(["local", ...asked.slice(1)])).toThrow("is on this machine");
    expect(() => readSettings([...asked, "--reader", "alice"])).toThrow(
      "'alice'; it must be a GUID",
    );
    expect(() => readSettings([...asked, "--force"])).toThrow("Unknown option '--force'");
  });

  it("make names that Azure takes, and that differ where anything differs", () => {
    const all = [
      namesOf("mlops", "dev", SUBSCRIPTION),
      namesOf("mlops", "prod", SUBSCRIPTION),
      namesOf("platform", "a-stack-of-twenty-ch", SUBSCRIPTION),
      namesOf("mlops", "dev", READER),
    ];
    for (const { account, vault } of all) {
      expect(account).toMatch(/^[a-z0-9]{3,24}$/);
      expect(vault).toMatch(/^[a-z][a-z0-9-]{1,22}[a-z0-9]$/);
    }
    expect(new Set(all.map(({ account }) => account)).size).toBe(all.length);
    expect(new Set(all.map(({ vault }) => vault)).size).toBe(all.length);
  });
});

describe("the ids in a stack's file", () => {
  const none = "00000000-0000-0000-0000-000000000000";
  const text = `# Ours\nconfig:\n  mlops:azure:\n    subscriptionId: ${none} # whose\n    emails: [a@b.c]\n`;
  const ids = [[["subscriptionId"], SUBSCRIPTION]] as const;

  it("are filled in where none are, and nothing else changes", () => {
    expect(withIds("Pulumi.dev.yaml", text, ids)).toBe(text.replace(none, SUBSCRIPTION));
  });

  it("stay where they are the same, or where there is no Azure side", () => {
    const filled = text.replace(none, SUBSCRIPTION.toUpperCase());
    expect(withIds("Pulumi.dev.yaml", filled, ids)).toBe(filled);
    expect(withIds("Pulumi.dev.yaml", "config: {}\n", ids)).toBe("config: {}\n");
  });

  it("are refused where they are others", () => {
    const other = text.replace(none, READER);
    expect(() => withIds("Pulumi.dev.yaml", other, ids)).toThrow(
      `Pulumi.dev.yaml has mlops:azure.subscriptionId "${READER}", but this is ${SUBSCRIPTION}.`,
    );
  });
});
