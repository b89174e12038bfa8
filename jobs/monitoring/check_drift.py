"""Says how far a model's data has drifted, as the task value `drift_score`.

The score is what the query says that the drift alert evaluates, too, in a single row:

    window_start  TIMESTAMP  start of the last window that counts
    row_count     BIGINT     its rows
    drift_score   DOUBLE     its largest population stability index
    column_name   STRING     the column that has it
    drift_type    STRING     CONSECUTIVE: against the window before; BASELINE: against the baseline

Without a row, and as long as the monitor has made no tables, it is 0. A monitor that measures no
more leaves the score of the last window that it has measured: the log says how old that is.

While a training that drift has started is recent, the score is reported as 0, so that one drift
does not start ten trainings. Such a training is a run of the training job that a task of this very
job has started, by its trigger, less than the cool-down ago. It counts whether it is waiting, runs,
or has ended, and however it has ended: starting a failing training every hour helps nobody. A run
that was skipped does not count, it never began; neither do runs that a person, a schedule, the API
or another job started.

The task comes after the predictions were unpacked and the monitor was refreshed; it does neither.
"""

import argparse
import inspect
import math
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.arguments import TaskParser, hours, job_id
from mlops.connect import connect_tables
from mlops.tables import TableError, Tables
from mlops.task import TaskError, run, say
from mlops.workspace import readable, sign_in

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.jobs import BaseRun

TASK_VALUE = "drift_score"
_MS_PER_HOUR = 3_600_000
_COMPARED = {"CONSECUTIVE": "against the window before", "BASELINE": "against the baseline"}


def check_drift(
    tables: Tables,
    client: "WorkspaceClient",
    *,
    query: str,
    training_job: int,
    retrain_job: int,
    cool_down_hours: float,
    now_ms: int,
) -> float:
    """Reports the score to the tasks that follow, and returns it.

    Raises:
        TaskError: When the score is not a finite number, or the training job does not exist.
    """
    score = drift_score(tables, query, now_ms)
    if score > 0:
        since = now_ms - round(cool_down_hours * _MS_PER_HOUR)
        training = started_by(client, retrain_job, training_job, since)
        if training is not None:
            say(
                f"run {training.run_id} of training job {training_job} was started on "
                f"{_utc(training.start_time or 0)} by drift, less than {cool_down_hours:g} hours "
                "ago: reporting 0"
            )
            score = 0.0
    client.dbutils.jobs.taskValues.set(TASK_VALUE, score)
    say(f"{TASK_VALUE} = {score:g}")
    return score


def drift_score(tables: Tables, query: str, now_ms: int) -> float:
    """Asks for the drift of the last window that counts; 0 if none does yet."""
    try:
        found = tables.query(query)
    except TableError as error:
        if "TABLE_OR_VIEW_NOT_FOUND" not in str(error):
            raise
        say(f"the monitor has measured nothing yet: {error}")
        return 0.0
    if found.empty:
        say("no window counts yet: none has enough rows and something to be compared with")
        return 0.0
    row = found.iloc[0]
    score, start_ms = float(row["drift_score"]), _unix_ms(row["window_start"])
    if not math.isfinite(score):
        raise TaskError(f"the drift score of the window from {_utc(start_ms)} is {score}")
    days = (now_ms - start_ms) / _MS_PER_HOUR / 24
    say(
        f"the last window that counts began on {_utc(start_ms)}, {days:.1f} days ago, and has "
        f"{int(row['row_count']):,} rows"
    )
    say(
        f"its largest population stability index is {score:g}: {row['column_name']}, "
        f"{_COMPARED.get(row['drift_type'], row['drift_type'])}"
    )
    return score


def started_by(
    client: "WorkspaceClient", retrain_job: int, training_job: int, since_ms: int
) -> "BaseRun | None":
    """Finds the latest run that a task of the retrain job started after `since_ms`, Unix time."""
    from databricks.sdk.service.jobs import RunLifeCycleState, TriggerType

    with readable():
        client.jobs.get(training_job)
        # The latest come first. The service includes the bound; a cool-down is over on the dot.
        for training in client.jobs.list_runs(job_id=training_job, start_time_from=since_ms + 1):
            state = training.state.life_cycle_state if training.state else None
            if (
                training.trigger is TriggerType.RUN_JOB_TASK
                and state is not RunLifeCycleState.SKIPPED
                and _starter(client, training) in (retrain_job, None)
            ):
                return training
    return None


def _starter(client: "WorkspaceClient", training: "BaseRun") -> int | None:
    """Returns the job whose task started a run; None if that cannot be told.

    The trigger names the run of the task, and a task's run the job that it is of.
    https://docs.databricks.com/api/workspace/jobs/getrun
    """
    from databricks.sdk.errors import InvalidParameterValue, NotFound

    task_run = training.trigger_info.run_id if training.trigger_info else None
    if task_run is None:
        return None
    try:
        return client.jobs.get_run(task_run).job_id
    except (InvalidParameterValue, NotFound):
        say(f"run {training.run_id} was started by a task whose run {task_run} is gone: it counts")
        return None


def _unix_ms(moment: object) -> int:
    """Reads a timestamp of a result, which is in UTC where it does not say."""
    import pandas as pd

    stamp = pd.Timestamp(moment)
    stamp = stamp.tz_localize(UTC) if stamp.tzinfo is None else stamp
    seconds: float = stamp.timestamp()
    return round(seconds * 1000)


def _utc(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d at %H:%M} UTC"


def query_text(value: str) -> str:
    """Accepts a single statement that reads."""
    if not re.match(r"SELECT\s", value) or ";" in value:
        raise argparse.ArgumentTypeError(f"{value!r} is not one statement that begins with SELECT")
    return value


def main() -> None:
    """Reads the arguments and reports the score."""
    parser = TaskParser("Reports the drift score as a task value; 0 during the cool-down.")
    parser.add_argument(
        "--query", type=query_text, required=True, help="SQL that says the drift of a window"
    )
    parser.add_argument(
        "--training-job-id", type=job_id, required=True, help="job that drift starts"
    )
    parser.add_argument(
        "--retrain-job-id", type=job_id, required=True, help="job that this task is of"
    )
    parser.add_argument(
        "--cool-down-hours",
        type=hours,
        required=True,
        help="hours after a training started by drift in which the score is reported as 0",
    )
    args = parser.parse_args()
    check_drift(
        connect_tables(),
        sign_in(),
        query=args.query,
        training_job=args.training_job_id,
        retrain_job=args.retrain_job_id,
        cool_down_hours=args.cool_down_hours,
        now_ms=int(time.time() * 1000),
    )


if __name__ == "__main__":
    run(main)
