"""How a challenger is measured on the holdout. It decides nothing: the promotion gate does."""

import json

from mlops.problems import BINARY, Problem
from mlops.tables import Tables, quoted
from mlops.task import TaskError, say


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

    The alias is resolved once, so that a version nominated meanwhile is not credited with these
    figures. The version is tagged with the digest of the holdout's rows.

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
            empty or lacks a column that the model takes.
    """
    import mlflow
    import mlflow.xgboost
    from mlflow.tracking import MlflowClient

    from mlops.boosting import columns_of, measure
    from mlops.datasets import dataset
    from mlops.registry import challenger, readable

    client = MlflowClient()
    version = challenger(client, model)
    if not version.run_id:
        raise TaskError(f"{model} version {version.version} has no run to record metrics in")
    say(f"validating {model} version {version.version} (run {version.run_id})")
    with readable(f"{model} version {version.version}"):
        fitted = mlflow.xgboost.load_model(f"models:/{model}/{version.version}")
    wanted = [key, *columns_of(fitted), label]
    tables.require(holdout, wanted)
    rows = tables.query(
        f"SELECT {', '.join(quoted(name) for name in wanted)} FROM {quoted(holdout)}"
    ).sort_values(key, ignore_index=True)
    if rows.empty:
        raise TaskError(f"table {holdout} is empty: {otherwise}")

    figures = measure(fitted, rows, label, problem)
    metrics = {f"val_{name}": value for name, value in figures.items()}
    metrics["val_rows"] = float(len(rows))
    data = dataset(rows, table=holdout, label=label)
    with readable(f"run {version.run_id}"), mlflow.start_run(run_id=version.run_id):
        mlflow.log_input(data, context="validation")
        mlflow.log_metrics(metrics)
    with readable(f"{model} version {version.version}"):
        client.set_model_version_tag(model, version.version, "validation_data_digest", data.digest)
    say(json.dumps({"model": model, "version": int(version.version), **metrics}))
    return metrics
