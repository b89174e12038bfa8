"""What a gradient-boosted model can be asked: how it is fitted, answers, and is judged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlops.metrics import classification_metrics, multiclass_metrics, regression_metrics

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Problem:
    """A kind of question."""

    estimator: str
    """Class of the package `xgboost`."""
    objective: str
    """What the trees minimize: https://xgboost.readthedocs.io/en/stable/parameter.html"""
    label: str
    """Type of label and answer in a data frame."""
    answer: str
    """Type of the answer in MLflow's signature."""
    measure: Callable[[Any, "pd.DataFrame", "pd.Series"], dict[str, float]]
    """Judges a fitted model on inputs and their true labels."""


def _binary(model: Any, inputs: "pd.DataFrame", truth: "pd.Series") -> dict[str, float]:
    return classification_metrics(truth, model.predict(inputs), model.predict_proba(inputs)[:, 1])


def _multiclass(model: Any, inputs: "pd.DataFrame", truth: "pd.Series") -> dict[str, float]:
    return multiclass_metrics(truth, model.predict(inputs))


def _regression(model: Any, inputs: "pd.DataFrame", truth: "pd.Series") -> dict[str, float]:
    return regression_metrics(truth, model.predict(inputs))


BINARY = Problem("XGBClassifier", "binary:logistic", "int64", "long", _binary)
"""One of two classes, 0 or 1."""

MULTICLASS = Problem("XGBClassifier", "multi:softprob", "int64", "long", _multiclass)
"""One of several classes, whole numbers from 0 without a gap."""

REGRESSION = Problem("XGBRegressor", "reg:squarederror", "float64", "double", _regression)
"""A number."""
