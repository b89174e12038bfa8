"""How good predictions were, once their outcomes are known."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PROBLEMS = ("classification", "regression")


def quality(problem: str, truth: "pd.Series", predicted: "pd.Series") -> dict[str, float]:
    """Returns how many outcomes are known, and the problem's figures on them, if any are.

    Of classes 0 and 1, f1 is that of 1, and needs both among the outcomes.
    """
    from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error, mean_squared_error

    found = {"labelled": float(len(truth))}
    if truth.empty:
        return found
    if problem == "regression":
        found["rmse"] = float(mean_squared_error(truth, predicted)) ** 0.5
        found["mae"] = float(mean_absolute_error(truth, predicted))
        return found
    found["accuracy"] = float(accuracy_score(truth, predicted))
    classes = set(truth)
    if classes == {0, 1}:
        found["f1"] = float(f1_score(truth, predicted))
    elif len(classes) > 1:
        found["f1_macro"] = float(f1_score(truth, predicted, average="macro"))
    return found
