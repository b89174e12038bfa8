"""Iris' tasks that touch tables, on Spark."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from iris.approval import approve
from iris.data import FEATURES, LABEL
from iris.demo_source import flowers
from iris_scene import DATA, MORNING, PREDICTIONS, REFERENCE, Iris
from local_spark import LocalSparkTables


@pytest.fixture
def iris(tables: LocalSparkTables, tmp_path: Path, tracking: MlflowClient) -> Iris:
    """An environment on Spark whose model has the champion 1."""
    made = Iris.make(tmp_path, tracking, tables)
    made.crown(made.train())
    return made


def predictions(iris: Iris) -> pd.DataFrame:
    found: pd.DataFrame = iris.tables.query(
        f"SELECT * FROM {PREDICTIONS} ORDER BY sample_id, timestamp"
    )
    return found


def test_samples_are_scored_once_and_again_when_they_are_corrected(iris: Iris) -> None:
    assert iris.score() == 150
    first = predictions(iris)
    assert list(first["sample_id"]) == list(range(1, 151))
    assert (first["species"] == flowers()[LABEL]).all()
    assert first["timestamp"].unique().tolist() == [pd.Timestamp(MORNING)]
    pd.testing.assert_frame_equal(first[FEATURES], flowers()[FEATURES])

    part = flowers().iloc[::3].copy()
    part.loc[0, FEATURES] = [6.6, 3.0, 5.6, 2.0]
    part.loc[3, LABEL] = 2
    iris.files.write(f"{DATA}/iris-1.csv", part.to_csv(index=False).encode())
    evening = MORNING + timedelta(hours=12)
    assert iris.score(evening) == 1
    after = predictions(iris)
    corrected = after[after["sample_id"] == 1]
    assert list(corrected["prediction"]) == [0, 2]
    assert list(corrected["timestamp"]) == [MORNING, evening]
    assert list(after.loc[after["sample_id"] == 4, "species"]) == [2]

    assert iris.score(MORNING + timedelta(days=1)) == 0
    pd.testing.assert_frame_equal(predictions(iris), after)


def test_deployment_fills_the_reference_table(iris: Iris) -> None:
    iris.evaluate("1")
    approve(model=iris.model, version="1", above={"val_accuracy": 0.5}, ask=False)
    assert iris.deploy("1")
    reference = iris.tables.query(f"SELECT * FROM {REFERENCE} ORDER BY sample_id")
    pd.testing.assert_frame_equal(reference, flowers(), check_dtype=False)
    assert iris.aliases()["challenger"] == "1"
