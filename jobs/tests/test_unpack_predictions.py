"""Captured requests of real customers become predictions, once each, with late labels."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from captured import (
    LABELS,
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
from churn_tables import FEATURES
from doubles import DuckDbTables
from mlops.task import TaskError
from monitoring import unpack_predictions, versions
from monitoring.unpack_predictions import unpack
from monitoring.unpacked import Unpacked


@pytest.fixture
def served(tmp_path: Path) -> DuckDbTables:
    """A workspace whose endpoint has captured nothing."""
    tables = DuckDbTables(tmp_path)
    tables.create(PREDICTIONS_DDL)
    tables.create(LABELS_DDL)
    return tables


@pytest.fixture
def captured(served: DuckDbTables) -> DuckDbTables:
    """A workspace with an empty payload table."""
    served.create(PAYLOAD_DDL)
    return served


def test_row_holds_what_was_asked_and_answered(captured: DuckDbTables) -> None:
    asked = NOON + timedelta(microseconds=123456)
    capture(captured, {"id": "r1", "client_id": "00001", "time": asked})
    assert run_task(captured).rows == 1
    row = stored(captured).iloc[0]
    assert {name: row[name] for name in MODEL_INPUTS} == ROW
    assert (row["request_id"], row["row_number"], row["prediction"]) == ("r1", 0, 1)
    assert (row["model_version"], row["record_key"]) == ("3", "00001")
    assert row["timestamp"] == asked
    assert pd.isna(row["actual_label"])


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_split": {"columns": [*ROW], "data": [[*ROW.values()], [*ROW.values()]]}},
        {"dataframe_records": [ROW, ROW]},
        {"inputs": {name: [value, value] for name, value in ROW.items()}},
        {"instances": [[*ROW.values()], [*ROW.values()]]},
    ],
    ids=lambda body: "-".join(body),
)
def test_formats_end_as_the_same_rows(captured: DuckDbTables, body: dict[str, Any]) -> None:
    capture(
        captured,
        {"id": "r1", "request": body, "response": {"predictions": [0, 1]}, "client_id": "00001"},
    )
    run_task(captured)
    assert column(captured, "row_number") == [0, 1]
    assert column(captured, "prediction") == [0, 1]
    for name, value in ROW.items():
        assert column(captured, name) == [value, value]
    assert column(captured, "record_key") == [None, None], "one id cannot tell two rows apart"


def test_key_that_is_sent_with_each_row_leads_to_its_outcome(captured: DuckDbTables) -> None:
    rows = [{**ROW, "customer_id": key} for key in ("00001", 2, None)] + [ROW]
    answer = {"predictions": [0, 1, 1, 1]}
    sent = {"request": {"dataframe_records": rows}, "response": answer, "client_id": "00009"}
    capture(captured, {"id": "r1", **sent})
    label(captured, ("00001", 1), ("2", 0), ("00009", 1))
    run_task(captured)
    assert column(captured, "record_key") == ["00001", "2", None, None]
    assert column(captured, "actual_label") == [1, 0, None, None]


def test_key_that_is_none_is_not_understood(
    captured: DuckDbTables, capsys: pytest.CaptureFixture[str]
) -> None:
    capture(captured, {"id": "r1", "request": {"dataframe_records": [{**ROW, "customer_id": []}]}})
    assert run_task(captured).malformed == 1
    assert "r1: a value of customer_id is neither text nor a whole number" in (
        capsys.readouterr().out
    )


def test_real_customers_arrive_unchanged_and_once(
    captured: DuckDbTables, cdnow: DuckDbTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack_predictions, "REQUESTS_AT_ONCE", 40)
    people = cdnow.query(f"SELECT * FROM {FEATURES} ORDER BY customer_id LIMIT 100")
    inputs = people[MODEL_INPUTS].astype(object).where(people[MODEL_INPUTS].notna(), None)
    requests = [
        {"id": f"r{number:03}", "client_id": customer, "request": {"dataframe_records": [row]}}
        for number, (customer, row) in enumerate(
            zip(people["customer_id"], inputs.to_dict("records"), strict=True)
        )
    ]
    capture(captured, *requests)
    assert run_task(captured) == Unpacked(rows=100, requests=100)
    before = stored(captured)
    assert list(before["record_key"]) == list(people["customer_id"])
    pd.testing.assert_frame_equal(
        before[MODEL_INPUTS], people[MODEL_INPUTS], check_dtype=False, check_exact=True
    )
    assert before["spend_volatility"].isna().sum() == people["spend_volatility"].isna().sum() > 0

    assert run_task(captured) == Unpacked(), "nothing is read twice"
    pd.testing.assert_frame_equal(stored(captured), before)
    capture(captured, {"id": "r0005"})  # in the middle of those already there
    assert run_task(captured).rows == 1
    assert len(stored(captured)) == 101


def test_request_captured_twice_counts_once(captured: DuckDbTables) -> None:
    capture(captured, {"id": "r1"}, {"id": "r1"})
    assert run_task(captured).rows == 1
    assert len(stored(captured)) == 1


def test_merge_does_not_repeat_rows_that_another_run_has_added(captured: DuckDbTables) -> None:
    capture(captured, {"id": "r1"}, {"id": "r2"})
    run_task(captured)
    frame = stored(captured).drop(columns="actual_label")
    more = frame.assign(row_number=[0, 1]).astype({"row_number": "int32"})
    captured.add_new(PREDICTIONS, more, ["request_id", "row_number"])
    assert list(stored(captured)["request_id"]) == ["r1", "r2", "r2"]


def test_failed_requests_are_left_out_and_malformed_ones_counted(
    captured: DuckDbTables, capsys: pytest.CaptureFixture[str]
) -> None:
    capture(
        captured,
        {"id": "r1", "status": 400, "response": {"error_code": "BAD_REQUEST"}},
        {"id": "r2", "status": 500},
        {"id": "r3", "request": '{"dataframe_records": [{"total_'},
        {"id": "r4", "request": None},
        {"id": "r5", "response": {"predictions": [1, 0]}},
        {"id": "r6", "request": {"dataframe_records": [ROW, {**ROW, "total_spend": "x"}]},
         "response": {"predictions": [1, 0]}},
        {"id": "r7"},
    )  # fmt: skip
    unpacked = run_task(captured)
    assert (unpacked.rows, unpacked.requests, unpacked.malformed) == (1, 5, 4)
    assert column(captured, "request_id") == ["r7"], "a request is read as a whole or not at all"
    said = capsys.readouterr().out
    assert "7 requests captured, 2 of them failed and are left out" in said
    assert "5 read, 4 cannot be understood" in said
    assert "  r3: the request is not JSON\n" in said
    assert "  r4: the request was not captured\n" in said
    assert "  r5: 1 rows were asked and 2 answered\n" in said
    assert "r6" not in said, "three examples are enough"
    assert f"{PREDICTIONS}: 1 predictions added" in said


def test_nothing_captured_yet_is_no_failure(
    served: DuckDbTables, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_task(served) == Unpacked()
    said = capsys.readouterr().out
    assert f"{PAYLOAD} does not exist: the endpoint has captured nothing yet" in said
    assert f"{PREDICTIONS}: 0 predictions added" in said


def test_late_labels_reach_their_predictions(
    captured: DuckDbTables, capsys: pytest.CaptureFixture[str]
) -> None:
    two = {"request": {"dataframe_records": [ROW, ROW]}, "response": {"predictions": [0, 1]}}
    capture(
        captured,
        {"id": "r1", "client_id": "00001"},
        {"id": "r2", "client_id": "00002"},
        {"id": "r3", "client_id": "00001"},
        {"id": "r4"},
        {"id": "r5", "client_id": "00001", **two},
    )
    run_task(captured)
    assert column(captured, "actual_label") == [None] * 6
    label(captured, ("00001", 1), ("00002", None), ("00009", 1))
    run_task(captured)
    assert column(captured, "actual_label") == [1, None, 1, None, None, None]
    assert f"{PREDICTIONS}: 2 of 6 predictions have their outcome" in capsys.readouterr().out
    label(captured, ("00001", 0), ("00002", 1))
    run_task(captured)
    assert column(captured, "actual_label") == [0, 1, 0, None, None, None], "corrected"
    label(captured, ("00002", 1))
    run_task(captured)
    assert column(captured, "actual_label") == [0, 1, 0, None, None, None], "kept"


def test_contradicting_labels_are_said_and_not_used(
    captured: DuckDbTables, capsys: pytest.CaptureFixture[str]
) -> None:
    capture(captured, {"id": "r1", "client_id": "00001"}, {"id": "r2", "client_id": "00002"})
    label(captured, ("00001", 0), ("00001", 1), ("00002", 1), ("00002", 1))
    run_task(captured)
    assert column(captured, "actual_label") == [None, 1]
    assert "1 keys have more than one outcome" in capsys.readouterr().out


@pytest.fixture
def entities(captured: DuckDbTables, monkeypatch: pytest.MonkeyPatch) -> str:
    """Databricks' table of served entities, empty, where this engine can have it."""
    table = "ml.serving.served_entities"  # DuckDB has a catalog named system of its own
    monkeypatch.setattr(versions, "ENTITIES", table)
    captured.create(f"CREATE TABLE {table} (served_entity_id STRING, entity_version STRING)")
    return table


