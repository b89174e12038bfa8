import { z } from "zod";
import { callWorkspace, type Connection } from "../../components/workspace/rest";

/** A loyal customer and one who came once, long ago, in the columns of the model's signature. */
const CUSTOMERS = [
  {
    total_transactions: 24,
    total_spend: 870.5,
    avg_transaction_amount: 36.27,
    unique_categories: 3,
    spend_volatility: 21.4,
    days_since_signup: 450,
    days_since_last_transaction: 9,
  },
  {
    total_transactions: 1,
    total_spend: 12.99,
    avg_transaction_amount: 12.99,
    unique_categories: 1,
    spend_volatility: null,
    days_since_signup: 440,
    days_since_last_transaction: 440,
  },
];

const answer = z.object({ predictions: z.array(z.number()) });

/** Asks an endpoint about two customers and says what it answers. */
export async function predict(connection: Connection, endpoint: string): Promise<string> {
  const { predictions } = answer.parse(
    await callWorkspace(connection, {
      method: "POST",
      path: `/serving-endpoints/${endpoint}/invocations`,
      body: { dataframe_records: CUSTOMERS },
    }),
  );
  return CUSTOMERS.map(
    (customer, index) =>
      `${customer.total_transactions} ${customer.total_transactions === 1 ? "purchase" : "purchases"}, the last ${customer.days_since_last_transaction} days ago: ` +
      (predictions[index] === 1 ? "will churn" : "will stay"),
  ).join("\n");
}
