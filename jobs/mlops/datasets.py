"""Which rows a model was trained or judged on, as MLflow records them."""

import hashlib
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.data.dataset_source import DatasetSource
    from mlflow.data.pandas_dataset import PandasDataset


def digest(frame: "pd.DataFrame") -> str:
    """Returns 32 hex digits that change with any value, column or order of rows.

    They are the start of the SHA-256 of the frame as CSV. MLflow's own digest looks at the first
    10,000 rows only, which would let two different holdouts pass as one.
    """
    content = frame.to_csv(index=False, lineterminator="\n").encode()
    return hashlib.sha256(content).hexdigest()[:32]


def dataset(frame: "pd.DataFrame", *, table: str, label: str) -> "PandasDataset":
    """Describes rows that came from a Unity Catalog table, for `mlflow.log_input`."""
    from mlflow.data.delta_dataset_source import DeltaDatasetSource

    return _described(frame, table, DeltaDatasetSource(delta_table_name=table), label)


def volume_dataset(frame: "pd.DataFrame", *, folder: str, label: str) -> "PandasDataset":
    """Describes rows that came from the files of a volume's folder, for `mlflow.log_input`."""
    return _described(frame, folder, folder, label)


def _described(
    frame: "pd.DataFrame", name: str, source: "str | DatasetSource", label: str
) -> "PandasDataset":
    from mlflow.data.pandas_dataset import from_pandas

    with warnings.catch_warnings():
        # MLflow has one class of sources for all paths, registered under two schemes.
        warnings.filterwarnings("ignore", message="The specified dataset source can be interp")
        # Advice for models whose signature is inferred from integers; ours are declared doubles.
        warnings.filterwarnings("ignore", message="Hint: Inferred schema contains integer column")
        described = from_pandas(
            frame, source=source, targets=label, name=name, digest=digest(frame)
        )
        described.schema  # noqa: B018  (computed and kept on first use)
    return described
