"""Encodes the customers into the feature table, and sets some of them aside for validation.

A fifth of the customers is held back from training, chosen by a hash of their number: who is held
back stays so in every later run, whoever else comes, so that no version is ever judged on customers
that it, or the champion it is compared with, has learnt from. All of them are the *base* data of
the validation, and those who came within the last `--recent-months` are its *recent* data. The
source has no dates; short tenure is the only thing in it that means recent. So recent is a part of
base: it asks whether a version is as good for the newest customers, half of whom leave, as it is
over all.
"""

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.arguments import TaskParser, table_name, whole_number
from mlops.connect import connect_tables
from mlops.holdout import is_held_back
from mlops.tables import Tables, quoted
from mlops.task import TaskError, run, say
from telco.data import CATEGORIES, CUSTOMER_COLUMNS, KEY, LABEL, MODEL_INPUTS, features_query

if TYPE_CHECKING:
    import pandas as pd


def require_known_values(tables: Tables, customers: str) -> None:
    """Raises `TaskError` for a value that no encoding knows: it would count as "no"."""
    problems = []
    for column, known in CATEGORIES.items():
        found = tables.query(
            f"SELECT DISTINCT {quoted(column)} AS value FROM {quoted(customers)} "
            f"WHERE {quoted(column)} IS NOT NULL"
        )
        unknown = sorted(set(found["value"]) - set(known))
        if unknown:
            problems.append(
                f"{column} is {', '.join(map(repr, unknown))}; known are "
                f"{', '.join(map(repr, known))}"
            )
    if problems:
        raise TaskError(f"table {customers}: {'; '.join(problems)}")


def featurize(
    tables: Tables,
    *,
    customers: str,
    features: str,
    labels: str,
    holdout: str,
    recent: str,
    recent_months: int,
) -> None:
    """Fills the four tables; the feature table without its rows leaving the workspace.

    Raises:
        TaskError: When there are no customers, or with values that are not known; nothing is
            written then. When nobody came within the recent months; features are written then.
    """
    tables.require(customers, CUSTOMER_COLUMNS)
    require_known_values(tables, customers)
    everyone = _labelled(tables, customers)
    if everyone.empty:
        raise TaskError(f"table {customers} is empty: load it first")
    tables.overwrite_from(features, [KEY, *MODEL_INPUTS], features_query(customers))
    say(f"{features}: {len(everyone):,} customers, {len(MODEL_INPUTS)} features")

    held_back = everyone[KEY].map(is_held_back)
    base = everyone[held_back]
    latest = base[base["tenure_months"] <= recent_months]
    if latest.empty:
        raise TaskError(
            f"none of the {len(base):,} customers held back came within {recent_months} months: "
            "choose more"
        )
    training = everyone[~held_back]
    tables.overwrite(labels, training[[KEY, LABEL]])
    say(f"{labels}: {_summary(training)} for training")
    tables.overwrite(holdout, base)
    say(f"{holdout}: {_summary(base)} held back")
    tables.overwrite(recent, latest)
    say(f"{recent}: {_summary(latest)} of them came within {recent_months} months")


def _labelled(tables: Tables, customers: str) -> "pd.DataFrame":
    """Returns features and label of every customer, ordered by number."""
    frame = tables.query(f"""
SELECT f.*, CAST(c.churn = 'Yes' AS INT) AS {LABEL}
FROM ({features_query(customers)}) AS f
INNER JOIN {quoted(customers)} AS c ON c.{KEY} = f.{KEY}
ORDER BY f.{KEY}
""")
    return frame.reset_index(drop=True)


def _summary(frame: "pd.DataFrame") -> str:
    return f"{len(frame):,} customers ({frame[LABEL].mean():.1%} left)"


def main() -> None:
    """Reads the arguments and fills the tables."""
    parser = TaskParser("Encodes telco customers into features, labels and validation data.")
    for name, what in (
        ("customers", "table of customers to read"),
        ("features", "feature table to fill"),
        ("labels", "table of training labels to fill"),
        ("holdout", "table of all customers held back, to fill"),
        ("recent", "table of those of them who came last, to fill"),
    ):
        parser.add_argument(f"--{name}", type=table_name, required=True, help=what)
    parser.add_argument(
        "--recent-months",
        type=whole_number(0, 72),
        required=True,
        help="longest tenure of a recent customer, months",
    )
    args = parser.parse_args()
    featurize(
        connect_tables(),
        customers=args.customers,
        features=args.features,
        labels=args.labels,
        holdout=args.holdout,
        recent=args.recent,
        recent_months=args.recent_months,
    )


if __name__ == "__main__":
    run(main)
