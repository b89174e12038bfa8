import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { callWorkspace } from "../../components/workspace/rest";
import { npmRun, processesWith, start, type Started } from "./command";

const ready = z.strictObject({ url: z.url(), token: z.string().startsWith("dapi") });

const home = mkdtempSync(join(tmpdir(), "mlops-workspace-"));

/** Starts `npm run workspace -- --json --port 0` and waits for its line. */
async function open() {
  const args = ["run", "workspace", "--", "--json", "--port", "0"];
  const command = start("npm", args, { MLOPS_HOME: home });
  await vi.waitFor(() => {
    expect(command.stdout()).toMatch(/^\{.*\}$/m);
  }, 60_000);
  return { command, ...ready.parse(JSON.parse(said(command)[0] ?? "")) };
}

/** What the command wrote itself: npm shows what it runs in lines that start with `>`. */
function said(command: Started): string[] {
  return command
    .stdout()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("> "));
}

const processes = () => processesWith("MLOPS_HOME", home);

async function expectNoProcess(): Promise<void> {
  await vi.waitFor(() => {
    expect(processes()).toEqual([]);
  }, 15_000);
}

function nodeOf(): number {
  const found = processes().filter(({ line }) => /^\S*node \S*cli\/run\.cjs workspace/.test(line));
  expect(found).toHaveLength(1);
  return found[0]?.pid ?? Number.NaN;
}

// Processes are found by their environment.
describe.runIf(process.platform === "linux")("npm run workspace", () => {
  afterEach(() => {
    for (const { pid } of processes()) process.kill(pid, "SIGKILL");
  });

  it("prints one line when it answers, and stops when npm is asked to", async () => {
    const { command, url, token } = await open();
    const me = { method: "GET", path: "/api/2.0/preview/scim/v2/Me" } as const;
    expect(await callWorkspace({ host: url, token }, me)).toMatchObject({ active: true });
    await expect(callWorkspace({ host: url, token: "dapi-other" }, me)).rejects.toThrow("401");
    expect(said(command)).toHaveLength(1);
    process.kill(command.pid, "SIGTERM");
    await expectNoProcess();
    expect(said(command)).toHaveLength(1);
  });

  it("keeps data and token over a stop and over SIGKILL, which leaves no process", async () => {
    const first = await open();
    const volume = { host: first.url, token: first.token };
    const catalogs = "/api/2.1/unity-catalog/catalogs";
    await callWorkspace(volume, { method: "POST", path: catalogs, body: { name: "kept" } });
    process.kill(nodeOf(), "SIGTERM");
    expect((await first.command.ended).exitCode).toBe(0);
    await expectNoProcess();

    const second = await open();
    expect(second.token).toBe(first.token);
    const where = { host: second.url, token: second.token };
    const kept = { method: "GET", path: `${catalogs}/kept` } as const;
    expect(await callWorkspace(where, kept)).toMatchObject({ name: "kept" });
    await callWorkspace(where, { method: "POST", path: catalogs, body: { name: "kept_too" } });
    process.kill(nodeOf(), "SIGKILL");
    await expectNoProcess();

    const third = await open();
    const again = { host: third.url, token: first.token };
    expect(
      await callWorkspace(again, { method: "GET", path: `${catalogs}/kept_too` }),
    ).toBeDefined();
    expect((await npmRun(["workspace", "--", "--stop"], { MLOPS_HOME: home })).exitCode).toBe(0);
    await expectNoProcess();
  });

  it("prints a link to its page, has its faults switched, and refuses to run twice on the same state", async () => {
    const { url, command } = await open();
    const link = await npmRun(["workspace", "--", "--link"], { MLOPS_HOME: home });
    const [page = ""] = /^http\S+$/m.exec(link.stdout) ?? [];
    expect(page).toContain(`${url}/`);
    expect((await fetch(page, { redirect: "manual" })).headers.get("location")).toBe("/");
    const off = await npmRun(["workspace", "--", "--faults", "off"], { MLOPS_HOME: home });
    expect(off.stdout).toContain("Faults are off.");
    const second = await npmRun(["workspace", "--", "--json", "--port", "0"], { MLOPS_HOME: home });
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain(`A workspace of this checkout already runs at ${url}`);
    process.kill(command.pid, "SIGTERM");
    await expectNoProcess();
    rmSync(home, { recursive: true, force: true });
  });
});
