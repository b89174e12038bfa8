import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";

/**
 * The stack's configuration, as the engine tells it to every policy pack before the first resource.
 * `@pulumi/policy` keeps only the tags out of that message, so this reads along.
 * https://github.com/pulumi/pulumi/blob/master/proto/pulumi/analyzer.proto (AnalyzerStackConfigureRequest)
 * @param told - Called with the values by full key, and with the keys of those that are secret.
 */
export function onStackConfig(
  told: (config: Readonly<Record<string, string>>, secretKeys: readonly string[]) => void,
): void {
  const method = AnalyzerService.configureStack;
  const read = method.requestDeserialize;
  method.requestDeserialize = (bytes) => {
    const request = read(bytes);
    const values = request.getConfigMap().getEntryList();
    told(Object.fromEntries(values), request.getConfigSecretKeysList());
    return request;
  };
}
