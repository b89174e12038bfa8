"""Nominates an approved version: it becomes `challenger`, and the gate decides on the rest.

Nothing is served by this. The promotion gate, which runs when the stack is updated, alone makes a
version `champion`. What the version was trained and measured on becomes the reference that the
drift of later samples is measured against.
"""

import inspect
import sys
from pathlib import Path

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from iris.data import COLUMNS, labelled, read_samples
from mlops.approval import APPROVED_BY_TAG
from mlops.arguments import TaskParser, model_version, table_name, volume_folder
from mlops.connect import connect_files, connect_tables
from mlops.files import Files
from mlops.tables import Tables
from mlops.task import TaskError, run, say
from mlops.task_values import report


def deploy(
    files: Files, tables: Tables, *, model: str, version: str, volume_path: str, reference: str
) -> bool:
    """Sets the alias `challenger`, last, and returns whether the model has a champion.

    Raises:
        TaskError: When the version is not approved.
    """
    from mlflow.tracking import MlflowClient

    from mlops.registry import CHALLENGER, champion, readable
    from mlops.versions import version_of

    client = MlflowClient()
    chosen = version_of(client, model, version)
    what = f"{model} version {chosen.version}"
    if APPROVED_BY_TAG not in chosen.tags:
        raise TaskError(f"{what} is not approved: run the task approval first")
    samples = labelled(read_samples(files, volume_path))
    tables.overwrite(reference, samples[COLUMNS])
    say(f"{reference}: {len(samples)} samples with a species")
    with readable(what):
        client.set_registered_model_alias(model, CHALLENGER, chosen.version)
    serving = champion(client, model)
    has = "none" if serving is None else f"version {serving.version}"
    say(f"{what} is {CHALLENGER}; champion is {has}, the next update of the stack decides")
    return serving is not None


def main() -> None:
    """Reads the arguments and nominates."""
    parser = TaskParser("Nominates an approved version of the Iris classifier as challenger.")
    parser.add_argument("--model-name", type=table_name, required=True, help="registered model")
    parser.add_argument(
        "--model-version", type=model_version, required=True, help="number of the version"
    )
    parser.add_argument(
        "--volume-path", type=volume_folder, required=True, help="folder of the ingested samples"
    )
    parser.add_argument(
        "--reference", type=table_name, required=True, help="table of the reference samples to fill"
    )
    args = parser.parse_args()
    exists = deploy(
        connect_files(),
        connect_tables(),
        model=args.model_name,
        version=args.model_version,
        volume_path=args.volume_path,
        reference=args.reference,
    )
    report({"champion_exists": str(exists).lower()})


if __name__ == "__main__":
    run(main)
