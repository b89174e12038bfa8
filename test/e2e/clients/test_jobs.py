"""The Databricks SDK for Python, as it comes, runs jobs on the workspace."""

import io
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import (
    BadRequest,
    InvalidParameterValue,
    OperationFailed,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
)
from databricks.sdk.service import compute, jobs
from databricks.sdk.service.workspace import ImportFormat, ObjectType


@pytest.fixture
def folder(workspace: WorkspaceClient) -> Iterator[str]:
    """Gives a new workspace folder."""
    path = f"/Workspace/Shared/test-jobs-{uuid4().hex[:8]}"
    workspace.workspace.mkdirs(path)
    yield path
    workspace.workspace.delete(path, recursive=True)


def upload(workspace: WorkspaceClient, path: str, source: str) -> str:
    """Writes a Python file."""
    workspace.workspace.upload(
        path, io.BytesIO(source.encode()), format=ImportFormat.RAW, overwrite=True
    )
    return path


def python(key: str, file: str, *parameters: str, **more: object) -> jobs.Task:
    """Describes a serverless Python task."""
    return jobs.Task(
        task_key=key,
        spark_python_task=jobs.SparkPythonTask(file, parameters=list(parameters)),
        environment_key="default",
        **more,  # type: ignore[arg-type]
    )


def after(*keys: str, outcome: str | None = None) -> list[jobs.TaskDependency]:
    """Describes dependencies."""
    return [jobs.TaskDependency(key, outcome=outcome) for key in keys]


def environments(*dependencies: str) -> list[jobs.JobEnvironment]:
    """Describes the environment that `python` tasks use."""
    spec = compute.Environment(environment_version="4", dependencies=list(dependencies))
    return [jobs.JobEnvironment("default", spec)]


def create(workspace: WorkspaceClient, *tasks: jobs.Task, **more: object) -> int:
    """Makes a job and gives its id."""
    settings: dict[str, object] = {"environments": environments(), **more}
    job = workspace.jobs.create(name=f"test {uuid4().hex[:8]}", tasks=list(tasks), **settings)  # type: ignore[arg-type]
    assert job.job_id is not None
    return job.job_id


def finished(workspace: WorkspaceClient, run_id: int, seconds: float = 60) -> jobs.Run:
    """Waits for a run's end, however it ends."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        run = workspace.jobs.get_run(run_id)
        if run.status and run.status.state == jobs.RunLifecycleStateV2State.TERMINATED:
            return run
        time.sleep(0.1)
    raise AssertionError(f"run {run_id} has not ended")


def results(run: jobs.Run) -> dict[str, str]:
    """Gives the result of each task."""
    return {
        task.task_key: task.state.result_state.value if task.state.result_state else "-"
        for task in run.tasks or []
        if task.state
    }


def output(workspace: WorkspaceClient, run: jobs.Run, key: str) -> jobs.RunOutput:
    """Gives what a task's last attempt has left."""
    *_, task = [task for task in run.tasks or [] if task.task_key == key]
    assert task.run_id is not None
    return workspace.jobs.get_run_output(task.run_id)


def test_runs_a_file_with_parameters_and_reads_its_output(
    workspace: WorkspaceClient, folder: str
) -> None:
    workspace.workspace.mkdirs(f"{folder}/lib")
    upload(workspace, f"{folder}/lib/__init__.py", "")
    upload(workspace, f"{folder}/lib/greeting.py", "def greet(name): return f'hello {name}'\n")
    file = upload(
        workspace,
        f"{folder}/main.py",
        "import os, sys\n"
        "from lib.greeting import greet\n"
        "print(greet(sys.argv[1]), sys.argv[2:], __name__)\n"
        "print(os.path.basename(os.getcwd()), '__file__' in globals())\n"
        "print('on stderr', file=sys.stderr)\n"
        "print(sorted(k for k in os.environ if 'DATABRICKS' in k or 'MLFLOW_T' in k))\n",
    )
    job = create(
        workspace,
        python("main", file, "{{job.parameters.who}}", "{{job.id}}", "{{job.run_id}}"),
        parameters=[jobs.JobParameterDefinition("who", "world")],
    )
    run = workspace.jobs.run_now(job, job_parameters={"who": "you"}).result()
    assert run.state and run.state.result_state == jobs.RunResultState.SUCCESS
    assert run.job_parameters == [jobs.JobParameter(name="who", default="world", value="you")]
    found = output(workspace, run, "main")
    assert found.logs == (
        f"hello you ['{job}', '{run.run_id}'] __main__\n"
        f"{folder.rsplit('/', 1)[1]} False\n"
        "on stderr\n"
        "['DATABRICKS_HOST', 'DATABRICKS_TOKEN', 'MLFLOW_TRACKING_URI']\n"
    ) or "DATABRICKS_WAREHOUSE_ID" in (found.logs or "")
    assert found.error is None
    workspace.jobs.delete(job)