def serve(tables: DuckDbTables, table: str, **entities: str) -> None:
    pairs = {"served_entity_id": [*entities], "entity_version": [*entities.values()]}
    tables.append(table, pd.DataFrame(pairs))


def test_versions_come_from_the_served_entities(captured: DuckDbTables, entities: str) -> None:
    serve(captured, entities, a2c5e22cf="12", other="7")
    capture(
        captured,
        {"id": "r1", "entity": "a2c5e22cf"},
        {"id": "r2", "entity": "customer_churn_model-4"},
        {"id": "r3", "entity": "it's gone"},
        {"id": "r4", "entity": None},
    )
    run_task(captured)
    assert column(captured, "model_version") == ["12", "4", "it's gone", None]


def test_version_takes_the_place_of_the_id_once_it_is_known(
    captured: DuckDbTables, entities: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capture(captured, {"id": "r1", "entity": "new"}, {"id": "r2", "entity": "newer"})
    run_task(captured)
    assert column(captured, "model_version") == ["new", "newer"]
    serve(captured, entities, new="12")
    capture(captured, {"id": "r3", "entity": "new"})
    run_task(captured)
    assert column(captured, "model_version") == ["12", "newer", "12"]
    assert "the versions of 1 served entities have become known" in capsys.readouterr().out


def test_ids_stand_for_versions_that_nobody_may_look_up(
    captured: DuckDbTables, capsys: pytest.CaptureFixture[str]
) -> None:
    capture(captured, {"id": "r1", "entity": "2c5e22cf"})
    run_task(captured)
    assert column(captured, "model_version") == ["2c5e22cf"]
    assert "system.serving.served_entities cannot be read" in capsys.readouterr().out


def test_unfit_tables_are_named_and_nothing_is_written(captured: DuckDbTables) -> None:
    capture(captured, {"id": "r1"})
    with pytest.raises(TaskError, match=r"predictions has no column age; it has request_id"):
        unpack(captured, payload=PAYLOAD, table=PREDICTIONS, features=["age"], labels=LABELS)
    with pytest.raises(TaskError, match=r"churn_labels has no column databricks_request_id"):
        unpack(
            captured, payload=LABELS.table, table=PREDICTIONS, features=MODEL_INPUTS, labels=LABELS
        )
    assert stored(captured).empty
