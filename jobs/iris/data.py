"""What an Iris sample is, how it is read from the volume, and which samples training never sees.

Samples come as CSV files with a header and these columns:

    sample_id        number that tells the flower from all others
    sepal_length_cm  |
    sepal_width_cm   | what is measured, in centimetres
    petal_length_cm  |
    petal_width_cm   |
    species          0 setosa, 1 versicolor, 2 virginica; empty while nobody has said
"""

import hashlib
import io
from typing import TYPE_CHECKING

from mlops.files import Files
from mlops.task import TaskError

if TYPE_CHECKING:
    import pandas as pd

KEY = "sample_id"
FEATURES = ["sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm"]
LABEL = "species"
COLUMNS = [KEY, *FEATURES, LABEL]
SPECIES = ("setosa", "versicolor", "virginica")
"""The species, at the numbers that stand for them."""

HOLDOUT_SHARE = 0.2


def read_samples(files: Files, folder: str) -> "pd.DataFrame":
    """Reads all CSV files below a folder, in the order of their paths.

    Raises:
        TaskError: When there is none, when one is not of the form above, or when a sample is there
            twice: nobody could say which of the two is right.
    """
    import pandas as pd

    frames = []
    for info in files.list(folder):
        if info.path.endswith(".csv"):
            frames.append(_parse(info.path, files.read(info.path)).assign(path=info.path))
    if not frames:
        raise TaskError(f"{folder} holds no CSV file: run the ingestion job first")
    samples = pd.concat(frames, ignore_index=True)
    twice = samples[samples.duplicated(KEY, keep=False)]
    if not twice.empty:
        key = twice[KEY].iloc[0]
        paths = twice.loc[twice[KEY] == key, "path"].tolist()
        raise TaskError(f"sample {key} is there {len(paths)} times: in {', '.join(paths)}")
    return samples[COLUMNS].sort_values(KEY, ignore_index=True)


def _parse(path: str, content: bytes) -> "pd.DataFrame":
    import pandas as pd

    try:
        frame = pd.read_csv(io.BytesIO(content))
        missing = [name for name in COLUMNS if name not in frame.columns]
        if missing:
            raise TaskError(
                f"{path} has no column {', '.join(missing)}; it has {', '.join(frame.columns)}"
            )
        frame = frame[COLUMNS].astype(
            {KEY: "int64", **dict.fromkeys(FEATURES, "float64"), LABEL: "Int64"}
        )
    except (ValueError, TypeError, UnicodeError) as error:
        raise TaskError(f"{path} cannot be read as samples: {error}") from None
    if frame[FEATURES].isna().any(axis=None):
        raise TaskError(f"{path} has samples without a measurement")
    unknown = sorted({int(value) for value in frame[LABEL].dropna()} - set(range(len(SPECIES))))
    if unknown:
        raise TaskError(f"{path} has the species {unknown}; allowed are 0, 1, 2 and nothing")
    return frame


def labelled(samples: "pd.DataFrame") -> "pd.DataFrame":
    """Picks the samples whose species is known."""
    return samples[samples[LABEL].notna()].astype({LABEL: "int64"}).reset_index(drop=True)


def is_holdout(samples: "pd.DataFrame") -> "pd.Series":
    """Says of each sample whether it is set aside for evaluation, about a fifth of all.

    By a digest of the measurements, so that a sample stays where it is, however many come after
    it, and that two flowers with the same measurements are on the same side.
    """
    return samples.apply(lambda row: _share(digest_of(row)) < HOLDOUT_SHARE, axis=1).astype(bool)


def digest_of(row: "pd.Series") -> str:
    """Returns 16 hex digits that change with any of a sample's measurements."""
    text = ",".join(repr(float(row[name])) for name in FEATURES)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _share(digest: str) -> float:
    """Spreads digests evenly from 0 to 1."""
    return int(digest, 16) / 16**16
