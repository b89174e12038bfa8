"""Registered models, as training and validation meet them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlops.task import TaskError

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

CHALLENGER = "challenger"
"""Alias of the version that is nominated for promotion. Only the promotion gate sets `champion`."""


def require_model(client: "MlflowClient", model: str) -> None:
    """Raises `TaskError` unless the registered model exists: the stack makes it, not a task."""
    with readable(f"registered model {model}"):
        client.get_registered_model(model)


def challenger(client: "MlflowClient", model: str) -> "ModelVersion":
    """Returns the version that now has the alias; `TaskError` if none has."""
    require_model(client, model)
    with readable(f"alias {CHALLENGER} of registered model {model}"):
        return client.get_model_version_by_alias(model, CHALLENGER)


@contextmanager
def readable(what: str) -> Iterator[None]:
    """Turns MLflow's refusal of an operation on `what` into a `TaskError` of one line."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        reason = str(error).splitlines()[0]
        raise TaskError(f"{what}: {reason}") from None
