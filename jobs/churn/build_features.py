"""Refreshes the feature table: every customer's features as they were known on the as-of date."""

import inspect
import sys
from datetime import date
from pathlib import Path

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from churn.data import CUSTOMER_COLUMNS, FEATURE_COLUMNS, KEY, TRANSACTION_COLUMNS, features_query
from mlops.arguments import TaskParser, iso_date, table_name
from mlops.connect import connect_tables
from mlops.tables import Tables, quoted
from mlops.task import TaskError, run, say


def build_features(
    tables: Tables, *, transactions: str, customers: str, features: str, as_of: date
) -> None:
    """Replaces the feature table's rows; the rows never leave the workspace.

    Raises:
        TaskError: When no purchase is that old; the table then keeps the rows it has.
    """
    tables.require(transactions, TRANSACTION_COLUMNS)
    tables.require(customers, CUSTOMER_COLUMNS)
    known = tables.query(
        f"SELECT count(*) AS purchases FROM {quoted(transactions)} "
        f"WHERE transaction_date <= DATE'{as_of}'"
    )["purchases"].iloc[0]
    if known == 0:
        raise TaskError(f"table {transactions} has no purchase up to {as_of}")
    say(f"{known:,} purchases up to {as_of} in {transactions}")
    query = features_query(transactions, customers, as_of)
    tables.overwrite_from(features, [KEY, *FEATURE_COLUMNS], query)
    rows = tables.query(f"SELECT count(*) AS n FROM {quoted(features)}")["n"].iloc[0]
    say(f"{features}: {rows:,} customers, {len(FEATURE_COLUMNS)} features as of {as_of}")


def main() -> None:
    """Reads the arguments and refreshes the table."""
    parser = TaskParser("Computes the churn features of all customers.")
    parser.add_argument(
        "--transactions", type=table_name, required=True, help="table of purchases to read"
    )
    parser.add_argument(
        "--customers", type=table_name, required=True, help="table of customers to read"
    )
    parser.add_argument("--features", type=table_name, required=True, help="feature table to fill")
    parser.add_argument(
        "--as-of",
        "--run-date",
        dest="as_of",
        type=iso_date,
        required=True,
        help="last day whose purchases count, YYYY-MM-DD; on live data pass "
        "{{job.start_time.iso_date}}",
    )
    args = parser.parse_args()
    build_features(
        connect_tables(),
        transactions=args.transactions,
        customers=args.customers,
        features=args.features,
        as_of=args.as_of,
    )


if __name__ == "__main__":
    run(main)
