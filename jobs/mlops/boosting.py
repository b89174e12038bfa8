"""Gradient-boosted models: how they are fitted, measured and described."""

from typing import TYPE_CHECKING

from mlops.problems import BINARY, Problem

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import ModelSignature
    from xgboost import XGBModel

SEED = 42

FIXED = {
    "objective": BINARY.objective,
    "random_state": SEED,
    "n_jobs": 1,
    "tree_method": "hist",
    "device": "cpu",
}
"""Parameters that no job overrides; the objective is that of the problem. With one thread and one
tree method the histograms add up in the same order on every machine."""


def model_inputs(frame: "pd.DataFrame", columns: list[str]) -> "pd.DataFrame":
    """Picks the model's columns as doubles: an integer column could not hold a missing value."""
    return frame[columns].astype("float64")


def fit(
    rows: "pd.DataFrame",
    columns: list[str],
    label: str,
    parameters: dict[str, float],
    problem: Problem = BINARY,
) -> "XGBModel":
    """Fits a model of `label` to the rows."""
    import xgboost

    estimator = getattr(xgboost, problem.estimator)
    model = estimator(**{**FIXED, "objective": problem.objective, **parameters})
    return model.fit(model_inputs(rows, columns), rows[label].astype(problem.label))


def measure(
    model: "XGBModel", rows: "pd.DataFrame", label: str, problem: Problem = BINARY
) -> dict[str, float]:
    """Measures a model on rows that have its columns and the label.

    Raises:
        TaskError: When the rows do not differ enough in their label to judge by.
    """
    inputs = model_inputs(rows, columns_of(model))
    return problem.measure(model, inputs, rows[label].astype(problem.label))


def columns_of(model: "XGBModel") -> list[str]:
    """Names what a fitted model takes, in its order."""
    return [str(name) for name in model.feature_names_in_]


def signature(columns: list[str], problem: Problem = BINARY) -> "ModelSignature":
    """Says what the model takes, by name, and returns."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    return ModelSignature(
        inputs=Schema([ColSpec("double", name) for name in columns]),
        outputs=Schema([ColSpec(problem.answer)]),
    )


def requirements() -> list[str]:
    """Pins what the model needs where it is served: the versions that trained it."""
    from importlib.metadata import PackageNotFoundError, version

    pinned = []
    for package in ("mlflow", "numpy", "pandas", "scikit-learn", "xgboost-cpu", "xgboost"):
        try:
            pinned.append(f"{package}=={version(package)}")
        except PackageNotFoundError:
            continue  # either distribution of XGBoost will do
    return pinned
