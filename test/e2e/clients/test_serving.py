"""The Databricks SDK for Python, as it comes, serves models of the workspace."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
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
    EndpointCoreConfigInput,
    EndpointStateConfigUpdate,
    EndpointStateReady,
    EndpointTag,
    Route,
    ServedEntityInput,
    TrafficConfig,
)

RECORDS = iris.data()[0].head(2).to_dict("records")


@pytest.fixture(scope="module")
def model(schema: str) -> str:
    """Registers a model to serve."""
    name = f"{schema}.served"
    iris.register(name, f"/Shared/test-{uuid4().hex[:8]}")
    return name


def entity(model: str, name: str | None = None, version: str = "1") -> ServedEntityInput:
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


def test_an_endpoint_answers(workspace: WorkspaceClient, endpoint: str) -> None:
    """In the forms that Databricks takes."""
    split = {"columns": list(RECORDS[0]), "data": [list(row.values()) for row in RECORDS]}
    assert workspace.serving_endpoints.query(endpoint, dataframe_records=RECORDS).predictions == [
        0,
        0,
    ]
    answer = requests.post(
        f"{workspace.config.host}/serving-endpoints/{endpoint}/invocations",
        json={"dataframe_split": split},
        headers=workspace.config.authenticate(),
        timeout=60,
    )
    assert answer.json() == {"predictions": [0, 0]}


def test_a_bad_request_is_the_callers(workspace: WorkspaceClient, endpoint: str) -> None:
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
    config = EndpointCoreConfigInput(name="x", served_entities=[entity(model, version=version)])
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
        workspace.serving_endpoints.update_config(endpoint, served_entities=[entity(model)])
    waiter.result(timedelta(minutes=2))
    counts = Counter(served_by(workspace, endpoint) for _ in range(60))
    assert set(counts) == {"champion", "challenger"}
    assert counts["champion"] > counts["challenger"]


def test_requests_are_captured_in_the_inference_table(
    workspace: WorkspaceClient, endpoint: str, schema: str
) -> None:
    """With what was asked, what was answered, and by whom."""
    catalog, _, _ = schema.partition(".")
    workspace.serving_endpoints.put_ai_gateway(
        endpoint,
        inference_table_config=AiGatewayInferenceTableConfig(
            catalog_name=catalog, schema_name="ml", table_name_prefix="captured", enabled=True
        ),
    )
    requests.post(
        f"{workspace.config.host}/serving-endpoints/{endpoint}/invocations",
        json={"dataframe_records": RECORDS, "client_request_id": "it's mine"},
        headers=workspace.config.authenticate(),
        timeout=60,
    )
    warehouse = workspace.warehouses.create(
        name=f"test-{endpoint}", cluster_size="2X-Small"
    ).result()
    assert warehouse.id is not None
    until = monotonic() + 30
    rows: list[list[str]] = []
    while not rows and monotonic() < until:
        sleep(0.5)
        answer = workspace.statement_execution.execute_statement(
            "SELECT client_request_id, status_code, response, served_entity_id "
            f"FROM {schema}.captured_payload",
            warehouse.id,
        )
        rows = (answer.result.data_array if answer.result else None) or []
    workspace.warehouses.delete(warehouse.id)
    [row] = rows
    assert row[:3] == ["it's mine", "200", '{"predictions": [0, 0]}']
    assert row[3] in {"served-1", "champion", "challenger"}
