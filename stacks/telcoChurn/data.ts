import type { Platform, PythonTask, RegisteredModel } from "../../components";
import { fullNames, keyedTables } from "../keyedTables";
import * as columns from "./tables";

/** What telco churn learns from and is judged on: its tables, all keyed by customer. */
export function telcoData(platform: Platform) {
  const keyed = keyedTables(platform, "telco-churn", "customer_id");
  return {
    customers: keyed(
      "customers",
      "bronze.telco_customers",
      "7,043 customers of a telephone and internet provider, on one day",
      columns.customers,
    ),
    features: keyed(
      "features",
      "features.telco_churn_features",
      "What is known of each customer, as numbers",
      columns.features,
    ),
    labels: keyed("labels", "labels.telco_churn_labels", "Who left, to learn from", columns.labels),
    holdout: keyed(
      "holdout",
      "validation.telco_churn_holdout",
      "Who left, to validate on: a fifth of the customers, by a hash of their number",
      columns.heldBack,
    ),
    recent: keyed(
      "recent",
      "validation.telco_churn_recent",
      "Those of the holdout who came last",
      columns.heldBack,
    ),
  };
}

/** The tables of {@link telcoData}. */
export type TelcoData = ReturnType<typeof telcoData>;

/** The tasks before training: check and load, then encode. */
export function preparation(
  platform: Platform,
  data: TelcoData,
  model: RegisteredModel,
  experiment: string,
  { recentMonths }: { readonly recentMonths: number },
): PythonTask[] {
  const tables = fullNames(data);
  const needed = { ...tables, experiment, model: model.fullName };
  return [
    { file: "telco/setup.py", arguments: { volume: platform.landing, ...needed } },
    {
      file: "telco/featurization.py",
      arguments: { ...tables, recent_months: String(recentMonths) },
    },
  ];
}
