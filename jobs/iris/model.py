"""The Iris classifier: how it is trained, logged and judged."""

from typing import TYPE_CHECKING, Any

from iris.data import FEATURES, LABEL, SPECIES
from mlops.task import TaskError

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import ModelSignature

TRUSTED_TYPES = [
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.tree._tree.Tree",
]
"""Compiled parts of trees and neighbours, which skops writes only if told to trust them."""


def fit(rows: "pd.DataFrame") -> Any:
    """Trains a logistic regression on scaled measurements; the same rows give the same model."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classes = sorted({int(value) for value in rows[LABEL]})
    if len(classes) < 2:
        raise TaskError(f"training needs at least two species; the samples have only {classes}")
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(
        rows[FEATURES], rows[LABEL].astype(int)
    )


def require_species(path: str, model: Any) -> None:
    """Raises `TaskError` unless the model answers with the numbers of the species."""
    try:
        answers = {int(value) for value in model.classes_}
    except (TypeError, ValueError, AttributeError):
        answers = {-1}
    if not answers <= set(range(len(SPECIES))):
        raise TaskError(
            f"{path} holds a model that answers {list(getattr(model, 'classes_', []))}; "
            "expected are 0, 1 and 2"
        )


def metrics(model: Any, rows: "pd.DataFrame") -> dict[str, float]:
    """Returns accuracy, and f1 averaged over the species, each from 0 to 1."""
    from sklearn.metrics import accuracy_score, f1_score

    truth, predicted = rows[LABEL].astype(int), model.predict(rows[FEATURES])
    return {
        "accuracy": float(accuracy_score(truth, predicted)),
        "f1_macro": float(f1_score(truth, predicted, average="macro")),
    }


def signature() -> "ModelSignature":
    """Says what the model takes, by name, and returns: the number of the species."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    return ModelSignature(
        inputs=Schema([ColSpec("double", name) for name in FEATURES]),
        outputs=Schema([ColSpec("long")]),
    )


def example() -> "pd.DataFrame":
    """Returns a typical flower of each species, to show what the model is asked with."""
    import pandas as pd

    typical = [[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]]
    return pd.DataFrame(typical, columns=FEATURES)


def requirements() -> list[str]:
    """Pins what the model needs where it is loaded: the versions that made it."""
    from importlib.metadata import version

    packages = ("mlflow", "numpy", "pandas", "scikit-learn", "skops")
    return [f"{package}=={version(package)}" for package in packages]
