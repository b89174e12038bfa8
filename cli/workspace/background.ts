import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findAddress } from "./address";
import { paths, root } from "../shared/paths";
import { UserError } from "../shared/userError";

/** A workspace that this process started, or found. */
export interface Background {
  readonly url: string;
  readonly token: string;
  /** Whether it goes on when this process ends. */
  readonly keeps: boolean;
  /** Ends it, if this process started it and it is not to be kept. */
  stop(): Promise<void>;
}

const POLL_MS = 50;

/**
 * Uses the workspace that runs already, or starts one in a process of its own.
 * @param keep - Whether it goes on when this process ends; it ends with it otherwise, however that ends.
 * @throws UserError with the workspace's own message if it cannot be started.
 */
export async function backgroundWorkspace(keep: boolean): Promise<Background> {
  const running = findAddress();
  if (running !== undefined) return { ...running, keeps: true, stop: () => Promise.resolve() };

  mkdirSync(dirname(paths.workspaceLog), { recursive: true });
  const log = openSync(paths.workspaceLog, "w");
  const options = ["--port", "0", ...(keep ? [] : ["--until-stdin-closes"])];
  const child = spawn(process.execPath, [join(root, "cli", "run.cjs"), "workspace", ...options], {
    cwd: root,
    // Ctrl-C reaches this process only, which ends the workspace last.
    detached: true,
    stdio: [keep ? "ignore" : "pipe", log, log],
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  child.unref();

  for (;;) {
    const address = findAddress();
    if (address !== undefined && address.pid === child.pid) {
      return {
        ...address,
        keeps: keep,
        stop: async () => {
          if (keep || child.exitCode !== null) return;
          // Or nothing would keep this process here until it ends, and what comes after never runs.
          child.ref();
          child.kill("SIGTERM");
          // It reads its input to the end, for the case that this process is killed.
          child.stdin?.end();
          await exited;
        },
      };
    }
    if (child.exitCode !== null)
      throw new UserError(readFileSync(paths.workspaceLog, "utf8").trim());
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
