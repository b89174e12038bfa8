"""Unpacks what a serving endpoint captured into the predictions table, and joins late labels.

Reads an AI Gateway-enabled inference table, which Databricks makes and fills:

    databricks_request_id  STRING     made by Databricks, one for each request
    client_request_id      STRING     what the caller sent as `client_request_id`, if anything
    request_time           TIMESTAMP  when the request came
    status_code            INT        200: answered
    request, response      STRING     the bodies, JSON
    served_entity_id       STRING     which served entity answered

https://docs.databricks.com/aws/en/ai-gateway/inference-tables

A request becomes one row for each prediction in it, or none: it is read as a whole. A row's
`record_key`, which outcomes are joined on, is its value of the labels' key, which a caller may send
beside the features; without one, the client's request id where the request has a single row, since
it cannot tell several rows apart. Requests that are in the predictions table already are not read
again, and `request_id` with `row_number` is the key of the MERGE, so that the task can run as often
as one likes. Requests that cannot be read are counted in every run.

The monitor profiles the table afterwards: what is unpacked after its refresh is in the next one.
"""

import inspect
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.arguments import TaskParser, column_name, column_names, table_name
from mlops.connect import connect_tables
from mlops.tables import Tables, quoted, text
from mlops.task import run, say
from monitoring.column_types import ColumnType, column_type
from monitoring.labels import Labels, join_labels
from monitoring.payloads import MalformedError, predictions, request_rows
from monitoring.unpacked import Unpacked
from monitoring.versions import Versions

if TYPE_CHECKING:
    import pandas as pd

PAYLOAD_COLUMNS = [
    "databricks_request_id",
    "client_request_id",
    "request_time",
    "status_code",
    "request",
    "response",
    "served_entity_id",
]
BOOKKEEPING = ["request_id", "row_number", "timestamp", "model_version", "record_key"]
PREDICTION = "prediction"
REQUESTS_AT_ONCE = 10_000


def unpack(
    tables: Tables, *, payload: str, table: str, features: list[str], labels: Labels
) -> Unpacked:
    """Adds the predictions of requests that are not in `table` yet, then joins the labels.

    Raises:
        TaskError: When a table lacks a column, or a feature's column has a type that JSON cannot
            fill. That nothing has been captured yet, so that there is no payload table, is fine.
    """
    tables.require(table, [*BOOKKEEPING, *features, PREDICTION, labels.label])
    kinds = tables.column_types(table)
    types = {name: column_type(name, kinds[name]) for name in [*features, PREDICTION]}
    unpacked = Unpacked()
    if tables.exists(payload):
        tables.require(payload, PAYLOAD_COLUMNS)
        versions = Versions(tables, payload)
        for page in _new_requests(tables, payload, table):
            frame = _predictions_of(page, types, labels.key, versions, unpacked)
            if len(frame):
                tables.add_new(table, frame, ["request_id", "row_number"])
        versions.settle(table)
        unpacked.report(tables, payload)
    else:
        say(f"{payload} does not exist: the endpoint has captured nothing yet")
    say(f"{table}: {unpacked.rows:,} predictions added")
    join_labels(tables, table, labels)
    return unpacked


def _new_requests(tables: Tables, payload: str, table: str) -> Iterator["pd.DataFrame"]:
    """Yields the answered requests without a row in `table`, some at a time, each once."""
    last = ""
    while True:
        page = tables.query(
            f"SELECT {', '.join(f'p.{quoted(name)}' for name in PAYLOAD_COLUMNS)} "
            f"FROM {quoted(payload)} AS p LEFT ANTI JOIN {quoted(table)} AS t "
            "ON t.request_id = p.databricks_request_id "
            f"WHERE p.status_code = 200 AND p.databricks_request_id > {text(last)} "
            f"ORDER BY p.databricks_request_id LIMIT {REQUESTS_AT_ONCE}"
        )
        if page.empty:
            return
        last = str(page["databricks_request_id"].iloc[-1])
        # Capture is best effort and may repeat itself.
        yield page.drop_duplicates("databricks_request_id")


def _predictions_of(
    page: "pd.DataFrame",
    types: dict[str, ColumnType],
    key: str,
    versions: Versions,
    unpacked: Unpacked,
) -> "pd.DataFrame":
    """Makes the rows of the predictions table, and counts."""
    import pandas as pd

    versions.look_up(page["served_entity_id"])
    rows: list[dict[str, object]] = []
    for request in page.to_dict("records"):
        unpacked.requests += 1
        try:
            rows += _rows_of(request, types, key, versions)
        except MalformedError as error:
            unpacked.misunderstood(f"{request['databricks_request_id']}: {error}")
    unpacked.rows += len(rows)
    dtypes = {name: kind.dtype for name, kind in types.items()}
    # Said for every column: one that is all NULL would have no type in the staged file.
    dtypes |= {"request_id": "string", "row_number": "int32"}
    dtypes |= {"model_version": "string", "record_key": "string"}
    return pd.DataFrame(rows, columns=[*BOOKKEEPING, *types]).astype(dtypes)


def _rows_of(
    request: dict[str, object], types: dict[str, ColumnType], key: str, versions: Versions
) -> list[dict[str, object]]:
    inputs = request_rows(request["request"], [name for name in types if name != PREDICTION], key)
    answers = predictions(request["response"])
    if len(inputs) != len(answers):
        raise MalformedError(f"{len(inputs)} rows were asked and {len(answers)} answered")
    client_id = request["client_request_id"] if len(inputs) == 1 else None
    return [
        {
            "request_id": request["databricks_request_id"],
            "row_number": number,
            "timestamp": request["request_time"],
            "model_version": versions.version(request["served_entity_id"]),
            "record_key": _record_key(row.get(key, client_id), key),
            **{
                name: kind.convert(answer if name == PREDICTION else row[name], name)
                for name, kind in types.items()
            },
        }
        for number, (row, answer) in enumerate(zip(inputs, answers, strict=True))
    ]


def _record_key(value: object, key: str) -> str | None:
    """Writes a key as labels are compared with it, as text."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise MalformedError(f"a value of {key} is neither text nor a whole number")
    return str(value)


def main() -> None:
    """Reads the arguments and unpacks."""
    parser = TaskParser("Unpacks captured requests into predictions and joins late labels.")
    parser.add_argument(
        "--payload", type=table_name, required=True, help="inference table of the endpoint to read"
    )
    parser.add_argument(
        "--predictions", type=table_name, required=True, help="table of predictions to add to"
    )
    parser.add_argument(
        "--features",
        type=column_names,
        required=True,
        help="the model's inputs in the order of its signature, with commas between them",
    )
    parser.add_argument(
        "--label", type=column_name, required=True, help="column of predictions for the outcome"
    )
    parser.add_argument(
        "--labels-table", type=table_name, required=True, help="table that outcomes arrive in"
    )
    parser.add_argument(
        "--labels-column", type=column_name, required=True, help="its column with the outcome"
    )
    parser.add_argument(
        "--labels-key", type=column_name, required=True, help="its column that record_key refers to"
    )
    args = parser.parse_args()
    unpack(
        connect_tables(),
        payload=args.payload,
        table=args.predictions,
        features=args.features,
        labels=Labels(args.label, args.labels_table, args.labels_column, args.labels_key),
    )


if __name__ == "__main__":
    run(main)
