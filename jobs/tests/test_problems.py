"""What trees are asked: one of two classes, one of several, a number; and answers in batches."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient
from sklearn import datasets

from doubles import DuckDbTables
from mlops.boosted_training import train_version
from mlops.boosting import fit, measure
from mlops.holdout import is_held_back
from mlops.metrics import multiclass_metrics, regression_metrics
from mlops.problems import BINARY, MULTICLASS, REGRESSION, Problem
from mlops.scoring import join_outcomes, score_features
from mlops.task import TaskError

SHALLOW = {"n_estimators": 100, "max_depth": 3, "learning_rate": 0.1}
FEATURES = "ml.features.patients"
PREDICTIONS = "ml.models.patients_predictions"
OUTCOMES = "ml.bronze.patients"
INPUTS = ["age", "bmi", "bp"]


def sample(loader: Any, **options: Any) -> pd.DataFrame:
    frame: pd.DataFrame = loader(as_frame=True, **options).frame
    frame.columns = [name.replace(" ", "_").replace("/", "_") for name in frame.columns]
    return frame.assign(key=[f"{number:05}" for number in range(1, len(frame) + 1)])


@pytest.mark.parametrize(
    ("problem", "rows", "figures"),
    [
        (BINARY, sample(datasets.load_breast_cancer), {"accuracy": 0.95, "auc_roc": 0.99}),
        (MULTICLASS, sample(datasets.load_wine), {"accuracy": 0.91, "f1_macro": 0.91}),
        (REGRESSION, sample(datasets.load_diabetes, scaled=False), {"rmse": 53.7, "r2": 0.43}),
    ],
    ids=["binary", "multiclass", "regression"],
)
def test_each_problem_is_fitted_and_measured(
    problem: Problem, rows: pd.DataFrame, figures: dict[str, float]
) -> None:
    held_back = rows["key"].map(is_held_back)
    columns = [name for name in rows.columns if name not in ("key", "target")]
    model = fit(rows[~held_back], columns, "target", SHALLOW, problem)
    measured = measure(model, rows[held_back], "target", problem)
    assert {name: measured[name] for name in figures} == pytest.approx(figures, rel=0.06)


def test_figures_of_several_classes_and_of_numbers() -> None:
    assert multiclass_metrics(pd.Series([0, 1, 2, 2]), [0, 1, 2, 1]) == pytest.approx(
        {"accuracy": 0.75, "f1_macro": (1 + 2 / 3 + 2 / 3) / 3}
    )
    assert regression_metrics(pd.Series([1.0, 3.0]), [2.0, 2.0]) == {"rmse": 1, "mae": 1, "r2": 0}


def test_labels_that_do_not_differ_are_refused() -> None:
    with pytest.raises(TaskError, match=r"two classes or more; found only \[1\]"):
        multiclass_metrics(pd.Series([1, 1]), [1, 1])
    with pytest.raises(TaskError, match="rows that differ in their label"):
        regression_metrics(pd.Series([2.5, 2.5]), [1.0, 2.0])


@pytest.fixture
def patients(tmp_path: Path, tracking: MlflowClient, model: str) -> DuckDbTables:
    """Features, and a version that is fitted to them."""
    rows = sample(datasets.load_diabetes, scaled=False)
    tables = DuckDbTables(tmp_path)
    inputs = ", ".join(f"{name} DOUBLE" for name in INPUTS)
    tables.create(f"CREATE TABLE {FEATURES} (key STRING NOT NULL, {inputs})")
    tables.create(f"CREATE TABLE {OUTCOMES} (key STRING NOT NULL, target DOUBLE)")
    when = "scored_on DATE, timestamp TIMESTAMP, model_version STRING"
    answer = "prediction DOUBLE, actual_label DOUBLE"
    tables.create(f"CREATE TABLE {PREDICTIONS} (key STRING, {when}, {inputs}, {answer})")
    tables.overwrite(FEATURES, rows[["key", *INPUTS]])
    train_version(
        rows[["key", *INPUTS, "target"]],
        table=FEATURES,
        columns=INPUTS,
        label="target",
        parameters=SHALLOW,
        refit=True,
        experiment="/Experiments/customer-churn",
        run_name="patients",
        model=model,
        tags={},
        commit=None,
        problem=REGRESSION,
    )
    return tables


def score(tables: DuckDbTables, model: str, day: int, hour: int = 6) -> int:
    return score_features(
        tables,
        model=model,
        features=FEATURES,
        key="key",
        inputs=INPUTS,
        predictions=PREDICTIONS,
        scored_at=datetime(2026, 11, day, hour, tzinfo=UTC),
    )


def test_the_champion_answers_once_a_day_and_outcomes_come_later(
    patients: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    with pytest.raises(TaskError, match=f"{model} has no champion to score with"):
        score(patients, model, day=20)
    tracking.set_registered_model_alias(model, "champion", "1")
    assert [score(patients, model, 20), score(patients, model, 20, hour=9)] == [442, 442]
    assert score(patients, model, day=21) == 442
    stored = patients.query(f"SELECT * FROM {PREDICTIONS}")
    assert len(stored) == 2 * 442
    assert stored["actual_label"].isna().all()

    known = pd.DataFrame({"key": ["00001", "00002"], "target": [151.0, None]})
    patients.overwrite(OUTCOMES, known)
    names = {"predictions": PREDICTIONS, "outcomes": OUTCOMES, "key": "key"}
    join_outcomes(patients, **names, outcome="target", label="actual_label")
    labelled = patients.query(f"SELECT * FROM {PREDICTIONS} WHERE actual_label IS NOT NULL")
    assert list(labelled["key"]) == ["00001", "00001"]
    assert labelled["prediction"].iloc[0] == pytest.approx(151, abs=60)


def test_no_rows_to_score_is_one_line(
    patients: DuckDbTables, tracking: MlflowClient, model: str
) -> None:
    tracking.set_registered_model_alias(model, "champion", "1")
    patients.execute(f"DELETE FROM {FEATURES}")
    with pytest.raises(TaskError, match="patients is empty: run the training job first"):
        score(patients, model, day=20)