def test_failure_is_told_with_its_reason_and_skips_what_follows(
    workspace: WorkspaceClient, folder: str
) -> None:
    good = upload(workspace, f"{folder}/good.py", "print('fine')\n")
    bad = upload(
        workspace, f"{folder}/bad.py", "def deep():\n    raise ValueError('no such luck')\ndeep()\n"
    )
    job = create(
        workspace,
        python("bad", bad),
        python("next", good, depends_on=after("bad")),
        python("cleanup", good, depends_on=after("bad"), run_if=jobs.RunIf.ALL_DONE),
    )
    with pytest.raises(OperationFailed, match="Task bad failed with message: Workload failed"):
        workspace.jobs.run_now(job).result()
    (base,) = workspace.jobs.list_runs(job_id=job, completed_only=True)
    assert base.run_id is not None
    run = workspace.jobs.get_run(base.run_id)
    assert results(run) == {"bad": "FAILED", "next": "UPSTREAM_FAILED", "cleanup": "SUCCESS"}
    assert run.status and run.status.termination_details
    assert run.status.termination_details.code == jobs.TerminationCodeCode.RUN_EXECUTION_ERROR
    found = output(workspace, run, "bad")
    assert found.error == "ValueError: no such luck"
    assert found.error_trace == (
        "Traceback (most recent call last):\n"
        f'  File "{bad}", line 3, in <module>\n'
        "    deep()\n"
        f'  File "{bad}", line 2, in deep\n'
        "    raise ValueError('no such luck')\n"
        "ValueError: no such luck\n"
    )
    with pytest.raises(BadRequest, match="runs with multiple tasks"):
        workspace.jobs.get_run_output(base.run_id)


def test_condition_chooses_a_branch_by_a_task_value(
    workspace: WorkspaceClient, folder: str
) -> None:
    setter = upload(
        workspace,
        f"{folder}/set.py",
        "from databricks.sdk import WorkspaceClient\n"
        "values = WorkspaceClient().dbutils.jobs.taskValues\n"
        "values.set('score', 0.84)\n"
        "values.set('name', 'challenger')\n",
    )
    show = upload(
        workspace,
        f"{folder}/show.py",
        "import sys\n"
        "from databricks.sdk import WorkspaceClient\n"
        "values = WorkspaceClient().dbutils.jobs.taskValues\n"
        "print(sys.argv[1], values.get('set', 'score'), values.get('set', 'none', default=1))\n",
    )
    job = create(
        workspace,
        python("set", setter),
        jobs.Task(
            task_key="enough",
            depends_on=after("set"),
            condition_task=jobs.ConditionTask(
                jobs.ConditionTaskOp.GREATER_THAN, "{{tasks.set.values.score}}", "0.85"
            ),
        ),
        python("promote", show, depends_on=after("enough", outcome="true")),
        python(
            "refuse",
            show,
            "{{tasks.set.values.name}}",
            depends_on=after("enough", outcome="false"),
        ),
    )
    run = finished(workspace, workspace.jobs.run_now(job).run_id)
    assert results(run) == {
        "set": "SUCCESS",
        "enough": "SUCCESS",
        "promote": "EXCLUDED",
        "refuse": "SUCCESS",
    }
    assert run.state and run.state.result_state == jobs.RunResultState.SUCCESS
    assert output(workspace, run, "refuse").logs == "challenger 0.84 1\n"
    (condition,) = [task.condition_task for task in run.tasks or [] if task.condition_task]
    assert (condition.left, condition.right, condition.outcome) == ("0.84", "0.85", "false")


