"""The churn classifier: what it reads, how it is trained, what it needs where it is served."""

from typing import TYPE_CHECKING

from churn.data import LABEL, MODEL_INPUTS
from mlops.metrics import classification_metrics
from mlops.task import say

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import ModelSignature
    from xgboost import XGBClassifier

SEED = 42
TEST_SHARE = 0.2

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
    rows: "pd.DataFrame", parameters: dict[str, float]
) -> tuple["XGBClassifier", dict[str, float]]:
    """Trains on four fifths of the rows; returns the model and its metrics on the last fifth."""
    from sklearn.model_selection import train_test_split
    from xgboost import XGBClassifier

    training, test = train_test_split(rows, test_size=TEST_SHARE, random_state=SEED)
    say(f"training on {len(training):,} customers, testing on {len(test):,}: {parameters}")
    model = XGBClassifier(**FIXED, **parameters)
    model.fit(model_inputs(training, MODEL_INPUTS), training[LABEL].astype(int))
    inputs = model_inputs(test, MODEL_INPUTS)
    metrics = classification_metrics(
        test[LABEL].astype(int), model.predict(inputs), model.predict_proba(inputs)[:, 1]
    )
    return model, metrics


def signature() -> "ModelSignature":
    """Says what the model takes, by name, and returns: the class, 1 for churn."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    return ModelSignature(
        inputs=Schema([ColSpec("double", name) for name in MODEL_INPUTS]),
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
