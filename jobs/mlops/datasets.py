"""Which rows a model was trained or judged on, as MLflow records them."""

import hashlib
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
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
    from mlflow.data.pandas_dataset import from_pandas

    with warnings.catch_warnings():
        # Advice for models whose signature is inferred from integers; ours are declared doubles.
        warnings.filterwarnings("ignore", message="Hint: Inferred schema contains integer column")
        described = from_pandas(
            frame,
            source=DeltaDatasetSource(delta_table_name=table),
            targets=label,
            name=table,
            digest=digest(frame),
        )
        described.schema  # noqa: B018  (computed and kept on first use)
    return described
