"""What training and validation leave on runs and versions for whoever decides."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mlflow.entities.model_registry import ModelVersion
from mlflow.models import ModelSignature
from mlflow.tracking import MlflowClient
from mlflow.types import ColSpec, DataType, Schema, TensorSpec
from mlflow.types.schema import Array
from numpy import dtype
from sklearn.dummy import DummyClassifier

from churn.data import LABEL, MODEL_INPUTS
from churn.train import train
from churn.validate import validate
from churn_tables import FEATURES, HOLDOUT, LABELS
from doubles import DuckDbTables
from iris.data import FEATURES as IRIS_FEATURES
from iris_scene import DATA, Iris, fitted
from mlops.boosted_training import train_version
from mlops.boosting import measure
from mlops.evidence import record
from mlops.signatures import signature_tags
from mlops.task import TaskError
from mlops.validation import load_boosted

USUAL = {"n_estimators": 30, "max_depth": 3, "learning_rate": 0.1}
OTHER = {"n_estimators": 5, "max_depth": 1, "learning_rate": 0.1}
PLACES = {"labels": LABELS, "features": FEATURES, "experiment": "/Experiments/customer-churn"}


def column(name: str, kind: str, required: bool = True) -> dict[str, Any]:
    return {"name": name, "type": kind, "required": required}


def trained(tables: DuckDbTables, model: str, parameters: Mapping[str, float]) -> ModelVersion:
    return train(tables, **PLACES, model=model, parameters=dict(parameters))


def judged(client: MlflowClient, version: ModelVersion) -> tuple[dict[str, float], dict[str, str]]:
    """Returns metrics and tags of a version's run."""
    data = client.get_run(version.run_id or "").data
    return data.metrics, data.tags


def test_run_says_what_its_model_takes_and_returns(
    cdnow: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    _, tags = judged(tracking, trained(cdnow, model, OTHER))
    assert json.loads(tags["mlops.signature"]) == {
        "inputs": [column(name, "double") for name in MODEL_INPUTS],
        "outputs": [column("", "long")],
    }


def test_iris_says_it_too(tmp_path: Path, tracking: MlflowClient) -> None:
    iris = Iris.make(tmp_path, tracking)
    version = tracking.get_model_version(iris.model, iris.train())
    _, tags = judged(tracking, version)
    assert json.loads(tags["mlops.signature"])["inputs"] == [
        column(name, "double") for name in IRIS_FEATURES
    ]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (ColSpec("double", "x", required=False), column("x", "double", False)),
        (ColSpec(DataType.datetime, "when"), column("when", "datetime")),
        (
            ColSpec(Array(DataType.string), "words"),
            column("words", '{"items": {"type": "string"}, "type": "array"}'),
        ),
        (
            TensorSpec(dtype("float64"), (-1, 28, 28)),
            column("", "tensor(float64, [-1, 28, 28])"),
        ),
        (TensorSpec(dtype("int32"), (-1, 3), "ids"), column("ids", "tensor(int32, [-1, 3])")),
    ],
    ids=["optional", "time", "array", "tensor", "named tensor"],
)
def test_kinds_of_columns(given: Any, written: dict[str, Any]) -> None:
    tags = signature_tags(ModelSignature(inputs=Schema([given]), outputs=Schema([given])))
    assert json.loads(tags["mlops.signature"]) == {"inputs": [written], "outputs": [written]}


def test_model_without_a_signature_has_no_tag() -> None:
    assert signature_tags(None) == {}


def test_signature_of_many_columns_goes_on_in_the_next_tag() -> None:
    names = [f"größe_{number:03}" for number in range(200)]
    tags = signature_tags(
        ModelSignature(
            inputs=Schema([ColSpec("double", name) for name in names]),
            outputs=Schema([ColSpec("long")]),
        )
    )
    assert list(tags) == ["mlops.signature", "mlops.signature.2", "mlops.signature.3"]
    assert max(len(part.encode()) for part in tags.values()) <= 5000
    assert [one["name"] for one in json.loads("".join(tags.values()))["inputs"]] == names