def test_retries_until_it_works(workspace: WorkspaceClient, folder: str) -> None:
    file = upload(
        workspace,
        f"{folder}/flaky.py",
        "import sys\nprint('try', sys.argv[1])\nif sys.argv[1] != '3': sys.exit(7)\n",
    )
    job = create(
        workspace,
        python(
            "flaky",
            file,
            "{{task.execution_count}}",
            max_retries=5,
            min_retry_interval_millis=10,
        ),
    )
    run = workspace.jobs.run_now(job).result()
    assert [task.attempt_number for task in run.tasks or []] == [0, 1, 2]
    assert output(workspace, run, "flaky").logs == "try 3\n"


def test_time_limit_ends_a_task_and_all_it_has_started(
    workspace: WorkspaceClient, folder: str
) -> None:
    file = upload(
        workspace,
        f"{folder}/slow.py",
        "import subprocess, time\n"
        "print(subprocess.Popen(['sleep', '600']).pid, flush=True)\n"
        "time.sleep(600)\n",
    )
    job = create(workspace, python("slow", file, timeout_seconds=1))
    run = finished(workspace, workspace.jobs.run_now(job).run_id)
    assert results(run) == {"slow": "TIMEDOUT"}
    found = output(workspace, run, "slow")
    assert "timeout_seconds, 1" in (found.error or "")
    with pytest.raises(ProcessLookupError):
        import os

        os.kill(int(found.logs or "0"), 0)


def test_cancel_ends_a_run(workspace: WorkspaceClient, folder: str) -> None:
    slow = upload(workspace, f"{folder}/slow.py", "print('on')\nimport time\ntime.sleep(600)\n")
    job = create(workspace, python("slow", slow), python("next", slow, depends_on=after("slow")))
    run_id = workspace.jobs.run_now(job).run_id
    deadline = time.monotonic() + 30
    while "on" not in (output(workspace, workspace.jobs.get_run(run_id), "slow").logs or ""):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [run.run_id for run in workspace.jobs.list_runs(job_id=job, active_only=True)] == [
        run_id
    ]
    run = workspace.jobs.cancel_run(run_id).result()
    assert run.state and run.state.result_state == jobs.RunResultState.CANCELED
    assert results(run) == {"slow": "CANCELED", "next": "CANCELED"}


def test_queue_and_skip_at_the_limit_of_concurrent_runs(
    workspace: WorkspaceClient, folder: str
) -> None:
    file = upload(workspace, f"{folder}/wait.py", "import time\ntime.sleep(1)\n")
    job = create(workspace, python("wait", file), queue=jobs.QueueSettings(True))
    first = workspace.jobs.run_now(job).run_id
    second = workspace.jobs.run_now(job).run_id
    third = workspace.jobs.run_now(job, queue=jobs.QueueSettings(False)).run_id
    waiting = workspace.jobs.get_run(second)
    assert waiting.state and waiting.state.life_cycle_state == jobs.RunLifeCycleState.QUEUED
    skipped = workspace.jobs.get_run(third)
    assert skipped.state and skipped.state.life_cycle_state == jobs.RunLifeCycleState.SKIPPED
    ends = [finished(workspace, run_id) for run_id in (first, second)]
    assert [results(run) for run in ends] == [{"wait": "SUCCESS"}] * 2
    assert (ends[1].tasks or [])[0].start_time >= ends[0].end_time


def test_job_within_a_job(workspace: WorkspaceClient, folder: str) -> None:
    file = upload(workspace, f"{folder}/show.py", "import sys\nprint(sys.argv[1])\n")
    inner = create(
        workspace,
        python("show", file, "{{job.parameters.word}}"),
        parameters=[jobs.JobParameterDefinition("word", "default")],
    )
    outer = create(
        workspace,
        jobs.Task(
            task_key="inner",
            run_job_task=jobs.RunJobTask(inner, job_parameters={"word": "from outside"}),
        ),
    )
    run = workspace.jobs.run_now(outer).result()
    found = output(workspace, run, "inner")
    assert found.run_job_output and found.run_job_output.run_id
    child = workspace.jobs.get_run(found.run_job_output.run_id)
    assert child.trigger == jobs.TriggerType.RUN_JOB_TASK
    assert output(workspace, child, "show").logs == "from outside\n"


