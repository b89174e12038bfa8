"""Set-up: says who churned, and sets a fifth of the customers aside for validation.

A customer churned when there is no purchase in the `--horizon-days` after `--as-of`. Customers
with a purchase up to that day are split by number, four to one: the larger part gets rows in the
labels table; of the other, features and label go to the holdout, which no training ever reads.
"""

import inspect
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from churn.data import (
    AS_OF,
    CUSTOMER_COLUMNS,
    FEATURE_COLUMNS,
    KEY,
    LABEL,
    TRANSACTION_COLUMNS,
    features_query,
)
from mlops.arguments import TaskParser, iso_date, table_name, whole_number
from mlops.connect import connect_tables
from mlops.tables import Tables, quoted
from mlops.task import TaskError, run, say

if TYPE_CHECKING:
    import pandas as pd

HOLDOUT_SHARE = 0.2
SEED = 42


def labelled_customers(
    tables: Tables, transactions: str, customers: str, as_of: date, horizon_days: int
) -> "pd.DataFrame":
    """Returns features and label of every customer known on `as_of`, ordered by number.

    Raises:
        TaskError: When the purchases end before the horizon, because customers would look churned
            only for want of data; or when there is nobody to label.
    """
    tables.require(transactions, TRANSACTION_COLUMNS)
    tables.require(customers, CUSTOMER_COLUMNS)
    horizon = as_of + timedelta(days=horizon_days)
    last = tables.query(f"SELECT max(transaction_date) AS last_day FROM {quoted(transactions)}")[
        "last_day"
    ].iloc[0]
    if not isinstance(last, date):
        raise TaskError(f"table {transactions} is empty: load it first")
    if last < horizon:
        raise TaskError(
            f"table {transactions} ends on {last}, but labels as of {as_of} "
            f"need the purchases until {horizon}"
        )
    frame = tables.query(f"""
SELECT f.*, CAST(CASE WHEN later.customer_id IS NULL THEN 1 ELSE 0 END AS INT) AS {LABEL}
FROM ({features_query(transactions, customers, as_of)}) AS f
LEFT JOIN (
  SELECT DISTINCT customer_id
  FROM {quoted(transactions)}
  WHERE transaction_date > DATE'{as_of}' AND transaction_date <= DATE'{horizon}'
) AS later ON later.customer_id = f.customer_id
""")
    if frame.empty:
        raise TaskError(f"no customer of {customers} bought anything up to {as_of}")
    return cast("pd.DataFrame", frame.sort_values(KEY, ignore_index=True))


def make_labels(
    tables: Tables,
    *,
    transactions: str,
    customers: str,
    labels: str,
    holdout: str,
    as_of: date,
    horizon_days: int,
) -> None:
    """Fills the labels table and the holdout table."""
    from sklearn.model_selection import train_test_split

    everyone = labelled_customers(tables, transactions, customers, as_of, horizon_days)
    share = everyone[LABEL].mean()
    say(
        f"{len(everyone):,} customers as of {as_of}; {share:.1%} bought nothing in the next "
        f"{horizon_days} days"
    )
    training, kept_back = train_test_split(everyone, test_size=HOLDOUT_SHARE, random_state=SEED)
    training = training.sort_values(KEY).assign(**{AS_OF: as_of})
    tables.overwrite(labels, training[[KEY, AS_OF, LABEL]])
    say(f"{labels}: {len(training):,} customers for training")
    kept_back = kept_back.sort_values(KEY)
    tables.overwrite(holdout, kept_back[[KEY, *FEATURE_COLUMNS, LABEL]])
    say(f"{holdout}: {len(kept_back):,} customers for validation, with their features")


def main() -> None:
    """Reads the arguments and makes the labels."""
    parser = TaskParser("Labels customers as churned or not, and sets the holdout aside.")
    parser.add_argument(
        "--transactions", type=table_name, required=True, help="table of purchases to read"
    )
    parser.add_argument(
        "--customers", type=table_name, required=True, help="table of customers to read"
    )
    parser.add_argument(
        "--labels", type=table_name, required=True, help="table of training labels to fill"
    )
    parser.add_argument(
        "--holdout", type=table_name, required=True, help="table of the holdout to fill"
    )
    parser.add_argument(
        "--as-of",
        "--run-date",
        dest="as_of",
        type=iso_date,
        required=True,
        help="last day that features may know, YYYY-MM-DD; the CDNOW data allows up to 1998-04-01",
    )
    parser.add_argument(
        "--horizon-days",
        type=whole_number(1, 3650),
        default=90,
        help="days after it without a purchase that mean churn",
    )
    args = parser.parse_args()
    make_labels(
        connect_tables(),
        transactions=args.transactions,
        customers=args.customers,
        labels=args.labels,
        holdout=args.holdout,
        as_of=args.as_of,
        horizon_days=args.horizon_days,
    )


if __name__ == "__main__":
    run(main)
