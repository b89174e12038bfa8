import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { vi } from "vitest";
import { AZURE_CALLS, AZURE_COMPUTED, AZURE_EXISTING } from "./azure/azureDouble";

// Serializing a dynamic provider loads the TypeScript compiler, and what vitest has rewritten would
// not run elsewhere anyway. The end-to-end tests serialize for real.
Object.assign(
  createRequire(__filename)("@pulumi/pulumi/runtime/closure/serializeClosure") as object,
  { serializeFunction: () => Promise.resolve({ text: "", containsSecrets: false }) },
);

const { getStore } = createRequire(__filename)("@pulumi/pulumi/runtime/state") as {
  readonly getStore: () => object;
};

/** A resource as the program asked the engine for it. */
export interface Registered {
  /** Package and type, e.g. `databricks:Job`, `mlops:TrainingJob`, `pulumi-nodejs:PromotionGate`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Name of the parent, undefined at the top. */
  readonly parent: string | undefined;
  /** Names of what it depends on, by option or by using an output. */
  readonly dependsOn: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

/** Where a double of the metric tables says they are; nothing in the program can build these names. */
export const DRIFT_TABLE = "ml.monitoring.named_by_the_monitor";
export const PROFILE_TABLE = "ml.monitoring.profile_named_by_the_monitor";

type Inputs = Registered["inputs"];
type Outputs = Readonly<Record<string, unknown>>;

const nothing = (): Outputs => ({});
const fullName = ({ catalogName, schemaName, name }: Inputs): Outputs => ({
  id: [catalogName, schemaName, name].join("."),
});

/** What the real provider computes, as far as the program reads it. Other types are refused. */
const COMPUTED: Readonly<Record<string, (inputs: Inputs, id: string) => Outputs>> = {
  ...AZURE_COMPUTED,
  "databricks:AlertV2": nothing,
  "databricks:Catalog": nothing,
  "databricks:DataQualityMonitor": ({ dataProfilingConfig }) => ({
    dataProfilingConfig: {
      ...Object(dataProfilingConfig),
      driftMetricsTableName: DRIFT_TABLE,
      profileMetricsTableName: PROFILE_TABLE,
    },
  }),
  "databricks:Directory": nothing,
  "databricks:EntityTagAssignment": nothing,
  "databricks:ExternalLocation": ({ name }) => ({ id: name }),
  "databricks:Grant": nothing,
  "databricks:Job": nothing,
  "databricks:MlflowExperiment": nothing,
  "databricks:ModelServing": (_inputs, id) => ({ servingEndpointId: `serving-${id}` }),
  "databricks:NotificationDestination": nothing,
  "databricks:Permissions": nothing,
  "databricks:RegisteredModel": fullName,
  "databricks:Schema": ({ name }) => ({ schemaId: `schema-id-of-${String(name)}` }),
  "databricks:SecretAcl": nothing,
  "databricks:SecretScope": ({ name }) => ({ id: name }),
  "databricks:ServicePrincipal": nothing,
  "databricks:SqlEndpoint": nothing,
  "databricks:SqlTable": (inputs, id) => ({ ...fullName(inputs), tableId: `table-id-${id}` }),
  "databricks:StorageCredential": ({ name }) => ({ id: name }),
  "databricks:Volume": nothing,
  "databricks:WorkspaceFile": nothing,
  "pulumi-nodejs:PrimaryKey": nothing,
  "pulumi-nodejs:PromotionGate": nothing,
};

const shortType = (type: string): string =>
  `${type.split(":", 1)[0] ?? ""}:${type.split(":").at(-1) ?? ""}`;
const nameIn = (urn: string): string => urn.split("::").at(-1) ?? urn;

class RecordingMonitor extends MockMonitor {
  constructor(
    mocks: pulumi.runtime.Mocks,
    private readonly record: (request: RegisterResourceRequest) => void,
  ) {
    super(mocks);
  }