def test_first_version_is_compared_with_nobody(
    cdnow: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    version = trained(cdnow, model, OTHER)
    measured = validate(cdnow, holdout=HOLDOUT, model=model)
    assert not [name for name in measured if name.startswith("champion_")]
    _, tags = judged(tracking, version)
    found = tracking.get_model_version(model, version.version)
    assert tags["compared_with_champion"] == found.tags["compared_with_champion"] == "none"


def test_champion_is_measured_on_the_same_rows(
    cdnow: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    champion = trained(cdnow, model, OTHER)
    tracking.set_registered_model_alias(model, "champion", champion.version)
    version = trained(cdnow, model, USUAL)
    measured = validate(cdnow, holdout=HOLDOUT, model=model)
    # The same figures in another way: by each of the models, straight from the table.
    rows = cdnow.query(f"SELECT * FROM {HOLDOUT}")
    for prefix, one in (("", version), ("champion_", champion)):
        for name, value in measure(load_boosted(one), rows, LABEL).items():
            assert measured[f"{prefix}val_{name}"] == pytest.approx(value)
    assert measured["val_auc_roc"] > measured["champion_val_auc_roc"]
    metrics, tags = judged(tracking, version)
    assert metrics.items() >= measured.items()
    found = tracking.get_model_version(model, version.version)
    assert tags["compared_with_champion"] == "version 1"
    assert found.tags["compared_with_champion"] == "version 1"
    before, _ = judged(tracking, champion)
    assert not [name for name in before if name.startswith("val_")], "its own run stays as it was"


def test_validating_again_counts_by_the_new_figures_alone(
    cdnow: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    champion = trained(cdnow, model, OTHER)
    version = trained(cdnow, model, USUAL)
    cdnow.create(f"CREATE TABLE ml.validation.half AS SELECT * FROM {HOLDOUT} LIMIT 2000")
    first = validate(cdnow, holdout="ml.validation.half", model=model)
    tracking.set_registered_model_alias(model, "champion", champion.version)
    second = validate(cdnow, holdout=HOLDOUT, model=model)
    metrics, tags = judged(tracking, version)
    assert metrics.items() >= second.items()
    assert tags["compared_with_champion"] == "version 1"
    history = tracking.get_metric_history(version.run_id or "", "val_auc_roc")
    assert [(one.step, one.value) for one in history] == [
        (0, first["val_auc_roc"]),
        (1, second["val_auc_roc"]),
    ]


def test_figures_of_one_champion_never_pass_for_those_of_another(
    cdnow: DuckDbTables, tracking: MlflowClient, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion = trained(cdnow, model, OTHER)
    tracking.set_registered_model_alias(model, "champion", champion.version)
    version = trained(cdnow, model, USUAL)
    validate(cdnow, holdout=HOLDOUT, model=model)
    tracking.set_registered_model_alias(model, "champion", version.version)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("mlflow.log_metrics", interrupted)
        with pytest.raises(KeyboardInterrupt):
            validate(cdnow, holdout=HOLDOUT, model=model)
    assert judged(tracking, version)[1]["compared_with_champion"] == "none"
    validate(cdnow, holdout=HOLDOUT, model=model)
    assert judged(tracking, version)[1]["compared_with_champion"] == "version 2"


def test_champion_of_other_columns_is_left_out_and_said(
    cdnow: DuckDbTables, tracking: MlflowClient, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = cdnow.query(f"SELECT *, total_spend AS discounts FROM {HOLDOUT}")
    old = train_version(
        rows,
        table=HOLDOUT,
        columns=["discounts"],
        label=LABEL,
        parameters=OTHER,
        refit=False,
        experiment=PLACES["experiment"],
        run_name="old",
        model=model,
        tags={},
        commit=None,
    )
    tracking.set_registered_model_alias(model, "champion", old.version)
    version = trained(cdnow, model, OTHER)
    measured = validate(cdnow, holdout=HOLDOUT, model=model)
    assert not [name for name in measured if name.startswith("champion_")]
    assert judged(tracking, version)[1]["compared_with_champion"] == "none"
    said = capsys.readouterr().out
    assert "champion version 1 is not measured beside it: " in said
    assert "has no column discounts" in said


def test_champion_of_more_columns_is_measured_by_them(
    cdnow: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    champion = trained(cdnow, model, OTHER)
    tracking.set_registered_model_alias(model, "champion", champion.version)
    made = train_version(
        cdnow.query(f"SELECT * FROM {HOLDOUT}"),
        table=HOLDOUT,
        columns=MODEL_INPUTS[:2],
        label=LABEL,
        parameters=OTHER,
        refit=False,
        experiment=PLACES["experiment"],
        run_name="fewer columns",
        model=model,
        tags={},
        commit=None,
        alias="challenger",
    )
    measured = validate(cdnow, holdout=HOLDOUT, model=model)
    alone = measure(load_boosted(champion), cdnow.query(f"SELECT * FROM {HOLDOUT}"), LABEL)
    assert measured["champion_val_auc_roc"] == pytest.approx(alone["auc_roc"])
    assert judged(tracking, made)[1]["compared_with_champion"] == "version 1"


def test_iris_is_measured_beside_its_champion_on_recorded_samples(
    tmp_path: Path, tracking: MlflowClient
) -> None:
    iris = Iris.make(tmp_path, tracking)
    champion = iris.train()
    _, alone = iris.evaluate(champion)
    assert iris.tags(champion)["compared_with_champion"] == "none"
    iris.crown(champion)
    guess = iris.pickle("guess.pkl", fitted(DummyClassifier(strategy="prior")))
    number, measured = iris.evaluate(iris.train(guess))
    for name in ("val_accuracy", "val_f1_macro"):
        assert measured[f"champion_{name}"] == alone[name] > measured[name]
    assert measured.items() <= iris.metrics(number).items()
    run = tracking.get_run(tracking.get_model_version(iris.model, number).run_id or "")
    assert run.data.tags["compared_with_champion"] == "version 1"
    assert run.inputs is not None
    (rows,) = run.inputs.dataset_inputs
    assert rows.tags[0].value == "validation"
    assert rows.dataset.name == DATA
    assert rows.dataset.digest == iris.tags(number)["validation_data_digest"]


def test_version_without_a_run_is_named(tracking: MlflowClient, model: str) -> None:
    version = tracking.create_model_version(model, "file:///nowhere")
    with pytest.raises(TaskError, match=f"{model} version 1 has no run to record metrics in"):
        record(tracking, version, metrics={}, data={}, champion=None)
