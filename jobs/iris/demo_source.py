"""Stands in for the storage that samples come from, where there is none: puts Iris there as CSV.

A demonstration's source, for an environment that configures no `abfss://` path of its own. The
flowers are Fisher's, 150 as scikit-learn ships them, in three files of 50. With `--shift-cm` a
fourth file comes later: every other flower again under a number of its own, all measurements
larger by that much, as from an instrument that reads too high. A file that is there with the same
content is left alone, so that ingestion sees no change where there is none.
"""

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from iris.data import COLUMNS, FEATURES, KEY, LABEL
from mlops.arguments import TaskParser, number_from_zero, volume_folder
from mlops.connect import connect_files
from mlops.files import Files
from mlops.task import run, say

if TYPE_CHECKING:
    import pandas as pd

_FILES = 3


def flowers() -> "pd.DataFrame":
    """Returns the 150 flowers, numbered from 1 in scikit-learn's order."""
    from sklearn.datasets import load_iris

    frame = load_iris(as_frame=True).frame
    frame.columns = [*FEATURES, LABEL]
    frame.insert(0, KEY, range(1, len(frame) + 1))
    return frame[COLUMNS]


def deliveries(shift_cm: float) -> dict[str, "pd.DataFrame"]:
    """Returns the samples of each file by its name; each of the first three has all species."""
    original = flowers()
    files = {f"iris-{part + 1}.csv": original.iloc[part::_FILES] for part in range(_FILES)}
    if shift_cm > 0:
        later = original.iloc[::2].copy()
        later[KEY] += len(original)
        later[FEATURES] = (later[FEATURES] + shift_cm).round(2)
        files["iris-later.csv"] = later
    return files


def deliver(files: Files, source: str, shift_cm: float) -> None:
    """Writes the files that are not there yet, or are there with another content."""
    for name, samples in deliveries(shift_cm).items():
        path, content = f"{source}/{name}", samples.to_csv(index=False).encode()
        if files.exists(path) and files.read(path) == content:
            say(f"{path} is there already")
        else:
            files.write(path, content)
            say(f"{path}: {len(samples)} samples")


def main() -> None:
    """Reads the arguments and delivers."""
    parser = TaskParser("Puts the Iris data set into a folder that ingestion reads from.")
    parser.add_argument(
        "--source-path", type=volume_folder, required=True, help="folder of a volume to fill"
    )
    parser.add_argument(
        "--shift-cm",
        type=number_from_zero(10),
        default=0.0,
        help="adds a file of samples that measure this much more; 0 for none",
    )
    args = parser.parse_args()
    deliver(connect_files(), args.source_path, args.shift_cm)


if __name__ == "__main__":
    run(main)
