"""The Databricks SDK for Python, as it comes, serves models of the workspace."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from uuid import uuid4

import iris
import pytest
import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import (
    InvalidParameterValue,
    NotFound,
    ResourceAlreadyExists,
    ResourceConflict,
)
from databricks.sdk.service.serving import (
    AiGatewayInferenceTableConfig,
    DataframeSplitInput,
    EndpointCoreConfigInput,
    EndpointStateConfigUpdate,
    EndpointStateReady,
    EndpointTag,
    Route,
    ServedEntityInput,
    TrafficConfig,
)
from requests import Response

RECORDS = iris.data()[0].head(2).to_dict("records")


@pytest.fixture(scope="module")
def model(schema: str) -> str:
    """Registers a model to serve."""
    name = f"{schema}.served"
    iris.register(name, f"/Shared/test-{uuid4().hex[:8]}")
    return name


def entity(
    model: str, name: str | None = None, version: str = "1"
) -> ServedEntityInput:
    """Describes what is served."""
    return ServedEntityInput(
        name=name,
        entity_name=model,
        entity_version=version,
        workload_size="Small",
        scale_to_zero_enabled=True,
    )


@pytest.fixture(scope="module")
def endpoint(workspace: WorkspaceClient, model: str) -> Iterator[str]:
    """Brings an endpoint up."""
    name = f"test-{uuid4().hex[:8]}"
    waiter = workspace.serving_endpoints.create(
        name=name,
        config=EndpointCoreConfigInput(name=name, served_entities=[entity(model)]),
        tags=[EndpointTag("team", "x")],
    )
    begun = workspace.serving_endpoints.get(name)
    assert begun.state is not None
    assert begun.state.config_update == EndpointStateConfigUpdate.IN_PROGRESS
    assert begun.state.ready == EndpointStateReady.NOT_READY
    waiter.result(timedelta(minutes=2))
    yield name
    workspace.serving_endpoints.delete(name)


class Captured:
    """An inference table."""

    def __init__(self, workspace: WorkspaceClient, warehouse: str, table: str) -> None:
        """Takes the warehouse to ask."""
        self._workspace = workspace
        self._warehouse = warehouse
        self._table = table

    def query(self, statement: str) -> list[list[str]]:
        """Runs a query; no rows if there is no such table yet."""
        answer = self._workspace.statement_execution.execute_statement(
            statement, self._warehouse
        )
        return (answer.result.data_array if answer.result else None) or []

    def row(self, client_request_id: str) -> dict[str, str]:
        """The row of a request, by column, once it is there."""
        text = client_request_id.replace("'", "\\'")
        until = monotonic() + 30
        while monotonic() < until:
            rows = self.query(
                f"SELECT * FROM {self._table} WHERE client_request_id = '{text}'"
            )
            if rows:
                [row] = rows
                columns = [
                    name for name, *_ in self.query(f"DESCRIBE TABLE {self._table}")
                ]
                return dict(zip(columns, row, strict=True))
            sleep(0.3)
        raise AssertionError(f"{client_request_id} was not captured.")


def served_by(workspace: WorkspaceClient, endpoint: str) -> str:
    """Sends one request; gives the name of the entity that answered."""
    answer = requests.post(
        f"{workspace.config.host}/serving-endpoints/{endpoint}/invocations",
        json={"dataframe_records": RECORDS},
        headers=workspace.config.authenticate(),
        timeout=60,
    )
    assert answer.json() == {"predictions": [0, 0]}
    return answer.headers["served-model-name"]


COLUMNS = list(RECORDS[0])
ROWS = [list(row.values()) for row in RECORDS]


def send(
    workspace: WorkspaceClient, endpoint: str, body: object, **headers: str
) -> Response:
    """Sends a body, text as it is and anything else as JSON."""
    return requests.post(
        f"{workspace.config.host}/serving-endpoints/{endpoint}/invocations",
        data=body if isinstance(body, str) else json.dumps(body),
        headers={
            **workspace.config.authenticate(),
            "content-type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        timeout=60,
    )


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_split": {"columns": COLUMNS, "data": ROWS}},
        {"dataframe_split": {"index": [5, 6], "columns": COLUMNS, "data": ROWS}},
        {"dataframe_records": RECORDS},
        {"inputs": {name: [row[name] for row in RECORDS] for name in COLUMNS}},
        {"inputs": RECORDS},
        {"instances": RECORDS},
    ],
    ids=[
        "split",
        "split with index",
        "records",
        "inputs",
        "inputs by row",
        "instances",
    ],
)
def test_an_endpoint_answers(
    workspace: WorkspaceClient, endpoint: str, body: dict[str, object]
) -> None:
    """In the four formats that Databricks takes."""
    answer = send(workspace, endpoint, body)
    assert (answer.status_code, answer.json()) == (200, {"predictions": [0, 0]})
    assert answer.headers["content-type"] == "application/json"


def test_the_sdk_sends_the_formats_too(
    workspace: WorkspaceClient, endpoint: str
) -> None:
    """As its own arguments."""
    query = workspace.serving_endpoints.query
    split = DataframeSplitInput(columns=COLUMNS, data=ROWS)
    assert query(endpoint, dataframe_records=RECORDS).predictions == [0, 0]
    assert query(endpoint, dataframe_split=split).predictions == [0, 0]
    assert query(endpoint, inputs=RECORDS).predictions == [0, 0]
    assert query(endpoint, instances=RECORDS).predictions == [0, 0]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "exactly one of"),
        ({"rows": RECORDS}, "exactly one of"),
        ({"dataframe_records": RECORDS, "inputs": RECORDS}, "exactly one of"),
        ({"dataframe_split": RECORDS}, "split format must be a dictionary"),
        ({"dataframe_records": [{"nothing": 1}]}, "Failed to enforce schema"),
        ({"dataframe_records": [{**RECORDS[0], COLUMNS[0]: "wide"}]}, COLUMNS[0]),
        ("{not JSON", "valid JSON"),
        ("", "valid JSON"),
    ],
)
def test_a_bad_request_is_refused_in_words(
    workspace: WorkspaceClient, endpoint: str, body: object, message: str
) -> None:
    """With 400, and an error code beside them."""
    answer = send(workspace, endpoint, body)
    assert answer.status_code == 400
    assert answer.json()["error_code"] in {"BAD_REQUEST", "INVALID_PARAMETER_VALUE"}
    assert message in answer.json()["message"]


def test_a_bad_request_is_the_callers(
    workspace: WorkspaceClient, endpoint: str
) -> None:
    """The model's own refusal is passed on."""
    with pytest.raises(InvalidParameterValue, match="Failed to enforce schema"):
        workspace.serving_endpoints.query(endpoint, dataframe_records=[{"nothing": 1}])


