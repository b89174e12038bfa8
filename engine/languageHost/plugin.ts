import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import type { RunPluginRequest } from "@pulumi/pulumi/proto/language_pb";
import type { Children } from "./children";
import { resolveFrom } from "./packages";
import { programDirectory, runtimeOptions } from "./program";

/** Starts a policy pack, or a resource plugin or tool written for Node. */
export function startPlugin(request: RunPluginRequest, children: Children): ChildProcess {
  const info = request.getInfo();
  const directory = programDirectory(info, request.getPwd());
  const program = join(directory, info?.getEntryPoint() ?? ".");
  const { typescript, nodeargs } = runtimeOptions(info);
  const isPolicyPack = request.getKind() === "analyzer";
  const args = request.getArgsList();
  let script: string[];
  if (!isPolicyPack) {
    script = [resolveFrom(directory, "@pulumi/pulumi/cmd/run-plugin"), program, ...args];
  } else if (typescript) {
    script = [resolveFrom(directory, "@pulumi/pulumi/cmd/run-policy-pack"), ...args, program];
  } else {
    script = [join(__dirname, "policy-pack.cjs"), program];
  }
  return children.startNode({
    args: [...nodeargs, ...script],
    // A policy pack has its own node_modules.
    cwd: isPolicyPack ? directory : request.getPwd(),
    env: Object.fromEntries(request.getEnvList().map(splitAtEquals)),
    output: "pipe",
  });
}

function splitAtEquals(entry: string): [string, string] {
  const at = entry.indexOf("=");
  return [entry.slice(0, at), entry.slice(at + 1)];
}

/** How a process is told to the engine, as messages of the call's type. */
export interface ProcessMessages<Message> {
  stdout(bytes: Buffer): Message;
  stderr(bytes: Buffer): Message;
  /** `undefined` ends the call without a last message. @throws Error to fail the call. */
  exit(code: number): Message | undefined;
}

/** Streams a process's output and end to the engine; kills it when the engine hangs up. */
export function streamProcess<Request, Message>(
  call: ServerWritableStream<Request, Message>,
  start: () => ChildProcess,
  messages: ProcessMessages<Message>,
): void {
  const fail = (error: unknown): void => {
    const details = error instanceof Error ? error.message : String(error);
    call.emit("error", { code: status.UNKNOWN, details });
  };
  try {
    const child = start();
    call.on("cancelled", () => child.kill("SIGKILL"));
    child.stdout?.on("data", (bytes: Buffer) => call.write(messages.stdout(bytes)));
    child.stderr?.on("data", (bytes: Buffer) => call.write(messages.stderr(bytes)));
    child.on("error", fail);
    child.on("close", (code) => {
      try {
        const last = messages.exit(code ?? 1);
        if (last !== undefined) {
          call.write(last);
        }
        call.end();
      } catch (error) {
        fail(error);
      }
    });
  } catch (error) {
    fail(error);
  }
}
