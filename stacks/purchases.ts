import { GovernedTable, PythonJob } from "../components";
import * as columns from "./churnTables";
import type { EnvironmentPlatform } from "./platform";

/** The purchases that both churn models learn from, and the job that loads them. */
export function purchases(platform: EnvironmentPlatform) {
  const transactions = new GovernedTable("purchases-transactions", {
    platform,
    table: platform.table("bronze.transactions"),
    comment: "CDNOW: every purchase of the customers who came in early 1997, to mid 1998",
    columns: columns.transactions,
  });
  const customers = new GovernedTable("purchases-customers", {
    platform,
    table: platform.table("bronze.customers"),
    comment: "Customers of CDNOW; signup_date is derived, region generated",
    columns: columns.customers,
    primaryKeys: ["customer_id"],
  });
  const sources = { transactions: transactions.fullName, customers: customers.fullName };
  const load = new PythonJob(
    "purchases-load",
    {
      platform,
      description: "Loads purchases and customers into bronze.",
      tasks: [
        { file: "churn/load_bronze.py", arguments: { volume: platform.landing, ...sources } },
      ],
    },
    { dependsOn: [transactions, customers] },
  );
  return { transactions, customers, sources, load };
}

/** What {@link purchases} made. */
export type Purchases = ReturnType<typeof purchases>;
