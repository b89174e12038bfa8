"""What a task tells those that follow it in the job."""

from collections.abc import Mapping

from mlops.task import say
from mlops.workspace import sign_in


def report(values: Mapping[str, str]) -> None:
    """Sets task values, which later tasks take as `{{tasks.<key>.values.<name>}}`.

    https://docs.databricks.com/aws/en/jobs/task-values
    """
    task_values = sign_in().dbutils.jobs.taskValues
    for name, value in values.items():
        task_values.set(name, value)
        say(f"{name} = {value}")
