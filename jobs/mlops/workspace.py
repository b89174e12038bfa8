"""The workspace through its public REST interface, from wherever the process runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlops.task import TaskError

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

_RETRY_SECONDS = 60  # the SDK's own 300 is a long silence before "does not answer"


def sign_in() -> "WorkspaceClient":
    """Signs in with whatever the Databricks SDK finds: on Databricks, the job's own identity.

    Raises:
        TaskError: When nothing says which workspace, or as whom.
    """
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.config import Config

    try:
        return WorkspaceClient(config=Config(retry_timeout_seconds=_RETRY_SECONDS))
    except ValueError as error:
        raise TaskError(f"cannot sign in to Databricks: {error}") from None


@contextmanager
def readable(kind: type[TaskError] = TaskError) -> Iterator[None]:
    """Turns an answer of the workspace that is an error into one of `kind`, of one line."""
    from databricks.sdk.errors.base import DatabricksError

    try:
        yield
    except DatabricksError as error:
        raise kind(str(error)) from None
    except OSError as error:  # no connection, or none in time; so are all errors of `requests`
        raise kind(f"the workspace does not answer: {type(error).__name__}") from None
