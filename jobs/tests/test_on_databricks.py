"""What the tasks do in a Databricks job, with doubles of Spark and the feature client."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from mlops.connect import connect_tables
from mlops.lookup import look_up_features
from mlops.spark_tables import SparkTables
from mlops.tables import TableError

WANTED: dict[str, Any] = {
    "labels": "ml.labels.churn_labels",
    "label_columns": ["customer_id", "churned"],
    "label": "churned",
    "features": "ml.features.f",
    "feature_columns": ["total_spend"],
    "key": "customer_id",
}
ROWS = pd.DataFrame(
    {"customer_id": ["b", "a"], "churned": [0, 1], "total_spend": [2.0, 1.0], "other": [0, 0]}
)


class AnalysisException(Exception):  # noqa: N818  (Spark's name)
    """A double of Spark's error."""


class SparkDouble:
    """A double of a Spark session: every query has the rows of `ROWS`."""

    def __init__(self) -> None:
        """Starts with no statement seen."""
        self.statements: list[str] = []

    def sql(self, statement: str) -> SimpleNamespace:
        """Records the statement; one that contains `nowhere` is refused."""
        self.statements.append(statement)
        if "nowhere" in statement:
            raise AnalysisException("[TABLE_OR_VIEW_NOT_FOUND] no nowhere\n== SQL ==\n...")
        return SimpleNamespace(toArrow=lambda: pa.Table.from_pandas(ROWS))

    def table(self, name: str) -> str:
        """Stands for the table's data frame."""
        return f"table {name}"


def install(monkeypatch: pytest.MonkeyPatch, name: str, **contents: Any) -> None:
    module = ModuleType(name)
    vars(module).update(contents)
    monkeypatch.setitem(sys.modules, name, module)


def test_session_of_the_job_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    spark = SparkDouble()
    session = SimpleNamespace(builder=SimpleNamespace(getOrCreate=lambda: spark))
    install(monkeypatch, "pyspark")
    install(monkeypatch, "pyspark.sql", SparkSession=session)
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "client.4.9")
    tables = connect_tables()
    tables.execute("OPTIMIZE t")
    assert isinstance(tables, SparkTables)
    assert spark.statements == ["OPTIMIZE t"]


def test_features_come_from_the_client_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[dict[str, Any]] = []

    class Client:
        """A double of FeatureEngineeringClient with the signature of 0.18."""

        def create_training_set(
            self, *, df: str, feature_lookups: list[Any], label: str
        ) -> SimpleNamespace:
            asked.append({"df": df, "lookup": feature_lookups[0], "label": label})
            return SimpleNamespace(load_df=lambda: SimpleNamespace(toPandas=lambda: ROWS))

    install(
        monkeypatch,
        "databricks.feature_engineering",
        FeatureEngineeringClient=Client,
        FeatureLookup=dict,
    )
    frame = look_up_features(SparkTables(SparkDouble()), **WANTED)
    assert asked == [
        {
            "df": "table ml.labels.churn_labels",
            "lookup": {
                "table_name": "ml.features.f",
                "lookup_key": "customer_id",
                "feature_names": ["total_spend"],
            },
            "label": "churned",
        }
    ]
    assert list(frame.columns) == ["customer_id", "churned", "total_spend"]
    assert list(frame["customer_id"]) == ["a", "b"]
    assert "(feature engineering)" in capsys.readouterr().out


def test_features_are_joined_where_it_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    spark = SparkDouble()
    frame = look_up_features(SparkTables(spark), **WANTED)
    assert list(frame["total_spend"]) == [1.0, 2.0]
    assert "LEFT JOIN `ml`.`features`.`f`" in spark.statements[-1]
    assert "(join)" in capsys.readouterr().out


def test_refusal_of_spark_is_its_first_line() -> None:
    with pytest.raises(TableError, match=r"^\[TABLE_OR_VIEW_NOT_FOUND\] no nowhere$"):
        SparkTables(SparkDouble()).query("SELECT * FROM nowhere")


def test_files_of_volumes_are_written_and_removed(tmp_path: Path) -> None:
    tables = SparkTables(SparkDouble())
    path = tmp_path / "landing" / "file"
    tables.put_file(str(path), b"content")
    assert path.read_bytes() == b"content"
    tables.remove_file(str(path))
    assert not path.exists()
    path.parent.rmdir()
    path.parent.write_text("in the way")
    with pytest.raises(TableError, match="landing"):
        tables.put_file(str(path), b"content")
