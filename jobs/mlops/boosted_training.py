"""What the trainings of gradient-boosted models have in common: arguments, run and version."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlops.arguments import (
    TaskParser,
    git_commit,
    number,
    table_name,
    whole_number,
    workspace_path,
)
from mlops.boosting import FIXED, SEED, fit, measure, model_inputs, requirements, signature
from mlops.problems import BINARY, Problem
from mlops.registration import register, training_run
from mlops.registry import readable
from mlops.task import say

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities.model_registry import ModelVersion

TEST_SHARE = 0.2


def read_arguments(description: str, **defaults: float) -> dict[str, Any]:
    """Reads a training task's command line.

    A parameter of the trees may be left out if it has a default. Returns `features`, `labels`,
    `experiment`, `model`, `commit`, and the trees' `parameters`.
    """
    parser = TaskParser(description)
    parser.add_argument("--features", type=table_name, required=True, help="feature table")
    parser.add_argument("--labels", type=table_name, required=True, help="table of labels")
    parser.add_argument(
        "--experiment", type=workspace_path, required=True, help="MLflow experiment's path"
    )
    parser.add_argument(
        "--model", type=table_name, required=True, help="registered model, catalog.schema.name"
    )
    kinds = {
        "n_estimators": (whole_number(1, 10_000), "number of trees"),
        "max_depth": (whole_number(1, 20), "levels of each tree"),
        "learning_rate": (
            number(above=0, most=1),
            "share of each tree's correction that is kept",
        ),
    }
    for name, (kind, meaning) in kinds.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=kind,
            required=name not in defaults,
            default=defaults.get(name),
            help=meaning,
        )
    parser.add_argument(
        "--commit", type=git_commit, default=None, help="hash of the sources' git commit"
    )
    arguments = vars(parser.parse_args())
    parameters = {name: arguments.pop(name) for name in kinds}
    return {**arguments, "parameters": parameters}


def train_version(
    rows: "pd.DataFrame",
    *,
    table: str,
    columns: list[str],
    label: str,
    parameters: dict[str, float],
    refit: bool,
    experiment: str,
    run_name: str,
    model: str,
    tags: Mapping[str, str],
    commit: str | None,
    alias: str | None = None,
    problem: Problem = BINARY,
) -> "ModelVersion":
    """Trains on four fifths of the rows, tests on the last fifth, logs, and registers a version.

    The model is logged in XGBoost's own format, without a pickle, and not through the feature
    engineering client, which would tie its endpoint to an online store.

    Args:
        rows: What the run records as its training data.
        table: Where the rows are from.
        columns: Those of the model's inputs.
        label: Column of what is predicted.
        parameters: Those of the trees, beside the fixed ones.
        refit: Whether what is registered is fitted anew to all rows, once it has been tested.
        experiment: Its path in the workspace.
        run_name: What MLflow shows the run as.
        model: Full name of the registered model.
        tags: Those of run and version, beside the digest of the rows and the commit.
        commit: Hash of the sources' git commit.
        alias: Set last: a version that has it is complete.
        problem: Whether a class or a number is predicted.

    Raises:
        TaskError: When MLflow refuses, or when the test's rows do not differ in their label.
    """
    import mlflow
    import mlflow.xgboost
    from mlflow.tracking import MlflowClient
    from sklearn.model_selection import train_test_split

    from mlops.datasets import dataset

    client = MlflowClient()
    data = dataset(rows, table=table, label=label)
    tags = {"training_data_digest": data.digest, **tags}
    if commit:
        tags["git_commit"] = commit
    with training_run(experiment, run_name, tags):
        mlflow.log_input(data, context="training")
        fixed = {**FIXED, "objective": problem.objective}
        mlflow.log_params({**fixed, **parameters, "test_share": TEST_SHARE})
        training, test = train_test_split(rows, test_size=TEST_SHARE, random_state=SEED)
        say(f"training on {len(training):,} rows, testing on {len(test):,}: {parameters}")
        fitted = fit(training, columns, label, parameters, problem)
        metrics = measure(fitted, test, label, problem)
        mlflow.log_metrics(metrics)
        say(", ".join(f"{name} {value:.4f}" for name, value in metrics.items()))
        version = register(
            client,
            model,
            mlflow.xgboost.log_model,
            fit(rows, columns, label, parameters, problem) if refit else fitted,
            tags,
            signature=signature(columns, problem),
            input_example=model_inputs(rows, columns).head(3),
            pip_requirements=requirements(),
        )
        if alias is not None:
            with readable(f"registered model {model}"):
                client.set_registered_model_alias(model, alias, version)
    return client.get_model_version(model, version)
