"""How good predictions were, of the rows whose label is known.

By the definitions of scikit-learn, which the tests compare with; it is not imported, because it
would double what the engine's process loads for a few sums.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lakehouse.profiling.statistics import Floats, Ints, Metrics


def classification(labels: Ints, predictions: Ints, classes: list[str]) -> Metrics:
    """Accuracy, confusion matrix and scores per class; codes stand for ``classes``.

    A score that would divide by zero (a class never predicted, or without labels) is 0.
    """
    if len(labels) == 0:
        return {}
    occurring = np.unique(np.concatenate([labels, predictions]))
    names = sorted(classes[code] for code in occurring)
    place = np.zeros(len(classes), dtype=np.int64)
    ranks = {name: rank for rank, name in enumerate(names)}
    place[occurring] = [ranks[classes[code]] for code in occurring]
    truth, guess = place[labels], place[predictions]
    matrix = np.zeros((len(names), len(names)), dtype=np.int64)
    np.add.at(matrix, (truth, guess), 1)
    hits, actual, predicted = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    precision, recall = _ratio(hits, predicted), _ratio(hits, actual)
    f1 = _ratio(2 * hits, actual + predicted)
    return {
        "accuracy_score": float(hits.sum() / len(truth)),
        "confusion_matrix": [
            {"prediction": names[j], "label": names[i], "count": int(matrix[i, j])}
            for i, j in zip(*np.nonzero(matrix), strict=True)
        ],
        "precision": _scores(names, precision, actual),
        "recall": _scores(names, recall, actual),
        "f1_score": _scores(names, f1, actual),
    }


def _ratio(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def _scores(names: list[str], scores: Floats, weights: Ints) -> Metrics:
    return {
        "one_vs_all": [(n, float(s)) for n, s in zip(names, scores, strict=True)],
        "macro": float(scores.mean()),
        "weighted": float(np.average(scores, weights=weights)),
    }


def regression(labels: Floats, predictions: Floats) -> Metrics:
    """Errors and R². Labels of 0 have no percentage error; without two different labels no R²."""
    if len(labels) == 0:
        return {}
    errors = predictions - labels
    squared = float(np.mean(errors**2))
    spread = float(np.mean((labels - labels.mean()) ** 2))
    nonzero = labels != 0
    return {
        "mean_squared_error": squared,
        "root_mean_squared_error": squared**0.5,
        "mean_average_error": float(np.abs(errors).mean()),
        "mean_absolute_percentage_error": (
            float(np.mean(np.abs(errors[nonzero] / labels[nonzero]))) if nonzero.any() else None
        ),
        "r2_score": 1 - squared / spread if spread > 0 else None,
    }
