"""How a challenger is measured on the holdout. It decides nothing: the promotion gate does."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlops.problems import BINARY, Problem
from mlops.tables import Tables, quoted
from mlops.task import TaskError, say

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient
    from xgboost import XGBModel


def validate_challenger(
    tables: Tables,
    *,
    holdout: str,
    model: str,
    key: str,
    label: str,
    problem: Problem = BINARY,
    otherwise: str = "fill it first",
) -> dict[str, float]:
    """Logs the problem's metrics as `val_*`, and `val_rows`, to the challenger's run.

    If there is a champion, it is measured on the same rows, as `champion_val_*`; `evidence` says
    what else is recorded. Each alias is resolved once, so that a version that gets it meanwhile is
    not credited with these figures.

    Args:
        tables: The workspace.
        holdout: Table of rows that training never saw.
        model: Full name of the registered model.
        key: Column that tells the rows apart.
        label: Column of the truth.
        problem: Whether the truth is a class or a number.
        otherwise: What to do about an empty holdout.

    Returns:
        The metrics as logged.

    Raises:
        TaskError: When there is no challenger, when it came from no run, or when the holdout is
            empty or lacks a column that the challenger takes.
    """
    from mlflow.tracking import MlflowClient

    from mlops.boosting import measure
    from mlops.datasets import dataset
    from mlops.evidence import ROWS, of_champion, record, run_of
    from mlops.registry import challenger

    client = MlflowClient()
    version = challenger(client, model)
    say(f"validating {model} version {version.version} (run {run_of(version)})")
    fitted = load_boosted(version)
    champion, best = _measurable_champion(client, tables, model, holdout)
    models = [fitted] if best is None else [fitted, best]
    rows = rows_for(tables, holdout, models, key=key, label=label, otherwise=otherwise)

    def figures(of: "XGBModel") -> dict[str, float]:
        return {f"val_{name}": it for name, it in measure(of, rows, label, problem).items()}

    metrics = {**figures(fitted), ROWS: float(len(rows))}
    if best is not None:
        metrics |= of_champion(figures(best))
    data = {"validation": dataset(rows, table=holdout, label=label)}
    record(client, version, metrics=metrics, data=data, champion=champion)
    say(json.dumps({"model": model, "version": int(version.version), **metrics}))
    return metrics


def _measurable_champion(
    client: "MlflowClient", tables: Tables, model: str, holdout: str
) -> "tuple[ModelVersion, XGBModel] | tuple[None, None]":
    """Loads the champion; none if there is none, or it cannot be measured on the holdout.

    A new version may be made otherwise, or of other columns, than the champion was.
    """
    from mlops.boosting import columns_of
    from mlops.registry import champion

    found = champion(client, model)
    if found is None:
        return None, None
    try:
        best = load_boosted(found)
        tables.require(holdout, columns_of(best))
    except TaskError as error:
        say(f"champion version {found.version} is not measured beside it: {error}")
        return None, None
    say(f"beside it champion version {found.version}")
    return found, best


def load_boosted(version: "ModelVersion") -> "XGBModel":
    """Loads a version that XGBoost made; `TaskError` if it cannot be."""
    import mlflow.xgboost

    from mlops.registry import readable

    with readable(f"{version.name} version {version.version}"):
        loaded: XGBModel = mlflow.xgboost.load_model(f"models:/{version.name}/{version.version}")
    return loaded


def rows_for(
    tables: Tables,
    table: str,
    models: "Sequence[XGBModel]",
    *,
    key: str,
    label: str,
    otherwise: str,
) -> "pd.DataFrame":
    """Reads the rows that all these models can be measured on, ordered by key.

    Raises:
        TaskError: When the table is empty, to which `otherwise` says what to do, or lacks a column.
    """
    from mlops.boosting import columns_of

    inputs = dict.fromkeys(name for model in models for name in columns_of(model))
    wanted = [key, *inputs, label]
    tables.require(table, wanted)
    columns = ", ".join(quoted(name) for name in wanted)
    rows = tables.query(f"SELECT {columns} FROM {quoted(table)}")
    if rows.empty:
        raise TaskError(f"table {table} is empty: {otherwise}")
    return rows.sort_values(key, ignore_index=True)
