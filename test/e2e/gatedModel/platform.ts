import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../../../components/platform";
import { TaskSources } from "../../../components/taskSources";

const CATALOG = "ml_local";

/** The least that a gate and what follows it stand on: a catalog with one schema, and a folder. */
export class SmallPlatform extends pulumi.ComponentResource implements Platform {
  readonly parent = this;
  readonly catalog = CATALOG;
  readonly folder = `/Shared/${CATALOG}`;
  readonly landing = "";
  readonly warehouseId = pulumi.output("none");
  readonly tasks: TaskSources;
  readonly jobs = { pauseStatus: "PAUSED", dependencies: [], notify: [] } as const;
  readonly access = { users: "users", engineers: "data-science" };
  readonly tags = { owner: "data-science", cost_center: "local" };
  readonly emails = [];
  readonly onFailure = "hold";
  readonly stagingEndpoints = false;
  readonly protect = false;
  readonly #catalog: databricks.Catalog;
  readonly #models: databricks.Schema;

  constructor() {
    super("mlops:index:Platform", "platform");
    this.#catalog = new databricks.Catalog(
      "platform-catalog",
      { name: CATALOG, forceDestroy: true },
      { parent: this },
    );
    this.#models = this.addSchema("models");
    // Without sources it is a folder.
    const folder = this.folder;
    this.tasks = new TaskSources("platform", { directory: __dirname, folder }, { parent: this });
  }

  resourceName(name: string): string {
    return name;
  }

  table(schemaAndName: string): string {
    return `${CATALOG}.${schemaAndName}`;
  }

  schemaOf(): databricks.Schema {
    return this.#models;
  }

  addSchema(schema: string): databricks.Schema {
    return new databricks.Schema(
      `platform-${schema}`,
      { catalogName: this.#catalog.name, name: schema, forceDestroy: true },
      { parent: this },
    );
  }

  addVolume(schemaAndName: string): never {
    throw new Error(`There is no volume ${schemaAndName} here.`);
  }
}