  override registerResource(
    request: RegisterResourceRequest,
    callback: (error: unknown, response: unknown) => void,
  ): Promise<void> {
    this.record(request);
    return super.registerResource(request, callback);
  }
}

/** A double of the engine and the provider for one run of a program: records, and refuses the unknown. */
export class Program {
  readonly resources: Registered[] = [];
  /** What the program logged, each `info: …` or `warning: …`. */
  readonly messages: string[] = [];

  /**
   * Runs `program` and waits until everything that it registered is registered.
   * @param config - Configuration by full key.
   */
  async run<T>(program: () => T | Promise<T>, config: Record<string, string> = {}): Promise<T> {
    const mocks: pulumi.runtime.Mocks = {
      newResource: (args) => this.create(args),
      call: ({ token, inputs }) => {
        const answer = AZURE_CALLS[token];
        if (answer !== undefined) return answer({ ...(inputs as object) });
        throw new Error(`The program calls ${token}, which this double does not know.`);
      },
    };
    await pulumi.runtime.setMocks(mocks, "mlops", "test");
    const monitor = new RecordingMonitor(mocks, (request) => {
      this.record(request);
    });
    pulumi.runtime.setMockOptions(monitor, "mlops", "test");
    // The SDK forgets that with another monitor, and cannot read what exists then.
    Object.assign(getStore(), { supportsAliasSpecs: true });
    pulumi.runtime.setAllConfig(config);
    const say = (text: string): void => {
      this.messages.push(text.replace("[runtime] ", ""));
    };
    const spies = [vi.spyOn(console, "log"), vi.spyOn(console, "warn")];
    for (const spy of spies) spy.mockImplementation(say);
    // The SDK takes a stack trace for every promise, which costs more than all else in a run. An error
    // of the program comes without its position, then, but with its message.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return await program();
    } finally {
      await pulumi.runtime.disconnect();
      Error.stackTraceLimit = stackTraceLimit;
      for (const spy of spies) spy.mockRestore();
    }
  }

  /** The resource of this type and name. @throws Error naming those there are. */
  find(type: string, name: string): Registered {
    const found = this.resources.filter((one) => one.type === type && one.name === name);
    if (found.length === 1 && found[0] !== undefined) return found[0];
    const names = this.ofType(type).join(", ");
    throw new Error(`${found.length} of ${type} are called ${name}; there are: ${names || "none"}`);
  }

  /** Names of all resources of one type, in order. */
  ofType(type: string): string[] {
    return this.resources.filter((one) => one.type === type).map((one) => one.name);
  }

  private create({ type, name, inputs, custom, id: readId = "" }: pulumi.runtime.MockResourceArgs) {
    const given: Inputs = { ...(inputs as object) };
    if (readId !== "") {
      const found = AZURE_EXISTING[readId];
      if (found === undefined) throw new Error(`${name} reads ${readId}, which does not exist.`);
      return { id: readId, state: found };
    }
    if (custom !== true) return { id: undefined, state: {} };
    const computed = COMPUTED[shortType(type)];
    if (computed === undefined) throw new Error(`${name} is a ${type}, unknown to this double.`);
    const id = String(1000 + this.resources.findIndex((one) => one.name === name));
    const { id: ownId, ...outputs } = computed(given, id);
    return { id: typeof ownId === "string" ? ownId : id, state: { ...given, ...outputs } };
  }

  private record(request: RegisterResourceRequest): void {
    const inputs: Inputs = request.getObject()?.toJavaScript() ?? {};
    this.resources.push({
      type: shortType(request.getType()),
      name: request.getName(),
      inputs,
      parent: request.getParent() === "" ? undefined : nameIn(request.getParent()),
      dependsOn: request.getDependenciesList().map(nameIn),
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
    });
  }
}

/** The value of an output; a test that only `apply`s would pass whatever it says. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => {
    pulumi.output(output).apply(resolve);
  });
}
