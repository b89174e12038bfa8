"""Calls that no pinned client makes in these tests, but others do: they answer in the same types."""

import io
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.workspace import ImportFormat

Call = Callable[..., Any]


@pytest.fixture
def call(workspace: WorkspaceClient) -> Call:
    """Calls the interface without any client."""

    def send(method: str, path: str, body: object = None, **query: object) -> Any:
        url = f"{workspace.config.host}{path}"
        headers = workspace.config.authenticate()
        answer = requests.request(
            method,
            url,
            json=body,
            params=query,
            headers=headers,
            timeout=60,  # type: ignore[arg-type]
        )
        assert answer.ok, answer.text
        return answer.json()

    return send


def test_version_2_1_of_jobs(workspace: WorkspaceClient, call: Call) -> None:
    """It does what 2.2 does."""
    jobs, file = "/api/2.1/jobs", f"/Shared/test-{uuid4().hex[:8]}.py"
    workspace.workspace.upload(file, io.BytesIO(b"print('hello')\n"), format=ImportFormat.RAW)
    tasks = [
        {
            "task_key": "only",
            "spark_python_task": {"python_file": f"/Workspace{file}"},
            "environment_key": "e",
        }
    ]
    environments = [{"environment_key": "e", "spec": {"environment_version": "4"}}]
    settings = {"name": "older", "tasks": tasks, "environments": environments}
    job = call("POST", f"{jobs}/create", settings)["job_id"]
    call("POST", f"{jobs}/reset", {"job_id": job, "new_settings": settings})
    call("POST", f"{jobs}/update", {"job_id": job, "new_settings": {"name": "older one"}})
    assert call("GET", f"{jobs}/get", job_id=job)["settings"]["name"] == "older one"
    assert [one["job_id"] for one in call("GET", f"{jobs}/list", name="older one")["jobs"]] == [job]
    run = call("POST", f"{jobs}/run-now", {"job_id": job})["run_id"]
    task = ended(call, run)["tasks"][0]["run_id"]
    assert call("GET", f"{jobs}/runs/get-output", run_id=task)["logs"] == "hello\n"
    assert [one["run_id"] for one in call("GET", f"{jobs}/runs/list", job_id=job)["runs"]] == [run]
    call("POST", f"{jobs}/runs/repair", {"run_id": run, "rerun_tasks": ["only"]})
    ended(call, run)
    once = call("POST", f"{jobs}/runs/submit", {"run_name": "once", **without_name(settings)})
    call("POST", f"{jobs}/runs/cancel", {"run_id": once["run_id"]})
    call("POST", f"{jobs}/runs/cancel-all", {"job_id": job})
    ended(call, once["run_id"])
    call("POST", f"{jobs}/runs/delete", {"run_id": run})
    call("POST", f"{jobs}/delete", {"job_id": job})
    workspace.workspace.delete(file)


def without_name(settings: dict[str, object]) -> dict[str, object]:
    """Gives what a one-time run takes of a job's settings."""
    return {key: value for key, value in settings.items() if key != "name"}


def ended(call: Call, run_id: int) -> Any:
    """Waits for the end of a run."""
    for _ in range(300):
        run = call("GET", "/api/2.1/jobs/runs/get", run_id=run_id)
        if run["state"]["life_cycle_state"] in ("TERMINATED", "SKIPPED", "INTERNAL_ERROR"):
            return run
        time.sleep(0.1)
    raise AssertionError(f"run {run_id} has not ended")


def test_experiments_are_searched_by_get(call: Call) -> None:
    """As MLflow's older clients do."""
    name = f"/Shared/test-{uuid4().hex[:8]}"
    id = call("POST", "/api/2.0/mlflow/experiments/create", {"name": name})["experiment_id"]
    found = call("GET", "/api/2.0/mlflow/experiments/search", filter=f"name = '{name}'")
    assert [one["experiment_id"] for one in found["experiments"]] == [id]


def test_a_model_is_noted_with_its_run(call: Call) -> None:
    """The call that MLflow's clients made before logged models."""
    name = f"/Shared/test-{uuid4().hex[:8]}"
    id = call("POST", "/api/2.0/mlflow/experiments/create", {"name": name})["experiment_id"]
    run = call("POST", "/api/2.0/mlflow/runs/create", {"experiment_id": id})["run"]["info"][
        "run_id"
    ]
    model = {"run_id": run, "artifact_path": "m", "utc_time_created": "2026-01-01", "flavors": {}}
    body = {"run_id": run, "model_json": json.dumps(model)}
    call("POST", "/api/2.0/mlflow/runs/log-model", body)
    tags = call("GET", "/api/2.0/mlflow/runs/get", run_id=run)["run"]["data"]["tags"]
    assert "mlflow.log-model.history" in [tag["key"] for tag in tags]


def test_warehouses_as_data_sources(workspace: WorkspaceClient, call: Call) -> None:
    """The list that the first version of alerts went by."""
    name = f"test-{uuid4().hex[:8]}"
    id = workspace.warehouses.create(name=name, cluster_size="2X-Small").result().id
    listed = call("GET", "/api/2.0/preview/sql/data_sources")
    assert [one["name"] for one in listed if one["warehouse_id"] == id] == [name]
    workspace.warehouses.delete(str(id))
