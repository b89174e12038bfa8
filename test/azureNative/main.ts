/**
 * `pulumi-resource-azure-native`: a DOUBLE of Pulumi's azure-native provider for tests, not Azure.
 *
 * The real provider cannot be built from package registries, and would need a subscription. This one
 * speaks the same protocol to the real engine, checks every property against the types that
 * `@pulumi/azure-native` publishes, and keeps resources as files in the folder that
 * `AZURE_NATIVE_DOUBLE_STATE` names. Tests alone put it on the PATH.
 */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { exitWithParent } from "../../engine/exitWithParent";
import { Provider } from "./provider";
import { Schemas } from "./schemas";
import { sdkVersion } from "./sdkVersion";
import { resourceProvider } from "./service";
import { Store } from "./store";

/** The engine's own limit. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

function main(): void {
  const stop = (): void => process.exit(0);
  exitWithParent(stop);
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);

  const folder = process.env["AZURE_NATIVE_DOUBLE_STATE"];
  if (folder === undefined) {
    process.stderr.write(
      "This pulumi-resource-azure-native is a double for tests, not Azure. " +
        "AZURE_NATIVE_DOUBLE_STATE must name the folder that it keeps resources in.\n",
    );
    process.exit(1);
  }
  const [schemas, store] = [new Schemas(sdkVersion), new Store(folder)];
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(
    ResourceProviderService,
    resourceProvider(sdkVersion, (account) => new Provider(schemas, store, account)),
  );
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      process.stderr.write(`The double of azure-native cannot listen: ${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${String(port)}\n`);
  });
}

main();
