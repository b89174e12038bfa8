"""Trains the churn classifier, registers it, and nominates the version as `challenger`.

The model is logged in XGBoost's own format, without a pickle, and not through the feature
engineering client, which would tie its endpoint to an online store.
"""

import inspect
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from churn.data import AS_OF, FEATURE_COLUMNS, KEY, LABEL, MODEL_INPUTS
from churn.model import TEST_SHARE, fit
from mlops.arguments import (
    TaskParser,
    git_commit,
    number,
    table_name,
    whole_number,
    workspace_path,
)
from mlops.boosting import FIXED, model_inputs, requirements, signature
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
    import mlflow
    import mlflow.xgboost
    from mlflow.tracking import MlflowClient

    from mlops.datasets import dataset
    from mlops.registry import CHALLENGER, readable, require_model

    client = MlflowClient()
    require_model(client, model)
    rows = training_rows(tables, labels, features)
    with readable(f"experiment {experiment}"):
        mlflow.set_experiment(experiment)
    data = dataset(rows[[KEY, *MODEL_INPUTS, LABEL]], table=labels, label=LABEL)
    as_of = str(rows[AS_OF].iloc[0])
    tags = {"training_data_digest": data.digest, "as_of_date": as_of}
    if commit:
        tags["git_commit"] = commit
    # The key under which MLflow shows a run's commit.
    source = {"mlflow.source.git.commit": commit} if commit else {}
    with mlflow.start_run(run_name=f"training-{as_of}", tags={**tags, **source}) as active:
        mlflow.log_input(data, context="training")
        mlflow.log_params({**FIXED, **parameters, "test_share": TEST_SHARE})
        classifier, metrics = fit(rows, parameters)
        mlflow.log_metrics(metrics)
        say(", ".join(f"{name} {value:.4f}" for name, value in metrics.items()))
        with readable(f"registered model {model}"):
            logged = mlflow.xgboost.log_model(
                classifier,
                name="model",
                signature=signature(MODEL_INPUTS),
                input_example=model_inputs(rows, MODEL_INPUTS).head(3),
                pip_requirements=requirements(),
                registered_model_name=model,
                tags=tags,
            )
            version = str(logged.registered_model_version)
            for key, value in tags.items():
                client.set_model_version_tag(model, version, key, value)
            client.set_registered_model_alias(model, CHALLENGER, version)
    say(f"{model} version {version} is {CHALLENGER} (run {active.info.run_id})")
    return client.get_model_version(model, version)


def main() -> None:
    """Reads the arguments and trains."""
    parser = TaskParser("Trains the churn model and nominates its version as challenger.")
    parser.add_argument("--features", type=table_name, required=True, help="feature table")
    parser.add_argument("--labels", type=table_name, required=True, help="table of labels")
    parser.add_argument(
        "--experiment", type=workspace_path, required=True, help="MLflow experiment's path"
    )
    parser.add_argument(
        "--model", type=table_name, required=True, help="registered model, catalog.schema.name"
    )
    parser.add_argument(
        "--n-estimators", type=whole_number(1, 10_000), default=100, help="number of trees"
    )
    parser.add_argument(
        "--max-depth", type=whole_number(1, 20), default=6, help="levels of each tree"
    )
    parser.add_argument(
        "--learning-rate",
        type=number(above=0, most=1),
        default=0.1,
        help="share of each tree's correction that is kept",
    )
    parser.add_argument(
        "--commit", type=git_commit, default=None, help="hash of the sources' git commit"
    )
    args = parser.parse_args()
    train(
        Tables.connect(),
        labels=args.labels,
        features=args.features,
        experiment=args.experiment,
        model=args.model,
        parameters={
            "n_estimators": args.n_estimators,
            "max_depth": args.max_depth,
            "learning_rate": args.learning_rate,
        },
        commit=args.commit,
    )


if __name__ == "__main__":
    run(main)
