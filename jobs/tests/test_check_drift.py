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
from mlops.task import TaskError
from mlops.workspace import sign_in
from monitoring.check_drift import check_drift

DRIFT = "ml.monitoring.customer_churn_model_predictions_drift_metrics"
JOB = 1001234567890123
NOW = 1_795_262_400_000
HOUR = 3_600_000


class JobsDouble(BaseHTTPRequestHandler):
    """A double of the Jobs API: one job and its runs, the latest first, two on a page."""

    server: "JobsServer"

    def do_GET(self) -> None:
        """Answers jobs/get and jobs/runs/list."""
        url = urlparse(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if "/jobs/" not in url.path:
            self._answer({"error_code": "NOT_FOUND", "message": "no such page"}, 404)
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
        self.values: dict[str, object] = {}

    def add(
        self,
        age_ms: int,
        trigger: str = "RUN_JOB_TASK",
        life_cycle: str = "TERMINATED",
        result: str = "SUCCESS",
    ) -> None:
        """Adds a run that started `age_ms` before `NOW`."""
        state = {"life_cycle_state": life_cycle, "result_state": result}
        self.runs.append(
            {
                "run_id": age_ms,
                "job_id": JOB,
                "start_time": NOW - age_ms,
                "trigger": trigger,
                "state": state,
            }
        )
        self.runs.sort(key=lambda run: -int(run["start_time"]))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[JobsServer]:
    """A workspace's double that the environment points at; collects task values."""
    with JobsServer() as jobs:
        threading.Thread(target=jobs.serve_forever, daemon=True).start()
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
    """A workspace whose monitor has not measured yet, so that there is no table of drift."""
    return DuckDbTables(tmp_path)


@pytest.fixture
def tables(unmeasured: DuckDbTables) -> DuckDbTables:
    """A workspace with an empty table of drift, the columns that matter."""
    unmeasured.create(
        f"CREATE TABLE {DRIFT} (window STRUCT<start: TIMESTAMP, end: TIMESTAMP>, "
        "column_name STRING, slice_key STRING, drift_type STRING, "
        "population_stability_index DOUBLE)"
    )
    return unmeasured


def measured(
    tables: DuckDbTables, day: int, column: str, psi: float | None, slice_key: str | None = None
) -> None:
    values = [None if value is None else repr(value) for value in (slice_key, psi)]
    tables.connection.execute(
        f"INSERT INTO {DRIFT} VALUES ({{'start': TIMESTAMPTZ '2026-11-{day:02} 00:00:00+00', "
        f"'end': TIMESTAMPTZ '2026-11-{day + 1:02} 00:00:00+00'}}, '{column}', "
        f"{values[0] or 'NULL'}, 'CONSECUTIVE', {values[1] or 'NULL'})"
    )


def check(tables: DuckDbTables, *, cool_down: float = 24, job: int = JOB) -> float:
    return check_drift(
        tables,
        sign_in(),
        drift_metrics=DRIFT,
        training_job=job,
        cool_down_hours=cool_down,
        now_ms=NOW,
    )


def test_score_is_the_largest_of_the_last_window(tables: DuckDbTables, server: JobsServer) -> None:
    measured(tables, 18, "total_spend", 0.9)
    measured(tables, 19, "total_spend", 0.12)
    measured(tables, 19, "days_since_signup", 0.34)
    measured(tables, 19, "region", None)
    measured(tables, 19, "total_spend", 0.8, slice_key="region")
    measured(tables, 20, "region", None)
    assert check(tables) == 0.34
    assert server.values == {"drift_score": 0.34}


def test_no_table_of_drift_yet_is_no_drift(
    unmeasured: DuckDbTables, server: JobsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(unmeasured) == 0
    assert server.values == {"drift_score": 0.0}
    assert f"{DRIFT} does not exist: the monitor has measured nothing" in capsys.readouterr().out


def test_no_window_yet_is_no_drift(
    tables: DuckDbTables, server: JobsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    measured(tables, 19, "total_spend", None)
    assert check(tables) == 0
    assert server.values == {"drift_score": 0.0}
    assert f"{DRIFT} has no window with" in capsys.readouterr().out


@pytest.fixture
def drifted(tables: DuckDbTables) -> DuckDbTables:
    """A workspace with a drift of 0.5."""
    measured(tables, 19, "total_spend", 0.5)
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


def test_log_says_which_training_holds_back(
    drifted: DuckDbTables, server: JobsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add(2 * HOUR)
    check(drifted)
    said = capsys.readouterr().out
    assert "of the window from 2026-11-19" in said
    assert f"run {2 * HOUR} of training job {JOB} was started on 2026-11-21 at " in said
    assert said.endswith("drift_score = 0\n")


def test_unknown_training_job_is_one_line(drifted: DuckDbTables, server: JobsServer) -> None:
    with pytest.raises(TaskError, match=r"^Job 7 does not exist\.$"):
        check(drifted, job=7)
    assert server.values == {}


def test_score_that_is_no_number_is_refused(tables: DuckDbTables, server: JobsServer) -> None:
    tables.connection.execute(
        f"INSERT INTO {DRIFT} VALUES ({{'start': TIMESTAMPTZ '2026-11-19 00:00:00+00', "
        "'end': NULL}, 'total_spend', NULL, 'BASELINE', 'nan'::DOUBLE)"
    )
    with pytest.raises(TaskError, match=r"the drift score of the window from .* is nan"):
        check(tables)
