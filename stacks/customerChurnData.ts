import { FeatureTable, GovernedTable, PythonJob, type Column } from "../components";
import type { Settings } from "./config";
import * as columns from "./customerChurnTables";
import type { EnvironmentPlatform } from "./platform";

/** What customer churn learns from: source tables, labels, holdout and features, and their jobs. */
export function churnData(platform: EnvironmentPlatform, settings: Settings["customerChurn"]) {
  const table = (
    name: string,
    schemaAndName: string,
    comment: string,
    columnList: readonly Column[],
    primaryKeys: readonly string[] = ["customer_id"],
  ): GovernedTable =>
    new GovernedTable(`customer-churn-${name}`, {
      platform,
      table: platform.table(schemaAndName),
      comment,
      columns: columnList,
      primaryKeys,
    });
  const purchases = "CDNOW: every purchase of the customers who came in early 1997, to mid 1998";
  const transactions = table(
    "transactions",
    "bronze.transactions",
    purchases,
    columns.transactions,
    [],
  );
  const customers = table(
    "customers",
    "bronze.customers",
    "Customers of CDNOW; signup_date is derived, region generated",
    columns.customers,
  );
  const labels = table(
    "labels",
    "labels.churn_labels",
    "Who churned, to learn from",
    columns.labels,
  );
  const holdout = table(
    "holdout",
    "validation.holdout_churn",
    "Who churned, to validate on",
    columns.holdout,
  );
  const sources = { transactions: transactions.fullName, customers: customers.fullName };

  new PythonJob(
    "customer-churn-data",
    {
      platform,
      description: "Loads purchases and customers into bronze; derives labels and the holdout.",
      tasks: [
        { file: "churn/load_bronze.py", arguments: { volume: platform.landing, ...sources } },
        {
          file: "churn/make_labels.py",
          arguments: { ...sources, labels: labels.fullName, holdout: holdout.fullName },
          parameters: ["as_of"],
        },
      ],
      parameters: { as_of: settings.asOf },
    },
    { dependsOn: [transactions, customers, labels, holdout] },
  );
  const features = new FeatureTable(
    "customer-churn-features",
    {
      platform,
      table: platform.table("features.customer_churn_features"),
      comment: "What is known of each customer on the as-of day",
      columns: columns.features,
      primaryKeys: ["customer_id"],
      tags: { team: "data-science", domain: "customer" },
      refresh: {
        file: "churn/build_features.py",
        arguments: sources,
        parameters: { as_of: settings.asOf },
        cron: settings.features.cron,
      },
    },
    { dependsOn: [transactions, customers] },
  );
  return { features, inputs: columns.inputs, labels, holdout };
}
