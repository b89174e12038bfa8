"""Gradient-boosted classifiers of two classes: how they are fitted, measured and described."""

from typing import TYPE_CHECKING

from mlops.metrics import classification_metrics

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import ModelSignature
    from xgboost import XGBClassifier

SEED = 42

FIXED = {
    "objective": "binary:logistic",
    "random_state": SEED,
    "n_jobs": 1,
    "tree_method": "hist",
    "device": "cpu",
}
"""Parameters that no job overrides. With one thread and one tree method the histograms add up in
the same order on every machine."""


def model_inputs(frame: "pd.DataFrame", columns: list[str]) -> "pd.DataFrame":
    """Picks the model's columns as doubles: an integer column could not hold a missing value."""
    return frame[columns].astype("float64")


def fit(
    rows: "pd.DataFrame", columns: list[str], label: str, parameters: dict[str, float]
) -> "XGBClassifier":
    """Fits a classifier of `label`, 0 or 1, to the rows."""
    from xgboost import XGBClassifier

    model = XGBClassifier(**FIXED, **parameters)
    return model.fit(model_inputs(rows, columns), rows[label].astype(int))


def measure(model: "XGBClassifier", rows: "pd.DataFrame", label: str) -> dict[str, float]:
    """Measures a classifier on rows that have its columns and the label.

    Raises:
        TaskError: When the rows are all of one class.
    """
    inputs = model_inputs(rows, columns_of(model))
    return classification_metrics(
        rows[label].astype(int), model.predict(inputs), model.predict_proba(inputs)[:, 1]
    )


def columns_of(model: "XGBClassifier") -> list[str]:
    """Names what a fitted classifier takes, in its order."""
    return [str(name) for name in model.feature_names_in_]


def signature(columns: list[str]) -> "ModelSignature":
    """Says what the model takes, by name, and returns: the class, 0 or 1."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    return ModelSignature(
        inputs=Schema([ColSpec("double", name) for name in columns]),
        outputs=Schema([ColSpec("long")]),
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
