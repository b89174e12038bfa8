import { GovernedTable, PythonJob, type ModelStack, type Platform } from "../../components";
import * as columns from "./churnTables";

const made = new WeakMap<Platform, Purchases>();

/** The purchases that both churn models learn from: made with the first of them, on the environment. */
export function purchasesOf({ environment }: ModelStack): Purchases {
  const purchases = made.get(environment) ?? makePurchases(environment);
  made.set(environment, purchases);
  return purchases;
}

/** Tables of purchases and customers, and the job that loads them. */
export type Purchases = ReturnType<typeof makePurchases>;

function makePurchases(platform: Platform) {
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
