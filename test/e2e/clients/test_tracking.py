"""MLflow's client and the SDK's experiments, as they come: what training code seldom calls."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import iris
import mlflow
import pandas as pd
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.service import ml
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException


@pytest.fixture(scope="module")
def client() -> MlflowClient:
    """Speaks to Databricks with DATABRICKS_HOST and DATABRICKS_TOKEN."""
    mlflow.set_tracking_uri("databricks")
    mlflow.set_registry_uri("databricks-uc")
    return MlflowClient()


@pytest.fixture(scope="module")
def experiment(client: MlflowClient) -> str:
    """Gives the id of a new experiment."""
    return client.create_experiment(f"/Shared/test-{uuid4().hex[:8]}")


@pytest.fixture(scope="module")
def version(client: MlflowClient, schema: str) -> ModelVersion:
    """Registers a model."""
    return iris.register(f"{schema}.iris", f"/Shared/test-{uuid4().hex[:8]}")


@pytest.fixture
def plain(workspace: WorkspaceClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[MlflowClient]:
    """Has the workspace's URL as its tracking and registry URI."""
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", str(workspace.config.token))
    return MlflowClient(workspace.config.host, workspace.config.host)


def test_experiments(client: MlflowClient, workspace: WorkspaceClient, experiment: str) -> None:
    """They are renamed, tagged and found again by either client."""
    name = f"/Shared/test-{uuid4().hex[:8]}"
    client.rename_experiment(experiment, name)
    client.set_experiment_tag(experiment, "team", "x")
    client.set_experiment_tag(experiment, "wrong", "y")
    client.delete_experiment_tag(experiment, "wrong")
    [found] = client.search_experiments(filter_string=f"name = '{name}'")
    assert (found.experiment_id, found.tags["team"]) == (experiment, "x")
    assert "wrong" not in found.tags
    workspace.experiments.set_experiment_tag(experiment, "cost", "z")
    searched = workspace.experiments.search_experiments(filter=f"name = '{name}'")
    assert [one.experiment_id for one in searched] == [experiment]
    assert experiment in [one.experiment_id for one in workspace.experiments.list_experiments()]


def test_a_run(client: MlflowClient, workspace: WorkspaceClient, experiment: str) -> None:
    """Tags, inputs and artifacts are read back."""
    data = mlflow.data.from_pandas(pd.DataFrame({"a": [1.0]}), name="rows")
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_input(data, context="training")
        mlflow.log_text("hello", "notes/a.txt")
    run_id = run.info.run_id
    client.set_tag(run_id, "a", "b")
    client.set_tag(run_id, "c", "d")
    client.delete_tag(run_id, "c")
    read = client.get_run(run_id)
    assert read.data.tags["a"] == "b"
    assert "c" not in read.data.tags
    assert [one.dataset.name for one in read.inputs.dataset_inputs] == ["rows"]
    listed = list(workspace.experiments.list_artifacts(run_id=run_id, path="notes"))
    assert [(one.path, one.file_size) for one in listed] == [("notes/a.txt", 5)]
    with pytest.raises(Exception, match="'experiment_id'|experiment_ids"):
        workspace.api_client.do("POST", "/api/2.0/mlflow/runs/search", body={"experiment_id": "1"})


