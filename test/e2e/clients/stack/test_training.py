"""The Databricks SDK for Python, as it comes, runs the jobs of a deployed stack."""

from datetime import timedelta

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.jobs import RunResultState

# Those that the gate of the stack `local` promotes; see Pulumi.local.yaml.
BETTER = {"max_depth": "3", "learning_rate": "0.03"}


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("purchases-load", {}),
        ("customer-churn-labels", {}),
        ("customer-churn-features-refresh", {}),
        ("customer-churn-training", BETTER),
    ],
)
def test_a_job_is_listed_run_waited_for_and_its_output_read(
    workspace: WorkspaceClient, name: str, parameters: dict[str, str]
) -> None:
    """With a host and a token, and nothing else."""
    [job] = workspace.jobs.list(name=name)
    assert job.job_id is not None
    run = workspace.jobs.run_now(job.job_id, job_parameters=parameters).result(
        timeout=timedelta(minutes=5)
    )
    assert run.state is not None
    assert run.state.result_state == RunResultState.SUCCESS
    assert run.tasks
    for task in run.tasks:
        assert task.run_id is not None
        output = workspace.jobs.get_run_output(task.run_id)
        assert output.error is None
        assert output.logs, f"{name}/{task.task_key} said nothing"
