import { FeatureTable, PythonJob, type Platform } from "../../components";
import * as columns from "./churnTables";
import { keyedTables } from "../keyedTables";
import type { Purchases } from "./purchases";

/** What tells one churn model's data from another's. */
interface ChurnDataArgs {
  readonly purchases: Purchases;
  /** Schema and name of the tables. */
  readonly features: string;
  readonly labels: string;
  readonly holdout: string;
  /** Job parameter that says as of which day, and its default: `{ as_of: "1998-03-31" }`. */
  readonly day: Readonly<Record<string, string>>;
  /** Quartz cron in UTC of the features. */
  readonly cron: string;
  /** Tags of the feature table. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What a churn model learns from: features, labels and holdout, and the jobs that make them. */
export function churnData(platform: Platform, name: string, args: ChurnDataArgs) {
  const { transactions, customers, sources } = args.purchases;
  const keyed = keyedTables(platform, name, "customer_id");
  const labels = keyed("labels", args.labels, "Who churned, to learn from", columns.labels);
  const holdout = keyed("holdout", args.holdout, "Who churned, to validate on", columns.holdout);
  const label = new PythonJob(
    `${name}-labels`,
    {
      platform,
      description: `Derives ${labels.fullName} and ${holdout.fullName} from the purchases.`,
      tasks: [
        {
          file: "churn/make_labels.py",
          arguments: { ...sources, labels: labels.fullName, holdout: holdout.fullName },
          parameters: Object.keys(args.day),
        },
      ],
      parameters: args.day,
    },
    { dependsOn: [transactions, customers, labels, holdout] },
  );
  const features = new FeatureTable(
    `${name}-features`,
    {
      platform,
      table: platform.table(args.features),
      comment: "What is known of each customer on the as-of day",
      columns: columns.features,
      primaryKeys: ["customer_id"],
      tags: args.tags,
      refresh: {
        file: "churn/build_features.py",
        arguments: sources,
        parameters: args.day,
        cron: args.cron,
      },
    },
    { dependsOn: [transactions, customers] },
  );
  return { features, inputs: columns.inputs, labels, holdout, label };
}
