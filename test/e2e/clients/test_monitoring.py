"""The Databricks SDK for Python, as it comes, works with monitors, alerts and permissions."""

import time

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, InvalidParameterValue, NotFound
from databricks.sdk.service import dataquality, iam, settings, sql

from conftest import Execute


@pytest.fixture
def predictions(workspace: WorkspaceClient, execute: Execute, catalog_name: str) -> str:
    """Gives the full name of an empty predictions table in a catalog of its own."""
    workspace.schemas.create("monitoring", catalog_name)
    table = f"{catalog_name}.default.predictions"
    execute(
        f"CREATE TABLE {table} "
        "(timestamp TIMESTAMP, model_version STRING, prediction STRING, actual_label STRING)"
    )
    return table


def monitor_of(
    workspace: WorkspaceClient, table: str, prediction: str = "prediction"
) -> dataquality.Monitor:
    """Describes a monitor of an inference log."""
    catalog = table.split(".")[0]
    table_id = workspace.tables.get(table).table_id
    schema_id = workspace.schemas.get(f"{catalog}.monitoring").schema_id
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
    workspace: WorkspaceClient, execute: Execute, predictions: str
) -> None:
    """It makes its metric tables, which outlive it."""
    with pytest.raises(InvalidParameterValue, match="no column 'score'"):
        workspace.data_quality.create_monitor(monitor_of(workspace, predictions, "score"))
    wanted = monitor_of(workspace, predictions)
    workspace.data_quality.create_monitor(wanted)
    config = active(workspace, wanted.object_id)
    assert config.monitored_table_name == predictions
    for name in (config.profile_metrics_table_name, config.drift_metrics_table_name):
        assert name is not None
        assert execute(f"SELECT max(window.start), count(*) FROM {name}") == [[None, "0"]]
    workspace.data_quality.delete_monitor("table", wanted.object_id)
    with pytest.raises(NotFound):
        workspace.data_quality.get_monitor("table", wanted.object_id)
    assert workspace.tables.exists(str(config.drift_metrics_table_name)).table_exists


def active(workspace: WorkspaceClient, table_id: str) -> dataquality.DataProfilingConfig:
    """Waits until the monitor is active."""
    for _ in range(100):
        config = workspace.data_quality.get_monitor("table", table_id).data_profiling_config
        assert config is not None
        if config.status == dataquality.DataProfilingStatus.DATA_PROFILING_STATUS_ACTIVE:
            return config
        assert config.status == dataquality.DataProfilingStatus.DATA_PROFILING_STATUS_PENDING
        time.sleep(0.1)
    raise AssertionError("The monitor did not become active within 10 seconds.")


def test_an_alert_and_who_is_told(workspace: WorkspaceClient, warehouse: str) -> None:
    """Order of subscriptions is kept, secrets are not shown, trash is not listed."""
    email = settings.Config(email=settings.EmailConfig(["team@example.com"]))
    webhook = settings.Config(
        generic_webhook=settings.GenericWebhookConfig(url="https://hooks.example.com/s3cr3t")
    )
    destinations = workspace.notification_destinations
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
    made = workspace.alerts_v2.create_alert(wanted)
    assert made.id is not None
    found = workspace.alerts_v2.get_alert(made.id)
    assert found.evaluation.notification is not None
    assert found.evaluation.notification.subscriptions == subscriptions
    wanted.schedule.quartz_cron_schedule = "0 0 6 * * *"
    with pytest.raises(BadRequest, match="day-of-week must be '\\?'"):
        workspace.alerts_v2.update_alert(made.id, wanted, update_mask="schedule")
    workspace.alerts_v2.trash_alert(made.id)
    assert made.id not in [one.id for one in workspace.alerts_v2.list_alerts()]
    workspace.alerts_v2.trash_alert(made.id, purge=True)
    for one in (team, hook):
        destinations.delete(str(one.id))
    with pytest.raises(NotFound):
        destinations.get(str(team.id))


def test_permissions_of_a_warehouse(workspace: WorkspaceClient, warehouse: str) -> None:
    """They are added to, and a warehouse keeps an owner."""
    me = workspace.current_user.me().user_name
    workspace.permissions.update(
        "warehouses",
        warehouse,
        access_control_list=[
            iam.AccessControlRequest(
                group_name="users", permission_level=iam.PermissionLevel.CAN_USE
            )
        ],
    )
    found = workspace.permissions.get("sql/warehouses", warehouse).access_control_list or []
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
        workspace.permissions.set("warehouses", warehouse, access_control_list=[])
