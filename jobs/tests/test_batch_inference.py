"""The champion scores every ingested sample once; the species comes when it is known."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from iris.data import FEATURES, LABEL
from iris.demo_source import deliver, flowers
from iris_scene import DATA, MORNING, PREDICTIONS, Iris, loaded
from mlops.tables import TableError
from mlops.task import TaskError


@pytest.fixture
def iris(tmp_path: Path, tracking: MlflowClient) -> Iris:
    """An environment whose model has the champion 1."""
    made = Iris.make(tmp_path, tracking)
    made.crown(made.train())
    return made


def predictions(iris: Iris) -> pd.DataFrame:
    return iris.tables.query(f"SELECT * FROM {PREDICTIONS} ORDER BY sample_id, model_version")


def write(iris: Iris, name: str, samples: pd.DataFrame) -> None:
    iris.files.write(f"{DATA}/{name}", samples.to_csv(index=False).encode())


def test_without_a_champion_it_says_who_makes_one(iris: Iris) -> None:
    iris.client.delete_registered_model_alias(iris.model, "champion")
    with pytest.raises(TaskError, match=r"^ml\.hp_iris_ml\..* has no champion to score with: .*$"):
        iris.score()
    assert predictions(iris).empty


def test_every_sample_is_scored_by_the_champion(iris: Iris) -> None:
    iris.train()  # a newer version that nobody has promoted
    assert iris.score() == 150
    rows = predictions(iris)
    assert set(rows["model_version"]) == {"1"}
    assert list(rows["sample_id"]) == list(range(1, 151))
    assert (rows["prediction"] == loaded(iris.model, "1").predict(flowers()[FEATURES])).all()
    assert (rows["species"] == flowers()[LABEL]).all()
    assert rows["timestamp"].dt.tz_convert("UTC").unique().tolist() == [pd.Timestamp(MORNING)]


def test_again_nothing_is_added_or_changed(iris: Iris) -> None:
    iris.score()
    before = predictions(iris)
    assert iris.score(MORNING + timedelta(days=1)) == 0
    pd.testing.assert_frame_equal(predictions(iris), before)


def test_new_samples_are_added_with_their_own_time(iris: Iris) -> None:
    iris.score()
    deliver(iris.files, DATA, 1.5)
    evening = MORNING + timedelta(hours=12)
    assert iris.score(evening) == 75
    added = predictions(iris).query("sample_id > 150")
    assert len(added) == 75
    assert (added["timestamp"] == evening).all()


def test_new_champion_scores_all_and_the_old_answers_stay(iris: Iris) -> None:
    iris.score()
    iris.crown(iris.train())
    assert iris.score() == 150
    assert predictions(iris)["model_version"].value_counts().to_dict() == {"1": 150, "2": 150}


def test_corrected_measurement_is_scored_again(iris: Iris) -> None:
    iris.score()
    corrected = flowers().iloc[::3]
    corrected.loc[0, FEATURES] = [6.6, 3.0, 5.6, 2.0]
    write(iris, "iris-1.csv", corrected)
    assert iris.score() == 1
    first = predictions(iris).query("sample_id == 1")
    assert sorted(first["prediction"]) == [0, 2]


def test_species_joins_when_it_is_known_and_when_it_is_corrected(iris: Iris) -> None:
    part = flowers().iloc[::3].astype({LABEL: "Int64"})
    unknown = part.copy()
    unknown.loc[0, LABEL] = pd.NA
    write(iris, "iris-1.csv", unknown)
    iris.score()
    assert predictions(iris)["species"].isna().sum() == 1
    write(iris, "iris-1.csv", part)
    assert iris.score() == 0
    assert predictions(iris)["species"].isna().sum() == 0
    part.loc[0, LABEL] = 2
    write(iris, "iris-1.csv", part)
    iris.score()
    assert predictions(iris).query("sample_id == 1")["species"].tolist() == [2]


def test_table_that_lacks_a_column_is_named(iris: Iris) -> None:
    iris.tables.execute(f"DROP TABLE {PREDICTIONS}")
    iris.tables.create(f"CREATE TABLE {PREDICTIONS} (sample_id BIGINT)")
    with pytest.raises(TableError, match="predictions has no column measurements, model_version"):
        iris.score()
