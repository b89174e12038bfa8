"""Batch predictions: the champion's answers for every row of a feature table."""

from datetime import datetime

from mlops.tables import Tables, quoted
from mlops.task import TaskError, say

SCORED_ON = "scored_on"
VERSION = "model_version"


def score_features(
    tables: Tables,
    *,
    model: str,
    features: str,
    key: str,
    inputs: list[str],
    predictions: str,
    scored_at: datetime,
) -> int:
    """Adds one prediction a row, day and version; a run that is repeated on a day adds nothing.

    Args:
        tables: The workspace.
        model: Full name of the registered model.
        features: Table to score, whole.
        key: Its column that tells the rows apart.
        inputs: Its columns that the model takes.
        predictions: Table to add to: the key, `scored_on`, `timestamp`, `model_version`, the inputs
            and `prediction`.
        scored_at: When the run began, which all its predictions carry.

    Returns:
        How many rows were scored.

    Raises:
        TaskError: When the model has no champion, or the features have no rows.
    """
    import mlflow.pyfunc
    from mlflow.tracking import MlflowClient

    from mlops.registry import champion, readable

    serving = champion(MlflowClient(), model)
    if serving is None:
        raise TaskError(
            f"{model} has no champion to score with: run the training job, then update the stack, "
            "whose promotion gate decides"
        )
    keys = [key, SCORED_ON, VERSION]
    tables.require(predictions, [*keys, "timestamp", *inputs, "prediction"])
    columns = ", ".join(quoted(name) for name in [key, *inputs])
    rows = tables.query(f"SELECT {columns} FROM {quoted(features)}")
    if rows.empty:
        raise TaskError(f"table {features} is empty: run the training job first")
    with readable(f"{model} version {serving.version}"):
        loaded = mlflow.pyfunc.load_model(f"models:/{model}/{serving.version}")
        answers = loaded.predict(rows[inputs].astype("float64"))
    scored = rows.assign(
        **{SCORED_ON: scored_at.date(), VERSION: str(serving.version)},
        timestamp=scored_at,
        prediction=answers,
    )
    tables.add_new(predictions, scored, keys)
    say(f"{predictions}: {len(scored):,} rows scored by version {serving.version}")
    return len(scored)


def join_outcomes(
    tables: Tables, *, predictions: str, outcomes: str, key: str, outcome: str, label: str
) -> None:
    """Copies `outcome` of the table `outcomes` into the column `label` of the predictions.

    A prediction whose outcome is not known yet keeps NULL until a later run.
    """
    known = tables.query(
        f"SELECT {quoted(key)}, {quoted(outcome)} AS {quoted(label)} FROM {quoted(outcomes)} "
        f"WHERE {quoted(outcome)} IS NOT NULL"
    )
    if not known.empty:
        tables.update(predictions, known, [key], label)
