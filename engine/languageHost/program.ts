import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { z } from "zod";
import type { Children } from "./children";
import { resolveFrom } from "./packages";

/** How `@pulumi/pulumi/cmd/run` says that the program failed and that the user knows why. */
const failureAlreadyReported = 32;

/** What this host honours of `runtime.options` in Pulumi.yaml; the others do nothing here. */
const optionsSchema = z.object({
  /** Load ts-node into the program's process. @default true, as upstream */
  typescript: z.boolean().default(true),
  /** Arguments for Node itself, separated by spaces. */
  nodeargs: z.string().default(""),
});

/** The project's runtime options; `nodeargs` as a list. */
export function runtimeOptions(info: ProgramInfo | undefined) {
  const { typescript, nodeargs } = optionsSchema.parse(info?.getOptions()?.toJavaScript() ?? {});
  return { typescript, nodeargs: nodeargs.split(/\s+/).filter((arg) => arg !== "") };
}

/** Where the program is, or the policy pack or plugin. */
export function programDirectory(info: ProgramInfo | undefined, pwd: string): string {
  return info?.getProgramDirectory() ?? pwd;
}

/**
 * Runs the Pulumi program in its own process until it ends.
 *
 * @param started Gets the process as soon as it runs.
 * @throws Error when it cannot be started.
 */
export async function runProgram(
  request: RunRequest,
  engine: string,
  children: Children,
  started: (child: ChildProcess) => void,
): Promise<RunResponse> {
  const info = request.getInfo();
  const directory = programDirectory(info, request.getPwd());
  const { typescript, nodeargs } = runtimeOptions(info);
  const child = children.startNode({
    args: [
      ...nodeargs,
      resolveFrom(directory, "@pulumi/pulumi/cmd/run"),
      ...flags(request, engine),
      request.getProgram() || ".",
      ...request.getArgsList(),
    ],
    cwd: directory,
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: String(typescript),
    },
    output: "inherit",
  });
  started(child);
  await once(child, "exit");
  const response = new RunResponse();
  if (child.exitCode === failureAlreadyReported) {
    return response.setBail(true);
  }
  if (child.exitCode === 0) {
    return response;
  }
  const how = child.signalCode
    ? `was killed by ${child.signalCode}`
    : `ended with exit code ${String(child.exitCode)}`;
  return response.setError(`the program ${how}; the reason is above`);
}

function flags(request: RunRequest, engine: string): string[] {
  const values = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const given = Object.entries(values).filter(([, value]) => value !== "");
  const dryRun = request.getDryrun() ? ["--dry-run"] : [];
  return [...given.map(([name, value]) => `--${name}=${value}`), ...dryRun];
}
