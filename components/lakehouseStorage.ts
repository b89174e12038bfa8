import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";

/** A container, or a folder in it, that Unity Catalog governs. */
export interface StorageLocation {
  /** `abfss://container@account.dfs.core.windows.net/`. No other external location may overlap with it. */
  readonly url: pulumi.Input<string>;
  readonly comment: string;
  /** Whether Databricks writes nothing here. @default false */
  readonly readOnly?: boolean;
  /** Who may read and write files here, past tables and volumes, by a short name. @default nobody */
  readonly grants?: Readonly<Record<string, StorageGrant>>;
}

/** What a group or service principal may do with a location's files. */
export interface StorageGrant {
  /** Account group by name, or service principal by application id. */
  readonly principal: pulumi.Input<string>;
  readonly privileges: readonly ("READ_FILES" | "WRITE_FILES" | "CREATE_EXTERNAL_VOLUME")[];
}

/** Arguments of {@link LakehouseStorage}. */
export interface LakehouseStorageArgs {
  /** What names in the metastore begin with; they are unique among all environments: `ml_dev`. */
  readonly name: string;
  /** ARM id of the access connector whose identity may read and write the containers. */
  readonly accessConnectorId: pulumi.Input<string>;
  /** By a short name of lower-case letters and digits, `catalog` becoming `ml_dev_catalog`. */
  readonly locations: Readonly<Record<string, StorageLocation>>;
  /** Whether deletion is refused: without the location, nobody reads the tables that lie in it. */
  readonly protect: boolean;
  /**
   * Whether a location is deleted though Databricks still counts tables in it: dropped ones count for
   * days, until they are purged.
   */
  readonly forceDestroy: boolean;
}

/**
 * What Unity Catalog reads and writes Azure storage with: a storage credential on the access connector, an
 * external location for each container, and who may use its files. Nobody is granted the credential itself.
 *
 * Whoever deploys needs CREATE STORAGE CREDENTIAL and CREATE EXTERNAL LOCATION on the metastore, and the role
 * Contributor on the access connector.
 *
 * Databricks is not asked to try the storage: the connector's role on it may take ten minutes to reach all
 * of Azure, in which a first deployment would fail for nothing. The button "Test connection" of Catalog
 * Explorer does.
 *
 * A catalog lies in a location by its URL, which resolves once the location exists:
 *
 * @example
 * const storage = new LakehouseStorage("platform-storage", {
 *   name: settings.catalog,
 *   accessConnectorId: foundation.accessConnectorId,
 *   locations: {
 *     catalog: { url: foundation.storage.catalog, comment: "Managed tables, volumes and models" },
 *     landing: {
 *       url: foundation.storage.landing,
 *       comment: "Files of others",
 *       readOnly: true,
 *       grants: { jobs: { principal: jobs.applicationId, privileges: ["READ_FILES"] } },
 *     },
 *   },
 *   protect: settings.protect,
 *   forceDestroy: settings.forceDestroy,
 * }, { parent: this });
 * new databricks.Catalog(name, { storageRoot: storage.url("catalog"), … });
 */
export class LakehouseStorage extends pulumi.ComponentResource {
  readonly credential: databricks.StorageCredential;
  readonly #locations: ReadonlyMap<string, databricks.ExternalLocation>;

  /** @throws pulumi.RunError for a name that Unity Catalog would change, or refuse. */
  constructor(name: string, args: LakehouseStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:LakehouseStorage", name, {}, opts);
    for (const part of [args.name, ...Object.keys(args.locations)]) checkName(part);
    this.credential = new databricks.StorageCredential(
      `${name}-credential`,
      {
        name: args.name,
        comment: "Access connector of the environment",
        azureManagedIdentity: { accessConnectorId: args.accessConnectorId },
        // Otherwise even another comment is refused while locations depend on it:
        // https://github.com/databricks/terraform-provider-databricks/issues/4551
        forceUpdate: true,
        skipValidation: true,
      },
      { parent: this, protect: args.protect },
    );
    this.#locations = new Map(
      Object.entries(args.locations).map(([key, location]) => [
        key,
        this.makeLocation(name, key, location, args),
      ]),
    );
    this.registerOutputs({ credential: this.credential.name });
  }

  /**
   * URL of a location, known once it exists: a `storageRoot`.
   * @throws pulumi.RunError naming the locations there are.
   */
  url(key: string): pulumi.Output<string> {
    const found = this.#locations.get(key);
    if (found !== undefined) return found.url;
    const known = [...this.#locations.keys()].join(", ");
    throw new pulumi.RunError(`There is no storage location '${key}'; there are: ${known}.`);
  }

  private makeLocation(
    name: string,
    key: string,
    { url, comment, readOnly = false, grants = {} }: StorageLocation,
    args: LakehouseStorageArgs,
  ): databricks.ExternalLocation {
    const made = new databricks.ExternalLocation(
      `${name}-${key}`,
      {
        name: `${args.name}_${key}`,
        url,
        credentialName: this.credential.name,
        comment,
        readOnly,
        forceDestroy: args.forceDestroy,
        skipValidation: true,
      },
      { parent: this, protect: args.protect },
    );
    for (const [who, { principal, privileges }] of Object.entries(grants)) {
      new databricks.Grant(
        `${name}-${key}-${who}`,
        { externalLocation: made.id, principal, privileges: [...privileges] },
        { parent: this },
      );
    }
    return made;
  }
}

/** Unity Catalog keeps names in lower case; another case would be a change for ever. */
function checkName(part: string): void {
  if (/^[a-z0-9_]+$/.test(part)) return;
  throw new pulumi.RunError(
    `'${part}' cannot be part of a storage location's name: it may have lower-case letters, digits and _.`,
  );
}
