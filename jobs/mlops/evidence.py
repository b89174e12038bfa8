"""What a validation leaves behind for whoever decides: figures, rows, and the champion beside them.

It is all with the run of the version that was validated. Validating again adds figures under a step
of their own, so that the last ones are always those of one validation.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlops.registry import readable
from mlops.task import TaskError

if TYPE_CHECKING:
    from mlflow.data.dataset import Dataset
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

COMPARED_TAG = "compared_with_champion"
"""Tag of run and version: `version 3`, whose figures the metrics `champion_…` are, or `none`."""

ROWS = "val_rows"
"""The metric that every validation logs: how many rows it measured on."""


def run_of(version: "ModelVersion") -> str:
    """Returns the id of a version's run; `TaskError` if it came from none."""
    if not version.run_id:
        raise TaskError(f"{version.name} version {version.version} has no run to record metrics in")
    return str(version.run_id)


def of_champion(metrics: Mapping[str, float]) -> dict[str, float]:
    """Names what the champion measured on the same rows: `val_f1` as `champion_val_f1`."""
    return {f"champion_{name}": value for name, value in metrics.items()}


def record(
    client: "MlflowClient",
    version: "ModelVersion",
    *,
    metrics: Mapping[str, float],
    data: Mapping[str, "Dataset"],
    champion: "ModelVersion | None",
    tags: Mapping[str, str] | None = None,
) -> None:
    """Logs a validation to the version's run, and tags the version.

    Args:
        client: Of tracking server and registry.
        version: What was validated.
        metrics: All that was measured, `ROWS` among it.
        data: The rows, by context; those of `val_…` metrics have the context `validation`. A
            version's tag `<context>_data_digest` names each.
        champion: What was measured beside it on the same rows; None if nothing was.
        tags: More tags of the version.

    Raises:
        TaskError: When MLflow refuses.
    """
    import mlflow

    compared = "none" if champion is None else f"version {champion.version}"
    run_id = run_of(version)
    with readable(f"run {run_id}"):
        earlier = [one.step for one in client.get_metric_history(run_id, ROWS)]
        with mlflow.start_run(run_id=run_id):
            for context, rows in data.items():
                mlflow.log_input(rows, context=context)
            # Should this end in between, no figures of one champion pass for those of another.
            mlflow.set_tag(COMPARED_TAG, "none")
            mlflow.log_metrics(dict(metrics), step=max(earlier, default=-1) + 1)
            mlflow.set_tag(COMPARED_TAG, compared)
    digests = {f"{context}_data_digest": rows.digest for context, rows in data.items()}
    with readable(f"{version.name} version {version.version}"):
        for key, value in {**digests, COMPARED_TAG: compared, **(tags or {})}.items():
            client.set_model_version_tag(version.name, version.version, key, value)
