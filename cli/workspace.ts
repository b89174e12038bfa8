import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { exitWithParent } from "../engine/exitWithParent";
import { signInLink } from "../local/page/session";
import { startWorkspace } from "../local/start";
import { findAddress, removeAddress, writeAddress, type Address } from "./workspace/address";
import { switchFaults } from "./workspace/faults";
import { paths } from "./shared/paths";
import { ensurePython, python } from "./python/python";
import { UserError, messageOf } from "./shared/userError";

/** Where the workspace listens unless told otherwise. */
const PORT = 8686;

const usage = `Usage: npm run workspace -- [--port N] [--json] [--wipe] | --link | --faults FILE | --stop
  --port N  listen on 127.0.0.1:N; 0 takes any free port (default ${PORT})
  --json    print one line {"url":…,"token":…} when ready
  --wipe    forget everything this workspace holds first
  --link    print a link that opens the page of the workspace that runs
  --faults FILE   make the workspace that runs fail as the file says; off ends it
  --stop    end the workspace that runs in the background`;

interface Options {
  readonly port: number;
  readonly json: boolean;
  readonly wipe: boolean;
  readonly link: boolean;
  readonly faults: string | undefined;
  readonly stop: boolean;
  readonly untilStdinCloses: boolean;
}

/** `npm run workspace`: a Databricks workspace in the foreground, until SIGTERM or Ctrl-C. */
export async function main(args: string[]): Promise<number> {
  const options = parse(args);
  const running = findAddress();
  if (options.stop) return stop(running?.pid);
  if (options.link) return printLink(running);
  if (options.faults !== undefined) return printFaults(running, options.faults);
  if (running !== undefined) {
    throw new UserError(
      `A workspace of this checkout already runs at ${running.url}, process ${running.pid}.`,
    );
  }
  if (options.wipe) rmSync(paths.workspace, { recursive: true, force: true });
  await ensurePython();

  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, resolve);
    if (options.untilStdinCloses) process.stdin.once("end", resolve).resume();
    // npm passes a SIGTERM on to its shell only, which ends without a word to this process.
    if (process.env["npm_lifecycle_event"] === "workspace") exitWithParent(resolve);
  });
  const workspace = await startLocal(options.port);
  if (options.json) {
    console.log(JSON.stringify({ url: workspace.url, token: workspace.token }));
  } else {
    console.log(
      [
        `Databricks workspace on this machine: ${workspace.url}`,
        `Page: ${signInLink(workspace)}`,
        `Token: ${workspace.token}`,
        `State: ${paths.workspace}`,
        "From a second terminal: npm run pulumi -- up -s local",
        "Ctrl-C stops it; what it holds is kept.",
      ].join("\n"),
    );
  }
  await stopped;
  await workspace.close();
  return 0;
}

/**
 * Starts the workspace of this checkout and leaves its address for the other commands.
 * @throws UserError if the port is taken.
 */
async function startLocal(port = PORT): ReturnType<typeof startWorkspace> {
  const workspace = await startWorkspace({ root: paths.workspace, python, port }).catch(
    (error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
        throw new UserError(
          `Port ${port} is taken on 127.0.0.1. Free it, or choose another: npm run workspace -- --port 0`,
        );
      }
      throw error;
    },
  );
  writeAddress({ url: workspace.url, token: workspace.token, pid: process.pid });
  return {
    ...workspace,
    close: async () => {
      removeAddress();
      await workspace.close();
    },
  };
}

function printLink(running: Address | undefined): number {
  if (running === undefined) throw new UserError("No workspace of this checkout is running.");
  console.log(signInLink(running));
  return 0;
}

async function printFaults(running: Address | undefined, file: string): Promise<number> {
  if (running === undefined) throw new UserError("No workspace of this checkout is running.");
  console.log(await switchFaults({ host: running.url, token: running.token }, file));
  return 0;
}

async function stop(pid: number | undefined): Promise<number> {
  if (pid === undefined) throw new UserError("No workspace of this checkout is running.");
  process.kill(pid, "SIGTERM");
  while (findAddress()?.pid === pid) await new Promise((resolve) => setTimeout(resolve, 50));
  return 0;
}

function parse(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: "string", default: String(PORT) },
        json: { type: "boolean", default: false },
        wipe: { type: "boolean", default: false },
        link: { type: "boolean", default: false },
        faults: { type: "string" },
        stop: { type: "boolean", default: false },
        // For a parent process: the pipe closes however the parent ends.
        "until-stdin-closes": { type: "boolean", default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new Error(`--port is '${values.port}'; it must be a number from 0 to 65535`);
    }
    return {
      ...values,
      faults: values.faults,
      port,
      untilStdinCloses: values["until-stdin-closes"],
    };
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n${usage}`);
  }
}