@pytest.mark.parametrize(
    ("version", "error"), [("champion", InvalidParameterValue), ("99", NotFound)]
)
def test_only_version_numbers_that_exist_are_served(
    workspace: WorkspaceClient, model: str, version: str, error: type[Exception]
) -> None:
    """An alias is not one."""
    config = EndpointCoreConfigInput(
        name="x", served_entities=[entity(model, version=version)]
    )
    with pytest.raises(error):
        workspace.serving_endpoints.create(name="x", config=config)
    with pytest.raises(NotFound):
        workspace.serving_endpoints.get("x")


def test_an_update_is_served_beside_the_old_configuration(
    workspace: WorkspaceClient, endpoint: str, model: str
) -> None:
    """The old one answers until the new one can; then traffic is split as asked."""
    with pytest.raises(ResourceAlreadyExists):
        workspace.serving_endpoints.create(name=endpoint)
    challenger = entity(model, "challenger")
    challenger.environment_vars = {"ANOTHER": "process"}
    waiter = workspace.serving_endpoints.update_config(
        endpoint,
        served_entities=[entity(model, "champion"), challenger],
        traffic_config=TrafficConfig(
            routes=[
                Route(served_entity_name="champion", traffic_percentage=70),
                Route(served_entity_name="challenger", traffic_percentage=30),
            ]
        ),
    )
    assert served_by(workspace, endpoint) == "served-1"
    with pytest.raises(ResourceConflict):
        workspace.serving_endpoints.update_config(
            endpoint, served_entities=[entity(model)]
        )
    waiter.result(timedelta(minutes=2))
    counts = Counter(served_by(workspace, endpoint) for _ in range(60))
    assert set(counts) == {"champion", "challenger"}
    assert counts["champion"] > counts["challenger"]


