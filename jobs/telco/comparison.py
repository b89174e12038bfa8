"""How a new version stands against the champion, on base and on recent data."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlops.boosting import measure
from telco.data import LABEL

if TYPE_CHECKING:
    import pandas as pd
    from xgboost import XGBClassifier

KINDS = {"val": "base", "recent": "recent"}
"""What the metrics on each kind of data begin with."""

DECISIVE = "auc_roc"
"""The area under the ROC curve needs no threshold: two versions that rank customers alike can
differ in accuracy and f1 by where they cut."""


def compare(
    new: "XGBClassifier", champion: "XGBClassifier | None", data: Mapping[str, "pd.DataFrame"]
) -> dict[str, float]:
    """Measures both on the same rows, given by the keys of `KINDS`.

    Returns:
        For `val`: `val_accuracy`, `val_f1`, `val_auc_roc` and `val_rows`; if there is a champion,
        also `champion_val_accuracy` and so on, and `gain_val_accuracy` and so on, which is positive
        where the new version is better. The same for `recent`.

    Raises:
        TaskError: When rows are all of one class.
    """
    metrics: dict[str, float] = {}
    for kind, rows in data.items():
        figures = measure(new, rows, LABEL)
        metrics |= {f"{kind}_{name}": value for name, value in figures.items()}
        metrics[f"{kind}_rows"] = float(len(rows))
        if champion is None:
            continue
        for name, value in measure(champion, rows, LABEL).items():
            metrics[f"champion_{kind}_{name}"] = value
            metrics[f"gain_{kind}_{name}"] = figures[name] - value
    return metrics


def drawbacks(metrics: Mapping[str, float]) -> list[str]:
    """Says where the new version is worse than the champion; nothing if there is none."""
    found = []
    for kind in KINDS:
        ours, theirs = f"{kind}_{DECISIVE}", f"champion_{kind}_{DECISIVE}"
        # Not "<": what is no number counts as worse.
        if theirs in metrics and not metrics[ours] >= metrics[theirs]:
            found.append(
                f"{ours} {metrics[ours]:.6g} is below the champion's {metrics[theirs]:.6g}"
            )
    return found


def summary(metrics: Mapping[str, float]) -> list[str]:
    """Puts the comparison in one line for each kind of data."""
    lines = []
    for kind, name in KINDS.items():
        figures = []
        for metric in ("accuracy", "f1", DECISIVE):
            figure = f"{metric} {metrics[f'{kind}_{metric}']:.4f}"
            if f"champion_{kind}_{metric}" in metrics:
                theirs, gain = (metrics[f"{of}_{kind}_{metric}"] for of in ("champion", "gain"))
                figure += f" (champion {theirs:.4f}, {gain:+.4f})"
            figures.append(figure)
        lines.append(f"{name} data, {metrics[f'{kind}_rows']:,.0f} customers: {', '.join(figures)}")
    return lines
