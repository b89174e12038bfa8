"""Which version of a registered model a task is about."""

from typing import TYPE_CHECKING

from mlops.registry import readable, require_model
from mlops.task import TaskError

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient


def version_of(client: "MlflowClient", model: str, version: str) -> "ModelVersion":
    """Returns a version with its tags: the one of this number, or the newest if it is empty.

    Raises:
        TaskError: When there is no such model or version.
    """
    require_model(client, model)
    with readable(f"{model} version {version}"):
        # A search leaves tags and aliases out in Unity Catalog, so the version is read by itself.
        number = version or _newest(client, model)
        return client.get_model_version(model, number)


def _newest(client: "MlflowClient", model: str) -> str:
    found = [int(one.version) for one in client.search_model_versions(f"name = '{model}'")]
    if not found:
        raise TaskError(f"{model} has no version: run the training job first")
    return str(max(found))
