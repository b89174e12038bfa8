"""The Databricks SDK for Python, as it comes, manages registered models of the workspace."""

from uuid import uuid4

import iris
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import (
    InvalidParameterValue,
    InvalidState,
    NotFound,
    ResourceAlreadyExists,
)
from databricks.sdk.service.catalog import ModelVersionInfoStatus


def test_a_model_is_created_changed_listed_and_deleted(
    workspace: WorkspaceClient, schema: str
) -> None:
    """The whole life of a model without versions."""
    catalog, _, _ = schema.partition(".")
    name = f"{schema}.empty"
    created = workspace.registered_models.create(
        name="Empty", catalog_name=catalog, schema_name="ml", comment="first"
    )
    assert (created.full_name, created.comment) == (name, "first")
    with pytest.raises(ResourceAlreadyExists):
        workspace.registered_models.create(name="empty", catalog_name=catalog, schema_name="ml")
    workspace.registered_models.update(name, comment="second", owner="users")
    found = workspace.registered_models.get(name)
    assert (found.comment, found.owner, found.created_at) == (
        "second",
        "users",
        created.created_at,
    )
    listed = workspace.registered_models.list(catalog_name=catalog, schema_name="ml", max_results=1)
    assert name in [model.full_name for model in listed]
    workspace.registered_models.delete(name)
    with pytest.raises(NotFound):
        workspace.registered_models.get(name)


def test_a_model_needs_a_schema(workspace: WorkspaceClient, schema: str) -> None:
    """Unlike in MLflow's own registry."""
    catalog, _, _ = schema.partition(".")
    with pytest.raises(NotFound, match="nowhere"):
        workspace.registered_models.create(name="m", catalog_name=catalog, schema_name="nowhere")


def test_versions_and_aliases(workspace: WorkspaceClient, schema: str) -> None:
    """What the MLflow client registered is seen, aliased and deleted."""
    name = f"{schema}.aliased"
    experiment = f"/Shared/test-{uuid4().hex[:8]}"
    first = iris.register(name, experiment)
    iris.register(name, experiment)
    versions = list(workspace.model_versions.list(name, max_results=1))
    assert sorted(version.version or 0 for version in versions) == [1, 2]
    found = workspace.model_versions.get(name, 1)
    assert (found.run_id, found.status) == (first.run_id, ModelVersionInfoStatus.READY)

    workspace.registered_models.set_alias(name, "champion", 1)
    workspace.registered_models.set_alias(name, "champion", 2)
    assert workspace.model_versions.get_by_alias(name, "champion").version == 2
    aliases = workspace.registered_models.get(name, include_aliases=True).aliases or []
    assert [(alias.alias_name, alias.version_num) for alias in aliases] == [("champion", 2)]
    assert not workspace.registered_models.get(name).aliases
    with pytest.raises(NotFound):
        workspace.registered_models.set_alias(name, "champion", 9)
    with pytest.raises(InvalidParameterValue):
        workspace.registered_models.set_alias(name, "latest", 1)
    with pytest.raises(InvalidState):
        workspace.registered_models.delete(name)

    workspace.model_versions.delete(name, 2)
    with pytest.raises(NotFound):
        workspace.model_versions.get_by_alias(name, "champion")
    assert iris.register(name, experiment).version == "3"
