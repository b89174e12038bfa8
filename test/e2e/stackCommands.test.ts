import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../cli/shared/paths";
import { Checkout } from "./checkout";
import type { Changes, CommandResult } from "./command";
import { MINUTES, said } from "./deployment";

const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";

/** Commands that make a stack and write its file: in a checkout of their own, so that this one stays as it is. */
describe("making a stack", () => {
  let checkout: Checkout;

  beforeAll(async () => {
    checkout = await Checkout.create();
  }, 2 * MINUTES);

  afterAll(() => {
    checkout.remove();
  });

  const changes = (): string => checkout.git("status", "--porcelain");

  describe("npm run personal-stack", () => {
    const run = (name: string, env: Changes = {}): Promise<CommandResult> =>
      checkout.run(`npm run personal-stack -- ${name}`, {
        PULUMI_BACKEND_URL: `file://${dirname(checkout.folder)}`,
        PULUMI_CONFIG_PASSPHRASE: "only a test",
        ...env,
      });

    it("leaves nothing where the stack cannot be made", async () => {
      const failed = await run("alice", { PULUMI_BACKEND_URL: "file:///nowhere/at/all" });
      expect(said(failed)).toContain("The stack alice was not made, and nothing was changed.");
      expect(said(failed)).not.toMatch(/^\s+at /m);
      expect(failed.exitCode).toBe(1);
      expect(changes()).toBe("");
    });

    it("writes the file and makes the stack, once", async () => {
      const made = await run("alice");
      expect(said(made)).toContain("catalog ml_dev_alice, names begin with alice-");
      expect(made.exitCode).toBe(0);
      expect(changes()).toBe("?? Pulumi.alice.yaml\n");
      const text = readFileSync(join(checkout.folder, "Pulumi.alice.yaml"), "utf8");
      expect(text).toContain("catalog: ml_dev_alice");
      expect(text).toContain("encryptionsalt:");
      const state = join(dirname(checkout.folder), ".pulumi", "stacks", "mlops", "alice.json");
      expect(existsSync(state)).toBe(true);
      const again = await run("alice");
      expect(said(again)).toContain("There is a stack 'alice' already");
      expect(again.exitCode).toBe(1);
      checkout.git("clean", "--force", "--quiet");
    });
  });

  describe("npm run bootstrap", () => {
    const asked = `dev --subscription ${SUBSCRIPTION} --location westeurope`;
    const azure = (): string => join(dirname(checkout.folder), "azure.json");

    const run = (args: string, path: readonly string[]): Promise<CommandResult> =>
      checkout.run(`npm run bootstrap -- ${args}`, { AZ_DOUBLE: azure() }, path);

    it("prints what it would do, without az and without doing it", async () => {
      const shown = await run(`${asked} --dry-run`, []);
      expect(shown.stdout).toContain("az storage account create --name mlopsdevst");
      expect(shown.stdout).toContain("--allow-shared-key-access false");
      expect(shown.stdout).toMatch(/pulumi stack init dev .*azurekeyvault:\/\/mlops-dev-s/);
      expect(shown.exitCode).toBe(0);
      expect(existsSync(azure())).toBe(false);
    });

    it("says that az is missing, and changes nothing", async () => {
      const missing = await run(asked, []);
      expect(said(missing)).toContain("There is no az on the PATH.");
      expect(missing.exitCode).toBe(1);
      expect(changes()).toBe("");
    });

    it("fills in the stack's file and makes the stack with the key", async () => {
      // A DOUBLE of the two commands of Pulumi that need Azure; the rest is the engine's.
      const doubles = join(dirname(checkout.folder), "doubles");
      mkdirSync(doubles);
      const said = join(dirname(checkout.folder), "pulumi.log");
      const script = `#!/bin/sh\necho "$@" >> ${said}\ncase "$1 $2" in\n  version*) echo v3.250.0;;\n  "stack ls") echo "[]";;\nesac\n`;
      writeFileSync(join(doubles, "pulumi"), script, { mode: 0o755 });
      const made = await run(asked, [join(root, "test", "azDouble"), doubles]);
      expect(made.stderr).not.toMatch(/Error/);
      expect(made.exitCode).toBe(0);
      expect(readFileSync(said, "utf8")).toMatch(
        /login azblob:\/\/pulumi-state\?storage_account=mlopsdevst\w{5} .*\n.*stack ls.*\nstack init dev --no-select --secrets-provider azurekeyvault:\/\/mlops-dev-s\w{5}\.vault\.azure\.net\/keys\/pulumi\/v1 /,
      );
      expect(changes()).toBe(" M Pulumi.dev.yaml\n");
      const diff = checkout.git("diff", "--unified=0", "Pulumi.dev.yaml");
      expect(diff.match(/^\+ .*/gm)).toEqual([
        `+    subscriptionId: ${SUBSCRIPTION}`,
        "+    tenantId: 99999999-0000-0000-0000-000000000001",
        "+      databricksObjectId: 99999999-0000-0000-0000-000000000003",
      ]);
    });

    it("refuses another subscription than the file's", async () => {
      const other = asked.replace("55555555555", "66666666666");
      const refused = await run(other, [join(root, "test", "azDouble")]);
      expect(said(refused)).toContain("Is it the right subscription?");
      expect(refused.exitCode).toBe(1);
    });
  });
});
