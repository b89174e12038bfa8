"""MLflow's client, as it comes, works against the workspace with a host and a token only."""

import subprocess
import sys
from uuid import uuid4

import iris
import mlflow
import pytest
from databricks.sdk import WorkspaceClient
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

PLAIN_CLIENT = """
import os, sys
import iris, mlflow
from mlflow import MlflowClient
from sklearn.linear_model import LogisticRegression

mlflow.set_tracking_uri(os.environ["URL"])
name, experiment = sys.argv[1:]
features, target = iris.data()
model = LogisticRegression(max_iter=500).fit(features, target)
mlflow.set_experiment(experiment)
with mlflow.start_run() as run:
    mlflow.log_dict({"x": 1}, "d/x.json")
    info = mlflow.sklearn.log_model(
        model,
        name="model",
        signature=mlflow.models.infer_signature(features, model.predict(features)),
        pip_requirements=["scikit-learn"],
        registered_model_name=name,
    )
client = MlflowClient()
client.set_registered_model_alias(name, "champion", info.registered_model_version)
loaded = mlflow.pyfunc.load_model(f"models:/{name}@champion")
assert list(loaded.predict(features)) == list(model.predict(features))
assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/d/x.json") == {"x": 1}
assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["d"]
[found] = client.search_model_versions(f"name = '{name}'")
assert (found.run_id, found.status) == (run.info.run_id, "READY")
"""


@pytest.fixture(scope="module")
def experiment() -> str:
    """Names an experiment of this module's own."""
    return f"/Shared/test-{uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def version(schema: str, experiment: str) -> ModelVersion:
    """Registers a model."""
    return iris.register(f"{schema}.iris", experiment)


def test_a_version_is_registered_aliased_and_loaded(version: ModelVersion) -> None:
    """The way from a run to predictions."""
    client = MlflowClient()
    assert (version.version, version.status) == ("1", "READY")
    client.set_registered_model_alias(version.name, "champion", version.version)
    features, target = iris.data()
    model = mlflow.pyfunc.load_model(f"models:/{version.name}@champion")
    assert (model.predict(features) == target).mean() > 0.9
    assert client.get_model_version_by_alias(version.name, "champion").run_id == version.run_id
    client.delete_registered_model_alias(version.name, "champion")
    with pytest.raises(MlflowException, match="has no alias 'champion'"):
        client.get_model_version_by_alias(version.name, "champion")


def test_a_run_keeps_what_was_logged(version: ModelVersion, experiment: str) -> None:
    """Parameters, metrics, tags, artifacts and outputs are read back."""
    client = MlflowClient()
    run = client.get_run(version.run_id)
    assert run.data.params == {"max_iter": "500"}
    assert run.data.metrics["accuracy"] > 0.9
    assert [output.model_id for output in run.outputs.model_outputs] == [version.model_id]
    assert run.info.artifact_uri.startswith("dbfs:/databricks/mlflow-tracking/")
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["data"]
    summary = mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/data/summary.json")
    assert summary == {"rows": 150}
    found = mlflow.search_runs(
        experiment_names=[experiment], filter_string="metrics.accuracy > 0.9", output_format="list"
    )
    assert [one.info.run_id for one in found] == [version.run_id]
    client.log_metric(run.info.run_id, "odd", float("nan"))
    client.log_metric(run.info.run_id, "odd", float("inf"), step=1)
    assert [point.step for point in client.get_metric_history(run.info.run_id, "odd")] == [0, 1]
    client.delete_run(run.info.run_id)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "deleted"
    client.restore_run(run.info.run_id)


def test_tags_and_descriptions_of_versions(version: ModelVersion) -> None:
    """What a gate writes is read back."""
    client = MlflowClient()
    client.set_model_version_tag(version.name, version.version, "gate", "promoted")
    client.update_model_version(version.name, version.version, "the first one")
    found = client.get_model_version(version.name, version.version)
    assert (found.tags, found.description) == ({"gate": "promoted"}, "the first one")
    client.delete_model_version_tag(version.name, version.version, "gate")
    assert client.get_model_version(version.name, version.version).tags == {}


def test_a_model_without_signature_is_refused(schema: str, experiment: str) -> None:
    """Unity Catalog takes no version without a signature."""
    with pytest.raises(MlflowException, match="did not contain any signature metadata"):
        iris.register(f"{schema}.unsigned", experiment, signed=False)


def test_the_files_of_a_registered_version_never_change(
    workspace: WorkspaceClient, version: ModelVersion
) -> None:
    """A READY version refuses uploads, whoever asks."""
    path = f"/api/2.0/fs/files/Models/{version.name.replace('.', '/')}/{version.version}/MLmodel"
    with pytest.raises(Exception, match="READY, not PENDING_REGISTRATION"):
        workspace.api_client.do("PUT", path, data=b"changed", query={"overwrite": "true"})


def test_an_experiment_deleted_gives_its_name_free(workspace: WorkspaceClient) -> None:
    """As on Databricks: the name can be used again, and the deleted experiment still be restored."""
    name = f"/Shared/test-{uuid4().hex[:8]}"
    first = workspace.experiments.create_experiment(name).experiment_id
    assert first is not None
    workspace.experiments.delete_experiment(first)
    deleted = workspace.experiments.get_experiment(first).experiment
    assert deleted is not None
    assert (deleted.name, deleted.lifecycle_stage) == (name, "deleted")
    second = workspace.experiments.create_experiment(name).experiment_id
    assert second is not None
    by_name = workspace.experiments.get_by_name(name).experiment
    assert by_name is not None
    assert by_name.experiment_id == second
    with pytest.raises(Exception, match="already"):
        workspace.experiments.restore_experiment(first)
    workspace.experiments.delete_experiment(second)
    workspace.experiments.restore_experiment(first)
    restored = workspace.experiments.get_experiment(first).experiment
    assert restored is not None
    assert (restored.name, restored.lifecycle_stage) == (name, "active")


def test_an_unknown_field_is_refused_by_name(workspace: WorkspaceClient) -> None:
    """MLflow's own server would ignore it."""
    with pytest.raises(Exception, match="field 'colour' is not supported"):
        workspace.api_client.do(
            "POST", "/api/2.0/mlflow/runs/create", body={"experiment_id": "0", "colour": "red"}
        )


def test_a_plain_mlflow_client_shares_the_registry(
    workspace: WorkspaceClient, schema: str, experiment: str
) -> None:
    """With the workspace's URL as tracking URI and the token in MLFLOW_TRACKING_TOKEN."""
    name = f"{schema}.plain"
    token = workspace.config.token
    assert token is not None
    subprocess.run(
        [sys.executable, "-c", PLAIN_CLIENT, name, f"{experiment}-plain"],
        env={
            "URL": workspace.config.host or "",
            "MLFLOW_TRACKING_TOKEN": token,
            "PYTHONPATH": iris.__file__.rpartition("/")[0],
            "HOME": "/nonexistent",
        },
        check=True,
    )
    assert workspace.model_versions.get_by_alias(name, "champion").version == 1
