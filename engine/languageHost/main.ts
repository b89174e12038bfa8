/**
 * `pulumi-language-nodejs`: the plugin through which the Pulumi engine runs Node programs, policy
 * packs and Node plugins. Upstream's is written in Go and not published as a Go module, so this is
 * the same gRPC service on the stubs that `@pulumi/pulumi` ships.
 *
 * The engine starts it with its own address as argument and reads the port from the first line.
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
  server.addService(LanguageRuntimeService, languageRuntime(process.argv[2] ?? "", children));
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      console.error(`pulumi-language-nodejs: cannot listen on 127.0.0.1: ${error.message}`);
      process.exit(1);
    }
    process.stdout.write(`${String(port)}\n`);
  });
}

main();