def test_environment_that_the_interpreter_lacks_fails_the_task(
    workspace: WorkspaceClient, folder: str
) -> None:
    file = upload(workspace, f"{folder}/never.py", "print('ran')\n")
    upload(workspace, f"{folder}/requirements.txt", "pandas>=1  # fine\nno-such-package==1.0\n")
    job = create(
        workspace,
        python("never", file),
        environments=environments(f"-r {folder}/requirements.txt", "mlflow==0.0.1"),
    )
    run = finished(workspace, workspace.jobs.run_now(job).run_id)
    found = output(workspace, run, "never")
    assert "no-such-package is not installed" in (found.error or "")
    assert "'mlflow==0.0.1' is asked for and mlflow" in (found.error or "")
    assert "ran" not in (found.logs or "")
    (task,) = run.tasks or []
    assert task.status and task.status.termination_details
    code = task.status.termination_details.code
    assert code == jobs.TerminationCodeCode.LIBRARY_INSTALLATION_ERROR


def test_repair_runs_what_failed_again(workspace: WorkspaceClient, folder: str) -> None:
    good = upload(workspace, f"{folder}/good.py", "print('fine')\n")
    bad = upload(workspace, f"{folder}/bad.py", "raise SystemExit('not yet')\n")
    job = create(
        workspace,
        python("good", good),
        python("bad", bad, depends_on=after("good")),
        python("last", good, depends_on=after("bad")),
    )
    run = finished(workspace, workspace.jobs.run_now(job).run_id)
    assert output(workspace, run, "bad").error == "SystemExit: 1: not yet"
    upload(workspace, bad, "print('now')\n")
    repaired = workspace.jobs.repair_run(run.run_id, rerun_all_failed_tasks=True).result()
    assert results(repaired) == {"good": "SUCCESS", "bad": "SUCCESS", "last": "SUCCESS"}
    before = {task.task_key: task.run_id for task in run.tasks or []}
    now = {task.task_key: task.run_id for task in repaired.tasks or []}
    assert before["good"] == now["good"] and before["bad"] != now["bad"]


def test_one_time_run(workspace: WorkspaceClient, folder: str) -> None:
    file = upload(workspace, f"{folder}/once.py", "print('once')\n")
    task = jobs.SubmitTask(
        task_key="once",
        spark_python_task=jobs.SparkPythonTask(file),
        environment_key="default",
    )
    run = workspace.jobs.submit(run_name="once", tasks=[task], environments=environments()).result()
    assert run.run_type == jobs.RunType.SUBMIT_RUN
    assert output(workspace, run, "once").logs == "once\n"


def test_idempotency_token_makes_one_run(workspace: WorkspaceClient, folder: str) -> None:
    file = upload(workspace, f"{folder}/one.py", "print(1)\n")
    job = create(workspace, python("one", file))
    token = uuid4().hex
    runs = {workspace.jobs.run_now(job, idempotency_token=token).run_id for _ in range(3)}
    assert len(runs) == 1
    finished(workspace, runs.pop())
    assert len(list(workspace.jobs.list_runs(job_id=job))) == 1


def test_lists_by_name_and_changes_settings(workspace: WorkspaceClient, folder: str) -> None:
    file = upload(workspace, f"{folder}/one.py", "print(1)\n")
    created = [create(workspace, python("one", file)) for _ in range(3)]
    name = workspace.jobs.get(created[1]).settings.name  # type: ignore[union-attr]
    assert [job.job_id for job in workspace.jobs.list(name=name.upper())] == [created[1]]  # type: ignore[union-attr]
    found = [job.job_id for job in workspace.jobs.list(limit=1)]
    assert [job for job in found if job in created] == list(reversed(created))
    workspace.jobs.update(
        created[0],
        new_settings=jobs.JobSettings(
            tags={"team": "ml"}, tasks=[python("two", file, depends_on=after("one"))]
        ),
    )
    settings = workspace.jobs.get(created[0]).settings
    assert settings and settings.tags == {"team": "ml"}
    assert [task.task_key for task in settings.tasks or []] == ["one", "two"]
    workspace.jobs.update(created[0], fields_to_remove=["tasks/two", "tags"])
    settings = workspace.jobs.get(created[0]).settings
    assert settings and settings.tags is None
    assert [task.task_key for task in settings.tasks or []] == ["one"]
    for job in created:
        workspace.jobs.delete(job)
    with pytest.raises(ResourceDoesNotExist):
        workspace.jobs.get(created[0])


