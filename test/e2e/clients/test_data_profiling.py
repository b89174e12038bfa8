"""The Databricks SDK for Python refreshes a monitor and reads what it measured."""

import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, InvalidParameterValue, NotFound
from databricks.sdk.service import dataquality
from databricks.sdk.service.dataquality import RefreshState

from conftest import Execute

DAYS = 4
ROWS = 1000
"""A day. Each holds this many predictions."""


class Scene:
    """A catalog with a table of predictions and one of what the model was trained on."""

    def __init__(self, client: WorkspaceClient, execute: Execute) -> None:
        """Makes the tables, with four days of predictions that are like the baseline."""
        self.client = client
        self.execute = execute
        self.catalog = f"test_{uuid4().hex[:8]}"
        self.table = f"{self.catalog}.default.predictions"
        client.catalogs.create(self.catalog)
        client.schemas.create("monitoring", self.catalog)
        self.run(
            f"CREATE TABLE {self.table} (id BIGINT, timestamp TIMESTAMP, model_version STRING, "
            "amount DOUBLE, region STRING, prediction INT, actual_label INT)"
        )
        self.run(f"CREATE TABLE {self.catalog}.default.training (amount DOUBLE, region STRING)")
        # The start of a day three days ago: the last day is today's.
        self.first = int(time.time()) // 86_400 * 86_400 - (DAYS - 1) * 86_400
        for day in range(DAYS):
            self.predict(day, ROWS, "100 + 40 * (rand() + rand() + rand() - 1.5)")
        self.run(
            f"INSERT INTO {self.catalog}.default.training SELECT 100 + 40 * (rand() + rand() + "
            "rand() - 1.5), CASE WHEN rand() < 0.5 THEN 'north' ELSE 'south' END "
            f"FROM (SELECT explode(sequence(1, {ROWS})) AS id)"
        )

    def predict(self, day: int, rows: int, amount: str, north: float = 0.5) -> None:
        """Adds a day's predictions, whose labels are not known yet."""
        begin = self.first + day * 86_400
        self.run(
            f"INSERT INTO {self.table} SELECT id, timestamp_seconds({begin} + id % 600), '1', "
            "amount, region, CAST(amount > 100 AS INT), NULL FROM ("
            f"SELECT {day * 10 * ROWS} + id AS id, {amount} AS amount, "
            f"CASE WHEN rand() < {north} THEN 'north' ELSE 'south' END AS region "
            f"FROM (SELECT explode(sequence(0, {rows - 1})) AS id))"
        )

    def run(self, statement: str) -> list[list[str]]:
        """The rows of a statement, as text."""
        metrics = f"{self.catalog}.monitoring.predictions"
        return self.execute(
            statement.replace("{drift}", f"{metrics}_drift_metrics").replace(
                "{profile}", f"{metrics}_profile_metrics"
            )
        )

    def monitor(self, **others: Any) -> dataquality.Monitor:
        """Describes a monitor of the predictions."""
        table_id = self.client.tables.get(self.table).table_id
        schema_id = self.client.schemas.get(f"{self.catalog}.monitoring").schema_id
        assert table_id is not None
        assert schema_id is not None
        config = {
            "inference_log": dataquality.InferenceLogConfig(
                problem_type=(
                    dataquality.InferenceProblemType.INFERENCE_PROBLEM_TYPE_CLASSIFICATION
                ),
                granularities=[dataquality.AggregationGranularity.AGGREGATION_GRANULARITY_1_DAY],
                timestamp_column="timestamp",
                model_id_column="model_version",
                prediction_column="prediction",
                label_column="actual_label",
            ),
            "baseline_table_name": f"{self.catalog}.default.training",
            **others,
        }
        return dataquality.Monitor(
            object_type="table",
            object_id=table_id,
            data_profiling_config=dataquality.DataProfilingConfig(
                output_schema_id=schema_id, **config
            ),
        )

    def make(self, **others: Any) -> str:
        """Makes the monitor, waits for the refresh that comes with it; gives its table's id."""
        wanted = self.monitor(**others)
        self.client.data_quality.create_monitor(wanted)
        for _ in range(200):
            found = list(self.client.data_quality.list_refresh("table", wanted.object_id))
            if found:
                assert self.ended(found[0]).state is RefreshState.MONITOR_REFRESH_STATE_SUCCESS
                return wanted.object_id
            time.sleep(0.05)
        raise AssertionError("No refresh was started with the monitor.")

    def refresh(self, table_id: str) -> dataquality.Refresh:
        """Asks for a refresh and waits for its end."""
        asked = dataquality.Refresh(object_type="table", object_id=table_id)
        begun = self.client.data_quality.create_refresh("table", table_id, asked)
        assert begun.state is RefreshState.MONITOR_REFRESH_STATE_PENDING
        assert begun.trigger is dataquality.RefreshTrigger.MONITOR_REFRESH_TRIGGER_MANUAL
        return self.ended(begun)

    def ended(self, begun: dataquality.Refresh) -> dataquality.Refresh:
        """The refresh once it has ended."""
        for _ in range(400):
            found = self.client.data_quality.get_refresh(
                "table", begun.object_id, int(begun.refresh_id or 0)
            )
            if found.end_time_ms is not None:
                return found
            time.sleep(0.05)
        raise AssertionError("The refresh did not end within 20 seconds.")

    def day(self, day: int) -> str:
        """SQL for the start of a day."""
        return f"timestamp_seconds({self.first + day * 86_400})"

    def psi(self, day: int, kind: str, column: str = "amount") -> float:
        """The population stability index of a column on a day."""
        ((value,),) = self.run(
            "SELECT population_stability_index FROM {drift} WHERE slice_key IS NULL "
            f"AND model_version = '*' AND window.start = {self.day(day)} "
            f"AND drift_type = '{kind}' AND column_name = '{column}'"
        )
        return float(value)


