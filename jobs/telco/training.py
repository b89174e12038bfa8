"""Trains the telco churn classifier and registers a version; `transition` may nominate it."""

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.boosted_training import read_arguments, train_version
from mlops.connect import connect_tables
from mlops.lookup import look_up_features
from mlops.tables import Tables
from mlops.task import TaskError, run, say
from mlops.task_values import report
from telco.data import KEY, LABEL, MODEL_INPUTS

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities.model_registry import ModelVersion

TASK_VALUE = "model_version"
"""What `transition` takes as its `--version`."""


def training_rows(tables: Tables, labels: str, features: str) -> "pd.DataFrame":
    """Returns the labelled customers with their features, ordered by number.

    Raises:
        TaskError: When there are no labels, or when customers have no features.
    """
    frame = look_up_features(
        tables,
        labels=labels,
        label_columns=[KEY, LABEL],
        label=LABEL,
        features=features,
        feature_columns=MODEL_INPUTS,
        key=KEY,
    )
    if frame.empty:
        raise TaskError(f"table {labels} is empty: run featurization first")
    unknown = int(frame["tenure_months"].isna().sum())
    if unknown:
        raise TaskError(
            f"{unknown:,} of {len(frame):,} customers of {labels} have no row in {features}: "
            "run featurization first"
        )
    return frame


def train(
    tables: Tables,
    *,
    labels: str,
    features: str,
    experiment: str,
    model: str,
    parameters: dict[str, float],
    commit: str | None = None,
) -> "ModelVersion":
    """Trains, logs and registers a version, which has no alias yet.

    The run's `accuracy`, `f1` and `auc_roc` are those of a fit to four fifths of the rows, on the
    last fifth. The registered model is then fitted to all of them.
    """
    from mlflow.tracking import MlflowClient

    from mlops.registry import require_experiment, require_model

    client = MlflowClient()
    require_model(client, model)
    require_experiment(client, experiment)
    version = train_version(
        training_rows(tables, labels, features),
        table=labels,
        columns=MODEL_INPUTS,
        label=LABEL,
        parameters=parameters,
        refit=True,
        experiment=experiment,
        run_name="telco-churn",
        model=model,
        tags={},
        commit=commit,
    )
    say(f"registered {model} version {version.version} (run {version.run_id})")
    return version


def main() -> None:
    """Reads the arguments, trains, and tells `transition` the version."""
    arguments = read_arguments("Trains the telco churn model and registers a version.")
    trained = train(connect_tables(), **arguments)
    report({TASK_VALUE: str(trained.version)})


if __name__ == "__main__":
    run(main)
