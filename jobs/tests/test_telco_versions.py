"""Training and transition of telco churn on the real data, with a real MLflow."""

import json
import sys
from collections.abc import Callable
from typing import Any

import mlflow
import pytest
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient
from sklearn.metrics import roc_auc_score

from doubles import DuckDbTables
from mlops.tables import Tables
from mlops.task import TaskError
from telco import training, transition
from telco.comparison import drawbacks
from telco.data import LABEL, MODEL_INPUTS
from telco_scene import EXPERIMENT, FEATURES, HOLDOUT, LABELS, RECENT

MODEL = "ml.models.telco_churn_model"

SETS = {
    # What each measures on base and recent data: auc_roc.
    "usual": {"n_estimators": 50, "max_depth": 3, "learning_rate": 0.1},  # 0.8510, 0.8022
    "better": {"n_estimators": 100, "max_depth": 2, "learning_rate": 0.1},  # 0.8536, 0.8053
    "by heart": {"n_estimators": 300, "max_depth": 8, "learning_rate": 0.3},  # 0.8055, 0.7550
    "slow": {"n_estimators": 100, "max_depth": 4, "learning_rate": 0.05},  # 0.8486, 0.8025
    "fast": {"n_estimators": 50, "max_depth": 4, "learning_rate": 0.1},  # 0.8489, 0.8002
}


def train(tables: Tables, name: str, model: str = MODEL, **more: Any) -> int:
    places = {"labels": LABELS, "features": FEATURES, "experiment": EXPERIMENT}
    version = training.train(tables, **{**places, **more}, model=model, parameters=SETS[name])
    return int(version.version)


@pytest.fixture(scope="module")
def versions(telco: DuckDbTables, tracking: MlflowClient) -> dict[str, int]:
    """A registered model with a version for each of `SETS`."""
    tracking.create_registered_model(MODEL)
    return {name: train(telco, name) for name in SETS}


Compare = Callable[..., tuple[bool, dict[str, float]]]


@pytest.fixture
def compare(telco: DuckDbTables, tracking: MlflowClient, versions: dict[str, int]) -> Compare:
    """Runs transition of one version while another, or none, is champion."""

    def run(name: str, champion: str | None, **tables: str) -> tuple[bool, dict[str, float]]:
        for alias in ("champion", "challenger"):
            tracking.delete_registered_model_alias(MODEL, alias)
        if champion is not None:
            tracking.set_registered_model_alias(MODEL, "champion", str(versions[champion]))
        places = {"holdout": HOLDOUT, "recent": RECENT, **tables}
        return transition.transition(telco, model=MODEL, version=versions[name], **places)

    return run


def aliases(client: MlflowClient) -> dict[str, int]:
    found = client.get_registered_model(MODEL).aliases
    return {name: int(version) for name, version in found.items()}


