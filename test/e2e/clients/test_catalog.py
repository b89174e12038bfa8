"""The Databricks SDK for Python, as it comes, works with Unity Catalog and its governance."""

import io
import os

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import AlreadyExists, BadRequest, NotFound, Unauthenticated
from databricks.sdk.service import catalog
from databricks.sdk.service.catalog import PermissionsChange, Privilege, VolumeType

from conftest import Execute


@pytest.fixture
def table(workspace: WorkspaceClient, execute: Execute, catalog_name: str) -> str:
    """Gives the full name of a new table with two columns that cannot be null."""
    workspace.schemas.create("features", catalog_name)
    full_name = f"{catalog_name}.features.customers"
    execute(
        f"CREATE TABLE {full_name} (customer_id STRING NOT NULL, day DATE NOT NULL, spend DOUBLE)"
    )
    return full_name


def test_the_caller_and_the_metastore(workspace: WorkspaceClient) -> None:
    """The user, its groups and the metastore are found."""
    me = workspace.current_user.me()
    assert me.user_name is not None
    assert [user.id for user in workspace.users.list(filter=f'userName eq "{me.user_name}"')] == [
        me.id
    ]
    assert [g.display_name for g in workspace.groups.list(filter="displayName eq 'admins'")] == [
        "admins"
    ]
    current = workspace.metastores.current()
    assert current.workspace_id == workspace.get_workspace_id()
    assert workspace.metastores.summary().metastore_id == current.metastore_id


def test_a_wrong_token_is_refused(workspace: WorkspaceClient) -> None:
    """A stranger gets 401."""
    stranger = WorkspaceClient(host=workspace.config.host, token="dapi0")
    with pytest.raises(Unauthenticated):
        stranger.current_user.me()


def test_catalogs_schemas_and_volumes(workspace: WorkspaceClient, catalog_name: str) -> None:
    """They are made, changed, listed, and not deleted while they hold something."""
    with pytest.raises(BadRequest, match="already exists"):
        workspace.catalogs.create(catalog_name)
    workspace.catalogs.update(catalog_name, comment="changed", properties={"a": "b"})
    found = workspace.catalogs.get(catalog_name)
    assert (found.comment, found.properties) == ("changed", {"a": "b"})
    assert catalog_name in [one.name for one in workspace.catalogs.list()]

    schema = workspace.schemas.create("raw", catalog_name, comment="c")
    assert {one.name for one in workspace.schemas.list(catalog_name)} == {"default", "raw"}
    assert schema.full_name is not None
    volume = workspace.volumes.create(catalog_name, "raw", "files", VolumeType.MANAGED)
    assert volume.full_name is not None
    with pytest.raises(BadRequest, match=r"not empty.*1 volumes\(s\)"):
        workspace.schemas.delete(schema.full_name)
    renamed = workspace.volumes.update(volume.full_name, new_name="landing")
    assert [one.name for one in workspace.volumes.list(catalog_name, "raw")] == ["landing"]
    assert renamed.full_name is not None
    workspace.volumes.delete(renamed.full_name)
    workspace.schemas.delete(schema.full_name)
    with pytest.raises(NotFound):
        workspace.schemas.get(schema.full_name)


def test_force_takes_models_and_tables_along(
    workspace: WorkspaceClient, catalog_name: str, table: str
) -> None:
    """A schema with a model and a table goes only when forced, and takes both with it."""
    schema = table.rpartition(".")[0]
    model = workspace.registered_models.create(
        catalog_name=catalog_name, schema_name="features", name="churn"
    ).full_name
    assert model is not None
    with pytest.raises(BadRequest, match=r"1 tables\(s\), 1 functions\(s\)"):
        workspace.schemas.delete(schema)
    workspace.schemas.delete(schema, force=True)
    workspace.schemas.create("features", catalog_name)
    assert not workspace.tables.exists(table).table_exists
    with pytest.raises(NotFound):
        workspace.registered_models.get(model)


def test_a_volume_holds_files(workspace: WorkspaceClient, catalog_name: str) -> None:
    """What is uploaded is downloaded again."""
    workspace.volumes.create(catalog_name, "default", "files", VolumeType.MANAGED)
    path = f"/Volumes/{catalog_name}/default/files/a.txt"
    workspace.files.upload(path, io.BytesIO(b"content"), overwrite=True)
    contents = workspace.files.download(path).contents
    assert contents is not None
    assert contents.read() == b"content"


