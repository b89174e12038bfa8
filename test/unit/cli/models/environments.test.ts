import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { readEnvironment } from "../../../../cli/models/environments";
import { knownStacks } from "../../../../cli/stack/project";
import type { Engine } from "../../../../engine";
import { startHttpDouble } from "../../httpDouble";
import { noSignIn } from "../../signInEnvironment";

beforeEach(() => {
  noSignIn();
  vi.stubEnv("PATH", "/usr/bin:/bin");
  vi.stubEnv("PULUMI_BACKEND_URL", "file:///elsewhere");
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "models-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** A double of the Pulumi CLI: the state of every stack is the recorded one, at the workspace `host`. */
function engineDouble(answers: { exported?: string; config?: string; host?: string }): Engine {
  const folder = temporaryFolder();
  copyFileSync(join(__dirname, "state.json"), join(folder, "state.json"));
  const at = answers.host ?? "https://adb-1.2.azuredatabricks.net";
  const script = [
    "#!/bin/sh",
    `if [ "$1" = config ]; then ${answers.config ?? "echo '{}'"}; exit; fi`,
    answers.exported ??
      `sed 's|https://adb-1.2.azuredatabricks.net|${at}|' '${join(folder, "state.json")}'`,
  ];
  const path = join(folder, "pulumi");
  writeFileSync(path, script.join("\n"));
  chmodSync(path, 0o755);
  const part = { path, version: "0", origin: "a double" };
  return { cli: part, provider: part, languageHost: part, env: {} };
}

/** A double of a workspace that knows who is calling, and of nothing else. */
const workspaceDouble = () =>
  startHttpDouble(({ path }) =>
    path.endsWith("/Me")
      ? { body: { userName: "me" } }
      : { status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "no" } },
  );

test("the environments are those with a file", () => {
  const folder = temporaryFolder();
  const files = ["Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.dev.yaml", "Pulumi.alice-dev.yaml"];
  for (const file of [...files, "Pulumi.dev.yaml.bak", "package.json"]) {
    writeFileSync(join(folder, file), "");
  }
  expect(knownStacks(folder)).toEqual(["alice-dev", "dev", "prod"]);
});

test("a stack is read from its state and from the workspace that it was deployed to", async () => {
  const { host, received } = await workspaceDouble();
  const config = `echo '{"databricks:token": {"value": "of-dev", "secret": true}}'`;
  const row = await readEnvironment(engineDouble({ config, host }), "dev", false);
  expect(row).toMatchObject({ stack: "dev", status: "known", workspace: host });
  expect(row.models.map(({ name, owner }) => `${name} of ${owner}`)).toEqual([
    "churn-prediction of data-science",
    "iris of botany",
  ]);
  expect(row.models[1]).toMatchObject({
    champion: { status: "none" },
    gate: { status: "not configured" },
    endpoints: { status: "not configured" },
  });
  expect(received[0]?.headers.authorization).toBe("Bearer of-dev");
});

test("a stack that nobody has made, or that is empty, is not deployed", async () => {
  const none = { stack: "dev", status: "none", models: [] };
  const unmade = `echo "error: no stack named 'dev' found" >&2; exit 255`;
  expect(await readEnvironment(engineDouble({ exported: unmade }), "dev", false)).toEqual(none);
  const empty = "echo '{}'";
  expect(await readEnvironment(engineDouble({ exported: empty }), "dev", false)).toEqual(none);
});

test("a state that may not be read is unknown, in Pulumi's words", async () => {
  const exported = `echo "error: PULUMI_ACCESS_TOKEN must be set" >&2; exit 255`;
  expect(await readEnvironment(engineDouble({ exported }), "dev", false)).toEqual({
    stack: "dev",
    status: "unknown",
    reason: "PULUMI_ACCESS_TOKEN must be set",
    models: [],
  });
});

test("a workspace that does not let us in is one reason, and the models are listed", async () => {
  const double = await startHttpDouble(() => ({
    status: 401,
    body: { error_code: "UNAUTHENTICATED", message: "expired" },
  }));
  vi.stubEnv("DATABRICKS_TOKEN", "dapi-never-shown");
  const row = await readEnvironment(engineDouble({ host: double.host }), "dev", false);
  const reason = expect.stringContaining("with 401: expired") as string;
  expect(row).toMatchObject({ status: "unknown", reason });
  expect(row.models[0]).toMatchObject({
    name: "churn-prediction",
    champion: { status: "unknown", reason },
  });
  expect(row.models[1]).toMatchObject({ endpoints: { status: "not configured" } });
  expect(double.received).toHaveLength(1);
  expect(JSON.stringify(row)).not.toContain("dapi-never-shown");
});

test("a token of the environment goes to no other workspace than its own", async () => {
  const { host, received } = await workspaceDouble();
  vi.stubEnv("DATABRICKS_HOST", "https://adb-9.9.azuredatabricks.net");
  vi.stubEnv("DATABRICKS_TOKEN", "dapi-of-another");
  const row = await readEnvironment(engineDouble({ host }), "prod", false);
  expect(row).toMatchObject({
    status: "unknown",
    reason: `It is deployed to ${host}, and DATABRICKS_TOKEN is for https://adb-9.9.azuredatabricks.net.`,
  });
  expect(received).toEqual([]);
});
