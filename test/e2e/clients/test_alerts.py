"""The Databricks SDK for Python, as it comes, evaluates alerts by tasks of jobs."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import OperationFailed
from databricks.sdk.service import jobs, settings, sql

State = sql.AlertEvaluationState
Query = Callable[[str], None]


@pytest.fixture(scope="module")
def client() -> WorkspaceClient:
    """Signs in with DATABRICKS_HOST and DATABRICKS_TOKEN."""
    return WorkspaceClient()


@pytest.fixture(scope="module")
def warehouse(client: WorkspaceClient) -> Iterator[str]:
    """Gives the id of a SQL warehouse."""
    made = client.warehouses.create(
        name=f"test-alerts-{uuid4().hex[:8]}",
        cluster_size="2X-Small",
        max_num_clusters=1,
        auto_stop_mins=10,
    ).result()
    assert made.id is not None
    yield made.id
    client.warehouses.delete(made.id)


@pytest.fixture
def execute(client: WorkspaceClient, warehouse: str) -> Query:
    """Runs statements that have to succeed."""

    def run(statement: str) -> None:
        answer = client.statement_execution.execute_statement(statement, warehouse)
        assert answer.status is not None
        assert answer.status.state == sql.StatementState.SUCCEEDED, answer.status.error

    return run


@pytest.fixture
def scores(client: WorkspaceClient, execute: Query) -> Iterator[str]:
    """Gives the full name of an empty table of scores, in a catalog of its own."""
    catalog = f"test_{uuid4().hex[:8]}"
    client.catalogs.create(catalog)
    execute(f"CREATE TABLE {catalog}.default.scores (score DOUBLE)")
    yield f"{catalog}.default.scores"
    client.catalogs.delete(catalog, force=True)


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


def evaluate(client: WorkspaceClient, alert_id: str, **task: Any) -> tuple[Any, str | None]:
    """Evaluates an alert by a task; gives the state, and why the task failed if it did."""
    submitted = client.jobs.submit(
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
    output = client.jobs.get_run_output(submitted.run_id)
    assert output.alert_output is not None
    assert output.alert_output.alert_state is not None
    state = State(output.alert_output.alert_state.value)
    shown = client.alerts_v2.get_alert(alert_id).evaluation
    assert shown.state == state
    assert shown.last_evaluated_at is not None
    assert failed == (output.error is not None)
    return state, output.error


def test_an_alert_follows_its_data(
    client: WorkspaceClient, warehouse: str, execute: Query, scores: str, hook: Hook
) -> None:
    """It is told of once for each change, and fails with the query."""
    destination = client.notification_destinations.create(
        display_name="hook",
        config=settings.Config(
            generic_webhook=settings.GenericWebhookConfig(
                url=hook.url, username="me", password="s3cr3t"
            )
        ),
    )
    alert = alert_over(scores, warehouse, destination.id, empty_result_state=State.OK)
    made = client.alerts_v2.create_alert(alert)
    assert made.id is not None
    assert made.evaluation.state == State.UNKNOWN
    execute(f"INSERT INTO {scores} VALUES (0.05), (0.5)")
    assert evaluate(client, made.id) == (State.TRIGGERED, None)
    assert evaluate(client, made.id) == (State.TRIGGERED, None)
    assert hook.titles(1) == ["TRIGGERED at 0.5"]
    execute(f"DELETE FROM {scores} WHERE score > 0.1")
    assert evaluate(client, made.id) == (State.OK, None)
    assert hook.titles(2) == ["TRIGGERED at 0.5", "OK at 0.05"]
    execute(f"DROP TABLE {scores}")
    state, error = evaluate(client, made.id)
    assert state == State.ERROR
    assert error is not None
    assert error.startswith("[TABLE_OR_VIEW_NOT_FOUND]")
    assert hook.titles(3)[2:] == ["ERROR at"]
    authorization, body = hook.calls[0]
    assert authorization == f"Basic {base64.b64encode(b'me:s3cr3t').decode()}"
    assert body["event"] == "alert_state_change"
    assert body["alert"]["alert"]["id"] == made.id
    client.alerts_v2.trash_alert(made.id, purge=True)
    client.notification_destinations.delete(str(destination.id))


@pytest.mark.parametrize("state", list(State))
def test_an_empty_result_has_the_state_that_the_alert_wants(
    client: WorkspaceClient, warehouse: str, scores: str, state: State
) -> None:
    made = client.alerts_v2.create_alert(alert_over(scores, warehouse, empty_result_state=state))
    assert made.id is not None
    found, error = evaluate(client, made.id)
    assert found == state
    assert (error is not None) == (state == State.ERROR)
    client.alerts_v2.trash_alert(made.id, purge=True)


def test_aggregations(client: WorkspaceClient, warehouse: str) -> None:
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
        alerts.append(client.alerts_v2.create_alert(alert).id)
    tasks = [
        jobs.SubmitTask(task_key=f"task_{number}", alert_task=jobs.AlertTask(alert_id=alert_id))
        for number, alert_id in enumerate(alerts)
    ]
    client.jobs.submit(run_name="aggregations", tasks=tasks).result()
    states = [client.alerts_v2.get_alert(str(one)).evaluation.state for one in alerts]
    assert states == [State.TRIGGERED] * len(expected)
    for one in alerts:
        client.alerts_v2.trash_alert(str(one), purge=True)


def test_a_job_branches_on_an_alert(
    client: WorkspaceClient, warehouse: str, execute: Query, scores: str
) -> None:
    """A condition reads the state; parameters are this run's."""
    alert = alert_over(scores, warehouse)
    alert.query_text = f"SELECT score FROM {scores} WHERE score < :below"
    alert.parameters = [sql.AlertStatementParameter(name="below", type="DOUBLE", value="1")]
    made = client.alerts_v2.create_alert(alert)
    execute(f"INSERT INTO {scores} VALUES (0.01), (0.5)")
    job = client.jobs.create(
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
        run = client.jobs.run_now(job.job_id, job_parameters={"below": below}).result()
        (drifts,) = [task for task in run.tasks or [] if task.task_key == "drifts"]
        assert drifts.condition_task is not None
        assert drifts.condition_task.outcome == outcome
    client.jobs.delete(job.job_id)
    client.alerts_v2.trash_alert(str(made.id), purge=True)
