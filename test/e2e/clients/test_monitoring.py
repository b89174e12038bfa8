"""The Databricks SDK for Python, as it comes, works with monitors, alerts and permissions."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, InvalidParameterValue, NotFound
from databricks.sdk.service import dataquality, iam, settings, sql


@pytest.fixture(scope="module")
def client() -> WorkspaceClient:
    """Signs in with DATABRICKS_HOST and DATABRICKS_TOKEN."""
    return WorkspaceClient()


@pytest.fixture(scope="module")
def warehouse(client: WorkspaceClient) -> Iterator[str]:
    """Gives the id of a SQL warehouse."""
    made = client.warehouses.create(
        name=f"test-monitoring-{uuid4().hex[:8]}",
        cluster_size="2X-Small",
        max_num_clusters=1,
        auto_stop_mins=10,
    ).result()
    assert made.id is not None
    yield made.id
    client.warehouses.delete(made.id)


@pytest.fixture
def predictions(client: WorkspaceClient, warehouse: str) -> Iterator[str]:
    """Gives the full name of an empty predictions table in a catalog of its own."""
    catalog = f"test_{uuid4().hex[:8]}"
    client.catalogs.create(catalog)
    client.schemas.create("monitoring", catalog)
    table = f"{catalog}.default.predictions"
    answer = client.statement_execution.execute_statement(
        f"CREATE TABLE {table} "
        "(timestamp TIMESTAMP, model_version STRING, prediction STRING, actual_label STRING)",
        warehouse,
    )
    assert answer.status is not None
    assert answer.status.state == sql.StatementState.SUCCEEDED, answer.status.error
    yield table
    client.catalogs.delete(catalog, force=True)


def monitor_of(
    client: WorkspaceClient, table: str, prediction: str = "prediction"
) -> dataquality.Monitor:
    """Describes a monitor of an inference log."""
    catalog = table.split(".")[0]
    table_id = client.tables.get(table).table_id
    schema_id = client.schemas.get(f"{catalog}.monitoring").schema_id
    assert table_id is not None
    assert schema_id is not None
    return dataquality.Monitor(
        object_type="table",
        object_id=table_id,
        data_profiling_config=dataquality.DataProfilingConfig(
            output_schema_id=schema_id,
            assets_dir="/Shared/monitoring",
            inference_log=dataquality.InferenceLogConfig(
                problem_type=(
                    dataquality.InferenceProblemType.INFERENCE_PROBLEM_TYPE_CLASSIFICATION
                ),
                granularities=[dataquality.AggregationGranularity.AGGREGATION_GRANULARITY_1_DAY],
                timestamp_column="timestamp",
                model_id_column="model_version",
                prediction_column=prediction,
                label_column="actual_label",
            ),
        ),
    )


def test_a_monitor_becomes_active(
    client: WorkspaceClient, warehouse: str, predictions: str
) -> None:
    """It makes its metric tables, which outlive it."""
    with pytest.raises(InvalidParameterValue, match="no column 'score'"):
        client.data_quality.create_monitor(monitor_of(client, predictions, "score"))
    wanted = monitor_of(client, predictions)
    client.data_quality.create_monitor(wanted)
    config = active(client, wanted.object_id)
    assert config.monitored_table_name == predictions
    for name in (config.profile_metrics_table_name, config.drift_metrics_table_name):
        assert name is not None
        answer = client.statement_execution.execute_statement(
            f"SELECT max(window.start), count(*) FROM {name}", warehouse
        )
        assert answer.result is not None
        assert answer.result.data_array == [[None, "0"]]
    client.data_quality.delete_monitor("table", wanted.object_id)
    with pytest.raises(NotFound):
        client.data_quality.get_monitor("table", wanted.object_id)
    assert client.tables.exists(str(config.drift_metrics_table_name)).table_exists


def active(client: WorkspaceClient, table_id: str) -> dataquality.DataProfilingConfig:
    """Waits until the monitor is active."""
    for _ in range(100):
        config = client.data_quality.get_monitor("table", table_id).data_profiling_config
        assert config is not None
        if config.status == dataquality.DataProfilingStatus.DATA_PROFILING_STATUS_ACTIVE:
            return config
        assert config.status == dataquality.DataProfilingStatus.DATA_PROFILING_STATUS_PENDING
        time.sleep(0.1)
    raise AssertionError("The monitor did not become active within 10 seconds.")


def test_an_alert_and_who_is_told(client: WorkspaceClient, warehouse: str) -> None:
    """Order of subscriptions is kept, secrets are not shown, trash is not listed."""
    email = settings.Config(email=settings.EmailConfig(["team@example.com"]))
    webhook = settings.Config(
        generic_webhook=settings.GenericWebhookConfig(url="https://hooks.example.com/s3cr3t")
    )
    destinations = client.notification_destinations
    team = destinations.create(display_name="team", config=email)
    hook = destinations.create(display_name="hook", config=webhook)
    assert hook.destination_type == settings.DestinationType.WEBHOOK
    assert "s3cr3t" not in str(destinations.get(str(hook.id)))
    subscriptions = [
        sql.AlertV2Subscription(destination_id=hook.id),
        sql.AlertV2Subscription(user_email="z@example.com"),
        sql.AlertV2Subscription(destination_id=team.id),
    ]
    wanted = sql.AlertV2(
        display_name="drift",
        query_text="SELECT 0.2 AS drift_score",
        warehouse_id=warehouse,
        evaluation=sql.AlertV2Evaluation(
            source=sql.AlertV2OperandColumn("drift_score"),
            comparison_operator=sql.ComparisonOperator.GREATER_THAN,
            threshold=sql.AlertV2Operand(value=sql.AlertV2OperandValue(double_value=0.1)),
            notification=sql.AlertV2Notification(subscriptions=subscriptions),
        ),
        schedule=sql.CronSchedule(quartz_cron_schedule="0 0 * * * ?", timezone_id="UTC"),
    )
    made = client.alerts_v2.create_alert(wanted)
    assert made.id is not None
    found = client.alerts_v2.get_alert(made.id)
    assert found.evaluation.notification is not None
    assert found.evaluation.notification.subscriptions == subscriptions
    wanted.schedule.quartz_cron_schedule = "0 0 6 * * *"
    with pytest.raises(BadRequest, match="day-of-week must be '\\?'"):
        client.alerts_v2.update_alert(made.id, wanted, update_mask="schedule")
    client.alerts_v2.trash_alert(made.id)
    assert made.id not in [one.id for one in client.alerts_v2.list_alerts()]
    client.alerts_v2.trash_alert(made.id, purge=True)
    for one in (team, hook):
        destinations.delete(str(one.id))
    with pytest.raises(NotFound):
        destinations.get(str(team.id))


def test_permissions_of_a_warehouse(client: WorkspaceClient, warehouse: str) -> None:
    """They are added to, and a warehouse keeps an owner."""
    me = client.current_user.me().user_name
    client.permissions.update(
        "warehouses",
        warehouse,
        access_control_list=[
            iam.AccessControlRequest(
                group_name="users", permission_level=iam.PermissionLevel.CAN_USE
            )
        ],
    )
    found = client.permissions.get("sql/warehouses", warehouse).access_control_list or []
    levels = {
        one.user_name or one.group_name: [p.permission_level for p in one.all_permissions or []]
        for one in found
    }
    assert levels == {
        me: [iam.PermissionLevel.IS_OWNER],
        "users": [iam.PermissionLevel.CAN_USE],
        "admins": [iam.PermissionLevel.CAN_MANAGE],
    }
    with pytest.raises(InvalidParameterValue, match="exactly one owner"):
        client.permissions.set("warehouses", warehouse, access_control_list=[])
