"""Metric tables of a monitor, as far as the drift score reads them, and the query of the stack."""

import json
import subprocess
from pathlib import Path
from typing import Protocol

import pandas as pd

from mlops.tables import Tables

REPOSITORY = Path(__file__).resolve().parents[2]
DRIFT = "ml.monitoring.predictions_drift_metrics"
PROFILE = "ml.monitoring.predictions_profile_metrics"
PROGRAM = """
const { driftQuery } = require("./components/driftQuery");
const { features, ...where } = JSON.parse(process.argv[1]);
const names = { predictionColumn: "prediction", versionColumn: "model_version" };
const predictions = { ...names, features: features.map((name) => ({ name })) };
console.log(driftQuery({ predictions, ...where }));
"""


def drift_query() -> str:
    """Asks the stack for the query of a model with two inputs, whose windows need 500 rows."""
    given = {"features": ["spend", "age"], "drift": DRIFT, "profile": PROFILE, "minimumRows": 500}
    command = ["node", "--require", "tsx/cjs", "--eval", PROGRAM, json.dumps(given)]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


class Creating(Protocol):
    """Tables that a test can add to."""

    def create(self, ddl: str) -> None:
        """Creates a table from a Databricks CREATE TABLE."""

    def execute(self, text: str) -> None:
        """Runs a statement."""


class Metrics:
    """Metric tables, with the columns that matter here."""

    def __init__(self, tables: Creating) -> None:
        """Starts with empty ones."""
        self._tables = tables
        common = (
            "window STRUCT<start: TIMESTAMP, end: TIMESTAMP>, granularity STRING, "
            "model_version STRING, slice_key STRING, column_name STRING"
        )
        tables.create(
            f"CREATE TABLE {DRIFT} ({common}, window_cmp STRUCT<start: TIMESTAMP, end: TIMESTAMP>, "
            "drift_type STRING, population_stability_index DOUBLE)"
        )
        tables.create(f"CREATE TABLE {PROFILE} ({common}, log_type STRING, count BIGINT)")

    def window(
        self,
        day: int,
        rows: int,
        *drifts: tuple[str, str, float | None],
        version: str = "3",
        slice_key: str | None = None,
    ) -> None:
        """Adds a day of one version with its rows, and drifts by column and type."""
        common = (
            f"{_day(day)}, '1 day', '{version}', {'NULL' if slice_key is None else repr(slice_key)}"
        )
        self._add(PROFILE, f"{common}, ':table', 'INPUT', {rows}")
        self._add(PROFILE, f"{common}, ':table', 'BASELINE', {rows + 1}")
        self._add(PROFILE, f"{common}, 'spend', 'INPUT', {rows + 1}")
        for column, kind, index in drifts:
            compared = _day(day - 1) if kind == "CONSECUTIVE" else "NULL"
            number = "NULL" if index is None else f"CAST({index} AS DOUBLE)"
            self._add(DRIFT, f"{common}, '{column}', {compared}, '{kind}', {number}")

    def _add(self, table: str, values: str) -> None:
        self._tables.execute(f"INSERT INTO {table} VALUES ({values})")


def _day(day: int) -> str:
    start, end = (f"TIMESTAMP '2026-11-{number:02} 00:00:00Z'" for number in (day, day + 1))
    return f"named_struct('start', {start}, 'end', {end})"


def last_window(tables: Tables, query: str) -> tuple[object, ...] | None:
    """Runs the query: day, rows, score, column and type; None without a row."""
    found = tables.query(query)
    assert list(found.columns) == [
        *["window_start", "row_count", "drift_score", "column_name", "drift_type"]
    ]
    if found.empty:
        return None
    assert len(found) == 1
    row = found.iloc[0]
    day = pd.Timestamp(row["window_start"]).day
    return (day, row["row_count"], row["drift_score"], row["column_name"], row["drift_type"])