@pytest.fixture(scope="module")
def scene(workspace: WorkspaceClient, execute: Execute) -> Iterator[Scene]:
    """Four days of predictions, and a monitor that has been refreshed."""
    made = Scene(workspace, execute)
    yield made
    workspace.catalogs.delete(made.catalog, force=True)


@pytest.fixture(scope="module")
def table_id(scene: Scene) -> str:
    """The table's id."""
    return scene.make(slicing_exprs=["region", "amount > 100"])


def test_profiles_have_a_row_for_each_window_version_slice_and_column(
    scene: Scene, table_id: str
) -> None:
    """All versions together have rows of their own, and the baseline's are in no window."""
    counts = scene.run(
        "SELECT log_type, granularity, model_version, slice_key, slice_value, count(*), "
        "count(DISTINCT window.start), sum(count) FROM {profile} WHERE column_name = ':table' "
        "AND slice_key IS NULL GROUP BY ALL ORDER BY log_type, model_version"
    )
    assert counts == [
        ["BASELINE", None, None, None, None, "1", "0", str(ROWS)],
        ["INPUT", "1 day", "*", None, None, "4", "4", str(DAYS * ROWS)],
        ["INPUT", "1 day", "1", None, None, "4", "4", str(DAYS * ROWS)],
    ]
    slices = scene.run(
        "SELECT DISTINCT slice_key, slice_value FROM {profile} WHERE slice_key IS NOT NULL "
        "AND log_type = 'INPUT' ORDER BY 1, 2"
    )
    assert slices == [
        ["amount > 100", "false"],
        ["amount > 100", "true"],
        ["region", "north"],
        ["region", "south"],
    ]
    ((count, kind, nulls, average, deviation),) = scene.run(
        "SELECT count, data_type, num_nulls, avg, stddev FROM {profile} "
        f"WHERE column_name = 'amount' AND window.start = {scene.day(0)} "
        "AND model_version = '*' AND slice_key IS NULL"
    )
    assert (count, kind, nulls) == (str(ROWS), "double", "0")
    expected = scene.run(
        f"SELECT avg(amount), stddev(amount) FROM {scene.table} WHERE id < {ROWS}"
    )[0]
    assert [float(average), float(deviation)] == pytest.approx([float(x) for x in expected])


def test_data_like_the_baseline_has_no_drift_and_shifted_data_has(
    scene: Scene, table_id: str
) -> None:
    """Only the windows with new data are computed."""
    for day in range(DAYS):
        assert scene.psi(day, "BASELINE") < 0.1
    for day in range(1, DAYS):
        assert scene.psi(day, "CONSECUTIVE") < 0.1
    # Most of the last day is of other customers.
    scene.predict(DAYS - 1, 3 * ROWS, "130 + 40 * (rand() + rand() + rand() - 1.5)", north=0.1)
    assert scene.refresh(table_id).message == (
        "Profiled 1 of 4 windows; the others have not changed."
    )
    assert scene.psi(DAYS - 1, "BASELINE") > 0.1
    assert scene.psi(DAYS - 1, "CONSECUTIVE") > 0.1
    assert scene.psi(DAYS - 2, "CONSECUTIVE") < 0.1
    ((distance, psi),) = scene.run(
        "SELECT js_distance, population_stability_index FROM {drift} WHERE column_name = 'region' "
        f"AND window.start = {scene.day(DAYS - 1)} AND drift_type = 'BASELINE' "
        "AND slice_key IS NULL AND model_version = '1'"
    )
    assert float(distance) > 0.1
    assert psi is None


