"""Measures a version on the samples that training never sees, beside the champion, if there is one.

It decides nothing.

Low figures are a result like any other: approval and the promotion gate read them from the
version's run. Those that come after are told which version it was, so that one registered meanwhile
is not approved with these figures. A model that was loaded from a pickle may have seen the samples
where it was trained: its figures are as honest as those who trained it.
"""

import inspect
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from iris.data import FEATURES, KEY, LABEL, SPECIES, is_holdout, labelled, read_samples
from iris.model import metrics
from mlops.arguments import (
    TaskParser,
    model_version,
    table_name,
    version_or_newest,
    volume_folder,
)
from mlops.connect import connect_files
from mlops.files import Files
from mlops.task import TaskError, run, say
from mlops.task_values import report

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities.model_registry import ModelVersion


def evaluate(
    files: Files, *, volume_path: str, model: str, version: str
) -> tuple[str, dict[str, float]]:
    """Logs `val_accuracy`, `val_f1_macro` and `val_rows` to the version's run.

    If there is a champion, it is measured on the same samples, as `champion_val_*`.

    Args:
        files: The workspace's files.
        volume_path: Folder of the ingested samples.
        model: Full name of the registered model.
        version: Number of the version; empty for the newest.

    Returns:
        The version and the metrics as logged.

    Raises:
        TaskError: When there is no such version, when it came from no run, or when a species does
            not occur among the samples set aside.
    """
    from mlflow.tracking import MlflowClient

    from mlops.datasets import volume_dataset
    from mlops.evidence import ROWS, of_champion, record, run_of
    from mlops.registry import champion
    from mlops.versions import version_of

    client = MlflowClient()
    chosen = version_of(client, model, version)
    say(f"evaluating {model} version {chosen.version} (run {run_of(chosen)})")
    known = labelled(read_samples(files, volume_path))
    rows = known[is_holdout(known)].reset_index(drop=True)
    found = {int(value) for value in rows[LABEL]}
    absent = [name for number, name in enumerate(SPECIES) if number not in found]
    if absent:
        raise TaskError(f"the samples set aside in {volume_path} have no {', '.join(absent)}")
    measured = {**_figures(chosen, rows), ROWS: float(len(rows))}
    best = champion(client, model)
    if best is not None:
        say(f"beside it champion version {best.version}")
        measured |= of_champion(_figures(best, rows))
    columns = rows[[KEY, *FEATURES, LABEL]]
    data = {"validation": volume_dataset(columns, folder=volume_path, label=LABEL)}
    record(client, chosen, metrics=measured, data=data, champion=best)
    say(json.dumps({"model": model, "version": int(chosen.version), **measured}))
    return str(chosen.version), measured


def _figures(version: "ModelVersion", rows: "pd.DataFrame") -> dict[str, float]:
    import mlflow.sklearn

    from mlops.registry import readable

    with readable(f"{version.name} version {version.version}"):
        classifier = mlflow.sklearn.load_model(f"models:/{version.name}/{version.version}")
    return {f"val_{name}": value for name, value in metrics(classifier, rows).items()}


def main() -> None:
    """Reads the arguments and evaluates."""
    parser = TaskParser("Measures a version of the Iris classifier and records the metrics.")
    parser.add_argument("--model-name", type=table_name, required=True, help="registered model")
    parser.add_argument(
        "--model-version",
        type=model_version,
        required=True,
        help="number of the version; empty for the default",
    )
    parser.add_argument(
        "--default-version",
        type=version_or_newest,
        required=True,
        help="number of the version that an earlier task has registered, or newest",
    )
    parser.add_argument(
        "--volume-path", type=volume_folder, required=True, help="folder of the ingested samples"
    )
    args = parser.parse_args()
    version, _ = evaluate(
        connect_files(),
        volume_path=args.volume_path,
        model=args.model_name,
        version=args.model_version or args.default_version,
    )
    report({"model_version": version})


if __name__ == "__main__":
    run(main)
