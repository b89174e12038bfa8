"""The tasks as a job runs them: as files, with strings for arguments."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

JOBS = Path(__file__).resolve().parents[1]
TASKS = {
    "load_bronze": {
        "--volume": "/Volumes/ml/bronze/landing",
        "--transactions": "ml.bronze.transactions",
        "--customers": "ml.bronze.customers",
    },
    "make_labels": {
        "--transactions": "ml.bronze.transactions",
        "--customers": "ml.bronze.customers",
        "--labels": "ml.labels.churn_labels",
        "--holdout": "ml.validation.holdout_churn",
        "--as-of": "1998-03-31",
    },
    "build_features": {
        "--transactions": "ml.bronze.transactions",
        "--customers": "ml.bronze.customers",
        "--features": "ml.features.customer_churn_features",
        "--as-of": "1998-03-31",
    },
    "train": {
        "--features": "ml.features.customer_churn_features",
        "--labels": "ml.labels.churn_labels",
        "--experiment": "/Experiments/customer-churn",
        "--model": "ml.models.customer_churn_model",
    },
    "validate": {
        "--holdout": "ml.validation.holdout_churn",
        "--model": "ml.models.customer_churn_model",
    },
    "unpack_predictions": {
        "--payload": "ml.inference_logs.customer_churn_model_payload",
        "--predictions": "ml.inference_logs.customer_churn_model_predictions",
        "--features": "total_transactions,total_spend",
        "--label": "actual_label",
        "--labels-table": "ml.labels.churn_labels",
        "--labels-column": "churned",
        "--labels-key": "customer_id",
    },
    "check_drift": {
        "--query": "SELECT 0.5 AS drift_score",
        "--training-job-id": "1001234567890123",
        "--retrain-job-id": "1009876543210987",
        "--cool-down-hours": "24",
    },
}


def run_task(
    task: str, arguments: dict[str, str], cwd: Path, *prefix: str
) -> subprocess.CompletedProcess[str]:
    # No sign-in and no warehouse: a task that gets past its arguments stops at once.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATABRICKS_")}
    words = [word for pair in arguments.items() for word in pair]
    (file,) = map(str, JOBS.glob(f"*/{task}.py"))
    return subprocess.run(
        [sys.executable, *prefix, file, *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("task", TASKS)
def test_good_arguments_reach_the_connection(task: str, tmp_path: Path) -> None:
    ended = run_task(task, TASKS[task], tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "error: DATABRICKS_WAREHOUSE_ID is not set: it names the SQL warehouse to use\n"
    )


def test_task_runs_where_file_is_not_defined(tmp_path: Path) -> None:
    # Databricks executes a task's source in a prepared namespace, under the file's name.
    program = (
        "import sys; file = sys.argv.pop(1); "
        "exec(compile(open(file).read(), file, 'exec'), {'__name__': '__main__'})"
    )
    ended = run_task("validate", TASKS["validate"], tmp_path, "-c", program)
    assert "DATABRICKS_WAREHOUSE_ID is not set" in ended.stderr


@pytest.mark.parametrize(
    ("task", "argument", "value", "message"),
    [
        ("load_bronze", "--volume", "/tmp/landing", "'/tmp/landing' is not a folder of a volume"),
        ("load_bronze", "--customers", "bronze.customers", "is not a three-level name"),
        ("make_labels", "--labels", "ml.labels.x; DROP", "is not a three-level name"),
        ("make_labels", "--as-of", "1998-02-30", "'1998-02-30' is not a date written as"),
        ("make_labels", "--as-of", "19980331", "'19980331' is not a date written as"),
        ("make_labels", "--horizon-days", "0", "'0' is not a whole number from 1 to 3650"),
        ("build_features", "--as-of", "today", "'today' is not a date written as YYYY-MM-DD"),
        ("train", "--max-depth", "21", "'21' is not a whole number from 1 to 20"),
        ("train", "--n-estimators", "1e2", "'1e2' is not a whole number from 1 to 10000"),
        ("train", "--learning-rate", "0", "'0' is not a number above 0 and at most 1"),
        ("train", "--learning-rate", "nan", "'nan' is not a number above 0 and at most 1"),
        ("train", "--commit", "main", "'main' is not a commit hash"),
        ("train", "--experiment", "churn", "'churn' is not an absolute workspace path"),
        ("train", "--learning", "0.1", "unrecognized arguments: --learning 0.1"),
        ("validate", "--model", "models.churn", "'models.churn' is not a three-level name"),
        ("unpack_predictions", "--features", "a,,b", "'' is not a column's name"),
        ("unpack_predictions", "--features", "a,b,a", "'a,b,a' names a column twice"),
        ("unpack_predictions", "--label", "a; DROP", "'a; DROP' is not a column's name"),
        ("check_drift", "--query", "", "'' is not one statement that begins with SELECT"),
        ("check_drift", "--query", "SELECT 1; DROP TABLE t", "is not one statement that begins"),
        ("check_drift", "--retrain-job-id", "{{job.id}}", "'{{job.id}}' is not the id of a job"),
        ("check_drift", "--training-job-id", "0", "'0' is not the id of a job"),
        ("check_drift", "--training-job-id", "9" * 19, "is not the id of a job"),
        ("check_drift", "--cool-down-hours", "-1", "'-1' is not a number of hours from 0 to"),
        ("check_drift", "--cool-down-hours", "8760.5", "'8760.5' is not a number of hours"),
        ("check_drift", "--cool-down-hours", "nan", "'nan' is not a number of hours"),
    ],
)
def test_bad_argument_is_one_line_with_name_and_value(
    task: str, argument: str, value: str, message: str, tmp_path: Path
) -> None:
    ended = run_task(task, {**TASKS[task], argument: value}, tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ")
    assert ended.stderr.count("\n") == 1
    assert message in ended.stderr
    assert argument in ended.stderr


@pytest.mark.parametrize("task", TASKS)
def test_missing_arguments_are_all_named(task: str, tmp_path: Path) -> None:
    ended = run_task(task, {}, tmp_path)
    assert ended.returncode == 1
    names = ", ".join(TASKS[task]).replace("--as-of", "--as-of/--run-date")
    assert ended.stderr == f"error: the following arguments are required: {names}\n"


def test_empty_commit_stands_for_none(tmp_path: Path) -> None:
    ended = run_task("train", {**TASKS["train"], "--commit": ""}, tmp_path)
    assert "DATABRICKS_WAREHOUSE_ID is not set" in ended.stderr


def test_start_of_a_task_loads_no_heavy_library(tmp_path: Path) -> None:
    program = (
        "import runpy, sys; sys.argv = sys.argv[1:]\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(sorted({'mlflow', 'pandas', 'sklearn', 'xgboost', 'databricks'} & set(sys.modules)))"
    )
    for task, arguments in TASKS.items():
        ended = run_task(task, arguments, tmp_path, "-c", program)
        assert ended.stdout == "[]\n", task
