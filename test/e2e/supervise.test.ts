import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, it, vi } from "vitest";

const supervise = resolve(__dirname, "../../engine/supervise.ts");

/** Starts a process that supervises `sh -c 'sleep 1000 & sleep 1000'`, and tells the shell's id. */
async function startParent(group: boolean) {
  const script = `
    const { spawnSupervised } = require(${JSON.stringify(supervise)});
    const child = spawnSupervised("sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"],
      { stdio: ["ignore", "pipe", "ignore"], group: ${String(group)} });
    child.stdout.on("data", (id) => console.log(child.pid + " " + id));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ["--import", "tsx", "-e", script]);
  const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
  const line = await lines.next();
  return { parent, ids: String(line.value).trim().split(" ").map(Number) };
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

it("ends a whole group with a parent that was killed", async () => {
  const { parent, ids } = await startParent(true);
  expect(ids.map(isRunning)).toEqual([true, true]);
  parent.kill("SIGKILL");
  await vi.waitFor(() => {
    expect(ids.map(isRunning)).toEqual([false, false]);
  }, 3000);
});

it("lets a child without a group end what it has started itself", async () => {
  const { parent, ids } = await startParent(false);
  parent.kill("SIGKILL");
  await vi.waitFor(() => {
    expect(isRunning(ids[0] ?? 0)).toBe(false);
  }, 3000);
  process.kill(ids[1] ?? 0, "SIGKILL");
});
