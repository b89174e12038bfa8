/**
 * `pulumi-language-nodejs`: the plugin through which the Pulumi engine runs Node programs, policy
 * packs and Node plugins. Upstream's is written in Go and not published as a Go module, so this is
 * the same gRPC service on the stubs that `@pulumi/pulumi` ships.
 *
 * The engine starts it with its own address as the last argument and reads the port from the first line.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
 */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { exitWithParent } from "../exitWithParent";
import { Children } from "./children";
import { languageRuntime } from "./service";

/** The engine's own limit: a program's config or a plugin's output may be larger than gRPC's 4 MB. */
const maxMessageBytes = 400 * 1024 * 1024;

function main(): void {
  const children = new Children();
  const stop = (): void => {
    children.kill();
    process.exit(0);
  };
  exitWithParent(stop);
  // The engine, which runs its plugins in process groups of their own, ends them by SIGINT.
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);

  const server = new Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  // Before the address stand the engine's own flags, such as -v=11, where it hands them on (--logflow).
  const engine = process.argv.slice(2).at(-1) ?? "";
  server.addService(LanguageRuntimeService, languageRuntime(engine, children));
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      console.error(`pulumi-language-nodejs: cannot listen on 127.0.0.1: ${error.message}`);
      process.exit(1);
    }
    process.stdout.write(`${String(port)}\n`);
  });
}

main();
