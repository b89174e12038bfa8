"""The tables and columns of customer churn, and what its features and label mean.

    bronze.transactions                   one purchase of one customer
      customer_id       STRING NOT NULL   who bought
      transaction_date  DATE   NOT NULL   day of the purchase
      amount            DOUBLE NOT NULL   paid, in US dollars; 0 for a free order
      quantity          INT    NOT NULL   number of CDs
      product_category  STRING NOT NULL   derived from amount / quantity, see load_bronze

    bronze.customers                      one customer
      customer_id       STRING NOT NULL   primary key
      signup_date       DATE   NOT NULL   day of the first purchase in the data
      region            STRING NOT NULL   generated from customer_id, see load_bronze

    features.customer_churn_features      one customer on the as-of date
      customer_id                  STRING NOT NULL  primary key
      total_transactions           BIGINT  purchases up to the as-of date
      total_spend                  DOUBLE  sum of their amounts, US dollars
      avg_transaction_amount       DOUBLE  mean of their amounts, US dollars
      last_transaction_date        DATE    day of the last of them
      unique_categories            BIGINT  distinct product categories among them
      spend_volatility             DOUBLE  sample standard deviation of their amounts, US
                                           dollars; NULL with a single purchase
      signup_date                  DATE    from customers
      region                       STRING  from customers
      days_since_signup            INT     days from signup_date to the as-of date
      days_since_last_transaction  INT     days from last_transaction_date to the as-of date

    labels.churn_labels                   one customer of the training part
      customer_id       STRING NOT NULL   primary key
      as_of_date        DATE   NOT NULL   the label looks at the days after it
      churned           INT    NOT NULL   1: no purchase in those days; 0: at least one

    validation.holdout_churn              one customer of the part that training never sees
      all columns of features.customer_churn_features, then
      churned           INT    NOT NULL   as in labels.churn_labels

Whoever creates the tables declares these columns; a task that finds others says so and writes
nothing.
"""

from datetime import date

from mlops.tables import quoted

KEY = "customer_id"
LABEL = "churned"
AS_OF = "as_of_date"

TRANSACTION_COLUMNS = [KEY, "transaction_date", "amount", "quantity", "product_category"]
CUSTOMER_COLUMNS = [KEY, "signup_date", "region"]
FEATURE_COLUMNS = [
    "total_transactions",
    "total_spend",
    "avg_transaction_amount",
    "last_transaction_date",
    "unique_categories",
    "spend_volatility",
    "signup_date",
    "region",
    "days_since_signup",
    "days_since_last_transaction",
]

MODEL_INPUTS = [
    "total_transactions",
    "total_spend",
    "avg_transaction_amount",
    "unique_categories",
    "spend_volatility",
    "days_since_signup",
    "days_since_last_transaction",
]
"""The features the model reads. The dates are in the two day counts already; `region` is generated
from the customer's number in this data and can carry no information."""


def features_query(transactions: str, customers: str, as_of: date) -> str:
    """Builds the query for every customer's features as they were known at the end of `as_of`.

    Yields `KEY` and `FEATURE_COLUMNS` for the customers with at least one purchase by then. Later
    rows of `transactions` have no influence on it. Rounding makes the figures the same whatever
    the order in which an engine adds up.
    """
    day = f"DATE'{as_of.isoformat()}'"
    return f"""
SELECT
  t.customer_id,
  t.total_transactions,
  t.total_spend,
  t.avg_transaction_amount,
  t.last_transaction_date,
  t.unique_categories,
  t.spend_volatility,
  c.signup_date,
  c.region,
  datediff({day}, c.signup_date) AS days_since_signup,
  datediff({day}, t.last_transaction_date) AS days_since_last_transaction
FROM (
  SELECT
    customer_id,
    count(*) AS total_transactions,
    round(sum(amount), 2) AS total_spend,
    round(avg(amount), 4) AS avg_transaction_amount,
    max(transaction_date) AS last_transaction_date,
    count(DISTINCT product_category) AS unique_categories,
    round(stddev(amount), 4) AS spend_volatility
  FROM {quoted(transactions)}
  WHERE transaction_date <= {day}
  GROUP BY customer_id
) AS t
INNER JOIN {quoted(customers)} AS c ON c.customer_id = t.customer_id
""".strip()
