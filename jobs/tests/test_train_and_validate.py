"""Training and validation on the real data, with a real MLflow."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import mlflow
import pandas as pd
import pytest
from mlflow.pyfunc.scoring_server import invocations
from mlflow.tracking import MlflowClient
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from xgboost import XGBClassifier

from churn.build_features import build_features
from churn.data import LABEL, MODEL_INPUTS
from churn.train import train, training_rows
from churn.validate import validate
from churn_tables import FEATURES, HOLDOUT, LABELS, SOURCES
from doubles import DuckDbTables
from mlops.boosted_training import TEST_SHARE
from mlops.boosting import FIXED, SEED, model_inputs
from mlops.datasets import dataset
from mlops.task import TaskError

S1 = {"n_estimators": 100, "max_depth": 6, "learning_rate": 0.1}
BETTER = {"n_estimators": 100, "max_depth": 3, "learning_rate": 0.03}
BOUND = 0.842

PLACES = {"labels": LABELS, "features": FEATURES, "experiment": "/Experiments/customer-churn"}


def trained(
    tables: DuckDbTables, model: str, parameters: dict[str, float] = S1, **more: Any
) -> Any:
    return train(tables, **{**PLACES, **more}, model=model, parameters=parameters)


@pytest.mark.parametrize(
    ("parameters", "documented"),
    [
        (S1, {"val_accuracy": 0.877, "val_f1": 0.931, "val_auc_roc": 0.835}),
        (BETTER, {"val_accuracy": 0.880, "val_f1": 0.933, "val_auc_roc": 0.848}),
    ],
    ids=["document", "better"],
)
def test_figures_on_the_holdout(
    cdnow: DuckDbTables,
    tracking: MlflowClient,
    parameters: dict[str, float],
    documented: dict[str, float],
) -> None:
    model = f"ml.models.figures_depth_{parameters['max_depth']}"
    tracking.create_registered_model(model)
    trained(cdnow, model, parameters)
    measured = validate(cdnow, holdout=HOLDOUT, model=model)
    assert measured == pytest.approx({**documented, "val_rows": 4714}, abs=0.005)
    assert measured["val_accuracy"] > 0.80
    assert measured["val_f1"] > 0.75
    assert (measured["val_auc_roc"] > BOUND) == (parameters is BETTER)


def test_better_parameters_win_without_a_look_at_the_holdout(cdnow: DuckDbTables) -> None:
    rows = training_rows(cdnow, LABELS, FEATURES)
    training, _ = train_test_split(rows, test_size=TEST_SHARE, random_state=SEED)
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)

    def auc(parameters: dict[str, float]) -> float:
        scores = cross_val_score(
            XGBClassifier(**FIXED, **parameters),
            model_inputs(training, MODEL_INPUTS),
            training[LABEL],
            cv=folds,
            scoring="roc_auc",
        )
        return float(scores.mean())

    assert auc(S1) == pytest.approx(0.828, abs=0.002)
    assert auc(BETTER) == pytest.approx(0.838, abs=0.002)


def test_version_carries_everything_a_gate_asks_for(
    cdnow: DuckDbTables,
    tracking: MlflowClient,
    model: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    version = trained(cdnow, model, commit="0123abc")
    capsys.readouterr()
    measured = validate(cdnow, holdout=HOLDOUT, model=model)
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert printed == {"model": model, "version": 1, **measured}

    assert tracking.get_model_version_by_alias(model, "challenger").version == version.version
    assert "champion" not in tracking.get_registered_model(model).aliases
    tags = tracking.get_model_version(model, version.version).tags
    assert tags["git_commit"] == "0123abc"
    assert tags["as_of_date"] == "1998-03-31"

    run = tracking.get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert set(run.data.metrics) == {"accuracy", "f1", "auc_roc", *measured}
    assert {name: run.data.metrics[name] for name in measured} == measured
    assert run.data.params["max_depth"] == "6"
    assert run.data.params["objective"] == "binary:logistic"
    assert run.data.tags["mlflow.source.git.commit"] == "0123abc"
    assert run.inputs is not None
    inputs = {item.dataset.name: item for item in run.inputs.dataset_inputs}
    assert inputs[LABELS].dataset.digest == tags["training_data_digest"]
    assert inputs[HOLDOUT].dataset.digest == tags["validation_data_digest"]
    assert inputs[HOLDOUT].tags[0].value == "validation"
    assert tags["training_data_digest"] != tags["validation_data_digest"]


def test_served_model_takes_named_columns_and_missing_values(
    cdnow: DuckDbTables, model: str, tracking: MlflowClient
) -> None:
    trained(cdnow, model)
    served = mlflow.pyfunc.load_model(f"models:/{model}@challenger")
    schema = served.metadata.get_input_schema()
    assert schema.input_names() == MODEL_INPUTS
    assert {str(kind) for kind in schema.input_types()} == {"DataType.double"}
    regular = dict.fromkeys(MODEL_INPUTS, 1) | {"total_transactions": 40, "total_spend": 900}
    stale = dict.fromkeys(MODEL_INPUTS, 400) | {"total_transactions": 1, "spend_volatility": None}

    def ask(*records: dict[str, Any]) -> Any:
        body = json.dumps({"dataframe_records": records})
        answer = invocations(body, "application/json", served, schema)
        return json.loads(answer.response)["predictions"]

    assert ask(regular, stale) == [0, 1]
    assert ask({**stale, "region": "north"}) == [1], "columns it does not use are ignored"
    with pytest.raises(mlflow.MlflowException, match="missing inputs"):
        ask({"total_spend": 1})


def test_same_data_and_parameters_give_the_same_model(
    cdnow: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    def once() -> tuple[Any, ...]:
        version = trained(cdnow, model, BETTER)
        classifier = mlflow.xgboost.load_model(f"models:/{model}/{version.version}")
        metrics = validate(cdnow, holdout=HOLDOUT, model=model)
        tags = tracking.get_model_version(model, version.version).tags
        return metrics, tags, classifier.get_booster().get_dump()

    assert once() == once()
    assert int(tracking.get_model_version_by_alias(model, "challenger").version) == 2


def test_inputs_are_doubles_whatever_the_engine_returns() -> None:
    frame = pd.DataFrame({"counted": [1, 2], "all missing": [None, None], "not used": ["x", "y"]})
    inputs = model_inputs(frame, ["counted", "all missing"])
    assert [str(kind) for kind in inputs.dtypes] == ["float64", "float64"]


def test_recorded_digest_covers_every_row_and_value() -> None:
    frame = pd.DataFrame({"customer_id": range(12_000), "churned": 0})
    described = dataset(frame, table=LABELS, label="churned").digest
    assert dataset(frame.copy(), table=LABELS, label="churned").digest == described
    frame.loc[11_999, "churned"] = 1
    assert dataset(frame, table=LABELS, label="churned").digest != described


def test_features_of_another_day_than_the_labels_are_refused(
    cdnow: DuckDbTables, model: str, tracking: MlflowClient
) -> None:
    build_features(cdnow, **SOURCES, features=FEATURES, as_of=date(1998, 5, 31))
    try:
        with pytest.raises(TaskError, match=r"is as of 1998-05-31 but .* as of 1998-03-31"):
            trained(cdnow, model)
    finally:
        build_features(cdnow, **SOURCES, features=FEATURES, as_of=date(1998, 3, 31))
    assert tracking.search_model_versions(f"name = '{model}'") == []


def test_customers_without_features_are_counted(
    cdnow: DuckDbTables, model: str, tracking: MlflowClient
) -> None:
    cdnow.create(f"CREATE TABLE ml.features.partial AS SELECT * FROM {FEATURES} LIMIT 23000")
    with pytest.raises(TaskError, match=r"of 18,856 customers of .* have no row in .*partial"):
        trained(cdnow, model, features="ml.features.partial")


def test_what_is_missing_is_named(empty: DuckDbTables, model: str, tracking: MlflowClient) -> None:
    with pytest.raises(TaskError, match=r"registered model ml\.models\.nobody: .*not found"):
        trained(empty, "ml.models.nobody")
    with pytest.raises(TaskError, match="churn_labels is empty: make the labels first"):
        trained(empty, model)
    with pytest.raises(TaskError, match=r"alias challenger of registered model .*not found"):
        validate(empty, holdout=HOLDOUT, model=model)


@pytest.fixture
def challenger(cdnow: DuckDbTables, model: str) -> Iterator[str]:
    """A model with a trained challenger."""
    trained(cdnow, model)
    yield model


def test_unfit_holdout_is_refused_and_nothing_logged(
    cdnow: DuckDbTables, empty: DuckDbTables, challenger: str, tracking: MlflowClient
) -> None:
    with pytest.raises(TaskError, match="holdout_churn is empty"):
        validate(empty, holdout=HOLDOUT, model=challenger)
    with pytest.raises(TaskError, match=r"churn_labels has no column total_transactions"):
        validate(cdnow, holdout=LABELS, model=challenger)
    cdnow.create(f"CREATE TABLE ml.validation.loyal AS SELECT * FROM {HOLDOUT} WHERE churned = 0")
    with pytest.raises(TaskError, match=r"rows of both classes, 0 and 1; found only \[0\]"):
        validate(cdnow, holdout="ml.validation.loyal", model=challenger)
    run_id = tracking.get_model_version_by_alias(challenger, "challenger").run_id
    assert run_id is not None
    assert set(tracking.get_run(run_id).data.metrics) == {"accuracy", "f1", "auc_roc"}
