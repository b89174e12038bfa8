import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";
import { parseFullName } from "./fullName";
import { on, type Platform } from "./platform";
import { PrimaryKey } from "./primaryKey";

/** One column. */
export interface Column {
  readonly name: string;
  /** A Databricks SQL type in lower case, as the catalog answers it: `bigint`, `double`, `date`. */
  readonly type: string;
  readonly comment: string;
  /** @default true, except for key columns */
  readonly nullable?: boolean;
}

/** Arguments of {@link GovernedTable}. */
export interface GovernedTableArgs {
  readonly platform: Platform;
  /** Full name, `catalog.schema.table`. */
  readonly table: string;
  readonly comment: string;
  readonly columns: readonly Column[];
  /** Columns of the primary key. @default none */
  readonly primaryKeys?: readonly string[];
  /** Tags of this table, beside the environment's. @default none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Delta table properties. @default none */
  readonly properties?: Readonly<Record<string, string>>;
}

/** A Delta table in Unity Catalog with its key, tags and who may read it. */
export class GovernedTable extends pulumi.ComponentResource {
  /** The table. */
  readonly table: databricks.SqlTable;
  readonly fullName: string;
  readonly columns: readonly Column[];
  /** Resolves once table and key exist. */
  readonly tableId: pulumi.Output<string>;

  /**
   * @throws pulumi.RunError for a name without three parts, a column that is there twice, or a key
   * column that the table does not have.
   */
  constructor(name: string, args: GovernedTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:GovernedTable", name, {}, on(args.platform, opts));
    const { platform } = args;
    const parts = parseFullName("table", args.table);
    const keys = args.primaryKeys ?? [];
    checkColumns(args.table, args.columns);
    checkKeys(args.table, keys, args.columns);
    this.fullName = args.table;
    this.columns = args.columns;

    this.table = new databricks.SqlTable(
      `${name}-table`,
      {
        catalogName: parts.catalog,
        schemaName: parts.schema,
        name: parts.name,
        tableType: "MANAGED",
        dataSourceFormat: "DELTA",
        comment: args.comment,
        warehouseId: platform.warehouseId,
        columns: args.columns.map((column) => ({
          name: column.name,
          type: column.type,
          comment: column.comment,
          nullable: column.nullable ?? !keys.includes(column.name),
        })),
        ...(args.properties === undefined ? {} : { properties: args.properties }),
      },
      { parent: this, dependsOn: [platform.schemaOf(args.table)], protect: platform.protect },
    );
    this.tableId = this.table.tableId;

    if (keys.length > 0) {
      new PrimaryKey(
        `${name}-key`,
        { table: args.table, tableId: this.table.tableId, columns: keys },
        { parent: this, dependsOn: [this.table] },
      );
    }
    for (const [tagKey, tagValue] of Object.entries({ ...platform.tags, ...args.tags })) {
      new databricks.EntityTagAssignment(
        `${name}-tag-${tagKey}`,
        { entityType: "tables", entityName: args.table, tagKey, tagValue },
        { parent: this, dependsOn: [this.table] },
      );
    }
    new databricks.Grant(
      `${name}-readers`,
      { table: this.table.id, principal: platform.access.users, privileges: ["SELECT"] },
      { parent: this },
    );
    this.registerOutputs({ table: this.table.id });
  }
}

/** @throws pulumi.RunError for a column that is there twice; Unity Catalog does not tell case apart. */
export function checkColumns(table: string, columns: readonly Column[]): void {
  const names = columns.map((column) => column.name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new pulumi.RunError(
    `The table ${table} has two columns '${twice}': ${names.join(", ")}; names must differ.`,
  );
}

function checkKeys(table: string, keys: readonly string[], columns: readonly Column[]): void {
  const names = columns.map((column) => column.name);
  for (const key of keys) {
    if (!names.includes(key)) {
      throw new pulumi.RunError(
        `The key column '${key}' of ${table} is not one of its columns: ${names.join(", ")}.`,
      );
    }
  }
}
