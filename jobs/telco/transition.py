"""Compares the new version with the champion, and nominates it as `challenger` if it is no worse.

Both are measured here, on the same rows: on the base data, which is the whole holdout, and on the
recent data, which are the customers who came last (`featurization` says which). The new version is
nominated if its area under the ROC curve is at least the champion's on both, or if there is no
champion. Accuracy and f1 are recorded beside it; the promotion gate holds the figures against its
own bounds, and the gate alone makes a champion.

A version that is not nominated is a result like any other: the task says so, with the figures, and
succeeds.
"""

import inspect
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.arguments import TaskParser, table_name, whole_number
from mlops.connect import connect_tables
from mlops.tables import Tables, quoted
from mlops.task import TaskError, run, say
from mlops.task_values import report
from telco.data import KEY, LABEL

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities.model_registry import ModelVersion
    from xgboost import XGBClassifier

TASK_VALUE = "nominated"
"""Tells whoever runs the job whether there is a new challenger: `true` or `false`."""


def transition(
    tables: Tables, *, model: str, version: int, holdout: str, recent: str
) -> tuple[bool, dict[str, float]]:
    """Measures, records it all with the new version, and sets the alias if it is no worse.

    The champion is looked up once, so that one promoted meanwhile is not credited with these
    figures. The metrics are those of `comparison.compare`, logged to the new version's run.

    Returns:
        Whether the version was nominated, and the metrics as logged.

    Raises:
        TaskError: When the version does not exist or came from no run, or when a table is empty,
            lacks a column that one of the models takes, or has customers of one class only.
            Nothing is logged then.
    """
    import mlflow
    from mlflow.tracking import MlflowClient

    from mlops.datasets import dataset
    from mlops.registry import CHALLENGER, champion, readable
    from telco.comparison import compare, drawbacks, summary

    client = MlflowClient()
    best = champion(client, model)
    with readable(f"{model} version {version}"):
        candidate = client.get_model_version(model, str(version))
    if not candidate.run_id:
        raise TaskError(f"{model} version {version} has no run to record metrics in")
    new = _load(model, candidate)
    old = _load(model, best) if best else None
    compared = f"version {best.version}" if best else "none"
    say(f"comparing {model} version {version} with the champion, {compared}")
    data = {
        "val": _rows(tables, holdout, new, old),
        "recent": _rows(tables, recent, new, old),
    }
    metrics = compare(new, old, data)
    for line in summary(metrics):
        say(line)
    worse = drawbacks(metrics)

    base = dataset(data["val"], table=holdout, label=LABEL)
    latest = dataset(data["recent"], table=recent, label=LABEL)
    with readable(f"run {candidate.run_id}"), mlflow.start_run(run_id=candidate.run_id):
        mlflow.log_input(base, context="validation")
        mlflow.log_input(latest, context="recent")
        mlflow.log_metrics(metrics)
    tags = {
        "validation_data_digest": base.digest,
        "recent_data_digest": latest.digest,
        "compared_with_champion": compared,
        "nomination": "; ".join(worse) or "no worse",
    }
    with readable(f"{model} version {version}"):
        for key, value in tags.items():
            client.set_model_version_tag(model, candidate.version, key, value)
        if not worse:
            client.set_registered_model_alias(model, CHALLENGER, candidate.version)
    verdict = f"not nominated: {'; '.join(worse)}" if worse else f"nominated as {CHALLENGER}"
    say(f"{model} version {version} is {verdict}")
    say(json.dumps({"model": model, "version": version, "nominated": not worse, **metrics}))
    return not worse, metrics


def _load(model: str, version: "ModelVersion") -> "XGBClassifier":
    import mlflow.xgboost

    from mlops.registry import readable

    with readable(f"{model} version {version.version}"):
        loaded: XGBClassifier = mlflow.xgboost.load_model(f"models:/{model}/{version.version}")
    return loaded


def _rows(
    tables: Tables, table: str, new: "XGBClassifier", old: "XGBClassifier | None"
) -> "pd.DataFrame":
    """Reads the rows of a table that both models can be measured on, ordered by number."""
    from mlops.boosting import columns_of

    inputs = dict.fromkeys([*columns_of(new), *(columns_of(old) if old else [])])
    wanted = [KEY, *inputs, LABEL]
    tables.require(table, wanted)
    rows = tables.query(
        f"SELECT {', '.join(quoted(name) for name in wanted)} FROM {quoted(table)}"
    ).sort_values(KEY, ignore_index=True)
    if rows.empty:
        raise TaskError(f"table {table} is empty: run featurization first")
    return rows


def main() -> None:
    """Reads the arguments, compares, and reports whether there is a new challenger."""
    parser = TaskParser("Compares a version with the champion, and nominates it if it is no worse.")
    parser.add_argument(
        "--model", type=table_name, required=True, help="registered model, catalog.schema.name"
    )
    parser.add_argument(
        "--holdout", type=table_name, required=True, help="table of all customers held back"
    )
    parser.add_argument(
        "--recent", type=table_name, required=True, help="table of those of them who came last"
    )
    parser.add_argument(
        "--version",
        type=whole_number(1, 999_999_999),
        required=True,
        help="the version to compare; in a job {{tasks.training.values.model_version}}",
    )
    args = parser.parse_args()
    nominated, _ = transition(
        connect_tables(),
        model=args.model,
        version=args.version,
        holdout=args.holdout,
        recent=args.recent,
    )
    report({TASK_VALUE: str(nominated).lower()})


if __name__ == "__main__":
    run(main)
