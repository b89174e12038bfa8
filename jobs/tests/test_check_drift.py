"""The drift score and the cool-down, by the unmodified SDK against a double of the Jobs API."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from databricks.sdk.dbutils import RemoteDbUtils

from doubles import DuckDbTables
from mlops.tables import TableError
from mlops.task import TaskError
from mlops.workspace import sign_in
from monitoring.check_drift import check_drift

MEASURED = "ml.monitoring.measured"
QUERY = f"SELECT * FROM {MEASURED} ORDER BY window_start DESC LIMIT 1"
JOB = 1001234567890123
RETRAIN_JOB = 1009876543210987
NOW = 1_795_262_400_000
HOUR = 3_600_000


class JobsDouble(BaseHTTPRequestHandler):
    """A double of the Jobs API: one job and its runs, the latest first, two on a page.

    A task's run, too, is got by its id, with the job that it is of.
    """

    server: "JobsServer"

    def do_GET(self) -> None:
        """Answers jobs/get and jobs/runs/list."""
        url = urlparse(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if "/jobs/" not in url.path:
            self._answer({"error_code": "NOT_FOUND", "message": "no such page"}, 404)
        elif url.path.endswith("/jobs/runs/get"):
            self._task_run(int(query["run_id"]))
        elif query["job_id"] != str(JOB):
            message = f"Job {query['job_id']} does not exist."
            self._answer({"error_code": "INVALID_PARAMETER_VALUE", "message": message}, 400)
        elif url.path.endswith("/jobs/get"):
            self._answer({"job_id": JOB, "settings": {"name": "training"}})
        else:
            since = int(query["start_time_from"])
            runs = [run for run in self.server.runs if run["start_time"] >= since]
            start = int(query.get("page_token", "0"))
            answer: dict[str, Any] = {"runs": runs[start : start + 2]}
            if len(runs) > start + 2:
                answer["next_page_token"] = str(start + 2)
            self._answer(answer)

    def _task_run(self, run_id: int) -> None:
        job = self.server.starters.get(run_id)
        if job is None:
            message = f"Run {run_id} does not exist."
            self._answer({"error_code": "INVALID_PARAMETER_VALUE", "message": message}, 400)
        else:
            self._answer({"run_id": run_id, "job_id": job, "job_run_id": run_id + 1})

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps quiet."""

    def _answer(self, body: Any, status: int = 200) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class JobsServer(ThreadingHTTPServer):
    """The double's server, with the runs it knows and the task values that were set."""

    def __init__(self) -> None:
        """Listens on a free port of the loopback interface."""
        super().__init__(("127.0.0.1", 0), JobsDouble)
        self.runs: list[dict[str, Any]] = []
        self.starters: dict[int, int] = {}
        self.values: dict[str, object] = {}

    def add(
        self,
        age_ms: int,
        trigger: str = "RUN_JOB_TASK",
        life_cycle: str = "TERMINATED",
        result: str = "SUCCESS",
        starter: int | None = RETRAIN_JOB,
    ) -> None:
        """Adds a run that started `age_ms` before `NOW`, by a task of the job `starter`."""
        state = {"life_cycle_state": life_cycle, "result_state": result}
        run = {"run_id": age_ms, "job_id": JOB, "start_time": NOW - age_ms, "state": state}
        run["trigger"] = trigger
        if trigger == "RUN_JOB_TASK":
            task_run = 10**12 + age_ms
            run["trigger_info"] = {"run_id": task_run}
            if starter is not None:
                self.starters[task_run] = starter
        self.runs.append(run)
        self.runs.sort(key=lambda run: -int(run["start_time"]))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[JobsServer]:
    """A workspace's double that the environment points at; collects task values."""
    with JobsServer() as jobs:
        threading.Thread(target=jobs.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.delenv("DATABRICKS_RUNTIME_VERSION", raising=False)
        monkeypatch.setenv("DATABRICKS_HOST", f"http://127.0.0.1:{jobs.server_address[1]}")
        monkeypatch.setenv("DATABRICKS_TOKEN", "dapi-for-this-test")
        # Off Databricks the SDK's own does nothing.
        monkeypatch.setattr(
            type(RemoteDbUtils().jobs.taskValues),
            "set",
            lambda _self, key, value: jobs.values.update({key: value}),
        )
        yield jobs
        jobs.shutdown()


@pytest.fixture
def unmeasured(tmp_path: Path) -> DuckDbTables:
    """A workspace whose monitor has not measured yet, so that there are no metric tables."""
    return DuckDbTables(tmp_path)


@pytest.fixture
def tables(unmeasured: DuckDbTables) -> DuckDbTables:
    """A workspace with an empty table of what the query of drift answers."""
    unmeasured.create(
        f"CREATE TABLE {MEASURED} (window_start TIMESTAMP, row_count BIGINT, drift_score DOUBLE, "
        "column_name STRING, drift_type STRING)"
    )
    return unmeasured


def measured(
    tables: DuckDbTables, day: int, score: str, column: str = "total_spend", kind: str = "BASELINE"
) -> None:
    tables.connection.execute(
        f"INSERT INTO {MEASURED} VALUES (TIMESTAMPTZ '2026-11-{day:02} 00:00:00+00', 12345, "
        f"'{score}'::DOUBLE, '{column}', '{kind}')"
    )


def check(tables: DuckDbTables, *, cool_down: float = 24, job: int = JOB) -> float:
    return check_drift(
        tables,
        sign_in(),
        query=QUERY,
        training_job=job,
        retrain_job=RETRAIN_JOB,
        cool_down_hours=cool_down,
        now_ms=NOW,
    )


def test_score_is_what_the_query_says(
    tables: DuckDbTables, server: JobsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    measured(tables, 18, "0.9")
    measured(tables, 19, "0.34", "days_since_signup", "CONSECUTIVE")
    assert check(tables) == 0.34
    assert server.values == {"drift_score": 0.34}
    assert capsys.readouterr().out == (
        "the last window that counts began on 2026-11-19 at 00:00 UTC, 2.5 days ago, and has "
        "12,345 rows\n"
        "its largest population stability index is 0.34: days_since_signup, against the window "
        "before\n"
        "drift_score = 0.34\n"
    )


def test_no_metric_tables_yet_is_no_drift(
    unmeasured: DuckDbTables, server: JobsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(unmeasured) == 0
    assert server.values == {"drift_score": 0.0}
    assert "the monitor has measured nothing yet: [TABLE_OR_VIEW" in capsys.readouterr().out


def test_no_window_that_counts_is_no_drift(
    tables: DuckDbTables, server: JobsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tables) == 0
    assert server.values == {"drift_score": 0.0}
    assert "no window counts yet" in capsys.readouterr().out


def test_query_that_the_tables_refuse_is_an_error(tables: DuckDbTables, server: JobsServer) -> None:
    tables.connection.execute(f"ALTER TABLE {MEASURED} RENAME window_start TO other")
    with pytest.raises(TableError, match="window_start"):
        check(tables)
    assert server.values == {}


@pytest.fixture
def drifted(tables: DuckDbTables) -> DuckDbTables:
    """A workspace with a drift of 0.5."""
    measured(tables, 19, "0.5")
    return tables


@pytest.mark.parametrize(
    ("age_ms", "cool_down", "score"),
    [
        (24 * HOUR - 1, 24, 0),
        (24 * HOUR, 24, 0.5),
        (24 * HOUR + 1, 24, 0.5),
        (0, 24, 0),
        (0, 0, 0.5),
        (HOUR // 2 - 1, 0.5, 0),
        (HOUR // 2, 0.5, 0.5),
    ],
)
def test_cool_down_ends_on_the_dot(
    drifted: DuckDbTables, server: JobsServer, age_ms: int, cool_down: float, score: float
) -> None:
    server.add(age_ms)
    assert check(drifted, cool_down=cool_down) == score
    assert server.values == {"drift_score": score}


@pytest.mark.parametrize(
    ("life_cycle", "result", "score"),
    [
        ("QUEUED", "", 0),
        ("RUNNING", "", 0),
        ("TERMINATED", "FAILED", 0),
        ("TERMINATED", "CANCELED", 0),
        ("INTERNAL_ERROR", "FAILED", 0),
        ("SKIPPED", "", 0.5),
    ],
)
def test_training_counts_however_it_went_unless_it_was_skipped(
    drifted: DuckDbTables, server: JobsServer, life_cycle: str, result: str, score: float
) -> None:
    server.add(HOUR, life_cycle=life_cycle, result=result)
    assert check(drifted) == score


def test_trainings_that_drift_did_not_start_do_not_count(
    drifted: DuckDbTables, server: JobsServer
) -> None:
    for hour, trigger in enumerate(["ONE_TIME", "PERIODIC", "RETRY", "MODEL"], 1):
        server.add(hour * HOUR, trigger)
    assert check(drifted) == 0.5
    server.add(5 * HOUR)
    assert check(drifted) == 0, "found on a later page"


def test_trainings_that_another_job_started_do_not_count(
    drifted: DuckDbTables, server: JobsServer
) -> None:
    server.add(HOUR, starter=RETRAIN_JOB + 1)
    assert check(drifted) == 0.5
    server.add(2 * HOUR)
    assert check(drifted) == 0


def test_training_whose_starter_cannot_be_told_counts(
    drifted: DuckDbTables, server: JobsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add(HOUR, starter=None)
    assert check(drifted) == 0
    assert "was started by a task whose run 1000003600000 is gone: it counts" in (
        capsys.readouterr().out
    )


def test_log_says_which_training_holds_back(
    drifted: DuckDbTables, server: JobsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add(2 * HOUR)
    check(drifted)
    said = capsys.readouterr().out
    assert f"run {2 * HOUR} of training job {JOB} was started on 2026-11-21 at 10:00 UTC" in said
    assert "by drift, less than 24 hours ago" in said
    assert said.endswith("drift_score = 0\n")


def test_unknown_training_job_is_one_line(drifted: DuckDbTables, server: JobsServer) -> None:
    with pytest.raises(TaskError, match=r"^Job 7 does not exist\.$"):
        check(drifted, job=7)
    assert server.values == {}


@pytest.mark.parametrize("score", ["nan", "inf"])
def test_score_that_is_no_number_is_refused(
    tables: DuckDbTables, server: JobsServer, score: str
) -> None:
    measured(tables, 19, score)
    with pytest.raises(TaskError, match=f"the window from 2026-11-19 at 00:00 UTC is {score}$"):
        check(tables)
    assert server.values == {}
