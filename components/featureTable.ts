import * as pulumi from "@pulumi/pulumi";
import { quartz } from "./cron";
import { GovernedTable, type Column } from "./governedTable";
import type { PythonTask } from "./jobTasks";
import { on, type Platform } from "./platform";
import { PythonJob } from "./pythonJob";

/** Arguments of {@link FeatureTable}. */
export interface FeatureTableArgs {
  readonly platform: Platform;
  /** Full name, `catalog.schema.table`. */
  readonly table: string;
  readonly comment: string;
  readonly columns: readonly Column[];
  /** What a feature lookup joins on; at least one column. */
  readonly primaryKeys: readonly string[];
  /** Tags of this table, beside the environment's. @default none */
  readonly tags?: Readonly<Record<string, string>>;
  /** What computes the features: a file that takes `--features` beside the arguments given here. */
  readonly refresh: Pick<PythonTask, "file" | "arguments"> & {
    /** Job parameters with their defaults, all of which the file takes. @default none */
    readonly parameters?: Readonly<Record<string, string>>;
    /** Quartz cron in UTC, e.g. `0 0 6 * * ?` for six o'clock every day. */
    readonly cron: string;
  };
}

/** A governed table with keys, which models look features up in, and the job that refreshes it. */
export class FeatureTable extends pulumi.ComponentResource {
  readonly fullName: string;
  readonly table: GovernedTable;
  /** The job that computes the features. */
  readonly refresh: PythonJob;
  readonly primaryKeys: readonly string[];

  /** @throws pulumi.RunError without a primary key, for an invalid cron expression, or for what {@link GovernedTable} and {@link PythonJob} refuse. */
  constructor(name: string, args: FeatureTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:FeatureTable", name, {}, on(args.platform, opts));
    if (args.primaryKeys.length === 0) {
      throw new pulumi.RunError(
        `The feature table ${args.table} has no primary key; lookups need one.`,
      );
    }
    const cron = quartz(`${name}-refresh`, args.refresh.cron);
    this.fullName = args.table;
    this.primaryKeys = args.primaryKeys;
    const { platform, table, comment, columns, primaryKeys, tags = {} } = args;
    this.table = new GovernedTable(
      name,
      { platform, table, comment, columns, primaryKeys, tags },
      { parent: this },
    );
    const { file, parameters = {} } = args.refresh;
    this.refresh = new PythonJob(
      `${name}-refresh`,
      {
        platform,
        description: `Computes the features in ${table}.`,
        tasks: [
          {
            file,
            arguments: { ...args.refresh.arguments, features: table },
            parameters: Object.keys(parameters),
          },
        ],
        parameters,
        cron,
      },
      { parent: this, dependsOn: [this.table] },
    );
    this.registerOutputs({ table: this.fullName, refreshJobId: this.refresh.jobId });
  }
}
