"""A version comes from the ingested samples, or from a pickle of the trusted volume only."""

import os
import pickle
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow.tracking import MlflowClient
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from files_double import FolderFiles
from iris.data import FEATURES, LABEL, is_holdout, read_samples
from iris.demo_source import flowers
from iris.training import training_rows
from iris_scene import DATA, VOLUME, Iris, fitted, loaded
from mlops.mounted_files import MountedFiles
from mlops.pickled import load_classifier
from mlops.task import TaskError


@pytest.fixture
def iris(tmp_path: Path, tracking: MlflowClient) -> Iris:
    """An environment with ingested samples and a model without versions."""
    return Iris.make(tmp_path, tracking)


class Bomb:
    """What an attacker would pickle: it makes a file when it is unpickled."""

    def __init__(self, made: Path) -> None:
        """Takes the file to make."""
        self.made = made

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Says what unpickling calls."""
        return os.mkdir, (str(self.made),)


def test_trains_on_what_was_ingested_and_registers(iris: Iris) -> None:
    version = iris.train()
    assert version == "1"
    served = loaded(iris.model, version)
    schema = served.metadata.get_input_schema()
    assert schema.input_names() == FEATURES
    assert served.metadata.saved_input_example_info is not None
    assert served.metadata.flavors["sklearn"]["serialization_format"] == "skops"
    frame = flowers()
    assert (served.predict(frame[FEATURES]) == frame[LABEL]).mean() > 0.95
    found = iris.client.get_model_version(iris.model, version)
    assert found.run_id is not None
    run = iris.client.get_run(found.run_id)
    assert run.data.params["estimator"] == "Pipeline"
    assert run.data.metrics["train_accuracy"] > 0.95
    assert "training_data_digest" in found.tags
    assert iris.client.get_registered_model(iris.model).aliases == {}, "nobody is nominated yet"


def test_run_and_version_name_the_commit_of_the_sources(iris: Iris) -> None:
    version = iris.client.get_model_version(iris.model, iris.train(commit="0123abc"))
    run = iris.client.get_run(version.run_id or "")
    assert version.tags["git_commit"] == run.data.tags["mlflow.source.git.commit"] == "0123abc"


def test_same_samples_give_the_same_training_data_and_figures(iris: Iris) -> None:
    assert iris.tags(iris.train()) == iris.tags(iris.train())


def test_no_sample_is_both_learned_from_and_measured_on(iris: Iris) -> None:
    samples = read_samples(iris.files, DATA)
    learned = training_rows(iris.files, DATA)
    aside = samples[is_holdout(samples)]
    assert set(learned["sample_id"]).isdisjoint(aside["sample_id"])
    assert len(learned) + len(aside) == 150


def test_holdout_is_a_fifth_that_stays_what_it_is(iris: Iris) -> None:
    samples = read_samples(iris.files, DATA)
    aside = is_holdout(samples)
    assert 0.15 < aside.mean() < 0.25
    assert (is_holdout(samples.iloc[::-1])[::-1].to_numpy() == aside).all()
    more = read_samples(iris.files, DATA).tail(20)
    assert (is_holdout(more).to_numpy() == aside.tail(20).to_numpy()).all()
    twins = samples[samples.duplicated(FEATURES, keep=False)]
    assert len(twins) == 2 and is_holdout(twins).nunique() == 1


@pytest.mark.parametrize(
    "estimator",
    [KNeighborsClassifier(), DecisionTreeClassifier(), RandomForestClassifier(5)],
    ids=lambda one: type(one).__name__,
)
def test_pickled_classifier_is_loaded_and_registered_without_a_pickle(
    iris: Iris, estimator: Any
) -> None:
    path = iris.pickle("models/iris_model.pkl", fitted(estimator))
    version = iris.train(path)
    assert iris.tags(version)["loaded_from"] == path
    frame = flowers()
    assert (loaded(iris.model, version).predict(frame[FEATURES]) == frame[LABEL]).mean() > 0.95
    stored = Path(mlflow.artifacts.download_artifacts(f"models:/{iris.model}/{version}"))
    assert not list(stored.glob("**/*.pkl"))
    assert list(stored.glob("**/*.skops"))


@pytest.mark.filterwarnings("ignore:X has feature names, but")
def test_pickle_without_feature_names_is_taken_by_the_number_of_its_features(iris: Iris) -> None:
    frame = flowers()
    unnamed = KNeighborsClassifier().fit(frame[FEATURES].to_numpy(), frame[LABEL])
    iris.train(iris.pickle("unnamed.pkl", unnamed))


@pytest.mark.parametrize(
    "path",
    [
        "/Volumes/ml/bronze/landing/model.pkl",
        "/Volumes/ml/hp_iris_ml/hp_ml_vol2/model.pkl",
        "/Volumes/ml/hp_iris_ml/hp_ml_vol",
        f"{VOLUME}/../../bronze/landing/model.pkl",
        f"{VOLUME}/models/../../../bronze/landing/model.pkl",
        f"{VOLUME}/./model.pkl",
        f"{VOLUME}//model.pkl",
        f"{VOLUME}/..\\model.pkl",
        f"{VOLUME}/model.joblib",
        f"{VOLUME}/model.pkl\n",
        "/tmp/model.pkl",
        "model.pkl",
        "abfss://raw@account.dfs.core.windows.net/model.pkl",
        "dbfs:/model.pkl",
        f"file:{VOLUME}/model.pkl",
    ],
)
def test_pickle_from_anywhere_else_is_refused_before_it_is_read(iris: Iris, path: str) -> None:
    with pytest.raises(TaskError, match=r"^pkl_path .* is refused: ") as refusal:
        iris.train(path)
    assert "\n" not in str(refusal.value)
    assert path not in iris.files.touched
    assert iris.client.search_model_versions(f"name = '{iris.model}'") == []


@pytest.mark.parametrize("linked", ["file", "folder"])
def test_link_that_leads_out_of_the_volume_is_refused_and_not_run(
    iris: Iris, tmp_path: Path, linked: str
) -> None:
    made = tmp_path / "exploded"
    outside = tmp_path / "ml" / "bronze" / "landing"
    outside.mkdir(parents=True)
    (outside / "model.pkl").write_bytes(pickle.dumps(Bomb(made)))
    volume = Path(iris.files.local(VOLUME))
    if linked == "file":
        (volume / "model.pkl").symlink_to(outside / "model.pkl")
        path = f"{VOLUME}/model.pkl"
    else:
        (volume / "models").symlink_to(outside)
        path = f"{VOLUME}/models/model.pkl"
    with pytest.raises(TaskError, match=f"it is a link that leads out of {VOLUME}"):
        iris.train(path)
    assert not made.exists()


def test_on_databricks_the_mounted_path_is_resolved(tmp_path: Path) -> None:
    volume, outside = tmp_path / "volume", tmp_path / "outside.pkl"
    volume.mkdir()
    outside.write_bytes(pickle.dumps(Bomb(tmp_path / "exploded")))
    (volume / "model.pkl").symlink_to(outside)
    with pytest.raises(TaskError, match="leads out of"):
        load_classifier(MountedFiles(None), f"{volume}/model.pkl", str(volume), FEATURES)
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"a": 1}, "holds a dict, not a classifier of scikit-learn"),
        (fitted(LinearRegression()), "holds a LinearRegression, not a classifier"),
        (KNeighborsClassifier(), "holds a KNeighborsClassifier that is not fitted"),
        (
            KNeighborsClassifier().fit([[1.0, 2], [3, 4], [5, 6], [7, 8], [9, 9]], [0, 1, 2, 0, 1]),
            "of 2 features; expected are 4",
        ),
        (
            KNeighborsClassifier().fit(
                flowers()[FEATURES].rename(columns={FEATURES[0]: "length"}), flowers()[LABEL]
            ),
            "of the features length, sepal_width_cm, .*; expected are sepal_length_cm, ",
        ),
        (
            KNeighborsClassifier().fit(flowers()[FEATURES], flowers()[LABEL] + 1),
            r"answers \[.*1.*\]; expected are 0, 1 and 2",
        ),
    ],
    ids=["no model", "regression", "not fitted", "two features", "other names", "other classes"],
)
def test_pickle_of_something_else_is_named_and_not_registered(
    iris: Iris, content: Any, message: str
) -> None:
    with pytest.raises(TaskError, match=message):
        iris.train(iris.pickle("model.pkl", content))
    assert iris.client.search_model_versions(f"name = '{iris.model}'") == []


def test_file_that_is_no_pickle_or_not_there_is_named(iris: Iris) -> None:
    iris.files.write(f"{VOLUME}/model.pkl", b"not a pickle")
    with pytest.raises(TaskError, match=r"model\.pkl cannot be unpickled: \w+: "):
        iris.train(f"{VOLUME}/model.pkl")
    with pytest.raises(TaskError, match=r"missing\.pkl"):
        iris.train(f"{VOLUME}/missing.pkl")


def test_samples_that_cannot_be_learned_from_are_named(
    iris: Iris, tmp_path: Path, tracking: MlflowClient
) -> None:
    header = b"sample_id,sepal_length_cm,sepal_width_cm,petal_length_cm,petal_width_cm,species\n"
    for content, message in [
        (b"sample_id,species\n1,0\n", "extra.csv has no column sepal_length_cm, sepal_width_cm"),
        (header + b"900,1,2,3,long,0\n", "extra.csv cannot be read as samples"),
        (header + b"900,1,2,3,,0\n", "extra.csv has samples without a measurement"),
        (header + b"900,1,2,3,4,7\n", r"extra.csv has the species \[7\]; allowed are 0, 1, 2"),
        (header + b"150,1,2,3,4,0\n", r"sample 150 is there 2 times: in .*extra.csv, .*iris-3"),
        (b"", "extra.csv cannot be read as samples"),
    ]:
        iris.files.write(f"{DATA}/extra.csv", content)
        with pytest.raises(TaskError, match=message):
            iris.train()
    iris.files.write(f"{DATA}/extra.csv", header + b"900,1,2,3,4,\n")
    assert iris.train() == "1", "a sample without a species is not learned from"
    nothing = Iris(FolderFiles(tmp_path / "none"), iris.tables, tracking, iris.model)
    nothing.files.write(f"{DATA}/README.txt", b"")
    with pytest.raises(TaskError, match=r"holds no CSV file: run the ingestion job first"):
        nothing.train()


def test_estimator_that_skops_cannot_write_is_named(iris: Iris) -> None:
    class Own(DummyClassifier):  # type: ignore[misc]
        """A class that no other process has."""

    globals()["Own"] = Own
    Own.__qualname__ = "Own"
    with pytest.raises(TaskError, match="untrusted types"):
        iris.train(iris.pickle("own.pkl", fitted(Own())))
