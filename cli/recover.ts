import { readFileSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runPulumi, type Engine } from "../engine";
import { findCreated } from "./findCreated";
import type { LocalState } from "./stackEnvironment";
import { UserError } from "./userError";

const lock = z.object({ pid: z.number(), hostname: z.string() });

const checkpoint = z.object({
  checkpoint: z.object({
    latest: z
      .object({
        pending_operations: z
          .array(
            z.object({
              type: z.string(),
              resource: z.object({
                urn: z.string(),
                type: z.string(),
                inputs: z.record(z.string(), z.unknown()).default({}),
              }),
            }),
          )
          .default([]),
      })
      .nullish(),
  }),
});

/** How the CLI is run. */
interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Puts right what a killed update left: its lock, and operations of which nobody knows how they
 * ended. What was created is taken into the state; the rest is done again by the update that follows.
 * Pulumi itself leaves both to people:
 * https://www.pulumi.com/docs/support/troubleshooting/common-issues/interrupted-updates/
 * @throws UserError while an update is running.
 */
export async function recoverState(
  engine: Engine,
  state: LocalState,
  options: RunOptions,
): Promise<void> {
  if (await releaseLock(engine, state, options)) {
    console.error("The last update was killed; checking what it had begun.");
  }
  const pending = readPending(state.checkpoint);
  if (pending.length === 0) return;

  const created = pending.filter(({ type }) => type === "creating");
  const found = await Promise.all(
    created.map(async ({ resource }) => {
      const id = await findCreated(options.env, resource.type, resource.inputs);
      return id === undefined
        ? []
        : ["--import-pending-creates", resource.urn, "--import-pending-creates", id];
    }),
  );
  const args = [
    ...["refresh", "--yes", "--skip-preview", "--stack", "local"],
    ...found.flat(),
    "--clear-pending-creates",
  ];
  const { exitCode, stdout, stderr } = await runPulumi(engine, args, { ...options, stdio: "pipe" });
  if (exitCode !== 0) {
    throw new UserError(
      `The state of the killed update could not be put right:\n${stdout}${stderr}`.trim(),
    );
  }
  console.error(
    `${pending.length} interrupted: ${found.filter((args_) => args_.length > 0).length} had been created.`,
  );
}

/** @returns whether there was a lock of a process that is gone. */
async function releaseLock(
  engine: Engine,
  state: LocalState,
  options: RunOptions,
): Promise<boolean> {
  const owners = readLocks(state.locks);
  if (owners.length === 0) return false;
  for (const { pid, hostname: host } of owners) {
    if (host !== hostname() || isAlive(pid)) {
      throw new UserError(`Another update of local is running: process ${pid} on ${host}.`);
    }
  }
  await runPulumi(engine, ["cancel", "--yes", "--stack", "local"], { ...options, stdio: "pipe" });
  return true;
}

function readLocks(folder: string): z.output<typeof lock>[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => lock.parse(JSON.parse(readFileSync(join(folder, file), "utf8"))));
  } catch {
    return [];
  }
}

function readPending(file: string) {
  const { latest } = checkpoint.parse(JSON.parse(readFileSync(file, "utf8"))).checkpoint;
  return latest?.pending_operations ?? [];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
