"""Says how far a model's data has drifted, as the task value `drift_score`.

The score is the largest population stability index of any column in the last window that has one,
against the window before and against the baseline alike; 0 while there is no such window. It is
what the drift alert looks at, too.

While a training that drift has started is recent, the score is reported as 0, so that one drift
does not start ten trainings. Such a training is a run of the training job that a task of another
job has started (trigger RUN_JOB_TASK) less than the cool-down ago. It counts whether it is waiting,
runs, or has ended, and however it has ended: starting a failing training every hour helps nobody.
A run that was skipped does not count, it never began; neither do runs that a person, a schedule or
the API started.
"""

import inspect
import math
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.arguments import TaskParser, hours, job_id, table_name
from mlops.tables import Tables, quoted
from mlops.task import TaskError, run, say
from mlops.workspace import readable, sign_in

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.jobs import BaseRun

TASK_VALUE = "drift_score"
_MS_PER_HOUR = 3_600_000


def check_drift(
    tables: Tables,
    client: "WorkspaceClient",
    *,
    drift_metrics: str,
    training_job: int,
    cool_down_hours: float,
    now_ms: int,
) -> float:
    """Reports the score to the tasks that follow, and returns it.

    Raises:
        TaskError: When the score is not a finite number, or the training job does not exist.
    """
    score = drift_score(tables, drift_metrics)
    if score > 0:
        since = now_ms - round(cool_down_hours * _MS_PER_HOUR)
        training = started_by_drift(client, training_job, since)
        if training is not None:
            begun = datetime.fromtimestamp((training.start_time or 0) / 1000, UTC)
            say(
                f"run {training.run_id} of training job {training_job} was started on "
                f"{begun:%Y-%m-%d at %H:%M} UTC, less than {cool_down_hours:g} hours ago: "
                "reporting 0"
            )
            score = 0.0
    client.dbutils.jobs.taskValues.set(TASK_VALUE, score)
    say(f"{TASK_VALUE} = {score:g}")
    return score


def drift_score(tables: Tables, drift_metrics: str) -> float:
    """Measures the drift of the last window that has any.

    Slices of a table are left out, as they are the same rows again.
    """
    if not tables.exists(drift_metrics):
        say(f"{drift_metrics} does not exist: the monitor has measured nothing yet")
        return 0.0
    found = tables.query(
        "SELECT window.start AS window_start, MAX(population_stability_index) AS drift_score "
        f"FROM {quoted(drift_metrics)} "
        "WHERE slice_key IS NULL AND population_stability_index IS NOT NULL "
        "GROUP BY `window`.start ORDER BY window.start DESC LIMIT 1"
    )
    if found.empty:
        say(f"{drift_metrics} has no window with a population stability index yet")
        return 0.0
    score, window = float(found["drift_score"].iloc[0]), found["window_start"].iloc[0]
    if not math.isfinite(score):
        raise TaskError(f"the drift score of the window from {window} is {score}, not a number")
    say(f"the largest population stability index of the window from {window} is {score:g}")
    return score


def started_by_drift(
    client: "WorkspaceClient", training_job: int, since_ms: int
) -> "BaseRun | None":
    """Finds the latest run that a task of another job started after `since_ms`, Unix time in ms."""
    from databricks.sdk.service.jobs import RunLifeCycleState, TriggerType

    with readable():
        client.jobs.get(training_job)
        # The latest come first. The service includes the bound; a cool-down is over on the dot.
        for training in client.jobs.list_runs(job_id=training_job, start_time_from=since_ms + 1):
            state = training.state.life_cycle_state if training.state else None
            if (
                training.trigger is TriggerType.RUN_JOB_TASK
                and state is not RunLifeCycleState.SKIPPED
            ):
                return training
    return None


def main() -> None:
    """Reads the arguments and reports the score."""
    parser = TaskParser("Reports the drift score as a task value; 0 during the cool-down.")
    parser.add_argument(
        "--drift-metrics", type=table_name, required=True, help="the monitor's table of drift"
    )
    parser.add_argument(
        "--training-job-id", type=job_id, required=True, help="job that drift starts"
    )
    parser.add_argument(
        "--cool-down-hours",
        type=hours,
        required=True,
        help="hours after a training started by drift in which the score is reported as 0",
    )
    args = parser.parse_args()
    check_drift(
        Tables.connect(),
        sign_in(),
        drift_metrics=args.drift_metrics,
        training_job=args.training_job_id,
        cool_down_hours=args.cool_down_hours,
        now_ms=int(time.time() * 1000),
    )


if __name__ == "__main__":
    run(main)