def test_training_registers_and_nominates_nothing(
    telco: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    number = train(telco, "usual", model, commit="0123abc")
    assert tracking.get_registered_model(model).aliases == {}
    version = tracking.get_model_version(model, str(number))
    run = tracking.get_run(version.run_id or "")
    assert run.data.metrics["auc_roc"] == pytest.approx(0.850, abs=0.002)
    assert set(run.data.metrics) == {"accuracy", "f1", "auc_roc"}
    assert run.data.params["max_depth"] == "3"
    assert version.tags["git_commit"] == run.data.tags["mlflow.source.git.commit"] == "0123abc"
    assert run.inputs is not None
    (learnt,) = run.inputs.dataset_inputs
    assert learnt.dataset.name == LABELS
    assert learnt.dataset.digest == version.tags["training_data_digest"]
    served = mlflow.pyfunc.load_model(f"models:/{model}/{number}")
    schema = served.metadata.get_input_schema()
    assert schema is not None
    assert schema.input_names() == MODEL_INPUTS


def test_what_training_needs_is_named(
    telco: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    with pytest.raises(TaskError, match=r"registered model ml\.models\.nobody: "):
        train(telco, "usual", "ml.models.nobody")
    with pytest.raises(TaskError, match="experiment /Experiments/nowhere: not found"):
        train(telco, "usual", model, experiment="/Experiments/nowhere")
    telco.create(f"CREATE OR REPLACE TABLE ml.labels.nobody AS SELECT * FROM {LABELS} LIMIT 0")
    with pytest.raises(TaskError, match="nobody is empty: run featurization first"):
        train(telco, "usual", model, labels="ml.labels.nobody")
    telco.create(f"CREATE OR REPLACE TABLE ml.features.some AS SELECT * FROM {FEATURES} LIMIT 7000")
    with pytest.raises(TaskError, match=r"of 5,612 customers of .* have no row in .*some"):
        train(telco, "usual", model, features="ml.features.some")
    assert tracking.search_model_versions(f"name = '{model}'") == []


def test_first_version_is_nominated_and_compared_with_nobody(
    telco: DuckDbTables, tracking: MlflowClient, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    number = train(telco, "by heart", model)
    capsys.readouterr()
    nominated, metrics = transition.transition(
        telco, model=model, version=number, holdout=HOLDOUT, recent=RECENT
    )
    assert nominated
    assert int(tracking.get_model_version_by_alias(model, "challenger").version) == number
    version = tracking.get_model_version(model, str(number))
    assert tracking.get_run(version.run_id or "").data.metrics.items() >= metrics.items()
    assert not [name for name in metrics if name.startswith(("champion_", "gain_"))]
    assert version.tags["compared_with_champion"] == "none"
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "model": model,
        "version": number,
        "nominated": True,
        **metrics,
    }


@pytest.mark.parametrize(
    ("candidate", "champion", "worse_on"),
    [
        ("better", "usual", []),
        ("usual", "usual", []),
        ("by heart", "usual", ["val", "recent"]),
        ("fast", "slow", ["recent"]),
        ("slow", "usual", ["val"]),
    ],
)
def test_version_is_nominated_if_it_is_no_worse_on_both(
    compare: Compare,
    telco: DuckDbTables,
    tracking: MlflowClient,
    versions: dict[str, int],
    capsys: pytest.CaptureFixture[str],
    candidate: str,
    champion: str,
    worse_on: list[str],
) -> None:
    nominated, metrics = compare(candidate, champion)
    said = capsys.readouterr().out

    # The same figures in another way: by the served model's own booster, straight from the tables.
    def auc(name: str, table: str) -> float:
        booster = mlflow.xgboost.load_model(f"models:/{MODEL}/{versions[name]}")
        rows = telco.query(f"SELECT * FROM {table}")
        scores = booster.predict_proba(rows[MODEL_INPUTS].astype(float))[:, 1]
        return float(roc_auc_score(rows[LABEL], scores))

    tags = tracking.get_model_version(MODEL, str(versions[candidate])).tags
    for kind, table in (("val", HOLDOUT), ("recent", RECENT)):
        ours, theirs = auc(candidate, table), auc(champion, table)
        assert metrics[f"{kind}_auc_roc"] == pytest.approx(ours)
        assert metrics[f"champion_{kind}_auc_roc"] == pytest.approx(theirs)
        assert metrics[f"gain_{kind}_auc_roc"] == pytest.approx(ours - theirs)
        assert (kind in worse_on) == (ours < theirs)
        assert (f"{kind}_auc_roc {ours:.6g} is below the champion's {theirs:.6g}" in said) == (
            kind in worse_on
        )
    assert nominated == (worse_on == [])
    expected = {"champion": versions[champion]}
    if nominated:
        expected["challenger"] = versions[candidate]
    assert aliases(tracking) == expected
    assert (tags["nomination"] == "no worse") == nominated
    assert tags["compared_with_champion"] == f"version {versions[champion]}"


def test_rows_that_were_judged_on_are_recorded(
    compare: Compare, tracking: MlflowClient, versions: dict[str, int]
) -> None:
    compare("better", "usual")
    version = tracking.get_model_version(MODEL, str(versions["better"]))
    inputs = tracking.get_run(version.run_id or "").inputs
    assert inputs is not None
    digests = {
        tag.value: item.dataset.digest for item in inputs.dataset_inputs for tag in item.tags
    }
    assert digests["validation"] == version.tags["validation_data_digest"]
    assert digests["recent"] == version.tags["recent_data_digest"]
    assert len(set(digests.values())) == 3


def test_what_is_no_number_counts_as_worse() -> None:
    figures = {"val_auc_roc": 0.9, "champion_val_auc_roc": 0.8}
    nan = {"recent_auc_roc": float("nan"), "champion_recent_auc_roc": 0.8}
    assert drawbacks({**figures, **nan}) == ["recent_auc_roc nan is below the champion's 0.8"]


def test_registry_that_does_not_answer_is_not_taken_for_one_without_champion(
    compare: Compare, tracking: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise MlflowException("try later", error_code=8)  # TEMPORARILY_UNAVAILABLE

    monkeypatch.setattr(MlflowClient, "get_model_version_by_alias", refuse)
    with pytest.raises(TaskError, match=r"alias champion of registered model .*: try later"):
        compare("by heart", "usual")
    assert "challenger" not in aliases(tracking)


def test_unfit_data_is_refused_and_nothing_logged(
    telco: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    number = train(telco, "usual", model)
    telco.create(f"CREATE OR REPLACE TABLE ml.validation.none AS SELECT * FROM {RECENT} LIMIT 0")
    telco.create(
        f"CREATE OR REPLACE TABLE ml.validation.loyal AS SELECT * FROM {RECENT} WHERE churned = 0"
    )

    def judge(recent: str, version: int = number) -> None:
        transition.transition(telco, model=model, version=version, holdout=HOLDOUT, recent=recent)

    with pytest.raises(TaskError, match="none is empty: run featurization first"):
        judge("ml.validation.none")
    with pytest.raises(TaskError, match=r"rows of both classes, 0 and 1; found only \[0\]"):
        judge("ml.validation.loyal")
    with pytest.raises(TaskError, match="telco_churn_labels has no column tenure_months"):
        judge(LABELS)
    with pytest.raises(TaskError, match=rf"{model} version 99: "):
        judge(RECENT, 99)
    run_id = tracking.get_model_version(model, str(number)).run_id or ""
    assert set(tracking.get_run(run_id).data.metrics) == {"accuracy", "f1", "auc_roc"}
    assert tracking.get_registered_model(model).aliases == {}


def test_tasks_tell_the_next_one(
    telco: DuckDbTables,
    tracking: MlflowClient,
    model: str,
    dbutils: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for task in (training, transition):
        monkeypatch.setattr(task, "connect_tables", lambda: telco)
    hyper = {"--n-estimators": "50", "--max-depth": "3", "--learning-rate": "0.1"}
    places = {"--labels": LABELS, "--features": FEATURES, "--experiment": EXPERIMENT}

    def run(main: Callable[[], None], arguments: dict[str, str]) -> None:
        words = [word for pair in arguments.items() for word in pair]
        monkeypatch.setattr(sys, "argv", ["task", *words, "--model", model])
        main()

    run(training.main, {**places, **hyper})
    assert dbutils == {"model_version": "1"}
    judged = {"--holdout": HOLDOUT, "--recent": RECENT, "--version": dbutils["model_version"]}
    run(transition.main, judged)
    assert dbutils["nominated"] == "true"
    tracking.set_registered_model_alias(model, "champion", "1")
    run(training.main, {**places, **hyper, "--max-depth": "8", "--learning-rate": "0.5"})
    run(transition.main, {**judged, "--version": dbutils["model_version"]})
    assert dbutils == {"model_version": "2", "nominated": "false"}
