"""The Iris tasks as a job runs them: as files, with strings for arguments."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

JOBS = Path(__file__).resolve().parents[1]
VOLUME = "/Volumes/ml/hp_iris_ml/hp_ml_vol"
MODEL = {"--model-name": "ml.hp_iris_ml.irisclassifierdemo"}
DATA = {"--volume-path": f"{VOLUME}/data"}
TASKS = {
    "demo_source": {"--source-path": "/Volumes/ml/bronze/landing/iris"},
    "ingestion": {
        "--source-path": "/Volumes/ml/bronze/landing/iris",
        **DATA,
        "--checkpoint-path": f"{VOLUME}/checkpoints",
    },
    "training": {
        "--pkl-path": "",
        "--experiment-path": "/Shared/ml/iris",
        **MODEL,
        **DATA,
        "--trusted-volume": VOLUME,
    },
    "evaluation": {**MODEL, "--model-version": "", "--default-version": "newest", **DATA},
    "approval": {
        **MODEL,
        "--model-version": "1",
        "--above": "val_accuracy=0.9",
        "--approver": "figures",
    },
    "deployment": {
        **MODEL,
        "--model-version": "1",
        **DATA,
        "--reference": "ml.hp_iris_ml.reference",
    },
    "batch_inference": {
        **MODEL,
        **DATA,
        "--predictions": "ml.hp_iris_ml.predictions",
        "--label": "species",
        "--scored-at": "2026-11-20T06:00:00",
    },
}


def run_task(
    task: str, arguments: dict[str, str], cwd: Path, *prefix: str
) -> subprocess.CompletedProcess[str]:
    # No sign-in: a task that gets past its arguments stops at once.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATABRICKS_")}
    words = [word for pair in arguments.items() for word in pair]
    return subprocess.run(
        [sys.executable, *prefix, str(JOBS / "iris" / f"{task}.py"), *words],
        cwd=cwd,
        env={**environment, "HOME": str(cwd), "MLFLOW_TRACKING_URI": f"sqlite:///{cwd}/mlflow.db"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("task", [task for task in TASKS if task != "approval"])
def test_good_arguments_reach_the_connection(task: str, tmp_path: Path) -> None:
    ended = run_task(task, TASKS[task], tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: cannot sign in to Databricks: ")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("task", "argument", "value", "message"),
    [
        ("demo_source", "--source-path", "/tmp/iris", "'/tmp/iris' is not a folder of a volume"),
        ("demo_source", "--shift-cm", "-1", "'-1' is not a number from 0 to 10"),
        ("demo_source", "--shift-cm", "nan", "'nan' is not a number from 0 to 10"),
        ("ingestion", "--source-path", "s3://bucket/iris", "is neither a folder of a volume such"),
        ("ingestion", "--source-path", "abfss://raw@account/iris", "is neither a folder of"),
        (
            "ingestion",
            "--source-path",
            "abfss://raw@account.dfs.core.windows.net/a/../b",
            "must not have the parts . or ..",
        ),
        ("ingestion", "--source-path", "/Volumes/ml/bronze/landing/..", "is neither a folder of"),
        ("ingestion", "--checkpoint-path", f"{VOLUME}/../x", "is not a folder of a volume"),
        ("training", "--trusted-volume", "/", "'/' is not a folder of a volume"),
        ("training", "--experiment-path", "iris", "'iris' is not an absolute workspace path"),
        ("evaluation", "--model-version", "0", "'0' is not the number of a model's version"),
        ("evaluation", "--model-version", "latest", "'latest' is not the number of a model's"),
        ("evaluation", "--default-version", "", "'' is neither the number of a model's"),
        ("evaluation", "--default-version", "old", "'old' is not the number of a model's version"),
        ("approval", "--above", "val_accuracy", "is not a list of metrics with bounds such as"),
        ("approval", "--above", "val_accuracy=nan", "is not a list of metrics with bounds"),
        ("approval", "--above", "a=1,a=2", "is not a list of metrics with bounds"),
        ("approval", "--above", "", "'' is not a list of metrics with bounds"),
        ("approval", "--approver", "nobody", "invalid choice: 'nobody'"),
        ("deployment", "--reference", "reference", "'reference' is not a three-level name"),
        ("batch_inference", "--scored-at", "today", "'today' is not a time written as YYYY-MM-DD"),
        ("batch_inference", "--scored-at", "2026-02-30T06:00:00", "is not a time written as"),
        ("batch_inference", "--scored-at", "2026-02-20T06:00:00+02:00", "is not a time written as"),
        ("batch_inference", "--model-name", "..iris", "'..iris' is not a three-level name"),
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
    assert ended.stderr == (
        f"error: the following arguments are required: {', '.join(TASKS[task])}\n"
    )


def test_start_of_a_task_loads_no_heavy_library(tmp_path: Path) -> None:
    program = (
        "import runpy, sys; sys.argv = sys.argv[1:]\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(sorted({'mlflow', 'pandas', 'sklearn', 'skops'} & set(sys.modules)))"
    )
    for task in TASKS:
        ended = run_task(task, {"--help": ""}, tmp_path, "-c", program)
        assert ended.stdout.endswith("[]\n"), task
