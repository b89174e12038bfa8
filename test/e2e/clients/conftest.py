"""What the client tests share: a client that is signed in, a warehouse, and names of their own."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.sql import StatementState

Execute = Callable[[str], list[list[str]]]
"""Runs a statement that must succeed; gives its rows, as text."""


@pytest.fixture(scope="session")
def workspace() -> WorkspaceClient:
    """Signs in with DATABRICKS_HOST and DATABRICKS_TOKEN, and nothing else."""
    return WorkspaceClient()


@pytest.fixture(scope="module")
def schema(workspace: WorkspaceClient) -> Iterator[str]:
    """Makes a new schema in a new catalog; gives its full name."""
    catalog = f"test_{uuid4().hex[:8]}"
    workspace.catalogs.create(catalog)
    workspace.schemas.create("ml", catalog)
    yield f"{catalog}.ml"
    for model in workspace.registered_models.list(catalog_name=catalog, schema_name="ml"):
        assert model.full_name is not None
        for version in workspace.model_versions.list(model.full_name):
            assert version.version is not None
            workspace.model_versions.delete(model.full_name, version.version)
        workspace.registered_models.delete(model.full_name)
    workspace.catalogs.delete(catalog, force=True)


@pytest.fixture
def catalog_name(workspace: WorkspaceClient) -> Iterator[str]:
    """Gives the name of a new catalog, gone afterwards with all that is in it."""
    name = f"test_{uuid4().hex[:8]}"
    workspace.catalogs.create(name, comment="for a test")
    yield name
    workspace.catalogs.delete(name, force=True)


@pytest.fixture(scope="module")
def warehouse(workspace: WorkspaceClient) -> Iterator[str]:
    """Makes a SQL warehouse; gives its id."""
    made = workspace.warehouses.create(
        name=f"test-{uuid4().hex[:8]}", cluster_size="2X-Small", max_num_clusters=1
    ).result()
    assert made.id is not None
    yield made.id
    workspace.warehouses.delete(made.id)


@pytest.fixture(scope="module")
def execute(workspace: WorkspaceClient, warehouse: str) -> Execute:
    """Runs statements on the warehouse."""

    def run(statement: str) -> list[list[str]]:
        answer = workspace.statement_execution.execute_statement(statement, warehouse)
        assert answer.status is not None
        assert answer.status.state == StatementState.SUCCEEDED, answer.status.error
        return (answer.result.data_array if answer.result else None) or []

    return run