def test_refuses_by_name(workspace: WorkspaceClient, folder: str) -> None:
    file = upload(workspace, f"{folder}/one.py", "print(1)\n")
    job = create(
        workspace, python("one", file), parameters=[jobs.JobParameterDefinition("known", "1")]
    )
    with pytest.raises(InvalidParameterValue, match="'unknown' are not defined"):
        workspace.jobs.run_now(job, job_parameters={"unknown": "1"})
    with pytest.raises(InvalidParameterValue, match=r"unknown dynamic value reference \{\{job.nae"):
        create(workspace, python("one", file, "{{job.naem}}"))
    with pytest.raises(InvalidParameterValue, match="depend on each other: a -> b -> a"):
        create(
            workspace,
            python("a", file, depends_on=after("b")),
            python("b", file, depends_on=after("a")),
        )
    with pytest.raises(InvalidParameterValue, match="exactly one of day-of-month"):
        create(workspace, python("one", file), schedule=jobs.CronSchedule("0 0 6 * * *", "UTC"))


def test_schedule_starts_runs(workspace: WorkspaceClient, folder: str) -> None:
    file = upload(workspace, f"{folder}/tick.py", "print('tick')\n")
    job = create(
        workspace, python("tick", file), schedule=jobs.CronSchedule("* * * * * ?", "Europe/Berlin")
    )
    paused = create(
        workspace,
        python("tick", file),
        schedule=jobs.CronSchedule("* * * * * ?", "UTC", pause_status=jobs.PauseStatus.PAUSED),
    )
    deadline = time.monotonic() + 20
    while not list(workspace.jobs.list_runs(job_id=job, completed_only=True)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    (run, *_) = workspace.jobs.list_runs(job_id=job, completed_only=True)
    assert run.trigger == jobs.TriggerType.PERIODIC
    assert not list(workspace.jobs.list_runs(job_id=paused))
    workspace.jobs.delete(job)
    count = len(list(workspace.jobs.list_runs(job_id=job)))
    time.sleep(1.5)
    assert len(list(workspace.jobs.list_runs(job_id=job))) == count


def test_workspace_files(workspace: WorkspaceClient, folder: str) -> None:
    path = f"{folder}/data.txt"
    workspace.workspace.upload(path, io.BytesIO(b"one"), format=ImportFormat.AUTO)
    with pytest.raises(ResourceAlreadyExists):
        workspace.workspace.upload(path, io.BytesIO(b"two"), format=ImportFormat.AUTO)
    before = workspace.workspace.get_status(path)
    upload(workspace, path, "three")
    after_change = workspace.workspace.get_status(path.removeprefix("/Workspace"))
    assert before.object_id == after_change.object_id
    assert after_change.object_type == ObjectType.FILE
    assert (before.path, after_change.path) == (path, path.removeprefix("/Workspace"))
    with workspace.workspace.download(path) as content:
        assert content.read() == b"three"
    workspace.workspace.mkdirs(f"{folder}/a/b")
    upload(workspace, f"{folder}/a/b/c.py", "")
    listed = [item.path for item in workspace.workspace.list(folder, recursive=True)]
    assert listed == [path, f"{folder}/a/b/c.py"]
    with pytest.raises(BadRequest, match="not empty"):
        workspace.workspace.delete(f"{folder}/a")
    workspace.workspace.delete(f"{folder}/a", recursive=True)
    with pytest.raises(ResourceDoesNotExist):
        workspace.workspace.get_status(f"{folder}/a/b/c.py")
