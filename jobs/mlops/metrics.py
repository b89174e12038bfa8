"""The figures by which a model is judged."""

from typing import TYPE_CHECKING

from mlops.task import TaskError

if TYPE_CHECKING:
    import pandas as pd


def classification_metrics(
    truth: "pd.Series", predicted: object, probability: object
) -> dict[str, float]:
    """Returns accuracy, f1 of the class 1, and area under the ROC curve, each from 0 to 1.

    Args:
        truth: The true classes, 0 or 1.
        predicted: The predicted classes, in the same order.
        probability: The predicted probability of class 1, in the same order.

    Raises:
        TaskError: When one of the two classes does not occur: the ROC curve is undefined then.
    """
    from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

    classes = sorted(int(value) for value in truth.unique())
    if classes != [0, 1]:
        raise TaskError(f"metrics need rows of both classes, 0 and 1; found only {classes}")
    return {
        "accuracy": float(accuracy_score(truth, predicted)),
        "f1": float(f1_score(truth, predicted)),
        "auc_roc": float(roc_auc_score(truth, probability)),
    }


def multiclass_metrics(truth: "pd.Series", predicted: object) -> dict[str, float]:
    """Returns accuracy, and f1 averaged over the classes alike, each from 0 to 1.

    Args:
        truth: The true classes.
        predicted: The predicted classes, in the same order.

    Raises:
        TaskError: When all rows are of one class: any answer would look good then.
    """
    from sklearn.metrics import accuracy_score, f1_score

    classes = sorted(int(value) for value in truth.unique())
    if len(classes) < 2:
        raise TaskError(f"metrics need rows of two classes or more; found only {classes}")
    return {
        "accuracy": float(accuracy_score(truth, predicted)),
        "f1_macro": float(f1_score(truth, predicted, average="macro")),
    }


def regression_metrics(truth: "pd.Series", predicted: object) -> dict[str, float]:
    """Returns root mean square error and mean absolute error, in the label's unit, and R².

    Args:
        truth: The true numbers.
        predicted: The predicted numbers, in the same order.

    Raises:
        TaskError: When all true numbers are the same: R² is undefined then.
    """
    from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

    if truth.nunique() < 2:
        raise TaskError(f"metrics need rows that differ in their label; found {truth.nunique()}")
    return {
        "rmse": float(mean_squared_error(truth, predicted)) ** 0.5,
        "mae": float(mean_absolute_error(truth, predicted)),
        "r2": float(r2_score(truth, predicted)),
    }
