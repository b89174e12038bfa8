import { status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { version } from "@pulumi/pulumi/version";
import type { Children } from "./children";
import { directDependencies } from "./packages";
import { startPlugin, streamProcess } from "./plugin";
import { programDirectory, runProgram } from "./program";

/**
 * The calls that the engine makes to run programs, policy packs and Node plugins. The others (code
 * generation, templates, linking) are answered with gRPC's UNIMPLEMENTED.
 *
 * @param engineAddress Until the handshake says otherwise.
 */
export function languageRuntime(
  engineAddress: string,
  children: Children,
): UntypedServiceImplementation {
  let engine = engineAddress;
  return {
    handshake(call, answer) {
      engine = call.request.getEngineAddress();
      answer(null, new language.LanguageHandshakeResponse());
    },
    getPluginInfo(_call, answer) {
      answer(null, new PluginInfo().setVersion(version));
    },
    // Nothing is announced: the engine loads each plugin when the program first uses it.
    getRequiredPackages(_call, answer) {
      answer(null, new language.GetRequiredPackagesResponse());
    },
    getRequiredPlugins(_call, answer) {
      answer(null, new language.GetRequiredPluginsResponse());
    },
    runtimeOptionsPrompts(_call, answer) {
      answer(null, new language.RuntimeOptionsResponse());
    },
    about(_call, answer) {
      const about = new language.AboutResponse();
      answer(null, about.setExecutable(process.execPath).setVersion(process.version));
    },
    getProgramDependencies(call, answer) {
      const directory = programDirectory(call.request.getInfo(), call.request.getPwd());
      const dependencies = directDependencies(directory).map((dependency) =>
        new language.DependencyInfo().setName(dependency.name).setVersion(dependency.version),
      );
      const response = new language.GetProgramDependenciesResponse();
      answer(null, response.setDependenciesList(dependencies));
    },
    run(call, answer) {
      runProgram(call.request, engine, children, (child) => {
        call.on("cancelled", () => child.kill("SIGKILL"));
      }).then(
        (response) => {
          answer(null, response);
        },
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          answer({ code: status.UNKNOWN, details });
        },
      );
    },
    runPlugin(call) {
      streamProcess(call, () => startPlugin(call.request, children), {
        stdout: (bytes) => new language.RunPluginResponse().setStdout(bytes),
        stderr: (bytes) => new language.RunPluginResponse().setStderr(bytes),
        exit: (code) => new language.RunPluginResponse().setExitcode(code),
      });
    },
    installDependencies(call) {
      const cwd = call.request.getDirectory();
      const npm = { file: "npm", args: ["install"], cwd, env: process.env } as const;
      streamProcess(call, () => children.start({ ...npm, output: "pipe" }), {
        stdout: (bytes) => new language.InstallDependenciesResponse().setStdout(bytes),
        stderr: (bytes) => new language.InstallDependenciesResponse().setStderr(bytes),
        exit: (code) => {
          if (code !== 0) {
            throw new Error(`npm install in ${cwd} ended with exit code ${code}`);
          }
          return undefined;
        },
      });
    },
    cancel(call, answer) {
      children.kill();
      answer(null, call.request);
    },
  } satisfies Partial<ILanguageRuntimeServer>;
}
