"""Loads a pickled classifier, or trains one on the ingested samples, and registers a version.

The version is nominated later, by the deployment job, once it has been measured and approved. It
is logged in skops' format, which loads without running code: a pickle is unpickled here and never
again.
"""

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from iris.data import FEATURES, KEY, LABEL, is_holdout, labelled, read_samples
from iris.model import (
    TRUSTED_TYPES,
    example,
    fit,
    metrics,
    require_species,
    requirements,
    signature,
)
from mlops.arguments import TaskParser, git_commit, table_name, volume_folder, workspace_path
from mlops.connect import connect_files
from mlops.files import Files
from mlops.pickled import load_classifier, require_in_volume
from mlops.registration import register, training_run
from mlops.task import TaskError, run, say
from mlops.task_values import report

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities.model_registry import ModelVersion


def training_rows(files: Files, volume_path: str) -> "pd.DataFrame":
    """Returns the labelled samples that are not set aside for evaluation."""
    known = labelled(read_samples(files, volume_path))
    if known.empty:
        raise TaskError(f"no sample in {volume_path} has a species: there is nothing to learn from")
    return known[~is_holdout(known)].reset_index(drop=True)


def train(
    files: Files,
    *,
    pkl_path: str,
    trusted_volume: str,
    volume_path: str,
    experiment: str,
    model: str,
    commit: str | None = None,
) -> "ModelVersion":
    """Trains or loads, logs and registers; `commit` is the hash of the sources' git commit."""
    import mlflow
    import mlflow.sklearn
    from mlflow.tracking import MlflowClient

    from mlops.datasets import digest
    from mlops.registry import require_model

    client = MlflowClient()
    if pkl_path:
        require_in_volume(pkl_path, trusted_volume)
    require_model(client, model)
    tags: dict[str, str] = {} if commit is None else {"git_commit": commit}
    measured: dict[str, float] = {}
    if pkl_path:
        classifier = load_classifier(files, pkl_path, trusted_volume, FEATURES)
        require_species(pkl_path, classifier)
        tags["loaded_from"] = pkl_path
    else:
        rows = training_rows(files, volume_path)
        say(f"training on {len(rows)} samples of {volume_path}")
        classifier = fit(rows)
        tags["training_data_digest"] = digest(rows[[KEY, *FEATURES, LABEL]])
        measured = {f"train_{name}": value for name, value in metrics(classifier, rows).items()}
    with training_run(experiment, "training", tags) as active:
        mlflow.log_params(_parameters(classifier))
        mlflow.log_metrics(measured)
        version = register(
            client,
            model,
            mlflow.sklearn.log_model,
            classifier,
            tags,
            serialization_format="skops",
            skops_trusted_types=TRUSTED_TYPES,
            signature=signature(),
            input_example=example(),
            pip_requirements=requirements(),
        )
    say(f"{model} version {version} (run {active.info.run_id})")
    return client.get_model_version(model, version)


def _parameters(classifier: Any) -> dict[str, str]:
    """What describes a fitted estimator: its kind, and its parameters that are plain values."""
    kinds = (bool, int, float, str)
    plain = {
        name: str(value)
        for name, value in classifier.get_params().items()
        if isinstance(value, kinds)
    }
    return {"estimator": type(classifier).__name__, **plain}


def main() -> None:
    """Reads the arguments and trains."""
    parser = TaskParser("Loads or trains the Iris classifier and registers a version.")
    parser.add_argument(
        "--pkl-path",
        required=True,
        help="pickled classifier to load, a .pkl file in the trusted volume; empty: train one",
    )
    parser.add_argument(
        "--experiment-path", type=workspace_path, required=True, help="MLflow experiment's path"
    )
    parser.add_argument("--model-name", type=table_name, required=True, help="registered model")
    parser.add_argument(
        "--volume-path", type=volume_folder, required=True, help="folder of the ingested samples"
    )
    parser.add_argument(
        "--trusted-volume",
        type=volume_folder,
        required=True,
        help="the volume whose pickles may be loaded; never a job parameter",
    )
    parser.add_argument(
        "--commit", type=git_commit, default=None, help="hash of the sources' git commit"
    )
    args = parser.parse_args()
    version = train(
        connect_files(),
        pkl_path=args.pkl_path,
        trusted_volume=args.trusted_volume,
        volume_path=args.volume_path,
        experiment=args.experiment_path,
        model=args.model_name,
        commit=args.commit,
    )
    report({"model_name": args.model_name, "model_version": str(version.version)})


if __name__ == "__main__":
    run(main)
