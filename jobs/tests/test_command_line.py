"""The tasks as a job runs them: as files, with strings for arguments."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from task_arguments import IRIS_VOLUME, TASKS

JOBS = Path(__file__).resolve().parents[1]


def run_task(
    task: str, arguments: dict[str, str], cwd: Path, *prefix: str
) -> subprocess.CompletedProcess[str]:
    # No sign-in and no warehouse: a task that gets past its arguments stops at once.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATABRICKS_")}
    words = [word for pair in arguments.items() for word in pair]
    return subprocess.run(
        [sys.executable, *prefix, str(JOBS / f"{task}.py"), *words],
        cwd=cwd,
        env={**environment, "HOME": str(cwd), "MLFLOW_TRACKING_URI": f"sqlite:///{cwd}/mlflow.db"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_every_task_is_run_here() -> None:
    sources = (path for path in JOBS.glob("*/*.py") if path.parent.name != "tests")
    tasks = {path for path in sources if "run(main)" in path.read_text()}
    assert {path.relative_to(JOBS).with_suffix("").as_posix() for path in tasks} == set(TASKS)


# The approval's model is in the registry, which answers without a sign-in here.
@pytest.mark.parametrize("task", [task for task in TASKS if task != "iris/approval"])
def test_good_arguments_reach_the_connection(task: str, tmp_path: Path) -> None:
    ended = run_task(task, TASKS[task], tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    if task.startswith("iris/"):
        assert ended.stderr.startswith("error: cannot sign in to Databricks: ")
    else:
        assert ended.stderr == (
            "error: DATABRICKS_WAREHOUSE_ID is not set: it names the SQL warehouse to use\n"
        )


def test_task_runs_where_file_is_not_defined(tmp_path: Path) -> None:
    # Databricks executes a task's source in a prepared namespace, under the file's name.
    program = (
        "import sys; file = sys.argv.pop(1); "
        "exec(compile(open(file).read(), file, 'exec'), {'__name__': '__main__'})"
    )
    ended = run_task("churn/validate", TASKS["churn/validate"], tmp_path, "-c", program)
    assert "DATABRICKS_WAREHOUSE_ID is not set" in ended.stderr


@pytest.mark.parametrize(
    ("task", "argument", "value", "message"),
    [
        (
            "churn/load_bronze",
            "--volume",
            "/tmp/landing",
            "'/tmp/landing' is not a folder of a volume",
        ),
        ("churn/load_bronze", "--customers", "bronze.customers", "is not a three-level name"),
        ("churn/make_labels", "--labels", "ml.labels.x; DROP", "is not a three-level name"),
        ("churn/make_labels", "--as-of", "1998-02-30", "'1998-02-30' is not a date written as"),
        ("churn/make_labels", "--as-of", "19980331", "'19980331' is not a date written as"),
        ("churn/make_labels", "--horizon-days", "0", "'0' is not a whole number from 1 to 3650"),
        ("churn/build_features", "--as-of", "today", "'today' is not a date written as YYYY-MM-DD"),
        ("churn/train", "--max-depth", "21", "'21' is not a whole number from 1 to 20"),
        ("churn/train", "--n-estimators", "1e2", "'1e2' is not a whole number from 1 to 10000"),
        ("churn/train", "--learning-rate", "0", "'0' is not a number above 0 and at most 1"),
        ("churn/train", "--learning-rate", "nan", "'nan' is not a number above 0 and at most 1"),
        ("churn/train", "--commit", "main", "'main' is not a commit hash"),
        ("churn/train", "--experiment", "churn", "'churn' is not an absolute workspace path"),
        ("churn/train", "--learning", "0.1", "unrecognized arguments: --learning 0.1"),
        ("churn/validate", "--model", "models.churn", "'models.churn' is not a three-level name"),
        ("monitoring/unpack_predictions", "--features", "a,,b", "'' is not a column's name"),
        ("monitoring/unpack_predictions", "--features", "a,b,a", "'a,b,a' names a column twice"),
        ("monitoring/unpack_predictions", "--label", "a; DROP", "'a; DROP' is not a column's name"),
        (
            "monitoring/check_drift",
            "--query",
            "",
            "'' is not one statement that begins with SELECT",
        ),
        (
            "monitoring/check_drift",
            "--query",
            "SELECT 1; DROP TABLE t",
            "is not one statement that begins",
        ),
        (
            "monitoring/check_drift",
            "--retrain-job-id",
            "{{job.id}}",
            "'{{job.id}}' is not the id of a job",
        ),
        ("monitoring/check_drift", "--training-job-id", "0", "'0' is not the id of a job"),
        ("monitoring/check_drift", "--training-job-id", "9" * 19, "is not the id of a job"),
        (
            "monitoring/check_drift",
            "--cool-down-hours",
            "-1",
            "'-1' is not a number of hours from 0 to",
        ),
        (
            "monitoring/check_drift",
            "--cool-down-hours",
            "8760.5",
            "'8760.5' is not a number of hours",
        ),
        ("monitoring/check_drift", "--cool-down-hours", "nan", "'nan' is not a number of hours"),
        ("telco/setup", "--volume", "/tmp/landing", "'/tmp/landing' is not a folder of a volume"),
        ("telco/setup", "--experiment", "telco", "'telco' is not an absolute workspace path"),
        ("telco/featurization", "--recent-months", "73", "'73' is not a whole number from 0 to 72"),
        ("telco/training", "--max-depth", "21", "'21' is not a whole number from 1 to 20"),
        ("telco/training", "--learning-rate", "nan", "'nan' is not a number above 0 and at most 1"),
        ("telco/transition", "--version", "latest", "'latest' is not a whole number from 1 to"),
        ("telco/transition", "--recent", "recent", "'recent' is not a three-level name"),
        (
            "iris/demo_source",
            "--source-path",
            "/tmp/iris",
            "'/tmp/iris' is not a folder of a volume",
        ),
        ("iris/demo_source", "--shift-cm", "-1", "'-1' is not a number from 0 to 10"),
        ("iris/demo_source", "--shift-cm", "nan", "'nan' is not a number from 0 to 10"),
        (
            "iris/ingestion",
            "--source-path",
            "s3://bucket/iris",
            "is neither a folder of a volume such",
        ),
        ("iris/ingestion", "--source-path", "abfss://raw@account/iris", "is neither a folder of"),
        (
            "iris/ingestion",
            "--source-path",
            "abfss://raw@account.dfs.core.windows.net/a/../b",
            "must not have the parts . or ..",
        ),
        (
            "iris/ingestion",
            "--source-path",
            "/Volumes/ml/bronze/landing/..",
            "is neither a folder of",
        ),
        (
            "iris/ingestion",
            "--checkpoint-path",
            f"{IRIS_VOLUME}/../x",
            "is not a folder of a volume",
        ),
        ("iris/training", "--trusted-volume", "/", "'/' is not a folder of a volume"),
        ("iris/training", "--experiment-path", "iris", "'iris' is not an absolute workspace path"),
        ("iris/evaluation", "--model-version", "0", "'0' is not the number of a model's version"),
        ("iris/evaluation", "--model-version", "latest", "'latest' is not the number of a model's"),
        ("iris/evaluation", "--default-version", "", "'' is neither the number of a model's"),
        (
            "iris/evaluation",
            "--default-version",
            "old",
            "'old' is not the number of a model's version",
        ),
        (
            "iris/approval",
            "--above",
            "val_accuracy",
            "is not a list of metrics with bounds such as",
        ),
        ("iris/approval", "--above", "val_accuracy=nan", "is not a list of metrics with bounds"),
        ("iris/approval", "--above", "a=1,a=2", "is not a list of metrics with bounds"),
        ("iris/approval", "--above", "", "'' is not a list of metrics with bounds"),
        ("iris/approval", "--approver", "nobody", "invalid choice: 'nobody'"),
        ("iris/deployment", "--reference", "reference", "'reference' is not a three-level name"),
        (
            "iris/batch_inference",
            "--scored-at",
            "today",
            "'today' is not a time written as YYYY-MM-DD",
        ),
        ("iris/batch_inference", "--scored-at", "2026-02-30T06:00:00", "is not a time written as"),
        (
            "iris/batch_inference",
            "--scored-at",
            "2026-02-20T06:00:00+02:00",
            "is not a time written as",
        ),
        ("iris/batch_inference", "--model-name", "..iris", "'..iris' is not a three-level name"),
    ],
)
def test_bad_argument_is_one_line_with_name_and_value(
    task: str, argument: str, value: str, message: str, tmp_path: Path
) -> None:
    ended = run_task(task, {**TASKS[task], argument: value}, tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith((f"error: argument {argument}", f"error: {message}"))
    assert ended.stderr.count("\n") == 1
    assert message in ended.stderr


@pytest.mark.parametrize("task", TASKS)
def test_missing_arguments_are_all_named(task: str, tmp_path: Path) -> None:
    ended = run_task(task, {}, tmp_path)
    assert ended.returncode == 1
    names = ", ".join(TASKS[task]).replace("--as-of", "--as-of/--run-date")
    assert ended.stderr == f"error: the following arguments are required: {names}\n"


def test_empty_commit_stands_for_none(tmp_path: Path) -> None:
    ended = run_task("churn/train", {**TASKS["churn/train"], "--commit": ""}, tmp_path)
    assert "DATABRICKS_WAREHOUSE_ID is not set" in ended.stderr


@pytest.mark.parametrize("task", TASKS)
def test_start_of_a_task_loads_no_heavy_library(task: str, tmp_path: Path) -> None:
    program = (
        "import runpy, sys; sys.argv = sys.argv[1:]\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit: pass\n"
        "heavy = {'databricks', 'mlflow', 'pandas', 'skops', 'sklearn', 'xgboost'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ended = run_task(task, {"--help": ""}, tmp_path, "-c", program)
    assert ended.stdout.startswith("usage: ")
    assert ended.stdout.endswith("\n[]\n")
