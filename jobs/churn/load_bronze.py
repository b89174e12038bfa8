"""Set-up: puts the CDNOW purchases into `bronze`. Can be repeated; each time it replaces the rows.

CDNOW is real: 69,659 purchases that 23,570 customers, all new in early 1997, made at an online
shop for CDs up to 1998-06-30. The data set comes with the Python package `lifetimes`. Two columns
that the churn features need are not in it and are made from what is there, the same on every run:

- `product_category`, from the mean price of a CD in the order, amount / quantity in US dollars:
  0 `free`, below 12 `budget`, below 16 `standard`, from 16 on `premium`.
- `region`, from the CRC-32 of customer_id modulo 4: `north`, `east`, `south`, `west`. It says
  nothing about the customer.
"""

import inspect
import io
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from churn.data import CUSTOMER_COLUMNS, TRANSACTION_COLUMNS
from mlops.arguments import TaskParser, table_name, volume_folder
from mlops.connect import connect_tables
from mlops.tables import Tables
from mlops.task import TaskError, run, say

if TYPE_CHECKING:
    import pandas as pd

_PACKAGE = "lifetimes"
_FILE = "lifetimes/datasets/CDNOW_master.txt"
_REGIONS = ("north", "east", "south", "west")


def read_cdnow() -> bytes:
    """Reads the data set's file out of the installed package, which is not imported."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        return Path(str(distribution(_PACKAGE).locate_file(_FILE))).read_bytes()
    except (PackageNotFoundError, OSError):
        raise TaskError(
            f"the Python package {_PACKAGE} with {_FILE} is not installed: "
            "it is in jobs/requirements.in"
        ) from None


def parse_transactions(content: bytes) -> "pd.DataFrame":
    """Parses CDNOW's text: a header, then number, day as YYYYMMDD, CDs and dollars of each order.

    Raises:
        TaskError: When a line is not of that form.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(
            io.BytesIO(content),
            sep=r"\s+",
            skiprows=1,
            names=["customer_id", "transaction_date", "quantity", "amount"],
            dtype={
                "customer_id": str,
                "transaction_date": str,
                "quantity": "int32",
                "amount": "float64",
            },
        )
        days = pd.to_datetime(frame["transaction_date"], format="%Y%m%d")
    except ValueError as error:
        raise TaskError(f"the CDNOW file cannot be read: {error}") from None
    frame["transaction_date"] = days.dt.date
    frame["product_category"] = product_category(frame["amount"] / frame["quantity"])
    return frame[TRANSACTION_COLUMNS]


def product_category(unit_price: "pd.Series") -> "pd.Series":
    """Names the price band of a CD, in US dollars."""
    import pandas as pd

    bands = pd.cut(
        unit_price,
        [0, 12, 16, float("inf")],
        labels=["budget", "standard", "premium"],
        right=False,
    )
    return bands.astype(str).where(unit_price > 0, "free")


def region(customer_id: str) -> str:
    """Generates a customer's region."""
    return _REGIONS[zlib.crc32(customer_id.encode()) % len(_REGIONS)]


def customers_of(transactions: "pd.DataFrame") -> "pd.DataFrame":
    """Makes one row for each customer, ordered by number."""
    first = transactions.groupby("customer_id")["transaction_date"].min()
    frame = first.rename("signup_date").reset_index()
    frame["region"] = [region(customer) for customer in frame["customer_id"]]
    return frame[CUSTOMER_COLUMNS]


def load(tables: Tables, volume: str, transactions: str, customers: str) -> None:
    """Stores the raw file in the volume, and its rows in the two tables."""
    content = read_cdnow()
    path = f"{volume}/cdnow/CDNOW_master.txt"
    say(f"storing the raw file as {path} ({len(content):,} bytes)")
    tables.put_file(path, content)
    purchases = parse_transactions(content)
    tables.overwrite(transactions, purchases)
    days = purchases["transaction_date"]
    say(f"{transactions}: {len(purchases):,} purchases from {days.min()} to {days.max()}")
    people = customers_of(purchases)
    tables.overwrite(customers, people)
    say(f"{customers}: {len(people):,} customers")


def main() -> None:
    """Reads the arguments and loads the data."""
    parser = TaskParser("Loads the CDNOW purchases into the bronze tables.")
    parser.add_argument(
        "--volume",
        type=volume_folder,
        required=True,
        help="volume that keeps the raw file, e.g. /Volumes/ml/bronze/landing",
    )
    parser.add_argument(
        "--transactions", type=table_name, required=True, help="table of purchases to fill"
    )
    parser.add_argument(
        "--customers", type=table_name, required=True, help="table of customers to fill"
    )
    args = parser.parse_args()
    load(connect_tables(), args.volume, args.transactions, args.customers)


if __name__ == "__main__":
    run(main)
