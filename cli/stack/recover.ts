import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runPulumi, type Engine } from "../../engine";
import { isRunning } from "../../engine/isRunning";
import { findCreated } from "./findCreated";
import { LOCAL, type LocalState } from "./stackEnvironment";
import { UserError } from "../shared/userError";

const lock = z.object({ pid: z.number(), hostname: z.string() });

/** A resource as the state keeps it; the fields that matter here, the others as they are. */
const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
});

const pendingOperation = z.looseObject({ type: z.string(), resource });

const checkpoint = z.object({
  checkpoint: z.object({
    latest: z.object({ pending_operations: z.array(pendingOperation).default([]) }).nullish(),
  }),
});

/** What `pulumi stack export` writes and `pulumi stack import` takes. */
const exported = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(z.unknown()).default([]),
    pending_operations: z.array(pendingOperation).default([]),
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

  const found = await adoptCreated(engine, options);
  // Reads what was adopted whole, and what else was under way as it is now.
  await run(engine, ["refresh", "--yes", "--skip-preview", "--stack", LOCAL], options);
  console.error(
    `Interrupted: ${pending.length}; of these ${found} had been created and ${found === 1 ? "is" : "are"} kept.`,
  );
}

/**
 * Makes resources of the state out of the pending creates that came to their end. The CLI's own
 * `refresh --import-pending-creates` only marks them, and loses them in the refresh that follows.
 * @returns how many.
 */
async function adoptCreated(engine: Engine, options: RunOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "mlops-state-"));
  try {
    const file = join(folder, "state.json");
    await run(engine, ["stack", "export", "--stack", LOCAL, "--file", file], options);
    const state = exported.parse(JSON.parse(readFileSync(file, "utf8")));
    const { pending_operations: pending, resources } = state.deployment;
    const adopted = await Promise.all(
      pending
        .filter(({ type }) => type === "creating")
        .map(async ({ resource: begun }) => {
          const id = await findCreated(options.env, begun.type, begun.inputs);
          return id === undefined ? [] : [{ ...begun, id }];
        }),
    );
    const deployment = {
      ...state.deployment,
      resources: [...resources, ...adopted.flat()],
      pending_operations: [],
    };
    writeFileSync(file, JSON.stringify({ ...state, deployment }));
    await run(engine, ["stack", "import", "--stack", LOCAL, "--file", file], options);
    return adopted.flat().length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws UserError with all that Pulumi said if it fails. */
async function run(engine: Engine, args: readonly string[], options: RunOptions): Promise<void> {
  const { exitCode, stdout, stderr } = await runPulumi(engine, args, { ...options, stdio: "pipe" });
  if (exitCode !== 0) {
    throw new UserError(
      `The state of the killed update could not be put right:\n${stdout}${stderr}`.trim(),
    );
  }
}

/**
 * @returns whether there was a lock of a process that is gone.
 * @throws UserError if it is not gone.
 */
async function releaseLock(
  engine: Engine,
  state: LocalState,
  options: RunOptions,
): Promise<boolean> {
  const files = existsSync(state.locks) ? readdirSync(state.locks) : [];
  if (files.length === 0) return false;
  for (const file of files.filter((name) => name.endsWith(".json"))) {
    const { pid, hostname: host } = lock.parse(
      JSON.parse(readFileSync(join(state.locks, file), "utf8")),
    );
    if (host !== hostname() || isRunning(pid)) {
      throw new UserError(`Another update of ${LOCAL} is running: process ${pid} on ${host}.`);
    }
  }
  await run(engine, ["cancel", "--yes", "--stack", LOCAL], options);
  return true;
}

function readPending(file: string) {
  const { latest } = checkpoint.parse(JSON.parse(readFileSync(file, "utf8"))).checkpoint;
  return latest?.pending_operations ?? [];
}