def test_tables(workspace: WorkspaceClient, table: str) -> None:
    """They are described, listed, given an owner and dropped."""
    assert workspace.tables.exists(table).table_exists
    catalog_name, schema_name, table_name = table.split(".")
    found = workspace.tables.get(table)
    assert found.owner == workspace.current_user.me().user_name
    assert [(c.name, c.nullable) for c in found.columns or []] == [
        ("customer_id", False),
        ("day", False),
        ("spend", True),
    ]
    workspace.tables.update(table, owner="data-science")
    assert workspace.tables.get(table).owner == "data-science"
    listed = workspace.tables.list(catalog_name, schema_name, omit_columns=True)
    assert [(one.name, one.columns) for one in listed] == [(table_name, [])]
    summaries = workspace.tables.list_summaries(catalog_name, table_name_pattern="cust%")
    assert [one.full_name for one in summaries] == [table]
    workspace.tables.delete(table)
    assert not workspace.tables.exists(table).table_exists


def test_a_primary_key(workspace: WorkspaceClient, execute: Execute, table: str) -> None:
    """It is checked, read back with its table, and dropped either way."""

    def key(*columns: str, time: tuple[str, ...] = ()) -> catalog.TableConstraint:
        return catalog.TableConstraint(
            primary_key_constraint=catalog.PrimaryKeyConstraint(
                "customers_pk", list(columns), rely=True, timeseries_columns=list(time) or None
            )
        )

    with pytest.raises(BadRequest, match="`spend` is nullable"):
        workspace.table_constraints.create(table, key("spend"))
    wanted = key("customer_id", "day", time=("day",))
    workspace.table_constraints.create(table, wanted)
    assert workspace.tables.get(table).table_constraints == [wanted]
    with pytest.raises(AlreadyExists):
        workspace.table_constraints.create(table, key("customer_id"))
    # The key is the table's own, not a note beside it.
    execute(f"ALTER TABLE {table} DROP CONSTRAINT customers_pk")
    assert not workspace.tables.get(table).table_constraints
    workspace.table_constraints.create(table, key("customer_id"))
    workspace.table_constraints.delete(table, "customers_pk", cascade=False)
    with pytest.raises(NotFound):
        workspace.table_constraints.delete(table, "customers_pk", cascade=False)


def test_grants(workspace: WorkspaceClient, catalog_name: str, table: str) -> None:
    """Direct and inherited ones are told apart; wrong privileges are refused."""
    workspace.grants.update(
        "catalog",
        catalog_name,
        changes=[PermissionsChange(add=[Privilege.USE_CATALOG, Privilege.SELECT], principal="a")],
    )
    workspace.grants.update(
        "table", table, changes=[PermissionsChange(add=[Privilege.MODIFY], principal="b")]
    )
    direct = workspace.grants.get("table", table).privilege_assignments or []
    assert [(one.principal, one.privileges) for one in direct] == [("b", [Privilege.MODIFY])]
    effective = workspace.grants.get_effective("table", table, principal="a").privilege_assignments
    assert effective is not None
    assert [
        (p.privilege, p.inherited_from_name) for one in effective for p in one.privileges or []
    ] == [(Privilege.SELECT, catalog_name)]
    assert [one.principal for one in workspace.grants.list_effective("table", table)] == ["a", "b"]
    with pytest.raises(BadRequest, match="not applicable"):
        workspace.grants.update(
            "table", table, changes=[PermissionsChange(add=[Privilege.USE_CATALOG], principal="a")]
        )


def test_tags(workspace: WorkspaceClient, table: str) -> None:
    """Those of a table and of its columns are kept apart."""
    tags = workspace.entity_tag_assignments
    tags.create(catalog.EntityTagAssignment(table, "team", "tables", tag_value="data-science"))
    tags.create(catalog.EntityTagAssignment(f"{table}.customer_id", "pii", "columns"))
    assert tags.get("tables", table, "team").tag_value == "data-science"
    changed = catalog.EntityTagAssignment(table, "team", "tables", tag_value="platform")
    tags.update("tables", table, "team", changed, update_mask="tag_value")
    assert [(one.tag_key, one.tag_value) for one in tags.list("tables", table)] == [
        ("team", "platform")
    ]
    assert [one.tag_key for one in tags.list("columns", f"{table}.customer_id")] == ["pii"]
    tags.delete("tables", table, "team")
    with pytest.raises(NotFound):
        tags.get("tables", table, "team")


def test_host_metadata_is_read_before_signing_in(workspace: WorkspaceClient) -> None:
    """The SDK learns the workspace's id by itself."""
    assert "DATABRICKS_WORKSPACE_ID" not in os.environ
    assert workspace.config.workspace_id == str(workspace.metastores.current().workspace_id)
