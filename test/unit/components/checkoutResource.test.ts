import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../../cli/shared/paths";
import { providerText } from "../../../components/workspace/checkoutResource";

const GATE = { file: "../gate/provider.ts", name: "GateProvider" };
const KEY = { file: "../primaryKey.ts", name: "PrimaryKeyProvider" };

/** Evaluates what the state says as the engine's process does, in a folder. */
const evaluated = (text: string, cwd: string): string =>
  execFileSync(
    process.execPath,
    [
      "-e",
      `const load = require("require-from-string"); console.log(load(${JSON.stringify(text)}).handler().constructor.name)`,
    ],
    { cwd, encoding: "utf8", env: { ...process.env, NODE_PATH: join(root, "node_modules") } },
  ).trim();

test.each([GATE, KEY])("the state says where $name is, and no more", (source) => {
  const text = providerText(source, root);
  expect(text.length).toBeLessThan(200);
  expect(text).not.toContain(root);
  expect(evaluated(text, root)).toBe(source.name);
});

test("a program in another folder finds the same provider", () => {
  const project = join(root, "test", "e2e");
  expect(evaluated(providerText(GATE, project), project)).toBe("GateProvider");
});
