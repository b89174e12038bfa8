"""Telco churn's tasks on Spark: the same rows, and the same verdicts, as on the other engine."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

import telco_scene
from doubles import DuckDbTables
from local_spark import LocalSparkTables
from mlops.task import TaskError
from telco.setup import check
from telco.training import train
from telco.transition import transition
from telco_scene import CUSTOMERS, EXPERIMENT, FEATURES, HOLDOUT, LABELS, RECENT, TABLES


@pytest.fixture(scope="module")
def loaded(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSparkTables]:
    """A workspace set up by the tasks with the real data; read only."""
    tables = LocalSparkTables(spark, tmp_path_factory.mktemp("volumes"))
    telco_scene.create(tables)
    telco_scene.prepare(tables)
    yield tables
    tables.clear()


@pytest.mark.parametrize("table", TABLES.values())
def test_tables_hold_the_same_rows_on_both_engines(
    loaded: LocalSparkTables, telco: DuckDbTables, table: str
) -> None:
    query = f"SELECT * FROM {table} ORDER BY customer_id"
    pd.testing.assert_frame_equal(loaded.query(query), telco.query(query), check_dtype=False)


def test_versions_are_judged_alike_on_both_engines(
    loaded: LocalSparkTables, telco: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    check(loaded, **TABLES, experiment=EXPERIMENT, model=model)
    places = {"labels": LABELS, "features": FEATURES, "experiment": EXPERIMENT, "model": model}
    judged = {"model": model, "holdout": HOLDOUT, "recent": RECENT}
    usual = {"n_estimators": 50, "max_depth": 3, "learning_rate": 0.1}
    first = int(train(loaded, **places, parameters=usual).version)
    assert transition(loaded, **judged, version=first)[0]
    tracking.set_registered_model_alias(model, "champion", str(first))
    by_heart = {"n_estimators": 300, "max_depth": 8, "learning_rate": 0.3}
    second = int(train(loaded, **places, parameters=by_heart).version)
    nominated, metrics = transition(loaded, **judged, version=second)
    assert not nominated
    assert transition(telco, **judged, version=second) == (nominated, metrics)
    assert int(tracking.get_model_version_by_alias(model, "challenger").version) == first


def test_value_without_an_encoding_is_refused(loaded: LocalSparkTables) -> None:
    strange = "CASE customer_id WHEN '0001' THEN 'Three year' ELSE contract END"
    loaded.create(
        f"CREATE TABLE ml.other.strange AS SELECT * EXCEPT (contract), {strange} AS contract "
        f"FROM {CUSTOMERS}"
    )
    with pytest.raises(TaskError, match=r"strange: contract is 'Three year'; known are"):
        telco_scene.featurize(
            loaded, **{**TABLES, "customers": "ml.other.strange"}, recent_months=12
        )