@pytest.fixture(scope="module")
def captured(
    workspace: WorkspaceClient, warehouse: str, endpoint: str, schema: str
) -> Captured:
    """Lets the endpoint capture requests."""
    catalog, _, name = schema.partition(".")
    workspace.serving_endpoints.put_ai_gateway(
        endpoint,
        inference_table_config=AiGatewayInferenceTableConfig(
            catalog_name=catalog,
            schema_name=name,
            table_name_prefix="captured",
            enabled=True,
        ),
    )
    return Captured(workspace, warehouse, f"{schema}.captured_payload")


def test_requests_are_captured_in_the_inference_table(
    workspace: WorkspaceClient, endpoint: str, captured: Captured
) -> None:
    """With what was asked, what was answered, and by whom."""
    begun = datetime.now(UTC)
    body = json.dumps({"dataframe_records": RECORDS, "client_request_id": "it's mine"})
    answer = send(workspace, endpoint, body)
    row = captured.row("it's mine")
    time = datetime.fromisoformat(row["request_time"])
    assert begun - timedelta(seconds=1) < time < datetime.now(UTC)
    assert int(row["execution_duration_ms"]) >= 0
    assert row == {
        "databricks_request_id": answer.headers["x-request-id"],
        "request_date": time.date().isoformat(),
        "client_request_id": "it's mine",
        "request_time": row["request_time"],
        "status_code": "200",
        "sampling_fraction": "1.0",
        "execution_duration_ms": row["execution_duration_ms"],
        "request": body,
        "response": '{"predictions": [0, 0]}',
        "logging_error_codes": "[]",
        "served_entity_id": row["served_entity_id"],
        "requester": workspace.current_user.me().id,
    }
    [[name, version]] = captured.query(
        "SELECT served_entity_name, entity_version FROM system.serving.served_entities "
        f"WHERE served_entity_id = '{row['served_entity_id']}'"
    )
    assert (name, version) == (answer.headers["served-model-name"], "1")


def test_refused_requests_are_captured_too(
    workspace: WorkspaceClient, endpoint: str, captured: Captured
) -> None:
    """With the status and the answer that the caller got."""
    answer = send(
        workspace, endpoint, {"client_request_id": "bad", "dataframe_split": 1}
    )
    row = captured.row("bad")
    assert row["status_code"] == "400"
    assert row["response"] == answer.text


def test_numbers_that_only_python_writes_reach_the_model(
    workspace: WorkspaceClient, endpoint: str, captured: Captured
) -> None:
    """`NaN` is no JSON, but what `json.dumps` makes of a missing value."""
    row = {**RECORDS[0], COLUMNS[0]: float("nan")}
    body = json.dumps(
        {"client_request_id": 'NaN, it\'s "me"', "dataframe_records": [row]}
    )
    answer = send(workspace, endpoint, body)
    # The model itself takes no missing values, and says so.
    assert "NaN" in answer.text
    assert captured.row('NaN, it\'s "me"')["request"] == body


def test_replayed_requests_say_when_they_came(
    workspace: WorkspaceClient, endpoint: str, captured: Captured
) -> None:
    """Up to thirty days back; the local workspace only."""
    time = datetime.now(UTC) - timedelta(days=29, hours=23)
    body = {"client_request_id": "old", "dataframe_records": RECORDS}
    assert send(workspace, endpoint, body, x_local_request_time=time.isoformat()).ok
    row = captured.row("old")
    assert datetime.fromisoformat(row["request_time"]) == time.replace(
        microsecond=time.microsecond // 1000 * 1000
    )
    assert row["request_date"] == time.date().isoformat()


@pytest.mark.parametrize(
    "time",
    [
        "yesterday",
        "2026-13-01T00:00:00Z",
        datetime.now().isoformat(),
        (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        (datetime.now(UTC) - timedelta(days=30, minutes=1)).isoformat(),
    ],
    ids=["no time", "no month", "no zone", "future", "too old"],
)
def test_another_time_is_refused(
    workspace: WorkspaceClient, endpoint: str, time: str
) -> None:
    """By its name."""
    answer = send(
        workspace, endpoint, {"dataframe_records": RECORDS}, x_local_request_time=time
    )
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert f"x-local-request-time is '{time}'" in answer.json()["message"]
