"""The Databricks SDK for Python, as it comes, sets permissions on every kind of object."""

import base64
from collections.abc import Iterator
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.service import iam, sql
from databricks.sdk.service.workspace import ImportFormat, Language

KINDS = {
    "jobs": "CAN_VIEW",
    "serving-endpoints": "CAN_QUERY",
    "experiments": "CAN_READ",
    "sql/warehouses": "CAN_USE",
    "warehouses": "CAN_USE",
    "alertsv2": "CAN_READ",
    "directories": "CAN_READ",
    "files": "CAN_READ",
    "notebooks": "CAN_READ",
}


@pytest.fixture(scope="module")
def objects(workspace: WorkspaceClient) -> Iterator[dict[str, str]]:
    """Makes one object of each kind; gives their ids."""
    name = f"test-{uuid4().hex[:8]}"
    folder = f"/Shared/{name}"
    workspace.workspace.mkdirs(folder)
    source = base64.b64encode(b"print(1)\n").decode()
    workspace.workspace.import_(f"{folder}/a.py", content=source, format=ImportFormat.RAW)
    workspace.workspace.import_(
        f"{folder}/b", content=source, format=ImportFormat.SOURCE, language=Language.PYTHON
    )
    paths = {"directories": folder, "files": f"{folder}/a.py", "notebooks": f"{folder}/b"}
    warehouse = workspace.warehouses.create(name=name, cluster_size="2X-Small").result().id
    assert warehouse is not None
    endpoint = workspace.serving_endpoints.create(name=name)
    evaluation = sql.AlertV2Evaluation(
        source=sql.AlertV2OperandColumn("a"),
        comparison_operator=sql.ComparisonOperator.GREATER_THAN,
        threshold=sql.AlertV2Operand(value=sql.AlertV2OperandValue(double_value=0)),
    )
    schedule = sql.CronSchedule(quartz_cron_schedule="0 0 * * * ?", timezone_id="UTC")
    alert = workspace.alerts_v2.create_alert(
        sql.AlertV2(name, "SELECT 1 AS a", warehouse, evaluation=evaluation, schedule=schedule)
    )
    found = {
        "jobs": workspace.jobs.create(name=name).job_id,
        "serving-endpoints": endpoint.response.id,
        "experiments": workspace.experiments.create_experiment(f"{folder}/c").experiment_id,
        "sql/warehouses": warehouse,
        "warehouses": warehouse,
        "alertsv2": alert.id,
        **{kind: workspace.workspace.get_status(path).object_id for kind, path in paths.items()},
    }
    yield {kind: str(id) for kind, id in found.items()}
    workspace.serving_endpoints.delete(name)
    workspace.alerts_v2.trash_alert(str(alert.id), purge=True)
    workspace.warehouses.delete(warehouse)
    workspace.jobs.delete(int(str(found["jobs"])))
    workspace.workspace.delete(folder, recursive=True)


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_set_added_to_and_read_back(
    workspace: WorkspaceClient, objects: dict[str, str], kind: str
) -> None:
    """The levels are those that the object's kind has."""
    me = workspace.current_user.me().user_name
    levels = workspace.permissions.get_permission_levels(kind, objects[kind]).permission_levels
    assert KINDS[kind] in [
        one.permission_level.value for one in levels or [] if one.permission_level
    ]
    level = iam.PermissionLevel(KINDS[kind])
    owner = [
        iam.AccessControlRequest(permission_level=iam.PermissionLevel.IS_OWNER, user_name=me)
        for one in levels or []
        if one.permission_level == iam.PermissionLevel.IS_OWNER
    ]
    users = iam.AccessControlRequest(permission_level=level, group_name="users")
    team = iam.AccessControlRequest(permission_level=level, group_name="data-science")
    workspace.permissions.set(kind, objects[kind], access_control_list=[*owner, users])
    assert {"users"} == groups(workspace, kind, objects[kind]) - {"admins"}
    workspace.permissions.update(kind, objects[kind], access_control_list=[team])
    assert {"users", "data-science"} == groups(workspace, kind, objects[kind]) - {"admins"}
    workspace.permissions.set(kind, objects[kind], access_control_list=owner)
    assert groups(workspace, kind, objects[kind]) <= {"admins"}


def groups(workspace: WorkspaceClient, kind: str, id: str) -> set[str]:
    """Gives the groups that may do anything with an object."""
    found = workspace.permissions.get(kind, id).access_control_list or []
    return {one.group_name for one in found if one.group_name is not None}
