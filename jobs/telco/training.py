"""Trains the telco churn classifier and registers a version; `transition` may nominate it.

The model is logged in XGBoost's own format, without a pickle, and not through the feature
engineering client, which would tie its endpoint to an online store.
"""

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.arguments import (
    TaskParser,
    git_commit,
    number,
    table_name,
    whole_number,
    workspace_path,
)
from mlops.lookup import look_up_features
from mlops.tables import Tables
from mlops.task import TaskError, run, say
from mlops.task_values import report
from telco.data import KEY, LABEL, MODEL_INPUTS

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities.model_registry import ModelVersion

TEST_SHARE = 0.2

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
    import mlflow
    import mlflow.xgboost
    from mlflow.tracking import MlflowClient
    from sklearn.model_selection import train_test_split

    from mlops.boosting import FIXED, SEED, fit, measure, model_inputs, requirements, signature
    from mlops.datasets import dataset
    from mlops.registry import readable, require_experiment, require_model

    client = MlflowClient()
    require_model(client, model)
    require_experiment(client, experiment)
    rows = training_rows(tables, labels, features)
    with readable(f"experiment {experiment}"):
        mlflow.set_experiment(experiment)
    data = dataset(rows, table=labels, label=LABEL)
    tags = {"training_data_digest": data.digest}
    if commit:
        tags["git_commit"] = commit
    # The key under which MLflow shows a run's commit.
    source = {"mlflow.source.git.commit": commit} if commit else {}
    with mlflow.start_run(run_name="telco-churn", tags={**tags, **source}) as active:
        mlflow.log_input(data, context="training")
        mlflow.log_params({**FIXED, **parameters, "test_share": TEST_SHARE})
        most, rest = train_test_split(rows, test_size=TEST_SHARE, random_state=SEED)
        say(f"training on {len(most):,} customers, testing on {len(rest):,}: {parameters}")
        metrics = measure(fit(most, MODEL_INPUTS, LABEL, parameters), rest, LABEL)
        mlflow.log_metrics(metrics)
        say(", ".join(f"{name} {value:.4f}" for name, value in metrics.items()))
        with readable(f"registered model {model}"):
            logged = mlflow.xgboost.log_model(
                fit(rows, MODEL_INPUTS, LABEL, parameters),
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
    say(f"registered {model} version {version} (run {active.info.run_id})")
    return client.get_model_version(model, version)


def main() -> None:
    """Reads the arguments, trains, and tells `transition` the version."""
    parser = TaskParser("Trains the telco churn model and registers a version.")
    parser.add_argument("--features", type=table_name, required=True, help="feature table")
    parser.add_argument("--labels", type=table_name, required=True, help="table of labels")
    parser.add_argument(
        "--experiment", type=workspace_path, required=True, help="MLflow experiment's path"
    )
    parser.add_argument(
        "--model", type=table_name, required=True, help="registered model, catalog.schema.name"
    )
    parser.add_argument(
        "--n-estimators", type=whole_number(1, 10_000), required=True, help="number of trees"
    )
    parser.add_argument(
        "--max-depth", type=whole_number(1, 20), required=True, help="levels of each tree"
    )
    parser.add_argument(
        "--learning-rate",
        type=number(above=0, most=1),
        required=True,
        help="share of each tree's correction that is kept",
    )
    parser.add_argument(
        "--commit", type=git_commit, default=None, help="hash of the sources' git commit"
    )
    args = parser.parse_args()
    trained = train(
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
    report({TASK_VALUE: str(trained.version)})


if __name__ == "__main__":
    run(main)
