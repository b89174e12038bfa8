"""Measures the challenger on the holdout and records the figures; it decides nothing.

Low figures are a result like any other: the task succeeds, and the promotion gate reads them from
the version's run.
"""

import inspect
import json
import sys
from pathlib import Path

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from churn.data import KEY, LABEL
from mlops.arguments import TaskParser, table_name
from mlops.connect import connect_tables
from mlops.tables import Tables, quoted
from mlops.task import TaskError, run, say


def validate(tables: Tables, *, holdout: str, model: str) -> dict[str, float]:
    """Logs `val_accuracy`, `val_f1`, `val_auc_roc` and `val_rows` to the challenger's run.

    The alias is resolved once, so that a version nominated meanwhile is not credited with these
    figures. The version is tagged with the digest of the holdout's rows.

    Returns:
        The metrics as logged.

    Raises:
        TaskError: When there is no challenger, when it came from no run, or when the holdout is
            empty or lacks a column that the model takes.
    """
    import mlflow
    import mlflow.xgboost
    from mlflow.tracking import MlflowClient

    from mlops.boosting import columns_of, measure
    from mlops.datasets import dataset
    from mlops.registry import challenger, readable

    client = MlflowClient()
    version = challenger(client, model)
    if not version.run_id:
        raise TaskError(f"{model} version {version.version} has no run to record metrics in")
    say(f"validating {model} version {version.version} (run {version.run_id})")
    with readable(f"{model} version {version.version}"):
        classifier = mlflow.xgboost.load_model(f"models:/{model}/{version.version}")
    columns = columns_of(classifier)
    tables.require(holdout, [KEY, *columns, LABEL])
    rows = tables.query(
        f"SELECT {', '.join(quoted(name) for name in [KEY, *columns, LABEL])} "
        f"FROM {quoted(holdout)}"
    ).sort_values(KEY, ignore_index=True)
    if rows.empty:
        raise TaskError(f"table {holdout} is empty: make the labels first")

    metrics = {f"val_{name}": value for name, value in measure(classifier, rows, LABEL).items()}
    metrics["val_rows"] = float(len(rows))
    data = dataset(rows, table=holdout, label=LABEL)
    with readable(f"run {version.run_id}"), mlflow.start_run(run_id=version.run_id):
        mlflow.log_input(data, context="validation")
        mlflow.log_metrics(metrics)
    with readable(f"{model} version {version.version}"):
        client.set_model_version_tag(model, version.version, "validation_data_digest", data.digest)
    say(json.dumps({"model": model, "version": int(version.version), **metrics}))
    return metrics


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
