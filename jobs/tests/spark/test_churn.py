"""Customer churn's tasks on Spark: the same rows, and the same model, as on the other engine."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from churn.build_features import build_features
from churn.load_bronze import load
from churn.make_labels import make_labels
from churn.train import train
from churn.validate import validate
from churn_tables import AS_OF, FEATURES, HOLDOUT, LABELS, SCHEMAS, SOURCES
from doubles import DuckDbTables
from local_spark import LocalSparkTables
from mlops.tables import TableError
from mlops.task import TaskError

VOLUME = "/Volumes/ml/bronze/landing"
S1 = {"n_estimators": 100, "max_depth": 6, "learning_rate": 0.1}


@pytest.fixture(scope="module")
def loaded(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSparkTables]:
    """A workspace set up by the tasks with the real data; read only."""
    tables = LocalSparkTables(spark, tmp_path_factory.mktemp("volumes"))
    for ddl in SCHEMAS:
        tables.create(ddl)
    load(tables, VOLUME, **SOURCES)
    make_labels(tables, **SOURCES, labels=LABELS, holdout=HOLDOUT, as_of=AS_OF, horizon_days=90)
    build_features(tables, **SOURCES, features=FEATURES, as_of=AS_OF)
    yield tables
    tables.clear()


@pytest.mark.parametrize("table", [*SOURCES.values(), LABELS, HOLDOUT, FEATURES])
def test_tables_hold_the_same_rows_on_both_engines(
    loaded: LocalSparkTables, cdnow: DuckDbTables, table: str
) -> None:
    query = f"SELECT * FROM {table} ORDER BY ALL"
    pd.testing.assert_frame_equal(loaded.query(query), cdnow.query(query), check_dtype=False)


def test_staging_is_cleared(loaded: LocalSparkTables) -> None:
    landing = loaded.local(VOLUME)
    files = [path.relative_to(landing).as_posix() for path in landing.rglob("*") if path.is_file()]
    assert files == ["cdnow/CDNOW_master.txt"]


def test_training_and_validation_measure_the_same(
    loaded: LocalSparkTables, tracking: MlflowClient, model: str
) -> None:
    places = {"labels": LABELS, "features": FEATURES, "experiment": "/Experiments/customer-churn"}
    version = train(loaded, **places, model=model, parameters=S1)
    assert tracking.get_model_version_by_alias(model, "challenger").version == version.version
    measured = validate(loaded, holdout=HOLDOUT, model=model)
    assert measured["val_auc_roc"] == pytest.approx(0.835, abs=0.005)
    assert measured["val_rows"] == 4714


def test_features_are_replaced_in_one_transaction(loaded: LocalSparkTables) -> None:
    before = loaded.query(f"DESCRIBE HISTORY {FEATURES}")
    build_features(loaded, **SOURCES, features=FEATURES, as_of=AS_OF)
    after = loaded.query(f"DESCRIBE HISTORY {FEATURES}")
    assert len(after) == len(before) + 1
    assert after["operation"].iloc[0] == "WRITE"
    assert after["operationParameters"].iloc[0][0] == ("mode", "Overwrite")


def test_missing_table_column_and_rows_are_one_line(loaded: LocalSparkTables) -> None:
    loaded.create("CREATE TABLE ml.other.thin (customer_id STRING, transaction_date DATE)")
    loaded.create("CREATE TABLE ml.other.none AS SELECT * FROM ml.bronze.transactions LIMIT 0")

    def features_of(transactions: str) -> None:
        places = {**SOURCES, "transactions": transactions}
        build_features(loaded, **places, features=FEATURES, as_of=AS_OF)

    with pytest.raises(TableError, match=r"^\[TABLE_OR_VIEW_NOT_FOUND\] .*`nowhere`.*$"):
        features_of("ml.other.nowhere")
    with pytest.raises(TaskError, match=r"ml\.other\.thin has no column amount, quantity"):
        features_of("ml.other.thin")
    with pytest.raises(TaskError, match=r"ml\.other\.none has no purchase up to 1998-03-31"):
        features_of("ml.other.none")
    with pytest.raises(TableError, match=r"^\[PARSE_SYNTAX_ERROR\]"):
        loaded.execute("SELEC 1")


def test_null_where_the_table_allows_none_is_refused(loaded: LocalSparkTables) -> None:
    loaded.create("CREATE TABLE ml.other.people (customer_id STRING NOT NULL, region STRING)")
    frame = pd.DataFrame({"customer_id": ["a", None], "region": ["north"] * 2})
    with pytest.raises(Exception, match="DELTA_NOT_NULL_CONSTRAINT_VIOLATED"):
        loaded.overwrite("ml.other.people", frame)
    assert loaded.query("SELECT * FROM ml.other.people").empty
