import type { Column } from "../../components";
import { column, required } from "../columns";

const customerId = required("customer_id", "string", "Who bought");
const churned = required("churned", "int", "1: no purchase in the horizon; 0: at least one");

/** What the model is asked with, in the order of its signature; all of it numbers. */
export const inputs: readonly Column[] = [
  column("total_transactions", "bigint", "Purchases up to the as-of day"),
  column("total_spend", "double", "Sum of their amounts, US dollars"),
  column("avg_transaction_amount", "double", "Mean of their amounts, US dollars"),
  column("unique_categories", "bigint", "Distinct product categories among them"),
  column(
    "spend_volatility",
    "double",
    "Standard deviation of their amounts; NULL with one purchase",
  ),
  column("days_since_signup", "int", "Days from sign-up to the as-of day"),
  column("days_since_last_transaction", "int", "Days from the last purchase to the as-of day"),
];

/** What the feature table holds beside the model's inputs. */
const others: readonly Column[] = [
  column("region", "string", "From customers; generated, so the model does not read it"),
  column("last_transaction_date", "date", "Day of the last purchase"),
  column("signup_date", "date", "Day of the first purchase"),
];

/** Columns of the feature table. */
export const features: readonly Column[] = [customerId, ...inputs, ...others];

/** Columns of the rows that training never sees: features and outcome. */
export const holdout: readonly Column[] = [...features, churned];

/** Columns of the labels. */
export const labels: readonly Column[] = [
  customerId,
  required("as_of_date", "date", "The label looks at the days after it"),
  churned,
];

/** Columns of the purchases. */
export const transactions: readonly Column[] = [
  customerId,
  required("transaction_date", "date", "Day of the purchase"),
  required("amount", "double", "Paid, US dollars; 0 for a free order"),
  required("quantity", "int", "Number of CDs"),
  required(
    "product_category",
    "string",
    "Derived from amount / quantity: 0 free, below 12 budget, below 16 standard, else premium",
  ),
];

/** Columns of the customers. */
export const customers: readonly Column[] = [
  customerId,
  required("signup_date", "date", "Day of the first purchase in the data"),
  required("region", "string", "Generated: CRC-32 of customer_id modulo 4; carries no information"),
];
