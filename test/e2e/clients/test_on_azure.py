"""The Databricks SDK for Python, as it comes, on what a workspace has of an Azure foundation."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, NotFound, ResourceConflict
from databricks.sdk.service import catalog, iam, jobs
from databricks.sdk.service import workspace as secrets

GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers"
CONNECTOR = f"{GROUP}/Microsoft.Databricks/accessConnectors/c"
ISOLATED = catalog.IsolationMode.ISOLATION_MODE_ISOLATED


@pytest.fixture
def location(workspace: WorkspaceClient) -> Iterator[catalog.ExternalLocationInfo]:
    """Makes an external location on a storage credential of its name; both are gone afterwards."""
    name = f"test_{uuid4().hex[:8]}"
    identity = catalog.AzureManagedIdentityRequest(CONNECTOR)
    workspace.storage_credentials.create(name, azure_managed_identity=identity, comment="test")
    url = f"abfss://{name.replace('_', '-')}@mldev.dfs.core.windows.net/"
    yield workspace.external_locations.create(name, url, name, skip_validation=True)
    workspace.external_locations.delete(name, force=True)
    workspace.storage_credentials.delete(name)


def test_a_storage_credential_is_needed_by_its_location(
    workspace: WorkspaceClient, location: catalog.ExternalLocationInfo
) -> None:
    """It is listed and changed, and does not go before the location."""
    name = str(location.name)
    found = workspace.storage_credentials.get(name)
    assert found.azure_managed_identity is not None
    assert found.azure_managed_identity.access_connector_id == CONNECTOR
    assert found.id == location.credential_id
    assert name in [one.name for one in workspace.storage_credentials.list()]
    assert workspace.storage_credentials.update(name, comment="new").comment == "new"
    with pytest.raises(BadRequest, match="1 dependent storage location"):
        workspace.storage_credentials.delete(name)


def test_an_external_location_is_needed_by_its_catalog(
    workspace: WorkspaceClient, location: catalog.ExternalLocationInfo
) -> None:
    """A catalog keeps its storage root in it, and nowhere else."""
    name, url = str(location.name), str(location.url)
    assert name in [one.name for one in workspace.external_locations.list()]
    workspace.external_locations.update(name, comment="new", read_only=True)
    assert workspace.external_locations.get(name).comment == "new"
    root = f"{url}ml"
    assert workspace.catalogs.create(name, storage_root=root).storage_root == root
    assert str(workspace.catalogs.get(name).storage_location).startswith(f"{root}/__unitystorage/")
    with pytest.raises(BadRequest, match="1 dependent catalogs"):
        workspace.external_locations.delete(name)
    workspace.catalogs.delete(name, force=True)
    with pytest.raises(NotFound, match="No parent external location"):
        workspace.catalogs.create(name, storage_root="abfss://none@mldev.dfs.core.windows.net/")


@pytest.mark.parametrize("kind", ["external_location", "storage_credential"])
def test_an_isolated_one_is_bound_to_the_workspace(
    workspace: WorkspaceClient, location: catalog.ExternalLocationInfo, kind: str
) -> None:
    """And takes grants of its own kind."""
    name = str(location.name)
    change = catalog.PermissionsChange(add=[catalog.Privilege.READ_FILES], principal="readers")
    workspace.grants.update(kind, name, changes=[change])
    granted = workspace.grants.get(kind, name).privilege_assignments
    assert [one.principal for one in granted or []] == ["readers"]
    own = {
        "external_location": workspace.external_locations,
        "storage_credential": workspace.storage_credentials,
    }[kind]
    own.update(name, isolation_mode=ISOLATED)
    with pytest.raises(Exception, match="not accessible in current workspace"):
        own.get(name)
    binding = catalog.WorkspaceBinding(workspace_id=workspace.get_workspace_id())
    workspace.workspace_bindings.update_bindings(kind, name, add=[binding])
    assert own.get(name).isolation_mode == ISOLATED


def test_a_secret_scope_of_a_key_vault_has_readers(workspace: WorkspaceClient) -> None:
    """They are put, listed and taken away."""
    scope = f"test-{uuid4().hex[:8]}"
    vault = secrets.AzureKeyVaultSecretScopeMetadata(
        f"{GROUP}/Microsoft.KeyVault/vaults/kv", "https://kv.vault.azure.net/"
    )
    workspace.secrets.create_scope(
        scope,
        scope_backend_type=secrets.ScopeBackendType.AZURE_KEYVAULT,
        backend_azure_keyvault=vault,
    )
    [made] = [one for one in workspace.secrets.list_scopes() if one.name == scope]
    assert made.keyvault_metadata == vault
    workspace.secrets.put_acl(scope, "engineers", secrets.AclPermission.READ)
    assert workspace.secrets.get_acl(scope, "engineers").permission == secrets.AclPermission.READ
    assert {one.principal for one in workspace.secrets.list_acls(scope)} >= {"engineers"}
    workspace.secrets.delete_acl(scope, "engineers")
    with pytest.raises(NotFound):
        workspace.secrets.get_acl(scope, "engineers")
    workspace.secrets.delete_scope(scope)


def test_a_job_runs_as_a_registered_service_principal(workspace: WorkspaceClient) -> None:
    """Before it is registered, it does not."""
    application = str(uuid4())
    task = jobs.Task(
        "only", condition_task=jobs.ConditionTask(jobs.ConditionTaskOp.EQUAL_TO, "1", "1")
    )
    run_as = jobs.JobRunAs(service_principal_name=application)
    with pytest.raises(BadRequest, match=application):
        workspace.jobs.create(name="as another", tasks=[task], run_as=run_as)
    principals = workspace.service_principals_v2
    made = principals.create(application_id=application, display_name="jobs", active=True)
    with pytest.raises(ResourceConflict, match="already exists"):
        principals.create(application_id=application)
    id = str(made.id)
    principals.update(
        id, display_name="the jobs", entitlements=[iam.ComplexValue(value="workspace-access")]
    )
    assert principals.get(id).display_name == "the jobs"
    [found] = principals.list(filter=f'applicationId eq "{application}"')
    assert found.id == id
    job = int(workspace.jobs.create(name="as another", tasks=[task], run_as=run_as).job_id or 0)
    assert workspace.jobs.get(job).run_as_user_name == application
    workspace.jobs.delete(job)
    principals.delete(id)
    with pytest.raises(NotFound):
        principals.get(id)
