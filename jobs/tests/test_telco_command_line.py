"""The telco tasks as a job runs them: as files, with strings for arguments."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from telco_scene import EXPERIMENT, FEATURES, HOLDOUT, LABELS, RECENT, TABLES, VOLUME

JOBS = Path(__file__).resolve().parents[1]
MODEL = {"--model": "ml.models.telco_churn_model"}
ALL_TABLES = {f"--{name}": table for name, table in TABLES.items()}
TASKS = {
    "setup": {"--volume": VOLUME, **ALL_TABLES, "--experiment": EXPERIMENT, **MODEL},
    "featurization": {**ALL_TABLES, "--recent-months": "12"},
    "training": {
        **{"--features": FEATURES, "--labels": LABELS, "--experiment": EXPERIMENT, **MODEL},
        **{"--n-estimators": "50", "--max-depth": "3", "--learning-rate": "0.1"},
    },
    "transition": {**MODEL, "--holdout": HOLDOUT, "--recent": RECENT, "--version": "1"},
}


def run_task(
    task: str, arguments: dict[str, str], cwd: Path, *prefix: str
) -> subprocess.CompletedProcess[str]:
    # No sign-in and no warehouse: a task that gets past its arguments stops at once.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATABRICKS_")}
    words = [word for pair in arguments.items() for word in pair]
    return subprocess.run(
        [sys.executable, *prefix, str(JOBS / "telco" / f"{task}.py"), *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("task", TASKS)
def test_good_arguments_reach_the_connection_without_a_heavy_library(
    task: str, tmp_path: Path
) -> None:
    program = (
        "import runpy, sys; sys.argv = sys.argv[1:]\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(sorted({'mlflow', 'pandas', 'sklearn', 'xgboost', 'databricks'} & set(sys.modules)))"
    )
    ended = run_task(task, TASKS[task], tmp_path, "-c", program)
    assert ended.stdout == "[]\n"
    assert ended.stderr == (
        "error: DATABRICKS_WAREHOUSE_ID is not set: it names the SQL warehouse to use\n"
    )


@pytest.mark.parametrize(
    ("task", "argument", "value", "message"),
    [
        ("setup", "--volume", "/tmp/landing", "'/tmp/landing' is not a folder of a volume"),
        ("setup", "--experiment", "telco", "'telco' is not an absolute workspace path"),
        ("featurization", "--recent-months", "73", "'73' is not a whole number from 0 to 72"),
        ("training", "--max-depth", "21", "'21' is not a whole number from 1 to 20"),
        ("training", "--learning-rate", "nan", "'nan' is not a number above 0 and at most 1"),
        ("transition", "--version", "latest", "'latest' is not a whole number from 1 to"),
        ("transition", "--recent", "recent", "'recent' is not a three-level name"),
    ],
)
def test_bad_argument_is_one_line_with_name_and_value(
    task: str, argument: str, value: str, message: str, tmp_path: Path
) -> None:
    ended = run_task(task, {**TASKS[task], argument: value}, tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"error: argument {argument}: {message}")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("task", TASKS)
def test_missing_arguments_are_all_named(task: str, tmp_path: Path) -> None:
    ended = run_task(task, {}, tmp_path)
    assert ended.returncode == 1
    assert ended.stderr == (
        f"error: the following arguments are required: {', '.join(TASKS[task])}\n"
    )
