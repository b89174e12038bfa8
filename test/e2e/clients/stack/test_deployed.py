"""The Databricks SDK for Python, as it comes, reads all that a deployed and trained stack consists of."""

from datetime import timedelta

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.catalog import ColumnInfo, ModelVersionInfoStatus
from databricks.sdk.service.dataquality import RefreshState
from databricks.sdk.service.serving import EndpointStateReady, EndpointTag
from databricks.sdk.service.sql import AlertV2, ComparisonOperator

MODEL = "ml_local.models.customer_churn_model"
FEATURES = "ml_local.features.customer_features"
ENDPOINT = "customer-churn-model-endpoint"
ROW = {
    "total_transactions": 1,
    "total_spend": 12.99,
    "avg_transaction_amount": 12.99,
    "unique_categories": 1,
    "spend_volatility": None,
    "days_since_signup": 440,
    "days_since_last_transaction": 440,
}


def test_catalog_schema_and_tables(workspace: WorkspaceClient) -> None:
    """With their columns and keys."""
    assert workspace.catalogs.get("ml_local").owner is not None
    assert workspace.schemas.get("ml_local.models").catalog_name == "ml_local"
    tables = {one.full_name for one in workspace.tables.list("ml_local", "features")}
    [features] = [name for name in tables if name and "customer" in name]
    found = workspace.tables.get(features)
    keys = [one.primary_key_constraint for one in found.table_constraints or []]
    assert ["customer_id"] in [key.child_columns for key in keys if key]
    columns: list[ColumnInfo] = found.columns or []
    assert set(ROW) <= {column.name for column in columns}


def test_the_model_its_versions_and_its_champion(workspace: WorkspaceClient) -> None:
    """The alias is what the gate has set."""
    assert workspace.registered_models.get(MODEL).full_name == MODEL
    versions = list(workspace.model_versions.list(MODEL))
    assert [one.version for one in versions] == [1]
    champion = workspace.model_versions.get_by_alias(MODEL, "champion")
    assert (champion.version, champion.status) == (1, ModelVersionInfoStatus.READY)
    aliases = workspace.registered_models.get(MODEL, include_aliases=True).aliases or []
    assert {one.alias_name: one.version_num for one in aliases} == {"champion": 1, "challenger": 1}


def test_the_endpoint_serves_the_champion(workspace: WorkspaceClient) -> None:
    """It is listed, ready, and answers, also when one served model is asked for by its name."""
    assert ENDPOINT in [one.name for one in workspace.serving_endpoints.list()]
    found = workspace.serving_endpoints.wait_get_serving_endpoint_not_updating(
        ENDPOINT, timeout=timedelta(minutes=2)
    )
    assert found.state is not None
    assert found.state.ready == EndpointStateReady.READY
    assert found.config is not None
    [served] = found.config.served_entities or []
    assert (served.entity_name, served.entity_version) == (MODEL, "1")
    answer = workspace.serving_endpoints.query(ENDPOINT, dataframe_records=[ROW])
    assert answer.predictions == [1]
    one = workspace.api_client.do(
        "POST",
        f"/serving-endpoints/{ENDPOINT}/served-models/{served.name}/invocations",
        body={"dataframe_records": [ROW]},
    )
    assert one == {"predictions": [1]}
    assert workspace.serving_endpoints.logs(ENDPOINT, str(served.name)).logs is not None


def test_an_endpoint_is_tagged_and_untagged(workspace: WorkspaceClient) -> None:
    """Its other tags stay."""
    before = workspace.serving_endpoints.get(ENDPOINT).tags or []
    added = workspace.serving_endpoints.patch(ENDPOINT, add_tags=[EndpointTag("seen", "yes")])
    assert EndpointTag("seen", "yes") in (added.tags or [])
    workspace.serving_endpoints.patch(ENDPOINT, delete_tags=["seen"])
    assert (workspace.serving_endpoints.get(ENDPOINT).tags or []) == before


@pytest.fixture
def alert(workspace: WorkspaceClient) -> AlertV2:
    """Finds the stack's drift alert."""
    [found] = [
        one
        for one in workspace.alerts_v2.list_alerts()
        if one.display_name == "customer_churn_model drift"
    ]
    return workspace.alerts_v2.get_alert(str(found.id))


def test_the_alert(workspace: WorkspaceClient, alert: AlertV2) -> None:
    """It compares drift with a threshold, and tells a destination that exists."""
    assert alert.evaluation.comparison_operator == ComparisonOperator.GREATER_THAN
    assert alert.evaluation.notification is not None
    [subscription] = alert.evaluation.notification.subscriptions or []
    destination = workspace.notification_destinations.get(str(subscription.destination_id))
    assert destination.config is not None
    assert destination.config.email is not None


def test_writing_what_was_read_changes_nothing(workspace: WorkspaceClient, alert: AlertV2) -> None:
    """So that two tools can manage the same alert and the same monitor."""
    again = workspace.alerts_v2.update_alert(str(alert.id), alert, "display_name,query_text")
    again.update_time = alert.update_time
    assert again == alert
    [monitor] = workspace.data_quality.list_monitor()
    written = workspace.data_quality.update_monitor(
        "table", monitor.object_id, monitor, "data_profiling_config"
    )
    before, after = monitor.data_profiling_config, written.data_profiling_config
    assert before is not None
    assert after is not None
    before.monitor_version, before.status = after.monitor_version, after.status
    assert after == before
    # Making it has refreshed it, changing it does not.
    [refresh] = workspace.data_quality.list_refresh("table", monitor.object_id)
    assert refresh.state is RefreshState.MONITOR_REFRESH_STATE_SUCCESS, refresh.message
