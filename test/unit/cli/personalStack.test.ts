import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { main } from "../../../cli/personalStack";
import { personalCopy } from "../../../cli/personalStack/copy";
import { root } from "../../../cli/shared/paths";
import { parseConfig } from "../../../stacks/config";

const dev = readFileSync(join(root, "Pulumi.dev.yaml"), "utf8");

const file = z.strictObject({ config: z.record(z.string(), z.unknown()) });

/** The configuration of a file, as the engine hands it to the program. */
function settingsOf(text: string): ReturnType<typeof parseConfig> {
  const { config } = file.parse(parse(text));
  return parseConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
  );
}

it("has names of its own, paused schedules and no Azure side, and is valid", () => {
  const { text } = personalCopy("alice", dev, "dev");
  expect(settingsOf(text).environment).toMatchObject({
    catalog: "ml_dev_alice",
    prefix: "alice-",
    jobs: { pauseStatus: "PAUSED" },
    protect: false,
  });
  expect(text).not.toContain("mlops:azure");
  // Nothing of the sort is demanded: paused monitors would stop the copy's updates.
  expect(text).not.toContain("mlops-policies");
  expect(text).toMatch(/^# A personal copy of dev/);
});

it("has for the rest what dev has", () => {
  const [copy, original] = [personalCopy("bo-b", dev, "dev").text, dev].map(settingsOf);
  expect(copy?.models).toEqual(original?.models);
  expect(copy?.environment.tags).toEqual(original?.environment.tags);
  expect(copy?.environment.catalog).toBe("ml_dev_bo_b");
});

it("leaves out what is encrypted for dev, and uses its key", () => {
  const key = "azurekeyvault://vault/keys/pulumi/1";
  const secret = `${dev}  databricks:token:\n    secure: v1:abc\nsecretsprovider: ${key}\nencryptedkey: abc\n`;
  const copy = personalCopy("alice", secret, "dev");
  expect(copy.leftOut).toEqual(["databricks:token"]);
  expect(copy.secretsProvider).toBe(key);
  expect(copy.text).not.toMatch(/secure|encryptedkey|secretsprovider/);
});

it.each([
  [[], "Give one name."],
  [["Alice"], "The name is 'Alice'"],
  [["al ice"], "The name is 'al ice'"],
  [["../alice"], "The name is '../alice'"],
  [["a-name-of-more-than-19"], "up to 19"],
  [["prod"], "There is a stack 'prod' already"],
])("refuses %j", async (args, message) => {
  await expect(main(args)).rejects.toThrow(message);
});
