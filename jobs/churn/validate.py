"""Measures the challenger on the holdout and records the figures; it decides nothing.

Low figures are a result like any other: the task succeeds, and the promotion gate reads them from
the version's run.
"""

import inspect
import sys
from pathlib import Path

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from churn.data import KEY, LABEL
from mlops.arguments import TaskParser, table_name
from mlops.connect import connect_tables
from mlops.tables import Tables
from mlops.task import run
from mlops.validation import validate_challenger


def validate(tables: Tables, *, holdout: str, model: str) -> dict[str, float]:
    """Logs `val_accuracy`, `val_f1`, `val_auc_roc` and `val_rows` to the challenger's run."""
    advice = "make the labels first"
    return validate_challenger(
        tables, holdout=holdout, model=model, key=KEY, label=LABEL, otherwise=advice
    )


def main() -> None:
    """Reads the arguments and validates."""
    parser = TaskParser("Measures the challenger on the holdout and records the metrics.")
    parser.add_argument(
        "--holdout", type=table_name, required=True, help="table of the holdout to score"
    )
    parser.add_argument(
        "--model", type=table_name, required=True, help="registered model, catalog.schema.name"
    )
    args = parser.parse_args()
    validate(connect_tables(), holdout=args.holdout, model=args.model)


if __name__ == "__main__":
    run(main)
