import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../cli/shared/paths";
import { obtainEngine, runPulumi, type Engine, type PulumiResult } from "../../engine";
import { start } from "./command";
import { said } from "./deployment";

const folder = mkdtempSync(join(tmpdir(), "mlops-azure-"));
const azure = join(folder, "azure");
const double = join(root, "test", "azureNative");
const env = {
  ...process.env,
  PATH: [join(double, "bin"), process.env["PATH"]].join(delimiter),
  PULUMI_BACKEND_URL: `file://${folder}`,
  PULUMI_CONFIG_PASSPHRASE: "for a test",
  AZURE_NATIVE_DOUBLE_STATE: azure,
};
let engine: Engine;

/** Runs the small program beside the double. */
function pulumi(...args: string[]): Promise<PulumiResult> {
  return runPulumi(engine, [...args, "--non-interactive"], {
    cwd: join(double, "program"),
    env,
    stdio: "pipe",
  });
}

const onStack = (command: string, ...args: string[]): Promise<PulumiResult> =>
  pulumi(command, "--stack", "test", "--config-file", join(folder, "Pulumi.test.yaml"), ...args);
const up = (...args: string[]): Promise<PulumiResult> =>
  onStack("up", "--yes", "--skip-preview", ...args);

beforeAll(async () => {
  engine = await obtainEngine({ env });
  mkdirSync(azure);
  const made = await pulumi("stack", "init", "test", "--no-select");
  expect(made.exitCode, said(made)).toBe(0);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(double, "program", "Pulumi.test.yaml"), { force: true });
});

it("says of itself that it is a double", async () => {
  const file = join(double, "bin", "pulumi-resource-azure-native");
  const { ended } = start(file, [], { AZURE_NATIVE_DOUBLE_STATE: undefined });
  const { exitCode, stderr } = await ended;
  expect(exitCode).toBe(1);
  expect(stderr).toContain("is a double for tests, not Azure");
});

it("stops a preview at what the SDK's types do not allow, and says all of it", async () => {
  const networkRuleSet = { defaultAction: "Refuse", bypas: "None", ipRules: [{}] };
  const config = `networkRuleSet=${JSON.stringify(networkRuleSet)}`;
  const result = await onStack("preview", "--config", config);
  expect(result.exitCode).not.toBe(0);
  const says =
    "azure-native:storage:StorageAccount resource 'account' has a problem: the double of azure-native says: networkRuleSet";
  expect(said(result)).toContain(
    `${says}.bypas is "None"; storage.NetworkRuleSetArgs has no such property, but bypass,`,
  );
  expect(said(result)).toContain(
    `${says}.defaultAction is "Refuse"; must be one of "Allow", "Deny"`,
  );
  expect(said(result)).toContain(
    `${says}.ipRules[0].iPAddressOrRange is missing; storage.IPRuleArgs requires a string`,
  );
  expect(readdirSync(azure)).toEqual([]);
});

it("deploys, and keeps what is there", async () => {
  rmSync(join(folder, "Pulumi.test.yaml"), { force: true });
  const made = await up();
  expect(made.exitCode, said(made)).toBe(0);
  expect(said(made)).not.toContain("nobody shall read");
  // Of another version than the SDK's it would say so.
  expect(said(made)).not.toMatch(/warning: .*version/i);
  const [again, refreshed] = [
    await onStack("preview", "--expect-no-changes"),
    await onStack("refresh", "--yes", "--skip-preview", "--expect-no-changes"),
  ];
  expect(again.exitCode, said(again)).toBe(0);
  expect(refreshed.exitCode, said(refreshed)).toBe(0);
});

it("replaces what is in a storage account along with it", async () => {
  const result = await onStack("preview", "--config", "accountName=stother");
  expect(said(result)).toMatch(/\+-3 to replace/);
});

it("fails by name for a function that it does not have", async () => {
  const result = await up("--config", "keys=true");
  expect(result.exitCode).not.toBe(0);
  expect(said(result)).toContain(
    "501 NotInTheDouble: azure-native:storage:listStorageAccountKeys is not in test/azureNative/invokes.ts",
  );
});

it("forgets what is deleted behind the engine's back, and the engine makes it anew", async () => {
  rmSync(join(folder, "Pulumi.test.yaml"), { force: true });
  const [first] = readdirSync(azure);
  rmSync(join(azure, first ?? ""));
  const result = await onStack("refresh", "--yes", "--skip-preview");
  expect(said(result)).toMatch(/- 1 deleted/);
});

it("destroys everything", async () => {
  const result = await onStack("destroy", "--yes", "--skip-preview");
  expect(result.exitCode, said(result)).toBe(0);
  expect(readdirSync(azure)).toEqual([]);
});
