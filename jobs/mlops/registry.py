"""Registered models, as training and validation meet them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlops.task import TaskError

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

CHALLENGER = "challenger"
"""Alias of the version that is nominated for promotion."""

CHAMPION = "champion"
"""Alias of the version that serves. Only the promotion gate sets it."""


def require_model(client: "MlflowClient", model: str) -> None:
    """Raises `TaskError` unless the registered model exists: the stack makes it, not a task."""
    with readable(f"registered model {model}"):
        client.get_registered_model(model)


def require_experiment(client: "MlflowClient", experiment: str) -> None:
    """Raises `TaskError` unless there is such an experiment that is not deleted."""
    with readable(f"experiment {experiment}"):
        found = client.get_experiment_by_name(experiment)
    if found is None or found.lifecycle_stage != "active":
        raise TaskError(f"experiment {experiment}: not found")


def champion(client: "MlflowClient", model: str) -> "ModelVersion | None":
    """Returns the version that now serves, or None if the registry says that there is none."""
    return aliased(client, model, CHAMPION)


def aliased(client: "MlflowClient", model: str, alias: str) -> "ModelVersion | None":
    """Returns the version that now has the alias, or None if the registry says that none has."""
    from mlflow.exceptions import MlflowException

    require_model(client, model)
    with readable(f"alias {alias} of registered model {model}"):
        try:
            return client.get_model_version_by_alias(model, alias)
        except MlflowException as error:
            # Unity Catalog's answer, then that of MLflow's own stores, whose code says little.
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return None
            if f"alias {alias} not found" in str(error):
                return None
            raise


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
