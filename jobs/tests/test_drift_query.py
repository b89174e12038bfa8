"""The query of the drift score, as the stack writes it, on metric tables."""

import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from doubles import DuckDbTables

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


@pytest.fixture(scope="module")
def query() -> str:
    """The query for a model with two inputs, whose windows need 500 rows."""
    given = {"features": ["spend", "age"], "drift": DRIFT, "profile": PROFILE, "minimumRows": 500}
    command = ["node", "--require", "tsx/cjs", "--eval", PROGRAM, json.dumps(given)]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


class Metrics:
    """Metric tables, with the columns that matter here."""

    def __init__(self, folder: Path) -> None:
        """Starts with empty ones."""
        self.tables = DuckDbTables(folder)
        common = (
            "window STRUCT<start: TIMESTAMP, end: TIMESTAMP>, granularity STRING, "
            "model_version STRING, slice_key STRING, column_name STRING"
        )
        self.tables.create(
            f"CREATE TABLE {DRIFT} ({common}, drift_type STRING, population_stability_index DOUBLE)"
        )
        self.tables.create(f"CREATE TABLE {PROFILE} ({common}, log_type STRING, count BIGINT)")

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
            f"{{'start': TIMESTAMPTZ '2026-11-{day:02} 00:00:00+00', "
            f"'end': TIMESTAMPTZ '2026-11-{day + 1:02} 00:00:00+00'}}, '1 day', '{version}', "
            f"{'NULL' if slice_key is None else repr(slice_key)}"
        )
        insert = self.tables.connection.execute
        insert(f"INSERT INTO {PROFILE} VALUES ({common}, ':table', 'INPUT', {rows})")
        insert(f"INSERT INTO {PROFILE} VALUES ({common}, 'spend', 'INPUT', 1000000)")
        for column, kind, index in drifts:
            number = "NULL" if index is None else index
            insert(f"INSERT INTO {DRIFT} VALUES ({common}, '{column}', '{kind}', {number})")


@pytest.fixture
def metrics(tmp_path: Path) -> Metrics:
    """Metric tables of a monitor that has measured nothing yet."""
    return Metrics(tmp_path)


def answer(metrics: Metrics, query: str) -> tuple[object, ...] | None:
    found = metrics.tables.query(query)
    assert list(found.columns) == [
        *["window_start", "row_count", "drift_score", "column_name", "drift_type"]
    ]
    if found.empty:
        return None
    assert len(found) == 1
    row = found.iloc[0]
    day = pd.Timestamp(row["window_start"]).day
    return (day, row["row_count"], row["drift_score"], row["column_name"], row["drift_type"])


def test_nothing_measured_is_no_row(metrics: Metrics, query: str) -> None:
    assert answer(metrics, query) is None
    metrics.window(1, 1000, ("spend", "CONSECUTIVE", None))
    assert answer(metrics, query) is None


def test_largest_index_of_the_last_window_counts_of_either_type(
    metrics: Metrics, query: str
) -> None:
    metrics.window(18, 900, ("spend", "BASELINE", 7))
    metrics.window(
        19,
        800,
        *[("spend", "CONSECUTIVE", 0.02), ("spend", "BASELINE", 0.05), ("age", "BASELINE", 0.3)],
    )
    assert answer(metrics, query) == (19, 800, 0.3, "age", "BASELINE")
    metrics.window(20, 700, ("prediction", "CONSECUTIVE", 0.4), ("age", "BASELINE", 0.1))
    assert answer(metrics, query) == (20, 700, 0.4, "prediction", "CONSECUTIVE")


def test_windows_with_few_rows_do_not_count(metrics: Metrics, query: str) -> None:
    metrics.window(19, 500, ("spend", "BASELINE", 0.01))
    metrics.window(20, 499, ("spend", "BASELINE", 9))
    metrics.window(21, 3, ("spend", "BASELINE", 9))
    assert answer(metrics, query) == (19, 500, 0.01, "spend", "BASELINE")


def test_few_rows_of_one_version_do_not_count_among_many_of_another(
    metrics: Metrics, query: str
) -> None:
    metrics.window(19, 5000, ("spend", "BASELINE", 0.01), version="3")
    metrics.window(19, 10, ("spend", "BASELINE", 9), version="4")
    assert answer(metrics, query) == (19, 5000, 0.01, "spend", "BASELINE")


@pytest.mark.parametrize("column", ["row_number", "actual_label", "request_id", ":table"])
def test_columns_that_are_no_input_do_not_count(metrics: Metrics, query: str, column: str) -> None:
    metrics.window(19, 900, ("spend", "BASELINE", 0.01), (column, "CONSECUTIVE", 9))
    assert answer(metrics, query) == (19, 900, 0.01, "spend", "BASELINE")


def test_slices_do_not_count(metrics: Metrics, query: str) -> None:
    metrics.window(19, 900, ("spend", "BASELINE", 0.01))
    metrics.window(19, 900, ("spend", "BASELINE", 9), slice_key="region")
    assert answer(metrics, query) == (19, 900, 0.01, "spend", "BASELINE")
