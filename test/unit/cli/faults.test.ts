import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { switchFaults } from "../../../cli/workspace/faults";
import { root } from "../../../cli/shared/paths";
import { callWorkspace } from "../../../components/workspace/rest";
import { createServer } from "../../../local/server";
import { openWorkspace } from "../local/harness";

/** A workspace that has nothing but its faults, and a file for them. */
async function open() {
  const { workspace } = openWorkspace([]);
  const server = createServer(workspace, []);
  const host = await server.listen({ host: "127.0.0.1", port: 0 });
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const connection = { host, token: workspace.token };
  const file = join(folder, "faults.yaml");
  return {
    file,
    switchTo: (text: string) => {
      writeFileSync(file, text);
      return switchFaults(connection, file);
    },
    off: () => switchFaults(connection, "off"),
    none: () => switchFaults(connection, join(folder, "none.yaml")),
    shown: () => callWorkspace(connection, { method: "GET", path: "/local/faults" }),
  };
}

test("the how-to's file is taken, and off ends what it says", async () => {
  const page = readFileSync(join(root, "docs", "how-to", "try-faults.md"), "utf8");
  const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const { file, switchTo, off, shown } = await open();
  expect(await switchTo(yaml)).toContain(`as ${file} says. Off: npm run workspace -- --faults off`);
  expect(await shown()).toMatchObject({
    everyone: { seed: 1, rules: [{ status: 429 }, { delay: 2000 }, { kind: "drop" }] },
  });
  expect(await off()).toBe("Faults are off.");
  expect(await shown()).toEqual({});
});

test("a file that is wrong or missing is one message, and changes nothing", async () => {
  const { switchTo, none, shown } = await open();
  await expect(switchTo("rules: [{ kind: drop, path: api }]")).rejects.toThrow(
    "with 400: PUT /local/faults: rules.0.path: must begin with / or *",
  );
  await expect(switchTo("rules: [")).rejects.toThrow("at line 1");
  await expect(none()).rejects.toThrow("ENOENT");
  expect(await shown()).toEqual({});
});
