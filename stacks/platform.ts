import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { TaskSources, type Access, type JobDefaults, type Platform } from "../components";
import { parseFullName } from "../components/fullName";
import type { Foundation } from "../components/azure/foundation";
import { azureWorkspace } from "./azureWorkspace";
import type { Settings } from "./config";
import { taskDependencies } from "./taskDependencies";

/** The schemas that models live in, with what each is for. */
const SCHEMAS = {
  bronze: "Source data as it arrives",
  features: "Feature tables with primary keys",
  labels: "Labels for training",
  validation: "Rows that training never sees",
  models: "Registered models",
  inference_logs: "Captured requests and unpacked predictions",
  monitoring: "Profile and drift metrics",
} as const;

/** Volume that files land in before they become tables. */
const LANDING = "bronze.landing";

/** What the models of one environment stand on: catalog, schemas, volume, warehouse, task sources. */
export class EnvironmentPlatform extends pulumi.ComponentResource implements Platform {
  readonly parent = this;
  readonly catalog: string;
  readonly folder: string;
  readonly warehouseId: pulumi.Output<string>;
  readonly tasks: TaskSources;
  readonly jobs: JobDefaults;
  readonly access: Access;
  readonly tags: Readonly<Record<string, string>>;
  readonly protect: boolean;
  readonly landing: string;
  readonly emails: readonly string[];
  readonly onFailure: "hold" | "block";
  readonly stagingEndpoints: boolean;
  readonly alertDestinationId: pulumi.Output<string> | undefined;
  readonly #name: string;
  readonly #prefix: string;
  readonly #schemas = new Map<string, databricks.Schema>();
  readonly #catalog: databricks.Catalog;
  readonly #forceDestroy: boolean;

  /** @param foundation - The environment's Azure side, where the stack makes one. */
  constructor(
    name: string,
    settings: Settings["environment"],
    foundation?: Foundation,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mlops:index:Platform", name, {}, opts);
    this.catalog = settings.catalog;
    this.folder = `/Shared/${settings.catalog}`;
    const azure = foundation && azureWorkspace(name, settings, foundation, this);
    const runAs = settings.jobs.runAs ?? azure?.runAs;
    this.jobs = { ...settings.jobs, runAs, dependencies: taskDependencies() };
    this.alertDestinationId = azure?.alertDestinationId;
    this.access = settings.access;
    this.tags = settings.tags;
    this.protect = settings.protect;
    this.emails = settings.emails;
    this.onFailure = settings.onFailure;
    this.stagingEndpoints = settings.stagingEndpoints;
    this.#name = name;
    this.#prefix = settings.prefix;
    this.#forceDestroy = settings.forceDestroy;
    this.#catalog = new databricks.Catalog(
      `${name}-catalog`,
      {
        name: settings.catalog,
        comment: "Data, features and models of one environment",
        forceDestroy: settings.forceDestroy,
        ...(azure === undefined ? {} : { storageRoot: azure.storageRoot }),
      },
      { parent: this, protect: settings.protect },
    );
    for (const [schema, comment] of Object.entries(SCHEMAS)) this.addSchema(schema, comment);
    this.landing = this.addVolume(
      LANDING,
      "Files before they become tables, and staging of bulk writes",
    );

    this.warehouseId = this.warehouse(name, settings).id;
    this.grants(name, this.#catalog, runAs);
    const folder = new databricks.Directory(
      `${name}-folder`,
      { path: this.folder, deleteRecursive: true },
      { parent: this },
    );
    this.tasks = new TaskSources(
      `${name}-tasks`,
      { directory: "jobs", folder: `${this.folder}/jobs` },
      { parent: this, dependsOn: [folder] },
    );
    this.registerOutputs({ catalog: this.catalog, warehouseId: this.warehouseId });
  }

  resourceName(name: string): string {
    return `${this.#prefix}${name}`;
  }

  table(schemaAndName: string): string {
    return `${this.catalog}.${schemaAndName}`;
  }

  schemaOf(fullName: string): databricks.Schema {
    const { catalog, schema } = parseFullName("table or model", fullName);
    const found = this.#schemas.get(schema);
    if (found !== undefined && catalog === this.catalog) return found;
    const known = [...this.#schemas.keys()].map((name) => this.table(name)).join(", ");
    throw new pulumi.RunError(
      `'${fullName}' is in the schema '${catalog}.${schema}', which is not one of ${known}.`,
    );
  }

  addSchema(schema: string, comment: string): databricks.Schema {
    const made = new databricks.Schema(
      `${this.#name}-${schema.replaceAll("_", "-")}`,
      { catalogName: this.#catalog.name, name: schema, comment, forceDestroy: this.#forceDestroy },
      { parent: this, protect: this.protect },
    );
    this.#schemas.set(schema, made);
    return made;
  }

  addVolume(schemaAndName: string, comment: string): string {
    const { catalog, schema, name } = parseFullName("volume", this.table(schemaAndName));
    new databricks.Volume(
      `${this.#name}-${name.replaceAll("_", "-")}`,
      {
        catalogName: catalog,
        schemaName: this.schemaOf(this.table(schemaAndName)).name,
        name,
        volumeType: "MANAGED",
        comment,
      },
      { parent: this, protect: this.protect },
    );
    return `/Volumes/${catalog}/${schema}/${name}`;
  }

  private warehouse(name: string, settings: Settings["environment"]): databricks.SqlEndpoint {
    return new databricks.SqlEndpoint(
      `${name}-warehouse`,
      {
        name: `mlops-${settings.catalog}`,
        clusterSize: settings.warehouse.size,
        autoStopMins: settings.warehouse.autoStopMinutes,
        maxNumClusters: 1,
        warehouseType: "PRO",
        enableServerlessCompute: true,
        tags: {
          customTags: Object.entries(settings.tags).map(([key, value]) => ({ key, value })),
        },
      },
      { parent: this },
    );
  }

  private grants(name: string, catalog: databricks.Catalog, runAs: JobDefaults["runAs"]): void {
    const grant = (suffix: string, principal: pulumi.Input<string>, privileges: string[]) =>
      new databricks.Grant(
        `${name}-${suffix}`,
        { catalog: catalog.name, principal, privileges },
        { parent: this },
      );
    grant("users", this.access.users, ["USE_CATALOG", "USE_SCHEMA"]);
    const write = ["SELECT", "MODIFY", "CREATE_TABLE", "READ_VOLUME", "WRITE_VOLUME", "EXECUTE"];
    grant("engineers", this.access.engineers, ["USE_CATALOG", "USE_SCHEMA", ...write]);
    if (runAs !== undefined) {
      grant("jobs", runAs, ["USE_CATALOG", "USE_SCHEMA", "CREATE_MODEL_VERSION", ...write]);
    }
  }
}
