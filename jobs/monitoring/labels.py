"""True outcomes, which arrive later than the predictions they belong to."""

from dataclasses import dataclass

from mlops.tables import Tables, quoted
from mlops.task import say


@dataclass(frozen=True)
class Labels:
    """Where outcomes come from and go to."""

    label: str
    """The column of the predictions table that they go to."""
    table: str
    """The table that they come from."""
    column: str
    """Its column with the outcome."""
    key: str
    """Its column that the predictions' `record_key` refers to."""


def join_labels(tables: Tables, predictions: str, labels: Labels) -> None:
    """Writes the outcomes that are known by now, and corrected ones, to their predictions.

    A key with contradicting outcomes has none. An outcome that disappears from the labels stays.

    Raises:
        TaskError: When there is no such table of labels or it lacks a column.
    """
    tables.require(labels.table, [labels.key, labels.column])
    key, column, label = (f"{quoted(name)}" for name in (labels.key, labels.column, labels.label))
    known = (
        f"SELECT CAST({key} AS STRING) AS record_key, max({column}) AS outcome, "
        f"count(DISTINCT {column}) AS outcomes FROM {quoted(labels.table)} "
        f"WHERE {key} IS NOT NULL AND {column} IS NOT NULL GROUP BY CAST({key} AS STRING)"
    )
    tables.execute(
        f"MERGE INTO {quoted(predictions)} AS t "
        f"USING (SELECT record_key, outcome FROM ({known}) WHERE outcomes = 1) AS s "
        "ON t.record_key = s.record_key "
        f"WHEN MATCHED AND (t.{label} IS NULL OR t.{label} <> s.outcome) "
        f"THEN UPDATE SET {label} = s.outcome"
    )
    counts = tables.query(
        f"SELECT count(*) AS all_rows, count({label}) AS labelled FROM {quoted(predictions)}"
    )
    contradicting = tables.query(f"SELECT count(*) AS n FROM ({known}) WHERE outcomes > 1")
    say(
        f"{predictions}: {counts['labelled'].iloc[0]:,} of {counts['all_rows'].iloc[0]:,} "
        "predictions have their outcome"
    )
    if contradicting["n"].iloc[0]:
        say(
            f"{labels.table}: {contradicting['n'].iloc[0]:,} keys have more than one outcome "
            "and are left out"
        )
