"""The Databricks SDK for Python, as it comes, reads and changes what other tests only make."""

from base64 import b64decode, b64encode
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InvalidParameterValue, NotFound
from databricks.sdk.service import catalog, jobs, settings
from databricks.sdk.service.catalog import VolumeType
from databricks.sdk.service.sql import State
from databricks.sdk.service.workspace import ImportFormat, Language


def test_people_and_groups(workspace: WorkspaceClient) -> None:
    """By their ids."""
    me = workspace.current_user.me()
    assert workspace.users.get(str(me.id)).user_name == me.user_name
    [admins] = workspace.groups.list(filter='displayName eq "admins"')
    assert [one.value for one in workspace.groups.get(str(admins.id)).members or []] == [me.id]
    with pytest.raises(NotFound):
        workspace.users.get("1")


def test_the_metastore(workspace: WorkspaceClient) -> None:
    """It is the only one."""
    [one] = workspace.metastores.list()
    assert workspace.metastores.get(str(one.metastore_id)).name == one.name


def test_a_schema_and_its_volume_are_changed(workspace: WorkspaceClient, schema: str) -> None:
    """What was set is read back."""
    workspace.schemas.update(schema, comment="for models", properties={"team": "x"})
    found = workspace.schemas.get(schema)
    assert (found.comment, found.properties) == ("for models", {"team": "x"})
    volume = workspace.volumes.create(
        *schema.split("."), name="landing", volume_type=VolumeType.MANAGED
    )
    assert workspace.volumes.read(str(volume.full_name)).volume_id == volume.volume_id
    folder = f"/Volumes/{schema.replace('.', '/')}/landing/a"
    workspace.files.create_directory(folder)
    workspace.files.get_directory_metadata(folder)
    workspace.files.delete_directory(folder)
    with pytest.raises(NotFound):
        workspace.files.get_directory_metadata(folder)


def test_direct_grants_one_by_one(workspace: WorkspaceClient, schema: str) -> None:
    """The newer list answers them too."""
    workspace.grants.update(
        "schema",
        schema,
        changes=[
            catalog.PermissionsChange(add=[catalog.Privilege.USE_SCHEMA], principal="analysts")
        ],
    )
    assert [one.principal for one in workspace.grants.list("schema", schema)] == ["analysts"]


def test_an_isolated_catalog_is_bound_to_the_workspace(
    workspace: WorkspaceClient, schema: str
) -> None:
    """Without a binding it is not seen."""
    name = schema.split(".")[0]
    id = workspace.get_workspace_id()
    bindings = workspace.workspace_bindings
    assert list(bindings.get_bindings("catalog", name)) == []
    bindings.update_bindings("catalog", name, add=[catalog.WorkspaceBinding(workspace_id=id)])
    [bound] = bindings.get_bindings("catalog", name)
    assert bound.workspace_id == id
    workspace.catalogs.update(name, isolation_mode=catalog.CatalogIsolationMode.ISOLATED)
    assert bindings.update(name, unassign_workspaces=[id]).workspaces == []
    with pytest.raises(Exception, match="not accessible|not bound|PERMISSION|workspace"):
        workspace.catalogs.get(name)
    bindings.update(name, assign_workspaces=[id])
    assert bindings.get(name).workspaces == [id]
    workspace.catalogs.update(name, isolation_mode=catalog.CatalogIsolationMode.OPEN)


def test_a_notebook_is_exported_as_it_was_imported(workspace: WorkspaceClient) -> None:
    """With the header that tells it from a file."""
    path = f"/Shared/test-{uuid4().hex[:8]}"
    source = "# Databricks notebook source\nprint(1)\n"
    content = b64encode(source.encode()).decode()
    workspace.workspace.import_(
        path, content=content, format=ImportFormat.SOURCE, language=Language.PYTHON
    )
    exported = workspace.workspace.export(path)
    assert b64decode(exported.content or "").decode() == source
    workspace.workspace.delete(path)


def test_a_warehouse_is_stopped_and_started(workspace: WorkspaceClient) -> None:
    """And waited for, as one does."""
    made = workspace.warehouses.create(name=f"test-{uuid4().hex[:8]}", cluster_size="2X-Small")
    id = str(made.result().id)
    assert workspace.warehouses.stop(id).result().state == State.STOPPED
    assert workspace.warehouses.start(id).result().state == State.RUNNING
    workspace.warehouses.delete(id)


def test_destinations(workspace: WorkspaceClient) -> None:
    """They are listed and changed, but keep their kind."""
    email = settings.Config(email=settings.EmailConfig(["a@example.com"]))
    made = workspace.notification_destinations.create(display_name="first", config=email)
    id = str(made.id)
    workspace.notification_destinations.update(id, display_name="second")
    listed = {one.id: one.display_name for one in workspace.notification_destinations.list()}
    assert listed[id] == "second"
    slack = settings.Config(slack=settings.SlackConfig(url="https://example.com/x"))
    with pytest.raises(InvalidParameterValue, match="cannot change"):
        workspace.notification_destinations.update(id, config=slack)
    workspace.notification_destinations.delete(id)


def test_runs_of_a_job_are_cancelled_and_forgotten(workspace: WorkspaceClient) -> None:
    """All at once, and one by one."""
    task = jobs.Task(
        "only", condition_task=jobs.ConditionTask(jobs.ConditionTaskOp.EQUAL_TO, "1", "1")
    )
    job = workspace.jobs.create(name="test", tasks=[task]).job_id
    assert job is not None
    workspace.jobs.reset(job, jobs.JobSettings(name="test again", tasks=[task]))
    run = workspace.jobs.run_now(job).result()
    assert run.run_id is not None
    workspace.jobs.cancel_all_runs(job_id=job)
    workspace.jobs.delete_run(run.run_id)
    with pytest.raises(NotFound):
        workspace.jobs.get_run(run.run_id)
    workspace.jobs.delete(job)
