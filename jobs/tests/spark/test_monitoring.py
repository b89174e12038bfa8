"""Monitoring's tasks on Spark: captured requests, late labels, drift and canaries."""

from datetime import timedelta

import pytest
from mlflow.tracking import MlflowClient

from captured import (
    LABELS_DDL,
    NOON,
    PAYLOAD,
    PAYLOAD_DDL,
    PREDICTIONS,
    PREDICTIONS_DDL,
    ROW,
    capture,
    column,
    label,
    run_task,
    stored,
)
from churn.data import MODEL_INPUTS
from local_spark import LocalSparkTables
from metric_tables import Metrics, drift_query, last_window
from mlops.tables import TableError
from monitoring.check_drift import drift_score
from monitoring.measure_canary import CANARY_TAG, Outcomes, measure
from monitoring.unpacked import Unpacked

NOON_20TH = 1_795_176_000_000


def test_requests_are_unpacked_once_and_get_late_labels(tables: LocalSparkTables) -> None:
    for ddl in (PAYLOAD_DDL, PREDICTIONS_DDL, LABELS_DDL):
        tables.create(ddl)
    two = [{**ROW, "customer_id": key} for key in ("00001", "00002")]
    both = {"request": {"dataframe_records": two}, "response": {"predictions": [0, 1]}}
    one, other = {"id": "r2", "client_id": "00003"}, {"id": "r3", "entity": "2c5e22cf"}
    capture(tables, {"id": "r1", **both}, one, other, other, {"id": "r4", "status": 500})
    assert run_task(tables) == Unpacked(rows=4, requests=3)
    before = stored(tables)
    assert {name: before.iloc[0][name] for name in MODEL_INPUTS} == ROW
    assert column(tables, "record_key") == ["00001", "00002", "00003", None]
    assert column(tables, "model_version") == ["3", "3", "3", "2c5e22cf"]

    label(tables, ("00001", 1), ("00003", 0))
    assert run_task(tables) == Unpacked(), "nothing is read twice"
    assert column(tables, "actual_label") == [1, None, 0, None]
    assert stored(tables).drop(columns="actual_label").equals(before.drop(columns="actual_label"))


def test_drift_is_that_of_the_last_window_with_enough_rows(
    tables: LocalSparkTables, capsys: pytest.CaptureFixture[str]
) -> None:
    query = drift_query()
    assert drift_score(tables, query, NOON_20TH) == 0
    assert "the monitor has measured nothing yet: [TABLE_OR_VIEW_NOT_FOUND]" in (
        capsys.readouterr().out
    )
    metrics = Metrics(tables)
    assert last_window(tables, query) is None
    metrics.window(18, 900, ("spend", "BASELINE", 7))
    metrics.window(19, 800, ("spend", "CONSECUTIVE", 0.02), ("age", "BASELINE", 0.3))
    metrics.window(19, 900, ("age", "BASELINE", 5), slice_key="region")
    metrics.window(20, 499, ("spend", "BASELINE", 9))
    assert last_window(tables, query) == (19, 800, 0.3, "age", "BASELINE")
    assert drift_score(tables, query, NOON_20TH) == 0.3
    assert capsys.readouterr().out == (
        "the last window that counts began on 2026-11-19 at 00:00 UTC, 1.5 days ago, and has "
        "800 rows\n"
        "its largest population stability index is 0.3: age, against the baseline\n"
    )
    with pytest.raises(TableError, match="UNRESOLVED_COLUMN"):
        drift_score(tables, query.replace("d.drift_type", "d.drift_kind"), NOON_20TH)


def test_canary_is_measured_since_its_step_began(
    tables: LocalSparkTables, tracking: MlflowClient
) -> None:
    for ddl in (PAYLOAD_DDL, PREDICTIONS_DDL, LABELS_DDL):
        tables.create(ddl)
    model = "ml.models.canary_on_spark"
    tracking.create_registered_model(model)
    for alias in ("champion", "challenger"):
        run_id = tracking.create_run("0").info.run_id
        made = tracking.create_model_version(model, "file:///nowhere", run_id)
        tracking.set_registered_model_alias(model, alias, made.version)
    since = '{"step":0,"percent":10,"since":"2026-11-21T12:00:00Z"}'
    tracking.set_model_version_tag(model, "2", CANARY_TAG, since)
    earlier = {"time": NOON - timedelta(seconds=1)}
    candidate = {"entity": "customer_churn_model-2", "client_id": "00001"}
    capture(
        tables,
        {"id": "r1", **candidate, **earlier},
        {"id": "r2", **candidate},
        {"id": "r3", **candidate, "status": 500},
        {"id": "r4", "entity": "customer_churn_model-1"},
    )
    label(tables, ("00001", 1))
    run_task(tables)
    outcomes = Outcomes(PREDICTIONS, "actual_label", "classification")
    found = measure(tables, model=model, payload=PAYLOAD, outcomes=outcomes, now_ms=0)
    assert found == {
        "canary_10_requests": 2,
        "canary_10_error_rate": 0.5,
        "canary_10_latency_p95_ms": 7,
        "canary_10_prediction_drift": 0,
        "canary_10_labelled": 1,
        "canary_10_accuracy": 1,
    }
