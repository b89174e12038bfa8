"""Captured requests and responses of a serving endpoint, as rows of inputs and predictions.

A custom model takes one of four formats in a request, and answers `{"predictions": [...]}`:

    dataframe_split    {"columns": ["a", "b"], "data": [[1, 2], [3, 4]]}
    dataframe_records  [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    inputs             {"a": [1, 3], "b": [2, 4]}, or rows as in `instances`
    instances          [[1, 2], [3, 4]] or [{"a": 1, "b": 2}, {"a": 3, "b": 4}]

https://docs.databricks.com/aws/en/machine-learning/model-serving/score-custom-model-endpoints

Values without names are the features in their order. Features that a row does not name are missing
in it; names that are neither a feature nor the key are left out, as the model server leaves out
columns that are not in the model's signature. No message contains a value: requests may hold
personal data, and messages go to the log.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

Row = dict[str, object]


class MalformedError(Exception):
    """A captured request or response that cannot be read; says why."""


def request_rows(text: object, features: Sequence[str], key: str) -> list[Row]:
    """Parses a request's body into one row for each prediction that it asks for.

    A row holds all features, and the column `key` if the caller sent that along.

    Raises:
        MalformedError: When it was not captured, is not JSON, or is in none of the four formats.
    """
    body = _parsed(text, "request")
    given = [name for name in _FORMATS if name in body]
    if len(given) != 1:
        raise MalformedError(
            f"the request has {' and '.join(given) or 'no input'}; "
            f"it must have exactly one of {', '.join(_FORMATS)}"
        )
    (name,) = given
    rows = _FORMATS[name](body[name], features)
    return [
        {name: row.get(name) for name in features} | ({key: row[key]} if key in row else {})
        for row in rows
    ]


def predictions(text: object) -> list[object]:
    """Parses a response's body into its predictions.

    A prediction that is a list or an object with one value stands for this value; of a larger
    object, the value named `prediction` counts.

    Raises:
        MalformedError: When it was not captured, is not JSON or has no list of such predictions.
    """
    body = _parsed(text, "response")
    found = body.get("predictions")
    if not isinstance(found, list):
        raise MalformedError("the response has no list of predictions")
    return [_single(prediction) for prediction in found]


def _parsed(text: object, what: str) -> dict[str, Any]:
    # A body above the size limit is not captured: its column is NULL, see logging_error_codes.
    if not isinstance(text, str):
        raise MalformedError(f"the {what} was not captured")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedError(f"the {what} is not JSON") from None
    if not isinstance(body, dict):
        raise MalformedError(f"the {what} is not a JSON object")
    return body


def _single(prediction: object) -> object:
    if isinstance(prediction, dict) and "prediction" in prediction:
        return prediction["prediction"]
    if isinstance(prediction, list | dict):
        values = list(prediction.values() if isinstance(prediction, dict) else prediction)
        if len(values) != 1:
            raise MalformedError(f"a prediction has {len(values)} values, not one")
        return values[0]
    return prediction


def _split(given: Any, features: Sequence[str]) -> list[Row]:
    data = given.get("data") if isinstance(given, dict) else None
    if not isinstance(data, list):
        raise MalformedError("dataframe_split has no list named data")
    columns = given.get("columns", features)
    if not isinstance(columns, list | tuple):
        raise MalformedError("the columns of dataframe_split are not a list")
    return [_named(row, columns, "dataframe_split") for row in data]


def _records(given: Any, _features: Sequence[str]) -> list[Row]:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise MalformedError("dataframe_records is not a list of objects")
    return given


def _inputs(given: Any, features: Sequence[str]) -> list[Row]:
    if not isinstance(given, dict):
        return _tensor(given, features, "inputs")
    columns = {
        name: values if isinstance(values, list) else [values] for name, values in given.items()
    }
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise MalformedError("the columns of inputs are not of the same length")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _instances(given: Any, features: Sequence[str]) -> list[Row]:
    return _tensor(given, features, "instances")


def _tensor(given: Any, features: Sequence[str], where: str) -> list[Row]:
    if not isinstance(given, list):
        raise MalformedError(f"{where} is not a list")
    if len(features) == 1:
        given = [row if isinstance(row, list | dict) else [row] for row in given]
    return [row if isinstance(row, dict) else _named(row, features, where) for row in given]


def _named(row: object, names: Sequence[str], where: str) -> Row:
    if not isinstance(row, list):
        raise MalformedError(f"a row of {where} is not a list of values")
    if len(row) != len(names):
        raise MalformedError(f"a row of {where} has {len(row)} values for {len(names)} columns")
    return dict(zip(names, row, strict=True))


_FORMATS: dict[str, Callable[[Any, Sequence[str]], list[Row]]] = {
    "dataframe_split": _split,
    "dataframe_records": _records,
    "inputs": _inputs,
    "instances": _instances,
}
