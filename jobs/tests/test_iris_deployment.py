"""A version is measured, approved or not, and nominated; the gate does the rest."""

import json
import math
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score

from iris.approval import approve, shortfall
from iris.data import FEATURES, LABEL, is_holdout, read_samples
from iris.demo_source import deliver
from iris_scene import DATA, REFERENCE, Iris, fitted, loaded
from mlops.task import TaskError

ABOVE = {"val_accuracy": 0.9}


@pytest.fixture
def iris(tmp_path: Path, tracking: MlflowClient) -> Iris:
    """An environment with ingested samples and a model without versions."""
    return Iris.make(tmp_path, tracking)


def guessing(iris: Iris) -> str:
    """Registers a version that always says setosa."""
    return iris.train(iris.pickle("guess.pkl", fitted(DummyClassifier(strategy="prior"))))


def test_figures_are_those_of_samples_that_training_never_saw(
    iris: Iris, capsys: pytest.CaptureFixture[str]
) -> None:
    iris.train()
    capsys.readouterr()
    version, measured = iris.evaluate("1")
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert printed == {"model": iris.model, "version": 1, **measured}
    samples = read_samples(iris.files, DATA)
    aside = samples[is_holdout(samples)]
    again = accuracy_score(
        aside[LABEL].astype(int), loaded(iris.model, "1").predict(aside[FEATURES])
    )
    assert measured["val_accuracy"] == pytest.approx(again)
    assert measured["val_accuracy"] > 0.9
    assert measured["val_rows"] == len(aside)
    assert measured.items() <= iris.metrics(version).items()
    tags = iris.tags(version)
    assert tags["validation_data_digest"] != tags["training_data_digest"]


def test_without_a_number_the_newest_version_is_meant(iris: Iris) -> None:
    iris.train()
    for _ in range(10):
        iris.client.create_model_version(iris.model, "file:///nowhere")
    guessing(iris)
    version, measured = iris.evaluate("")
    assert version == "12", "the eleventh is not newer, though its text sorts after 2"
    assert measured["val_accuracy"] < 0.5
    assert iris.evaluate("1")[0] == "1"


def test_what_cannot_be_evaluated_is_named(iris: Iris) -> None:
    with pytest.raises(TaskError, match="has no version: run the training job first"):
        iris.evaluate()
    iris.train()
    with pytest.raises(TaskError, match=r"version 7: .*not found"):
        iris.evaluate("7")
    iris.client.create_model_version(iris.model, "file:///nowhere")
    with pytest.raises(TaskError, match="version 2 has no run to record metrics in"):
        iris.evaluate("2")
    samples = read_samples(iris.files, DATA)
    for part in (1, 2, 3):
        Path(iris.files.local(f"{DATA}/iris-{part}.csv")).unlink()
    only = samples[samples[LABEL] == 0].to_csv(index=False).encode()
    iris.files.write(f"{DATA}/setosa.csv", only)
    with pytest.raises(TaskError, match="have no versicolor, virginica"):
        iris.evaluate("1")


def test_good_figures_approve_where_nobody_is_asked(iris: Iris) -> None:
    iris.train()
    iris.evaluate()
    approve(model=iris.model, version="1", above=ABOVE, ask=False)
    assert iris.tags("1")["approved_by"] == "its figures"


def test_low_figures_are_refused_with_their_number(iris: Iris) -> None:
    guessing(iris)
    iris.evaluate()
    iris.client.set_model_version_tag(iris.model, "1", "approval", "approved")
    with pytest.raises(TaskError, match=r"not approved: val_accuracy 0\.\d+, must be > 0\.9$"):
        approve(model=iris.model, version="1", above=ABOVE, ask=False)
    assert "approved_by" not in iris.tags("1"), "a person cannot approve what misses the bound"


def test_person_is_waited_for_where_one_is_asked(iris: Iris) -> None:
    iris.train()
    iris.evaluate()
    approve(model=iris.model, version="1", above=ABOVE, ask=False)
    with pytest.raises(TaskError, match="set its tag approval to 'approved' and repair this run"):
        approve(model=iris.model, version="1", above=ABOVE, ask=True)
    with pytest.raises(TaskError, match="not approved: run the task approval first"):
        iris.deploy("1")
    # As the button of a deployment job writes it.
    iris.client.set_model_version_tag(iris.model, "1", "approval", "Approved")
    approve(model=iris.model, version="1", above=ABOVE, ask=True)
    assert iris.tags("1")["approved_by"] == "a person"


@pytest.mark.parametrize("ask", [True, False])
def test_refusal_by_a_person_holds_everywhere(iris: Iris, ask: bool) -> None:
    iris.train()
    iris.evaluate()
    iris.client.set_model_version_tag(iris.model, "1", "approval", "rejected")
    with pytest.raises(TaskError, match="its tag approval is 'rejected'"):
        approve(model=iris.model, version="1", above=ABOVE, ask=ask)


def test_version_that_was_not_measured_is_not_approved(iris: Iris) -> None:
    iris.train()
    with pytest.raises(TaskError, match=r"val_accuracy was not measured, must be > 0\.9"):
        approve(model=iris.model, version="1", above=ABOVE, ask=False)


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf, 0.9, 0.0])
def test_only_a_number_above_the_bound_is_enough(value: float | None) -> None:
    assert shortfall("val_accuracy", value, 0.9) is not None
    assert shortfall("val_accuracy", 0.9000001, 0.9) is None


def test_only_an_approved_version_is_nominated(iris: Iris) -> None:
    iris.train()
    iris.evaluate()
    with pytest.raises(TaskError, match="not approved: run the task approval first"):
        iris.deploy("1")
    assert iris.aliases() == {}
    assert iris.tables.query(f"SELECT * FROM {REFERENCE}").empty
    approve(model=iris.model, version="1", above=ABOVE, ask=False)
    assert iris.deploy("1") is False, "there is no champion yet"
    assert iris.aliases() == {"challenger": "1"}
    assert len(iris.tables.query(f"SELECT * FROM {REFERENCE}")) == 150


def test_champion_stays_and_the_reference_follows_the_samples(iris: Iris) -> None:
    for version in ("1", "2"):
        iris.train()
        iris.evaluate()
        approve(model=iris.model, version=version, above=ABOVE, ask=False)
        iris.crown("1")
        deliver(iris.files, DATA, 1.5)
        assert iris.deploy(version) is True
    assert iris.aliases() == {"challenger": "2", "champion": "1"}
    assert len(iris.tables.query(f"SELECT * FROM {REFERENCE}")) == 225