def test_refreshing_again_changes_nothing(scene: Scene, table_id: str) -> None:
    """No row is there twice."""
    before = [scene.run(f"SELECT count(*) FROM {name}") for name in ("{profile}", "{drift}")]
    done = scene.refresh(table_id)
    assert done.message == "Profiled 0 of 4 windows; the others have not changed."
    assert before == [
        scene.run(f"SELECT count(*) FROM {name}") for name in ("{profile}", "{drift}")
    ]


def test_a_waiting_refresh_can_be_cancelled(scene: Scene, table_id: str) -> None:
    """Refreshes run one after the other, so the last of three still waits."""
    asked = dataquality.Refresh(object_type="table", object_id=table_id)
    begun = [scene.client.data_quality.create_refresh("table", table_id, asked) for _ in range(3)]
    *others, last = [int(one.refresh_id or 0) for one in begun]
    answer = scene.client.data_quality.cancel_refresh("table", table_id, last)
    assert answer.refresh is not None
    assert answer.refresh.state is RefreshState.MONITOR_REFRESH_STATE_CANCELED
    ended = [scene.ended(one).state for one in begun]
    done = RefreshState.MONITOR_REFRESH_STATE_SUCCESS
    assert ended == [done, done, RefreshState.MONITOR_REFRESH_STATE_CANCELED]
    listed = scene.client.data_quality.list_refresh("table", table_id)
    assert [one.refresh_id for one in listed][:3] == [last, *reversed(others)]


def test_the_first_window_has_nothing_before_it_and_others_no_baseline_of_absent_columns(
    scene: Scene, table_id: str
) -> None:
    """They have no rows, rather than rows without numbers."""
    rows = scene.run(
        "SELECT drift_type, column_name FROM {drift} WHERE slice_key IS NULL "
        f"AND model_version = '*' AND window.start = {scene.day(0)} ORDER BY 1, 2"
    )
    assert rows == [["BASELINE", name] for name in (":table", "amount", "region")]


def test_late_labels_tell_how_good_predictions_were(scene: Scene, table_id: str) -> None:
    """The window that they belong to is measured anew."""
    quality = (
        "SELECT accuracy_score, confusion_matrix, f1_score.macro FROM {profile} "
        f"WHERE column_name = ':table' AND window.start = {scene.day(1)} "
        "AND model_version = '1' AND slice_key IS NULL"
    )
    assert scene.run(quality) == [[None, None, None]]
    # Three of four labels are what was predicted.
    scene.run(
        f"UPDATE {scene.table} SET actual_label = CASE WHEN id % 4 = 0 THEN 1 - prediction "
        f"ELSE prediction END WHERE id BETWEEN {10 * ROWS} AND {10 * ROWS + 399}"
    )
    scene.refresh(table_id)
    ((accuracy, matrix, f1),) = scene.run(quality)
    assert float(accuracy) == 0.75
    assert sum(one["count"] for one in json.loads(matrix)) == 400
    assert 0.7 < float(f1) < 0.8


def test_what_cannot_be_refreshed_says_why(scene: Scene, table_id: str) -> None:
    """A slice that cannot be computed is refused at once, a baseline that has gone fails."""
    client = scene.client
    with pytest.raises(InvalidParameterValue, match="slicing_exprs: 'nothing > 1'"):
        client.data_quality.update_monitor(
            "table",
            table_id,
            scene.monitor(slicing_exprs=["nothing > 1"]),
            "data_profiling_config.slicing_exprs",
        )
    config = scene.monitor(
        baseline_table_name=f"{scene.catalog}.default.gone"
    ).data_profiling_config
    assert config is not None
    scene.run(f"CREATE TABLE {scene.catalog}.default.gone (amount DOUBLE)")
    update = dataquality.Monitor("table", table_id, data_profiling_config=config)
    mask = "data_profiling_config.baseline_table_name"
    client.data_quality.update_monitor("table", table_id, update, mask)
    scene.run(f"DROP TABLE {scene.catalog}.default.gone")
    failed = scene.refresh(table_id)
    assert failed.state is RefreshState.MONITOR_REFRESH_STATE_FAILED
    assert "default`.`gone` cannot be found" in str(failed.message)
    found = client.data_quality.get_monitor("table", table_id).data_profiling_config
    assert found is not None
    assert found.latest_monitor_failure_message == failed.message
    with pytest.raises(BadRequest, match="has ended already"):
        client.data_quality.cancel_refresh("table", table_id, int(failed.refresh_id or 0))
    with pytest.raises(NotFound):
        client.data_quality.get_refresh("table", table_id, 1)
