"""What callers send and models answer, in the formats that Databricks takes."""

import json
from typing import Any

import pytest

from mlops.task import TaskError
from monitoring.column_types import column_type
from monitoring.payloads import MalformedError, predictions, request_rows

FEATURES = ["total_spend", "region"]
KEY = "customer_id"
TWO_ROWS = [{"total_spend": 9.5, "region": "north"}, {"total_spend": None, "region": "east"}]


@pytest.mark.parametrize(
    "body",
    [
        {
            "dataframe_split": {
                "columns": ["region", "total_spend"],
                "index": [0, 1],
                "data": [["north", 9.5], ["east", None]],
            }
        },
        {"dataframe_split": {"data": [[9.5, "north"], [None, "east"]]}},
        {"dataframe_records": TWO_ROWS},
        {"inputs": {"total_spend": [9.5, None], "region": ["north", "east"]}},
        {"inputs": [[9.5, "north"], [None, "east"]]},
        {"inputs": TWO_ROWS},
        {"instances": [[9.5, "north"], [None, "east"]]},
        {"instances": TWO_ROWS},
        {"dataframe_records": TWO_ROWS, "params": {"a": 1}, "client_request_id": "00001"},
    ],
    ids=lambda body: "-".join(body),
)
def test_every_format_gives_the_same_rows(body: dict[str, Any]) -> None:
    assert request_rows(json.dumps(body), FEATURES, KEY) == TWO_ROWS


def test_one_row_may_be_given_without_lists() -> None:
    row = {"total_spend": 9.5, "region": "north"}
    assert request_rows(json.dumps({"inputs": row}), FEATURES, KEY) == [row]
    assert request_rows('{"instances": [1, 2]}', ["x"], KEY) == [{"x": 1}, {"x": 2}]


def test_what_is_no_feature_is_left_out_and_what_is_not_named_is_missing() -> None:
    body = {"dataframe_records": [{"name": "Ada", "total_spend": 1}]}
    assert request_rows(json.dumps(body), FEATURES, KEY) == [{"total_spend": 1, "region": None}]


def test_request_without_rows_has_none() -> None:
    assert request_rows('{"dataframe_records": []}', FEATURES, KEY) == []
    assert request_rows('{"inputs": {}}', FEATURES, KEY) == []


def test_key_is_read_where_it_is_sent() -> None:
    body = {"dataframe_split": {"columns": ["customer_id", "region"], "data": [["00001", "n"]]}}
    assert request_rows(json.dumps(body), FEATURES, KEY) == [
        {"total_spend": None, "region": "n", "customer_id": "00001"}
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "the request was not captured"),
        ("", "the request is not JSON"),
        ('{"instances": [[1,', "the request is not JSON"),
        ("[" * 100_000, "the request is not JSON"),
        ("[[1, 2]]", "the request is not a JSON object"),
        ('{"messages": []}', "the request has no input; it must have exactly one of dataframe_"),
        ('{"inputs": [], "instances": []}', "the request has inputs and instances"),
        ('{"dataframe_split": [[1, 2]]}', "dataframe_split has no list named data"),
        ('{"dataframe_split": {"columns": 2, "data": []}}', "columns of dataframe_split are not"),
        (
            '{"dataframe_split": {"columns": ["a"], "data": [["secret", 2]]}}',
            "a row of dataframe_split has 2 values for 1 columns",
        ),
        ('{"dataframe_split": {"data": [7]}}', "a row of dataframe_split is not a list"),
        ('{"dataframe_records": [[1, 2]]}', "dataframe_records is not a list of objects"),
        ('{"inputs": {"a": [1], "b": [1, 2]}}', "columns of inputs are not of the same length"),
        ('{"inputs": 7}', "inputs is not a list"),
        ('{"instances": [[1, 2, 3]]}', "a row of instances has 3 values for 2 columns"),
        ('{"instances": ["secret"]}', "a row of instances is not a list of values"),
    ],
)
def test_malformed_request_says_why_and_no_value(text: str | None, message: str) -> None:
    with pytest.raises(MalformedError, match=message) as caught:
        request_rows(text, FEATURES, KEY)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "answered",
    [[0, 1], [[0], [1]], [{"0": 0}, {"0": 1}], [{"prediction": 0, "probability": 0.2}, 1]],
)
def test_predictions_are_single_values(answered: list[object]) -> None:
    body = {"predictions": answered, "databricks_output": {"trace": None}}
    assert predictions(json.dumps(body)) == [0, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "the response was not captured"),
        ("<html>", "the response is not JSON"),
        ('{"error_code": "BAD_REQUEST"}', "the response has no list of predictions"),
        ('{"predictions": {"0": 1}}', "the response has no list of predictions"),
        ('{"predictions": [[0.2, 0.8]]}', "a prediction has 2 values, not one"),
    ],
)
def test_malformed_response_says_why(text: str | None, message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        predictions(text)


@pytest.mark.parametrize(
    ("sql_type", "value", "held"),
    [
        ("int", 3, 3),
        ("int", 3.0, 3),
        ("int", -(2**31), -(2**31)),
        ("bigint", 2**63 - 1, 2**63 - 1),
        ("double", 3, 3.0),
        ("decimal(10,2)", 3.25, 3.25),
        ("double", float("nan"), None),
        ("string", "north", "north"),
        ("boolean", False, False),
        ("int", None, None),
    ],
)
def test_values_fit_their_column(sql_type: str, value: object, held: object) -> None:
    converted = column_type("c", sql_type).convert(value, "c")
    assert converted == held
    assert type(converted) is type(held)


@pytest.mark.parametrize(
    ("sql_type", "value"),
    [
        ("int", 3.5),
        ("int", 2**31),
        ("int", float("inf")),
        ("int", True),
        ("int", "3"),
        ("double", "3"),
        ("double", 10**400),
        ("double", [1.0]),
        ("string", 3),
        ("boolean", 1),
    ],
)
def test_value_of_another_type_is_refused(sql_type: str, value: object) -> None:
    with pytest.raises(MalformedError, match=f"^a value of spend is not {sql_type}$"):
        column_type("spend", sql_type).convert(value, "spend")


def test_column_that_json_cannot_fill_is_named() -> None:
    with pytest.raises(TaskError, match=r"column seen has the type timestamp; .* can be tinyint"):
        column_type("seen", "timestamp")
