"""Trains the churn classifier, registers it, and nominates the version as `challenger`."""

import inspect
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from churn.data import AS_OF, FEATURE_COLUMNS, KEY, LABEL, MODEL_INPUTS
from mlops.boosted_training import read_arguments, train_version
from mlops.connect import connect_tables
from mlops.lookup import look_up_features
from mlops.tables import Tables
from mlops.task import TaskError, run, say

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities.model_registry import ModelVersion


def training_rows(tables: Tables, labels: str, features: str) -> "pd.DataFrame":
    """Returns the labelled customers with their features, ordered by number.

    Raises:
        TaskError: When there are no labels, when customers have no features, or when the features
            are of another day than the labels: later ones would know what they are to predict.
    """
    import pandas as pd

    frame = look_up_features(
        tables,
        labels=labels,
        label_columns=[KEY, AS_OF, LABEL],
        label=LABEL,
        features=features,
        feature_columns=FEATURE_COLUMNS,
        key=KEY,
    )
    if frame.empty:
        raise TaskError(f"table {labels} is empty: make the labels first")
    unknown = int(frame["total_transactions"].isna().sum())
    if unknown:
        raise TaskError(
            f"{unknown:,} of {len(frame):,} customers of {labels} have no row in {features}: "
            "refresh the features first"
        )
    age = pd.to_timedelta(frame["days_since_last_transaction"], unit="D")
    computed = set((pd.to_datetime(frame["last_transaction_date"]) + age).dt.date)
    labelled = set(pd.to_datetime(frame[AS_OF]).dt.date)
    if computed != labelled or len(labelled) != 1:
        raise TaskError(
            f"{features} is as of {_days(computed)} but {labels} as of {_days(labelled)}: "
            "train on features and labels of one and the same day"
        )
    return frame


def _days(days: set[date]) -> str:
    return ", ".join(str(day) for day in sorted(days)[:3])


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
    """Trains, logs, registers, and sets the alias last: a version that has it is complete."""
    from mlflow.tracking import MlflowClient

    from mlops.registry import CHALLENGER, require_model

    require_model(MlflowClient(), model)
    rows = training_rows(tables, labels, features)
    as_of = str(rows[AS_OF].iloc[0])
    version = train_version(
        rows[[KEY, *MODEL_INPUTS, LABEL]],
        table=labels,
        columns=MODEL_INPUTS,
        label=LABEL,
        parameters=parameters,
        refit=False,
        experiment=experiment,
        run_name=f"training-{as_of}",
        model=model,
        tags={"as_of_date": as_of},
        commit=commit,
        alias=CHALLENGER,
    )
    say(f"{model} version {version.version} is {CHALLENGER} (run {version.run_id})")
    return version


def main() -> None:
    """Reads the arguments and trains."""
    arguments = read_arguments(
        "Trains the churn model and nominates its version as challenger.",
        n_estimators=100,
        max_depth=6,
        learning_rate=0.1,
    )
    train(connect_tables(), **arguments)


if __name__ == "__main__":
    run(main)
