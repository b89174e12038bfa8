"""The query of the drift score, as the stack writes it, on metric tables."""

from pathlib import Path

import pytest

from doubles import DuckDbTables
from metric_tables import Metrics, drift_query, last_window


@pytest.fixture(scope="module")
def query() -> str:
    """The query for a model with the inputs spend and age, whose windows need 500 rows."""
    return drift_query()


class Case(Metrics):
    """Metric tables that can be asked."""

    def __init__(self, folder: Path, query: str) -> None:
        """Starts with empty ones."""
        self.tables = DuckDbTables(folder)
        self.query = query
        super().__init__(self.tables)

    def last(self) -> tuple[object, ...] | None:
        """Returns the last window that counts."""
        return last_window(self.tables, self.query)


@pytest.fixture
def metrics(tmp_path: Path, query: str) -> Case:
    """Metric tables of a monitor that has measured nothing yet."""
    return Case(tmp_path, query)


def test_nothing_measured_is_no_row(metrics: Case) -> None:
    assert metrics.last() is None
    metrics.window(19, 1000, ("spend", "BASELINE", None))
    assert metrics.last() is None


def test_largest_index_of_the_last_window_counts_of_either_type(metrics: Case) -> None:
    metrics.window(18, 900, ("spend", "BASELINE", 7))
    metrics.window(
        19,
        800,
        *[("spend", "CONSECUTIVE", 0.02), ("spend", "BASELINE", 0.05), ("age", "BASELINE", 0.3)],
    )
    assert metrics.last() == (19, 800, 0.3, "age", "BASELINE")
    metrics.window(20, 700, ("prediction", "CONSECUTIVE", 0.4), ("age", "BASELINE", 0.1))
    assert metrics.last() == (20, 700, 0.4, "prediction", "CONSECUTIVE")


def test_windows_with_few_rows_do_not_count(metrics: Case) -> None:
    metrics.window(19, 500, ("spend", "BASELINE", 0.01))
    metrics.window(20, 499, ("spend", "BASELINE", 9))
    metrics.window(21, 3, ("spend", "BASELINE", 9))
    assert metrics.last() == (19, 500, 0.01, "spend", "BASELINE")


def test_drift_from_a_window_with_few_rows_does_not_count(metrics: Case) -> None:
    metrics.window(18, 3)
    metrics.window(19, 5000, ("spend", "CONSECUTIVE", 9))
    assert metrics.last() is None
    metrics.window(20, 5000, ("spend", "CONSECUTIVE", 0.2))
    assert metrics.last() == (20, 5000, 0.2, "spend", "CONSECUTIVE")


def test_few_rows_of_one_version_do_not_count_among_many_of_another(metrics: Case) -> None:
    metrics.window(19, 5000, ("spend", "BASELINE", 0.01), version="3")
    metrics.window(19, 10, ("spend", "BASELINE", 9), version="4")
    assert metrics.last() == (19, 5000, 0.01, "spend", "BASELINE")


def test_answers_of_all_versions_together_do_not_count(metrics: Case) -> None:
    metrics.window(18, 600, version="*")
    metrics.window(19, 600, version="4")
    metrics.window(
        19, 600, ("prediction", "CONSECUTIVE", 9), ("spend", "CONSECUTIVE", 0.1), version="*"
    )
    assert metrics.last() == (19, 600, 0.1, "spend", "CONSECUTIVE"), "inputs do"
    metrics.window(20, 700, ("prediction", "CONSECUTIVE", 0.2), version="4")
    assert metrics.last() == (20, 700, 0.2, "prediction", "CONSECUTIVE"), "those of one version do"


@pytest.mark.parametrize("column", ["row_number", "actual_label", "request_id", ":table"])
def test_columns_that_are_no_input_do_not_count(metrics: Case, column: str) -> None:
    metrics.window(19, 900, ("spend", "BASELINE", 0.01), (column, "BASELINE", 9))
    assert metrics.last() == (19, 900, 0.01, "spend", "BASELINE")


def test_slices_do_not_count(metrics: Case) -> None:
    metrics.window(19, 900, ("spend", "BASELINE", 0.01))
    metrics.window(19, 900, ("spend", "BASELINE", 9), slice_key="region")
    assert metrics.last() == (19, 900, 0.01, "spend", "BASELINE")