def test_files_of_runs_are_downloaded_as_they_were(
    client: MlflowClient, experiment: str, tmp_path: Path
) -> None:
    """A folder with all that is in it."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.bin").write_bytes(bytes(range(256)) * 1000)
    run = client.create_run(experiment)
    client.log_artifacts(run.info.run_id, str(tmp_path / "in"), "files")
    got = client.download_artifacts(run.info.run_id, "files", str(tmp_path))
    assert Path(got, "a.bin").read_bytes() == (tmp_path / "in" / "a.bin").read_bytes()
    client.set_terminated(run.info.run_id)


def test_logged_models(client: MlflowClient, workspace: WorkspaceClient, experiment: str) -> None:
    """They are tagged, found and deleted."""
    model = client.create_logged_model(experiment, name="m", params={"depth": "3"})
    client.set_logged_model_tags(model.model_id, {"a": "b", "c": "d"})
    client.delete_logged_model_tag(model.model_id, "c")
    workspace.experiments.log_logged_model_params(
        model.model_id, params=[ml.LoggedModelParameter("rate", "0.1")]
    )
    client.finalize_logged_model(model.model_id, "READY")
    [found] = client.search_logged_models([experiment], filter_string="name = 'm'")
    assert (found.tags, found.params) == ({"a": "b"}, {"depth": "3", "rate": "0.1"})
    client.delete_logged_model(model.model_id)
    assert client.search_logged_models([experiment], filter_string="name = 'm'") == []


def test_models_in_unity_catalog(
    client: MlflowClient, workspace: WorkspaceClient, version: ModelVersion
) -> None:
    """They are described by either client, tagged and found."""
    workspace.model_versions.update(version.name, int(version.version), comment="by the SDK")
    assert client.get_model_version(version.name, version.version).description == "by the SDK"
    client.update_registered_model(version.name, "told apart by their leaves")
    client.set_registered_model_tag(version.name, "team", "x")
    model = client.get_registered_model(version.name)
    assert (model.description, model.tags) == ("told apart by their leaves", {"team": "x"})
    client.delete_registered_model_tag(version.name, "team")
    assert client.get_registered_model(version.name).tags == {}
    assert version.name in [one.name for one in client.search_registered_models()]
    found = client.search_model_versions(f"name = '{version.name}'")
    assert [one.version for one in found] == [version.version]
    assert client.get_model_version_download_uri(version.name, version.version)
    workspace.registered_models.set_alias(version.name, "seen", int(version.version))
    workspace.registered_models.delete_alias(version.name, "seen")
    assert client.get_registered_model(version.name).aliases == {}
    name = f"{version.name}_empty"
    client.create_registered_model(name)
    client.delete_registered_model(name)
    with pytest.raises(MlflowException, match="does not exist"):
        client.get_registered_model(name)


@pytest.mark.parametrize("key", ["mlflow.source.type", "a-b", " a", "k" * 256])
def test_unity_catalog_refuses_what_is_no_tag(
    client: MlflowClient, version: ModelVersion, key: str
) -> None:
    """Neither on versions nor on models, which keep the tags that they have."""
    with pytest.raises(MlflowException, match="INVALID_PARAMETER_VALUE: Tag key"):
        client.set_model_version_tag(version.name, version.version, key, "x")
    with pytest.raises(MlflowException, match="INVALID_PARAMETER_VALUE: Tag key"):
        client.set_registered_model_tag(version.name, key, "x")
    with pytest.raises(MlflowException, match="INVALID_PARAMETER_VALUE: Tag key"):
        client.create_registered_model(f"{version.name}_tagged", tags={key: "x"})
    with pytest.raises(MlflowException, match="longer than 1000 characters"):
        client.set_model_version_tag(version.name, version.version, "long", "x" * 1001)
    assert client.get_model_version(version.name, version.version).tags == {}


def test_an_object_has_fifty_tags_at_most(client: MlflowClient, version: ModelVersion) -> None:
    """One of them can still be changed."""
    name = f"{version.name}_tagged"
    client.create_registered_model(name, tags={f"tag_{n}": "x" for n in range(50)})
    with pytest.raises(MlflowException, match="would have 51 tags"):
        client.set_registered_model_tag(name, "one_more", "x")
    client.set_registered_model_tag(name, "tag_49", "y")
    assert client.get_registered_model(name).tags["tag_49"] == "y"
    client.delete_registered_model(name)


def test_a_plain_client_changes_the_same_registry(
    plain: MlflowClient, client: MlflowClient, version: ModelVersion, experiment: str
) -> None:
    """What one writes the other reads."""
    name, number = version.name, version.version
    plain.update_model_version(name, number, "by the plain client")
    assert client.get_model_version(name, number).description == "by the plain client"
    plain.set_model_version_tag(name, number, "a", "b")
    assert plain.get_model_version(name, number).tags == {"a": "b"}
    plain.delete_model_version_tag(name, number, "a")
    plain.update_registered_model(name, "a model")
    plain.set_registered_model_tag(name, "c", "d")
    assert client.get_registered_model(name).tags == {"c": "d"}
    plain.delete_registered_model_tag(name, "c")
    plain.set_registered_model_alias(name, "old", number)
    assert client.get_model_version_by_alias(name, "old").version == number
    plain.delete_registered_model_alias(name, "old")
    assert name in [one.name for one in plain.search_registered_models()]
    assert plain.get_experiment(experiment).experiment_id == experiment
    plain.create_registered_model(f"{name}_empty")
    plain.delete_registered_model(f"{name}_empty")
    assert client.search_model_versions(f"name = '{name}'")[0].version == number


def test_a_version_and_its_model_are_deleted(client: MlflowClient, version: ModelVersion) -> None:
    """For good."""
    client.delete_model_version(version.name, version.version)
    assert client.search_model_versions(f"name = '{version.name}'") == []
    client.delete_registered_model(version.name)
