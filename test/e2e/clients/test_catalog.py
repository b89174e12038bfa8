"""The Databricks SDK for Python, as it comes, works with Unity Catalog and its governance."""

import io
import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import AlreadyExists, BadRequest, NotFound, Unauthenticated
from databricks.sdk.service import catalog, sql
from databricks.sdk.service.catalog import PermissionsChange, Privilege, VolumeType


@pytest.fixture(scope="module")
def client() -> WorkspaceClient:
    """Signs in with DATABRICKS_HOST and DATABRICKS_TOKEN."""
    return WorkspaceClient()


@pytest.fixture(scope="module")
def warehouse(client: WorkspaceClient) -> Iterator[str]:
    """Gives the id of a SQL warehouse."""
    made = client.warehouses.create(
        name=f"test-catalog-{uuid4().hex[:8]}",
        cluster_size="2X-Small",
        max_num_clusters=1,
        auto_stop_mins=10,
    ).result()
    assert made.id is not None
    yield made.id
    client.warehouses.delete(made.id)


@pytest.fixture
def name(client: WorkspaceClient) -> Iterator[str]:
    """Gives the name of a new catalog, gone afterwards with all that is in it."""
    made = client.catalogs.create(f"test_{uuid4().hex[:8]}", comment="for a test")
    assert made.name is not None
    yield made.name
    client.catalogs.delete(made.name, force=True)


@pytest.fixture
def table(client: WorkspaceClient, warehouse: str, name: str) -> str:
    """Gives the full name of a new table with two columns that cannot be null."""
    client.schemas.create("features", name)
    full_name = f"{name}.features.customers"
    run(
        client,
        warehouse,
        f"CREATE TABLE {full_name} (customer_id STRING NOT NULL, day DATE NOT NULL, spend DOUBLE)",
    )
    return full_name


def run(client: WorkspaceClient, warehouse: str, statement: str) -> None:
    """Runs a statement that must succeed."""
    answer = client.statement_execution.execute_statement(statement, warehouse)
    assert answer.status is not None
    assert answer.status.state == sql.StatementState.SUCCEEDED, answer.status.error


def test_the_caller_and_the_metastore(client: WorkspaceClient) -> None:
    """The user, its groups and the metastore are found."""
    me = client.current_user.me()
    assert me.user_name is not None
    assert [user.id for user in client.users.list(filter=f'userName eq "{me.user_name}"')] == [
        me.id
    ]
    assert [g.display_name for g in client.groups.list(filter="displayName eq 'admins'")] == [
        "admins"
    ]
    current = client.metastores.current()
    assert current.workspace_id == client.get_workspace_id()
    assert client.metastores.summary().metastore_id == current.metastore_id


def test_a_wrong_token_is_refused(client: WorkspaceClient) -> None:
    """A stranger gets 401."""
    stranger = WorkspaceClient(host=client.config.host, token="dapi0")
    with pytest.raises(Unauthenticated):
        stranger.current_user.me()


def test_catalogs_schemas_and_volumes(client: WorkspaceClient, name: str) -> None:
    """They are made, changed, listed, and not deleted while they hold something."""
    with pytest.raises(BadRequest, match="already exists"):
        client.catalogs.create(name)
    client.catalogs.update(name, comment="changed", properties={"a": "b"})
    found = client.catalogs.get(name)
    assert (found.comment, found.properties) == ("changed", {"a": "b"})
    assert name in [one.name for one in client.catalogs.list()]

    schema = client.schemas.create("raw", name, comment="c")
    assert {one.name for one in client.schemas.list(name)} == {"default", "raw"}
    assert schema.full_name is not None
    volume = client.volumes.create(name, "raw", "files", VolumeType.MANAGED)
    assert volume.full_name is not None
    with pytest.raises(BadRequest, match=r"not empty.*1 volumes\(s\)"):
        client.schemas.delete(schema.full_name)
    renamed = client.volumes.update(volume.full_name, new_name="landing")
    assert [one.name for one in client.volumes.list(name, "raw")] == ["landing"]
    assert renamed.full_name is not None
    client.volumes.delete(renamed.full_name)
    client.schemas.delete(schema.full_name)
    with pytest.raises(NotFound):
        client.schemas.get(schema.full_name)


def test_force_takes_models_and_tables_along(
    client: WorkspaceClient, name: str, table: str
) -> None:
    """A schema with a model and a table goes only when forced, and takes both with it."""
    schema = table.rpartition(".")[0]
    model = client.registered_models.create(
        catalog_name=name, schema_name="features", name="churn"
    ).full_name
    assert model is not None
    with pytest.raises(BadRequest, match=r"1 tables\(s\), 1 functions\(s\)"):
        client.schemas.delete(schema)
    client.schemas.delete(schema, force=True)
    client.schemas.create("features", name)
    assert not client.tables.exists(table).table_exists
    with pytest.raises(NotFound):
        client.registered_models.get(model)


