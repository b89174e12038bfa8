"""Scores the ingested samples with the champion, into a table of predictions.

A prediction is told from all others by sample, measurements and version: a run that is repeated
adds nothing, a sample whose measurements were corrected is scored again, and a new champion scores
all of them. The species joins its predictions whenever it becomes known, also when it is corrected.
"""

import inspect
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from iris.data import FEATURES, KEY, LABEL, digest_of, read_samples
from mlops.arguments import TaskParser, column_name, table_name, utc_time, volume_folder
from mlops.connect import connect_files, connect_tables
from mlops.files import Files
from mlops.tables import Tables, quoted, text
from mlops.task import TaskError, run, say

if TYPE_CHECKING:
    import pandas as pd

DIGEST = "measurements"
VERSION = "model_version"
KEYS = [KEY, DIGEST, VERSION]


def score(
    files: Files,
    tables: Tables,
    *,
    model: str,
    volume_path: str,
    predictions: str,
    label: str,
    scored_at: datetime,
) -> int:
    """Scores what the champion has not scored yet; returns how many samples that were.

    Raises:
        TaskError: When the model has no champion.
    """
    import mlflow.pyfunc
    from mlflow.tracking import MlflowClient

    from mlops.registry import champion, readable

    serving = champion(MlflowClient(), model)
    if serving is None:
        raise TaskError(
            f"{model} has no champion to score with: nominate a version with the deployment job, "
            "then update the stack, whose promotion gate decides"
        )
    tables.require(predictions, [*KEYS, "timestamp", *FEATURES, "prediction", label])
    samples = read_samples(files, volume_path)
    samples[DIGEST] = samples.apply(digest_of, axis=1)
    samples[VERSION] = str(serving.version)
    fresh = _unscored(tables, predictions, samples, str(serving.version))
    if not fresh.empty:
        with readable(f"{model} version {serving.version}"):
            classifier = mlflow.pyfunc.load_model(f"models:/{model}/{serving.version}")
            answers = classifier.predict(fresh[FEATURES])
        rows = fresh[[*KEYS, *FEATURES]].assign(
            timestamp=scored_at, prediction=[int(answer) for answer in answers]
        )
        tables.add_new(predictions, rows, KEYS)
    say(f"{len(fresh)} of {len(samples)} samples are new to version {serving.version}")
    _join_species(tables, predictions, samples, label)
    return len(fresh)


def _unscored(
    tables: Tables, predictions: str, samples: "pd.DataFrame", version: str
) -> "pd.DataFrame":
    scored = tables.query(
        f"SELECT {quoted(KEY)}, {quoted(DIGEST)} FROM {quoted(predictions)} "
        f"WHERE {quoted(VERSION)} = {text(version)}"
    )
    known = set(zip(scored[KEY], scored[DIGEST], strict=True))
    keys = zip(samples[KEY], samples[DIGEST], strict=True)
    return samples[[pair not in known for pair in keys]].reset_index(drop=True)


def _join_species(tables: Tables, predictions: str, samples: "pd.DataFrame", label: str) -> None:
    known = samples.loc[samples[LABEL].notna(), [KEY, LABEL]].astype("int64")
    if not known.empty:
        tables.update(predictions, known.rename(columns={LABEL: label}), [KEY], label)
    counts = tables.query(
        f"SELECT count(*) AS n, count({quoted(label)}) AS labelled FROM {quoted(predictions)}"
    )
    say(f"{counts['labelled'].iloc[0]:,} of {counts['n'].iloc[0]:,} predictions have their species")


def main() -> None:
    """Reads the arguments and scores."""
    parser = TaskParser("Scores the ingested samples with the champion.")
    parser.add_argument("--model-name", type=table_name, required=True, help="registered model")
    parser.add_argument(
        "--volume-path", type=volume_folder, required=True, help="folder of the ingested samples"
    )
    parser.add_argument(
        "--predictions", type=table_name, required=True, help="table of predictions to add to"
    )
    parser.add_argument(
        "--label", type=column_name, required=True, help="its column that the species goes to"
    )
    parser.add_argument(
        "--scored-at",
        type=utc_time,
        required=True,
        help="timestamp of the predictions in UTC, YYYY-MM-DDTHH:MM:SS",
    )
    args = parser.parse_args()
    score(
        connect_files(),
        connect_tables(),
        model=args.model_name,
        volume_path=args.volume_path,
        predictions=args.predictions,
        label=args.label,
        scored_at=args.scored_at,
    )


if __name__ == "__main__":
    run(main)
