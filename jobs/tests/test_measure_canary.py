"""A candidate's share of the traffic becomes metrics of its run."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from captured import (
    LABELS_DDL,
    NOON,
    PAYLOAD,
    PAYLOAD_DDL,
    PREDICTIONS,
    PREDICTIONS_DDL,
    capture,
    label,
    run_task,
)
from doubles import DuckDbTables
from mlops.task import TaskError
from monitoring import canary_traffic, versions
from monitoring.canary_quality import quality
from monitoring.measure_canary import CANARY_TAG, Outcomes, measure
from monitoring.prediction_drift import population_stability_index

NOW = int(NOON.timestamp() * 1000) + 3_600_000
OUTCOMES = Outcomes(PREDICTIONS, "actual_label", "classification")
BEFORE, AFTER = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)
ENTITY = "customer_churn_model"


@pytest.fixture
def tables(tmp_path: Path) -> DuckDbTables:
    """A workspace with an empty payload table."""
    made = DuckDbTables(tmp_path)
    for ddl in (PAYLOAD_DDL, PREDICTIONS_DDL, LABELS_DDL):
        made.create(ddl)
    return made


@pytest.fixture
def canary(tracking: MlflowClient, model: str) -> str:
    """A model with champion 1 and candidate 2, which has 10 % of the traffic since noon."""
    for _ in range(2):
        run = tracking.create_run("0")
        tracking.set_terminated(run.info.run_id)
        tracking.create_model_version(model, "file:///nowhere", run.info.run_id)
    tracking.set_registered_model_alias(model, "champion", "1")
    tracking.set_registered_model_alias(model, "challenger", "2")
    note(tracking, model, '{"step":0,"percent":10,"since":"2026-11-21T12:00:00.000Z"}')
    return model


def note(client: MlflowClient, model: str, text: str) -> None:
    client.set_model_version_tag(model, "2", CANARY_TAG, text)


def requests(version: int, count: int, answer: int = 1, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"v{version}-{answer}-{number:04}-{more.get('status', 200)}",
            "client_id": f"{version}{number:04}",
            "entity": f"{ENTITY}-{version}",
            "time": AFTER,
            "response": {"predictions": [answer]},
            **more,
        }
        for number in range(count)
    ]


def measured(tables: DuckDbTables, model: str, **more: Any) -> dict[str, float]:
    """What is measured, without the share in the names."""
    places = {"payload": PAYLOAD, "outcomes": None, "now_ms": NOW}
    found = measure(tables, model=model, **{**places, **more})
    return {name.removeprefix("canary_10_"): value for name, value in found.items()}


def test_without_a_canary_it_says_so_and_measures_nothing(
    tables: DuckDbTables, tracking: MlflowClient, canary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    note(tracking, canary, "")
    assert measured(tables, canary) == {}
    tracking.delete_model_version_tag(canary, "2", CANARY_TAG)
    assert measured(tables, canary) == {}
    tracking.delete_registered_model_alias(canary, "challenger")
    assert measured(tables, canary) == {}
    said = capsys.readouterr().out.splitlines()
    assert said == [f"{canary}: no candidate is on a canary; nothing to measure"] * 3
    run_id = tracking.get_model_version(canary, "2").run_id or ""
    assert tracking.get_run(run_id).data.metrics == {}


def test_candidates_requests_are_told_from_the_champions(tables: DuckDbTables, canary: str) -> None:
    failing = requests(2, 5, status=500, response={"error": "x"}, ms=90)
    capture(tables, *requests(1, 40, status=400), *requests(2, 45, ms=20), *failing)
    assert measured(tables, canary) == {
        "requests": 50,
        "error_rate": 0.1,
        "latency_p95_ms": 90,
    }


def test_what_came_before_the_step_began_does_not_count(tables: DuckDbTables, canary: str) -> None:
    capture(tables, *requests(2, 9, time=BEFORE, status=500), *requests(2, 3, answer=0, time=NOON))
    assert measured(tables, canary)["requests"] == 3
    assert measured(tables, canary)["error_rate"] == 0


def test_time_of_another_zone_is_the_same_moment(
    tables: DuckDbTables, tracking: MlflowClient, canary: str
) -> None:
    capture(tables, *requests(2, 9, time=BEFORE), *requests(2, 3, answer=0))
    note(tracking, canary, '{"step":0,"percent":10,"since":"2026-11-21T14:00:00+02:00"}')
    assert measured(tables, canary)["requests"] == 3


def test_request_that_was_captured_twice_counts_once(tables: DuckDbTables, canary: str) -> None:
    capture(tables, *requests(2, 3), *requests(2, 3), *requests(2, 1, status=500))
    found = measured(tables, canary)
    assert (found["requests"], found["error_rate"]) == (4, 0.25)


def test_other_answers_than_the_champions_are_drift(tables: DuckDbTables, canary: str) -> None:
    capture(tables, *requests(1, 100), *requests(1, 100, answer=0))
    capture(tables, *requests(2, 50), *requests(2, 50, answer=0))
    assert measured(tables, canary)["prediction_drift"] == pytest.approx(0, abs=1e-6)
    capture(tables, *requests(2, 900, answer=1, status=201))
    assert measured(tables, canary)["prediction_drift"] > 0.25


def test_champions_answers_before_the_step_are_no_reference(
    tables: DuckDbTables, canary: str
) -> None:
    capture(tables, *requests(1, 100, answer=0, time=BEFORE), *requests(2, 50))
    assert "prediction_drift" not in measured(tables, canary)
    capture(tables, *requests(1, 50))
    assert measured(tables, canary)["prediction_drift"] == 0


def test_quality_is_that_of_predictions_with_outcomes(tables: DuckDbTables, canary: str) -> None:
    capture(tables, *requests(2, 4), *requests(1, 4, answer=0))
    capture(tables, *requests(2, 1, answer=0, client_id="early", time=BEFORE))
    label(
        tables, ("early", 1), ("20000", 1), ("20001", 1), ("20002", 0), ("10000", 1), ("10001", 1)
    )
    run_task(tables)
    found = measured(tables, canary, outcomes=OUTCOMES)
    assert {name: found[name] for name in ("labelled", "accuracy", "f1")} == {
        "labelled": 3,
        "accuracy": pytest.approx(2 / 3),
        "f1": pytest.approx(0.8),
    }
    assert measured(tables, canary)["requests"] == found["requests"] == 4


def test_measurement_is_logged_as_one_and_the_run_stays_as_it_ended(
    tables: DuckDbTables, tracking: MlflowClient, canary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = tracking.get_model_version(canary, "2").run_id or ""
    before = tracking.get_run(run_id).info
    capture(tables, *requests(2, 3))
    first = measure(tables, model=canary, payload=PAYLOAD, outcomes=None, now_ms=NOW)
    capture(tables, *requests(2, 2, status=500))
    again = NOW + 60_000
    second = measure(tables, model=canary, payload=PAYLOAD, outcomes=None, now_ms=again)
    run = tracking.get_run(run_id)
    assert run.data.metrics == second
    assert (run.info.status, run.info.end_time) == (before.status, before.end_time)
    history = tracking.get_metric_history(run_id, "canary_10_requests")
    assert [(one.value, one.step, one.timestamp) for one in history] == [
        (3, NOW // 60_000, NOW),
        (5, NOW // 60_000 + 1, again),
    ]
    assert first["canary_10_error_rate"] == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "model": canary,
        "version": 2,
        **second,
    }


def test_nothing_captured_yet_is_no_request(
    tmp_path: Path, tables: DuckDbTables, canary: str
) -> None:
    assert measured(DuckDbTables(tmp_path), canary) == {"requests": 0}
    assert measured(tables, canary) == {"requests": 0}
    assert measured(tables, canary, outcomes=OUTCOMES) == {"requests": 0, "labelled": 0}


def test_versions_behind_ids_of_databricks_are_looked_up(
    tables: DuckDbTables, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = "ml.serving.served_entities"  # DuckDB has a catalog named system of its own
    monkeypatch.setattr(versions, "ENTITIES", system)
    tables.create(f"CREATE TABLE {system} (served_entity_id STRING, entity_version STRING)")
    tables.execute(f"INSERT INTO {system} VALUES ('a2c5', '2'), ('b7f1', '1')")
    capture(tables, *requests(2, 3, entity="a2c5"), *requests(1, 4, entity="b7f1"))
    assert measured(tables, canary)["requests"] == 3


def test_answer_that_cannot_be_read_is_no_prediction(tables: DuckDbTables, canary: str) -> None:
    capture(tables, *requests(1, 3), *requests(2, 3, response="not JSON"))
    found = measured(tables, canary)
    assert found["requests"] == 3
    assert "prediction_drift" not in found


def test_newest_requests_are_looked_into(
    tables: DuckDbTables, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canary_traffic, "NEWEST", 3)
    later = AFTER + timedelta(hours=1)
    capture(tables, *requests(2, 9, ms=90), *requests(2, 3, answer=0, ms=5, time=later))
    found = measured(tables, canary)
    assert (found["requests"], found["latency_p95_ms"]) == (12, 5)


def test_tag_that_says_something_else_is_named(
    tables: DuckDbTables, tracking: MlflowClient, canary: str
) -> None:
    for text in (
        "10",
        "{",
        '{"step":0,"percent":10}',
        '{"step":0,"percent":"10","since":"2026-11-21T12:00:00Z"}',
        '{"step":0,"percent":0,"since":"2026-11-21T12:00:00Z"}',
        '{"step":0,"percent":10,"since":"yesterday"}',
        '{"step":0,"percent":10,"since":"2026-11-21T12:00:00"}',
        '{"step":0,"percent":10,"since":5}',
    ):
        note(tracking, canary, text)
        with pytest.raises(TaskError, match=f"version 2: its tag {CANARY_TAG} is ") as refusal:
            measured(tables, canary)
        assert "\n" not in str(refusal.value)


def test_table_of_another_kind_is_named(tables: DuckDbTables, canary: str) -> None:
    with pytest.raises(TaskError, match="has no column databricks_request_id"):
        measured(tables, canary, payload=PREDICTIONS)
    with pytest.raises(TaskError, match="has no column actual"):
        measured(tables, canary, outcomes=Outcomes(PREDICTIONS, "actual", "classification"))


def test_index_of_the_same_and_of_other_predictions() -> None:
    ones, mixed = [1] * 1000, [0] * 500 + [1] * 500
    assert population_stability_index(ones, ones) == 0
    assert population_stability_index(mixed, mixed * 3) == pytest.approx(0, abs=1e-5)
    # 0.1 * ln(0.6 / 0.5) - 0.1 * ln(0.4 / 0.5), by hand
    shifted = [0] * 400 + [1] * 600
    assert population_stability_index(shifted, mixed) == pytest.approx(0.0405, abs=1e-4)
    assert population_stability_index(ones, mixed) > 0.25
    assert population_stability_index(["a"] * 9 + ["b"], ["b"] * 9 + ["a"]) > 0.25


def test_numbers_of_many_kinds_are_compared_by_deciles() -> None:
    reference = [number / 1000 for number in range(1000)]
    assert population_stability_index(reference, reference) == 0
    assert population_stability_index([*reversed(reference)], reference) == 0
    shifted = [number + 0.05 for number in reference]
    assert 0.02 < population_stability_index(shifted, reference) < 0.3
    assert population_stability_index([number - 1 for number in reference], reference) > 5
    outlier = [*reference[:-1], 1e300]
    assert population_stability_index(outlier, reference) == pytest.approx(0, abs=1e-5)


def test_figures_of_quality() -> None:
    def of(problem: str, truth: list[Any], predicted: list[Any]) -> dict[str, float]:
        return quality(problem, pd.Series(truth), pd.Series(predicted))

    assert of("classification", [], []) == {"labelled": 0}
    assert of("classification", [1, 1], [1, 0]) == {"labelled": 2, "accuracy": 0.5}
    assert set(of("classification", [0, 1, 2], [0, 1, 1])) == {"labelled", "accuracy", "f1_macro"}
    assert of("classification", ["a", "b"], ["a", "b"])["f1_macro"] == 1
    assert of("regression", [1.0, 3.0], [2.0, 2.0]) == {"labelled": 2, "rmse": 1, "mae": 1}
