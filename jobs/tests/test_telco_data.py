"""Set-up and featurization of telco churn on the real data."""

from pathlib import Path

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

import telco_scene as scene
from doubles import DuckDbTables
from mlops.holdout import is_held_back
from mlops.task import TaskError
from telco import setup
from telco.data import LABEL, MODEL_INPUTS
from telco_scene import CUSTOMERS, EXPERIMENT, FEATURES, HOLDOUT, LABELS, RECENT, TABLES, count


@pytest.fixture
def bare(tmp_path: Path) -> DuckDbTables:
    """A workspace with the tables of telco churn, all empty."""
    tables = DuckDbTables(tmp_path)
    scene.create(tables)
    return tables


@pytest.fixture
def changed(telco: DuckDbTables, bare: DuckDbTables) -> DuckDbTables:
    """A copy of the loaded customers that a test may change."""
    bare.overwrite(CUSTOMERS, telco.query(f"SELECT * FROM {CUSTOMERS}"))
    return bare


def test_all_customers_arrive_and_the_source_stays_readable(telco: DuckDbTables) -> None:
    rows = telco.query(f"SELECT * FROM {CUSTOMERS}")
    assert len(rows) == rows["customer_id"].nunique() == 7043
    assert (rows["churn"] == "Yes").sum() == 1869
    kept = pd.read_csv(telco.folder / "ml/bronze/landing/telco/wa_churn.csv")
    assert len(kept) == 7043
    assert kept["monthly_charges"].sum() == pytest.approx(rows["monthly_charges"].sum())


def test_preparing_again_changes_nothing(telco: DuckDbTables) -> None:
    queries = [f"SELECT * FROM {table} ORDER BY customer_id" for table in TABLES.values()]
    before = [telco.query(query) for query in queries]
    scene.prepare(telco)
    for query, rows in zip(queries, before, strict=True):
        pd.testing.assert_frame_equal(telco.query(query), rows)


def test_only_the_known_file_is_unpickled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "_SHA256", "0" * 64)
    monkeypatch.setattr(pd, "read_pickle", lambda *_args, **_more: pytest.fail("was read"))
    with pytest.raises(TaskError, match=r"has the SHA-256 95d0478a.*; it must be 0000"):
        setup.read_wa_churn()


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "_PACKAGE", "no-such-package")
    with pytest.raises(TaskError, match=r"package no-such-package .* is not installed"):
        setup.read_wa_churn()


def test_all_that_is_missing_is_said_at_once(
    bare: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    setup.check(bare, **TABLES, experiment=EXPERIMENT, model=model)
    places = {**TABLES, "labels": "ml.labels.nowhere", "holdout": FEATURES}
    with pytest.raises(TaskError) as refused:
        setup.check(bare, **places, experiment="/Experiments/nowhere", model="ml.models.nobody")
    reasons = str(refused.value).split("; ")
    assert len(reasons) == 5  # what the table has is said after a semicolon of its own
    assert "nowhere" in reasons[0]
    assert f"table {FEATURES} has no column churned" in reasons[1]
    assert reasons[3] == "experiment /Experiments/nowhere: not found"
    assert reasons[4].startswith("registered model ml.models.nobody: ")


def test_features_say_what_the_source_says(telco: DuckDbTables) -> None:
    source = telco.query(f"SELECT * FROM {CUSTOMERS} ORDER BY customer_id")
    encoded = telco.query(f"SELECT * FROM {FEATURES} ORDER BY customer_id")
    assert list(encoded["customer_id"]) == list(source["customer_id"])
    months = {"Month-to-month": 1, "One year": 12, "Two year": 24}
    expected = {
        "tenure_months": source["tenure"],
        "contract_months": source["contract"].map(months),
        "dsl": source["internet_service"].eq("DSL"),
        "fiber_optic": source["internet_service"].eq("Fiber optic"),
        "electronic_check": source["payment_method"].eq("Electronic check"),
        "mailed_check": source["payment_method"].eq("Mailed check"),
        "bank_transfer": source["payment_method"].str.startswith("Bank transfer"),
    }
    for name in MODEL_INPUTS:
        column = source[name] if name in source else expected[name]
        if column.dtype == object or pd.api.types.is_string_dtype(column):
            column = column.eq("Yes")
        assert list(encoded[name].fillna(-1)) == list(column.astype("float64").fillna(-1)), name
    empty = encoded[MODEL_INPUTS].isna().sum()
    assert dict(empty[empty > 0]) == {"total_charges": 11}


def test_nobody_is_both_learnt_from_and_held_back(telco: DuckDbTables) -> None:
    learnt, held_back, latest = (
        telco.query(f"SELECT * FROM {table}").set_index("customer_id")
        for table in (LABELS, HOLDOUT, RECENT)
    )
    assert [len(learnt), len(held_back), len(latest)] == [5612, 1431, 439]
    assert not set(learnt.index) & set(held_back.index)
    assert set(latest.index) == set(held_back.index[held_back["tenure_months"] <= 12])
    churned = telco.query(f"SELECT customer_id FROM {CUSTOMERS} WHERE churn = 'Yes'")
    left = {*learnt.index[learnt[LABEL] == 1], *held_back.index[held_back[LABEL] == 1]}
    assert left == set(churned["customer_id"])


def test_who_is_held_back_stays_so_when_others_come_or_go(changed: DuckDbTables) -> None:
    scene.encode(changed)
    before = set(changed.query(f"SELECT customer_id FROM {HOLDOUT}")["customer_id"])
    changed.execute(f"DELETE FROM {CUSTOMERS} WHERE customer_id < '1000'")
    scene.encode(changed)
    after = set(changed.query(f"SELECT customer_id FROM {HOLDOUT}")["customer_id"])
    assert after == {customer for customer in before if customer >= "1000"}
    assert sum(is_held_back(f"new-{number}") for number in range(1000)) == pytest.approx(
        200, abs=40
    )


def test_value_without_an_encoding_is_refused_and_nothing_written(changed: DuckDbTables) -> None:
    changed.execute(
        f"UPDATE {CUSTOMERS} SET contract = 'Three year' WHERE customer_id IN ('0003', '0004')"
    )
    changed.execute(f"UPDATE {CUSTOMERS} SET churn = 'yes' WHERE customer_id = '0005'")
    with pytest.raises(TaskError) as refused:
        scene.encode(changed)
    message = str(refused.value)
    assert f"table {CUSTOMERS}: churn is 'yes'; known are 'No', 'Yes'; " in message
    assert "contract is 'Three year'; known are 'Month-to-month', 'One year', " in message
    assert [count(changed, table) for table in (FEATURES, LABELS, HOLDOUT, RECENT)] == [0] * 4


def test_what_cannot_be_encoded_is_named(bare: DuckDbTables, changed: DuckDbTables) -> None:
    changed.execute(f"DELETE FROM {CUSTOMERS} WHERE tenure <= 12")
    with pytest.raises(TaskError, match="held back came within 12 months: choose more"):
        scene.encode(changed)
    changed.execute(f"DELETE FROM {CUSTOMERS} WHERE true")
    with pytest.raises(TaskError, match="telco_customers is empty: load it first"):
        scene.encode(changed)
