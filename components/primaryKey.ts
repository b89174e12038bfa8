import type * as pulumi from "@pulumi/pulumi";
import { CheckoutResource } from "./workspace/checkoutResource";
import { findConnection } from "./workspace/connection";
import { callWorkspace, type Connection } from "./workspace/rest";

interface KeyInputs {
  readonly table: string;
  readonly columns: readonly string[];
  /** The id of the table: a table made anew needs its key anew. */
  readonly tableId: string;
}

/** Arguments of {@link PrimaryKey}. */
export interface PrimaryKeyArgs {
  /** Full name of the table. */
  readonly table: pulumi.Input<string>;
  readonly tableId: pulumi.Input<string>;
  /** Key columns, in order; each NOT NULL. */
  readonly columns: readonly string[];
}

const constraintName = (table: string): string => `${table.split(".").at(-1) ?? table}_pk`;

/** The dynamic provider of primary keys. The connection is found as the gate finds it. */
export class PrimaryKeyProvider implements pulumi.dynamic.ResourceProvider<KeyInputs, KeyInputs> {
  private config: pulumi.dynamic.Config | undefined;
  private connected: Promise<Connection> | undefined;

  configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.config = config;
    return Promise.resolve();
  }

  diff(_id: string, olds: KeyInputs, news: KeyInputs): Promise<pulumi.dynamic.DiffResult> {
    const replaces = [
      ...(olds.table === news.table ? [] : ["table"]),
      ...(olds.tableId === news.tableId ? [] : ["tableId"]),
      ...(olds.columns.join() === news.columns.join() ? [] : ["columns"]),
    ];
    return Promise.resolve({ changes: replaces.length > 0, replaces, deleteBeforeReplace: true });
  }

  /** Takes away what an interrupted update may have left, so that it can be repeated. */
  async create(inputs: KeyInputs): Promise<pulumi.dynamic.CreateResult<KeyInputs>> {
    await this.drop(inputs.table);
    // https://docs.databricks.com/api/workspace/tableconstraints/create
    const answer = await callWorkspace(await this.connection(), {
      method: "POST",
      path: "/api/2.1/unity-catalog/constraints",
      body: {
        full_name_arg: inputs.table,
        constraint: {
          primary_key_constraint: {
            name: constraintName(inputs.table),
            child_columns: inputs.columns,
          },
        },
      },
    });
    if (answer === undefined) throw new Error(`The table ${inputs.table} does not exist.`);
    return { id: `${inputs.table}.${constraintName(inputs.table)}`, outs: inputs };
  }

  async delete(_id: string, props: KeyInputs): Promise<void> {
    await this.drop(props.table);
  }

  private async drop(table: string): Promise<void> {
    const query = new URLSearchParams({ constraint_name: constraintName(table), cascade: "false" });
    await callWorkspace(await this.connection(), {
      method: "DELETE",
      path: `/api/2.1/unity-catalog/constraints/${encodeURIComponent(table)}?${query.toString()}`,
    });
  }

  private connection(): Promise<Connection> {
    return (this.connected ??= findConnection((key) => this.config?.get(key)));
  }
}

const provider = { file: "../primaryKey.ts", name: "PrimaryKeyProvider" };

/** A table's primary key, which the provider's tables do not have. Informational, as on Databricks. */
export class PrimaryKey extends CheckoutResource {
  constructor(name: string, args: PrimaryKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(provider, "PrimaryKey", name, { ...args }, opts);
  }
}
