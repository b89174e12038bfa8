"""The Databricks SDK for Python, as it comes, evaluates alerts by tasks of jobs."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import OperationFailed
from databricks.sdk.service import jobs, settings, sql

from conftest import Execute

State = sql.AlertEvaluationState


@pytest.fixture
def scores(catalog_name: str, execute: Execute) -> str:
    """Gives the full name of an empty table of scores, in a catalog of its own."""
    table = f"{catalog_name}.default.scores"
    execute(f"CREATE TABLE {table} (score DOUBLE)")
    return table


@dataclass
class Hook:
    """What somebody's webhook has received."""

    url: str
    calls: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)

    def titles(self, count: int) -> list[str]:
        """Gives the titles of all alerts, waiting for so many."""
        for _ in range(100):
            if len(self.calls) >= count:
                break
            time.sleep(0.05)
        return [body["alert"]["title"] for _, body in self.calls]


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Listens on this machine as a webhook would."""
    found = Hook("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.calls.append((self.headers["authorization"], json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keeps quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def alert_over(
    table: str, warehouse: str, *destinations: str | None, **evaluation: Any
) -> sql.AlertV2:
    """Describes an alert on the highest score, which is told to destinations."""
    subscriptions = [sql.AlertV2Subscription(destination_id=one) for one in destinations]
    return sql.AlertV2(
        display_name=f"scores-{uuid4().hex[:8]}",
        query_text=f"SELECT score FROM {table}",
        warehouse_id=warehouse,
        custom_summary="{{ALERT_STATUS}} at {{QUERY_RESULT_VALUE}}",
        evaluation=sql.AlertV2Evaluation(
            source=sql.AlertV2OperandColumn("score", aggregation=sql.Aggregation.MAX),
            comparison_operator=sql.ComparisonOperator.GREATER_THAN,
            threshold=sql.AlertV2Operand(value=sql.AlertV2OperandValue(double_value=0.1)),
            notification=sql.AlertV2Notification(subscriptions=subscriptions, notify_on_ok=True),
            **evaluation,
        ),
        schedule=sql.CronSchedule(
            quartz_cron_schedule="0 0 * * * ?",
            timezone_id="UTC",
            pause_status=sql.SchedulePauseStatus.PAUSED,
        ),
    )


def evaluate(workspace: WorkspaceClient, alert_id: str, **task: Any) -> tuple[Any, str | None]:
    """Evaluates an alert by a task; gives the state, and why the task failed if it did."""
    submitted = workspace.jobs.submit(
        run_name="evaluate",
        tasks=[
            jobs.SubmitTask(
                task_key="evaluate", alert_task=jobs.AlertTask(alert_id=alert_id, **task)
            )
        ],
    )
    failed = False
    try:
        submitted.result()
    except OperationFailed:
        failed = True
    output = workspace.jobs.get_run_output(submitted.run_id)
    assert output.alert_output is not None
    assert output.alert_output.alert_state is not None
    state = State(output.alert_output.alert_state.value)
    shown = workspace.alerts_v2.get_alert(alert_id).evaluation
    assert shown.state == state
    assert shown.last_evaluated_at is not None
    assert failed == (output.error is not None)
    return state, output.error


def test_an_alert_follows_its_data(
    workspace: WorkspaceClient, warehouse: str, execute: Execute, scores: str, hook: Hook
) -> None:
    """It is told of once for each change, and fails with the query."""
    destination = workspace.notification_destinations.create(
        display_name="hook",
        config=settings.Config(
            generic_webhook=settings.GenericWebhookConfig(
                url=hook.url, username="me", password="s3cr3t"
            )
        ),
    )
    alert = alert_over(scores, warehouse, destination.id, empty_result_state=State.OK)
    made = workspace.alerts_v2.create_alert(alert)
    assert made.id is not None
    assert made.evaluation.state == State.UNKNOWN
    execute(f"INSERT INTO {scores} VALUES (0.05), (0.5)")
    assert evaluate(workspace, made.id) == (State.TRIGGERED, None)
    assert evaluate(workspace, made.id) == (State.TRIGGERED, None)
    assert hook.titles(1) == ["TRIGGERED at 0.5"]
    execute(f"DELETE FROM {scores} WHERE score > 0.1")
    assert evaluate(workspace, made.id) == (State.OK, None)
    assert hook.titles(2) == ["TRIGGERED at 0.5", "OK at 0.05"]
    execute(f"DROP TABLE {scores}")
    state, error = evaluate(workspace, made.id)
    assert state == State.ERROR
    assert error is not None
    assert error.startswith("[TABLE_OR_VIEW_NOT_FOUND]")
    assert hook.titles(3)[2:] == ["ERROR at"]
    authorization, body = hook.calls[0]
    assert authorization == f"Basic {base64.b64encode(b'me:s3cr3t').decode()}"
    assert body["event"] == "alert_state_change"
    assert body["alert"]["alert"]["id"] == made.id
    workspace.alerts_v2.trash_alert(made.id, purge=True)
    workspace.notification_destinations.delete(str(destination.id))


@pytest.mark.parametrize("state", list(State))
def test_an_empty_result_has_the_state_that_the_alert_wants(
    workspace: WorkspaceClient, warehouse: str, scores: str, state: State
) -> None:
    made = workspace.alerts_v2.create_alert(alert_over(scores, warehouse, empty_result_state=state))
    assert made.id is not None
    found, error = evaluate(workspace, made.id)
    assert found == state
    assert (error is not None) == (state == State.ERROR)
    workspace.alerts_v2.trash_alert(made.id, purge=True)


def test_aggregations(workspace: WorkspaceClient, warehouse: str) -> None:
    """Without one, the first row counts."""
    expected = {
        sql.Aggregation.AVG: 4,
        sql.Aggregation.COUNT: 4,
        sql.Aggregation.COUNT_DISTINCT: 3,
        sql.Aggregation.MAX: 9,
        sql.Aggregation.MEDIAN: 3,
        sql.Aggregation.MIN: 1,
        sql.Aggregation.STDDEV: 3.4641016151377544,
        sql.Aggregation.SUM: 16,
        None: 3,
    }
    alerts = []
    for aggregation, value in expected.items():
        alert = alert_over("unused", warehouse)
        alert.query_text = "SELECT x AS score FROM VALUES (3), (1), (9), (3) AS t(x); -- as is"
        alert.evaluation.source.aggregation = aggregation
        alert.evaluation.comparison_operator = sql.ComparisonOperator.EQUAL
        alert.evaluation.threshold = sql.AlertV2Operand(
            value=sql.AlertV2OperandValue(double_value=value)
        )
        alerts.append(workspace.alerts_v2.create_alert(alert).id)
    tasks = [
        jobs.SubmitTask(task_key=f"task_{number}", alert_task=jobs.AlertTask(alert_id=alert_id))
        for number, alert_id in enumerate(alerts)
    ]
    workspace.jobs.submit(run_name="aggregations", tasks=tasks).result()
    states = [workspace.alerts_v2.get_alert(str(one)).evaluation.state for one in alerts]
    assert states == [State.TRIGGERED] * len(expected)
    for one in alerts:
        workspace.alerts_v2.trash_alert(str(one), purge=True)


def test_a_job_branches_on_an_alert(
    workspace: WorkspaceClient, warehouse: str, execute: Execute, scores: str
) -> None:
    """A condition reads the state; parameters are this run's."""
    alert = alert_over(scores, warehouse)
    alert.query_text = f"SELECT score FROM {scores} WHERE score < :below"
    alert.parameters = [sql.AlertStatementParameter(name="below", type="DOUBLE", value="1")]
    made = workspace.alerts_v2.create_alert(alert)
    execute(f"INSERT INTO {scores} VALUES (0.01), (0.5)")
    job = workspace.jobs.create(
        name=f"test {uuid4().hex[:8]}",
        parameters=[jobs.JobParameterDefinition("below", "0.9")],
        tasks=[
            jobs.Task(
                task_key="watch",
                alert_task=jobs.AlertTask(
                    alert_id=made.id,
                    warehouse_id=warehouse,
                    parameters={"below": "{{job.parameters.below}}"},
                    subscribers=[jobs.AlertTaskSubscriber(user_name="somebody@example.com")],
                ),
            ),
            jobs.Task(
                task_key="drifts",
                depends_on=[jobs.TaskDependency("watch")],
                condition_task=jobs.ConditionTask(
                    jobs.ConditionTaskOp.EQUAL_TO,
                    "{{tasks.watch.output.alert_state}}",
                    "TRIGGERED",
                ),
            ),
        ],
    )
    assert job.job_id is not None
    for below, outcome in (("0.9", "true"), ("0.1", "false")):
        run = workspace.jobs.run_now(job.job_id, job_parameters={"below": below}).result()
        (drifts,) = [task for task in run.tasks or [] if task.task_key == "drifts"]
        assert drifts.condition_task is not None
        assert drifts.condition_task.outcome == outcome
    workspace.jobs.delete(job.job_id)
    workspace.alerts_v2.trash_alert(str(made.id), purge=True)
