"""What the client tests share: a client that is signed in, and a schema of their own."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient


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