def test_a_volume_holds_files(client: WorkspaceClient, name: str) -> None:
    """What is uploaded is downloaded again."""
    client.volumes.create(name, "default", "files", VolumeType.MANAGED)
    path = f"/Volumes/{name}/default/files/a.txt"
    client.files.upload(path, io.BytesIO(b"content"), overwrite=True)
    contents = client.files.download(path).contents
    assert contents is not None
    assert contents.read() == b"content"


def test_tables(client: WorkspaceClient, table: str) -> None:
    """They are described, listed, given an owner and dropped."""
    assert client.tables.exists(table).table_exists
    catalog_name, schema_name, table_name = table.split(".")
    found = client.tables.get(table)
    assert found.owner == client.current_user.me().user_name
    assert [(c.name, c.nullable) for c in found.columns or []] == [
        ("customer_id", False),
        ("day", False),
        ("spend", True),
    ]
    client.tables.update(table, owner="data-science")
    assert client.tables.get(table).owner == "data-science"
    listed = client.tables.list(catalog_name, schema_name, omit_columns=True)
    assert [(one.name, one.columns) for one in listed] == [(table_name, [])]
    summaries = client.tables.list_summaries(catalog_name, table_name_pattern="cust%")
    assert [one.full_name for one in summaries] == [table]
    client.tables.delete(table)
    assert not client.tables.exists(table).table_exists


def test_a_primary_key(client: WorkspaceClient, warehouse: str, table: str) -> None:
    """It is checked, read back with its table, and dropped either way."""

    def key(*columns: str, time: tuple[str, ...] = ()) -> catalog.TableConstraint:
        return catalog.TableConstraint(
            primary_key_constraint=catalog.PrimaryKeyConstraint(
                "customers_pk", list(columns), rely=True, timeseries_columns=list(time) or None
            )
        )

    with pytest.raises(BadRequest, match="`spend` is nullable"):
        client.table_constraints.create(table, key("spend"))
    wanted = key("customer_id", "day", time=("day",))
    client.table_constraints.create(table, wanted)
    assert client.tables.get(table).table_constraints == [wanted]
    with pytest.raises(AlreadyExists):
        client.table_constraints.create(table, key("customer_id"))
    # The key is the table's own, not a note beside it.
    run(client, warehouse, f"ALTER TABLE {table} DROP CONSTRAINT customers_pk")
    assert not client.tables.get(table).table_constraints
    client.table_constraints.create(table, key("customer_id"))
    client.table_constraints.delete(table, "customers_pk", cascade=False)
    with pytest.raises(NotFound):
        client.table_constraints.delete(table, "customers_pk", cascade=False)


def test_grants(client: WorkspaceClient, name: str, table: str) -> None:
    """Direct and inherited ones are told apart; wrong privileges are refused."""
    client.grants.update(
        "catalog",
        name,
        changes=[PermissionsChange(add=[Privilege.USE_CATALOG, Privilege.SELECT], principal="a")],
    )
    client.grants.update(
        "table", table, changes=[PermissionsChange(add=[Privilege.MODIFY], principal="b")]
    )
    direct = client.grants.get("table", table).privilege_assignments or []
    assert [(one.principal, one.privileges) for one in direct] == [("b", [Privilege.MODIFY])]
    effective = client.grants.get_effective("table", table, principal="a").privilege_assignments
    assert effective is not None
    assert [
        (p.privilege, p.inherited_from_name) for one in effective for p in one.privileges or []
    ] == [(Privilege.SELECT, name)]
    assert [one.principal for one in client.grants.list_effective("table", table)] == ["a", "b"]
    with pytest.raises(BadRequest, match="not applicable"):
        client.grants.update(
            "table", table, changes=[PermissionsChange(add=[Privilege.USE_CATALOG], principal="a")]
        )


def test_tags(client: WorkspaceClient, table: str) -> None:
    """Those of a table and of its columns are kept apart."""
    tags = client.entity_tag_assignments
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


def test_host_metadata_is_read_before_signing_in(client: WorkspaceClient) -> None:
    """The SDK learns the workspace's id by itself."""
    assert "DATABRICKS_WORKSPACE_ID" not in os.environ
    assert client.config.workspace_id == str(client.metastores.current().workspace_id)
