"""How a training task records a run of MLflow and registers its model as a version."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mlops.registry import readable
from mlops.signatures import signature_tags

if TYPE_CHECKING:
    from mlflow import ActiveRun
    from mlflow.models.model import ModelInfo
    from mlflow.tracking import MlflowClient


@contextmanager
def training_run(experiment: str, name: str, tags: Mapping[str, str]) -> Iterator["ActiveRun"]:
    """Opens a run with the tags; it fails with what is raised inside.

    Raises:
        TaskError: When MLflow refuses the experiment.
    """
    import mlflow

    with readable(f"experiment {experiment}"):
        mlflow.set_experiment(experiment)
    # The key under which MLflow shows a run's commit.
    source = {"mlflow.source.git.commit": tags["git_commit"]} if "git_commit" in tags else {}
    with mlflow.start_run(run_name=name, tags={**tags, **source}) as active:
        yield active


def register(
    client: "MlflowClient",
    model: str,
    log_model: Callable[..., "ModelInfo"],
    estimator: object,
    tags: Mapping[str, str],
    **description: Any,
) -> str:
    """Logs an estimator in the open run and registers it; returns the version's number.

    `log_model` is that of the estimator's flavor, such as `mlflow.xgboost.log_model`, and is told
    the `description`. The logged model and the version get the tags; the run gets the signature.

    Raises:
        TaskError: When MLflow refuses the model.
    """
    import mlflow

    with readable(f"registered model {model}"):
        logged = log_model(
            estimator, name="model", registered_model_name=model, tags=dict(tags), **description
        )
        mlflow.set_tags(signature_tags(logged.signature))
        version = str(logged.registered_model_version)
        for key, value in tags.items():
            client.set_model_version_tag(model, version, key, value)
    return version
