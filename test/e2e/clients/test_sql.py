"""The Databricks SDK for Python, as it comes, works with statements, warehouses and files."""

import io
import json
import os
import time
from pathlib import Path
from uuid import uuid4

import pyarrow.ipc
import pytest
import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import (
    AlreadyExists,
    BadRequest,
    InvalidParameterValue,
    NotFound,
    NotImplemented,
    ResourceAlreadyExists,
)
from databricks.sdk.service.catalog import VolumeType
from databricks.sdk.service.sql import (
    Disposition,
    ExecuteStatementRequestOnWaitTimeout,
    ExternalLink,
    Format,
    QueryTag,
    ResultData,
    StatementParameterListItem,
    StatementResponse,
    StatementState,
)

SLOW = "SELECT count(*) FROM range(1000000) a JOIN range(1000000) b ON a.id * b.id % 7 = 3"


class Sql:
    """Runs statements in a schema."""

    def __init__(self, workspace: WorkspaceClient, warehouse: str, schema: str) -> None:
        """Takes the schema's full name."""
        self.api = workspace.statement_execution
        self.warehouse = warehouse
        self.catalog, self.schema = schema.split(".")

    def send(self, statement: str, **options: object) -> StatementResponse:
        """Sends a statement with the SDK's own arguments."""
        return self.api.execute_statement(
            statement,
            self.warehouse,
            catalog=self.catalog,
            schema=self.schema,
            **options,  # type: ignore[arg-type]
        )

    def rows(self, statement: str, **options: object) -> list[list[str]]:
        """The rows of a statement that must succeed."""
        answer = self.send(statement, **options)
        assert answer.status is not None
        assert answer.status.state == StatementState.SUCCEEDED, answer.status.error
        return (answer.result.data_array if answer.result else None) or []


@pytest.fixture(scope="module")
def sql(workspace: WorkspaceClient, warehouse: str, schema: str) -> Sql:
    return Sql(workspace, warehouse, schema)


@pytest.fixture(scope="module")
def volume(workspace: WorkspaceClient, schema: str) -> str:
    """Makes a volume; gives its path."""
    workspace.volumes.create(*schema.split("."), "raw", VolumeType.MANAGED)
    return f"/Volumes/{schema.replace('.', '/')}/raw"


# --- statements ---


def test_a_table_from_creation_to_deletion(sql: Sql) -> None:
    made = sql.send("CREATE TABLE t (id INT NOT NULL, x DOUBLE) COMMENT 'numbers'")
    assert made.manifest is not None
    assert made.manifest.total_chunk_count == 0
    assert sql.rows("INSERT INTO t VALUES (1, 2.5), (2, NULL)") == [["2", "2"]]
    answer = sql.send(
        "SELECT * FROM t WHERE id <= :most ORDER BY id",
        parameters=[StatementParameterListItem(name="most", value="2", type="INT")],
    )
    assert answer.manifest is not None
    assert answer.manifest.schema is not None
    assert [(c.name, c.type_text) for c in answer.manifest.schema.columns or []] == [
        ("id", "INT"),
        ("x", "DOUBLE"),
    ]
    assert answer.result is not None
    assert answer.result.data_array == [["1", "2.5"], ["2", None]]
    sql.rows("DROP TABLE t")


def test_a_refusal_names_its_error_class(sql: Sql) -> None:
    answer = sql.send("SELECT * FROM nowhere")
    assert answer.status is not None
    assert answer.status.state == StatementState.FAILED
    assert answer.status.sql_state == "42P01"
    assert answer.status.error is not None
    assert str(answer.status.error.message).startswith("[TABLE_OR_VIEW_NOT_FOUND] ")


def test_a_large_inline_result_comes_in_chunks(sql: Sql) -> None:
    answer = sql.send("SELECT id, repeat('x', 20) AS s FROM range(300000)")
    assert answer.manifest is not None
    assert answer.statement_id is not None
    assert int(answer.manifest.total_chunk_count or 0) > 1
    part: ResultData | None = answer.result
    ids: list[int] = []
    while part is not None:
        ids += [int(row[0]) for row in part.data_array or []]
        following = part.next_chunk_index
        part = following and sql.api.get_statement_result_chunk_n(answer.statement_id, following)
    assert ids == list(range(300000))


def test_a_larger_one_fails(sql: Sql) -> None:
    answer = sql.send("SELECT repeat('x', 1000) FROM range(100000)")
    assert answer.status is not None
    assert answer.status.error is not None
    assert "EXTERNAL_LINKS" in str(answer.status.error.message)


def link_of(data: ResultData | None) -> ExternalLink:
    assert data is not None
    assert data.external_links is not None
    (link,) = data.external_links
    return link


def test_external_links_are_fetched_without_a_token(sql: Sql) -> None:
    answer = sql.send(
        "SELECT id, id / 2 AS half FROM range(1500000)",
        disposition=Disposition.EXTERNAL_LINKS,
        format=Format.ARROW_STREAM,
    )
    assert answer.statement_id is not None
    link = link_of(answer.result)
    rows = 0
    while True:
        content = requests.get(str(link.external_link), timeout=60)
        table = pyarrow.ipc.open_stream(content.content).read_all()
        assert (table.num_rows, link.row_offset) == (link.row_count, rows)
        rows += table.num_rows
        if link.next_chunk_index is None:
            break
        link = link_of(
            sql.api.get_statement_result_chunk_n(answer.statement_id, link.next_chunk_index)
        )
    assert rows == 1500000
    forged = str(link.external_link)[:-4] + "AAAA"
    assert requests.get(forged, timeout=60).status_code == 401


@pytest.mark.parametrize(("kind", "text"), [
    (Format.CSV, "id,n\r\n0,null\r\n1,null\r\n"),
    (Format.JSON_ARRAY, '[["0",null],["1",null]]'),
])  # fmt: skip
def test_text_by_link(sql: Sql, kind: Format, text: str) -> None:
    answer = sql.send(
        "SELECT id, cast(NULL AS INT) AS n FROM range(2)",
        disposition=Disposition.EXTERNAL_LINKS,
        format=kind,
    )
    link = link_of(answer.result)
    assert requests.get(str(link.external_link), timeout=60).text == text
    assert link.byte_count == len(text)


def test_a_row_limit_is_told(sql: Sql) -> None:
    answer = sql.send("SELECT id FROM range(10)", row_limit=3)
    assert answer.manifest is not None
    assert (answer.manifest.total_row_count, answer.manifest.truncated) == (3, True)


def test_waiting_and_cancelling(sql: Sql) -> None:
    begun = time.monotonic()
    answer = sql.send(SLOW, wait_timeout="0s")
    assert answer.statement_id is not None
    assert answer.status is not None
    assert answer.status.state == StatementState.RUNNING
    with pytest.raises(BadRequest):
        sql.api.get_statement_result_chunk_n(answer.statement_id, 0)
    sql.api.cancel_execution(answer.statement_id)
    status = sql.api.get_statement(answer.statement_id).status
    assert status is not None
    assert status.state == StatementState.CANCELED
    assert time.monotonic() - begun < 10
    cancel = ExecuteStatementRequestOnWaitTimeout.CANCEL
    status = sql.send(SLOW, wait_timeout="5s", on_wait_timeout=cancel).status
    assert status is not None
    assert status.state == StatementState.CANCELED


def test_a_result_is_fetched_later(sql: Sql) -> None:
    answer = sql.send("SELECT 1 AS one", wait_timeout="0s")
    assert answer.statement_id is not None
    while True:
        found = sql.api.get_statement(answer.statement_id)
        assert found.status is not None
        if found.status.state != StatementState.RUNNING:
            break
        time.sleep(0.05)
    assert found.result is not None
    assert found.result.data_array == [["1"]]


def test_what_is_not_known_is_refused(sql: Sql) -> None:
    with pytest.raises(NotFound):
        sql.api.get_statement(str(uuid4()))
    with pytest.raises(InvalidParameterValue, match="needs disposition"):
        sql.send("SELECT 1", format=Format.CSV)
    with pytest.raises(NotImplemented, match="query_tags"):
        sql.send("SELECT 1", query_tags=[QueryTag(key="team")])
    with pytest.raises(InvalidParameterValue, match="is not a valid endpoint id"):
        sql.api.execute_statement("SELECT 1", "nowhere")
    with pytest.raises(InvalidParameterValue, match="wait_timeout"):
        sql.send("SELECT 1", wait_timeout="4s")


# --- warehouses ---


def test_a_warehouse(workspace: WorkspaceClient, warehouse: str) -> None:
    found = workspace.warehouses.get(warehouse)
    assert (found.auto_stop_mins, found.enable_photon) == (120, True)
    workspace.warehouses.edit(warehouse, cluster_size="Small", auto_stop_mins=30).result()
    changed = workspace.warehouses.get(warehouse)
    assert (changed.cluster_size, changed.auto_stop_mins) == ("Small", 30)
    assert changed.name == found.name
    assert warehouse in [w.id for w in workspace.warehouses.list()]
    assert [s.name for s in workspace.data_sources.list() if s.warehouse_id == warehouse] == [
        found.name
    ]
    assert workspace.warehouses.stop(warehouse).result().state is not None
    workspace.statement_execution.execute_statement("SELECT 1", warehouse)
    state = workspace.warehouses.get(warehouse).state
    assert state is not None
    assert state.value == "RUNNING"
    with pytest.raises(ResourceAlreadyExists, match="already exists"):
        workspace.warehouses.create(name=found.name, cluster_size="Small")
    with pytest.raises(NotFound):
        workspace.warehouses.get("nowhere")


# --- files ---


def test_a_file(workspace: WorkspaceClient, volume: str) -> None:
    path = f"{volume}/a folder/é%2F#?.bin"
    workspace.files.upload(path, io.BytesIO(b"hello" * 1000))
    assert workspace.files.get_metadata(path).content_length == 5000
    downloaded = workspace.files.download(path).contents
    assert downloaded is not None
    assert downloaded.read() == b"hello" * 1000
    with pytest.raises(AlreadyExists):
        workspace.files.upload(path, io.BytesIO(b"x"), overwrite=False)
    workspace.files.upload(path, io.BytesIO(b""), overwrite=True)
    assert workspace.files.get_metadata(path).content_length == 0
    listed = list(workspace.files.list_directory_contents(f"{volume}/a folder"))
    assert [(e.path, e.is_directory, e.file_size) for e in listed] == [(path, False, 0)]
    with pytest.raises(BadRequest, match="not empty"):
        workspace.files.delete_directory(f"{volume}/a folder")
    workspace.files.delete(path)
    workspace.files.delete_directory(f"{volume}/a folder")
    with pytest.raises(NotFound):
        workspace.files.get_metadata(path)
    with pytest.raises(NotFound):
        workspace.files.get_directory_metadata(f"{volume}/a folder")


def test_a_large_file_in_parts(workspace: WorkspaceClient, volume: str, tmp_path: Path) -> None:
    content = os.urandom(61 * 1024 * 1024)
    workspace.files.upload(f"{volume}/big.bin", io.BytesIO(content))
    (tmp_path / "in").write_bytes(content)
    workspace.files.upload_from(f"{volume}/big2.bin", str(tmp_path / "in"))
    for name in ("big.bin", "big2.bin"):
        workspace.files.download_to(f"{volume}/{name}", str(tmp_path / name))
        assert (tmp_path / name).read_bytes() == content
        workspace.files.delete(f"{volume}/{name}")


def test_many_files_are_listed_page_by_page(workspace: WorkspaceClient, volume: str) -> None:
    workspace.files.create_directory(f"{volume}/many/deep")
    for number in range(5):
        workspace.files.upload(f"{volume}/many/{number}", io.BytesIO(b"x"))
    listed = workspace.files.list_directory_contents(f"{volume}/many", page_size=2)
    assert [e.name for e in listed] == ["0", "1", "2", "3", "4", "deep"]


def test_a_volume_that_is_not_there(workspace: WorkspaceClient, volume: str) -> None:
    with pytest.raises(NotFound, match="does not exist"):
        workspace.files.upload(f"{volume}x/f", io.BytesIO(b"x"))


def test_sql_reads_what_was_uploaded(workspace: WorkspaceClient, sql: Sql, volume: str) -> None:
    lines = "\n".join(json.dumps({"id": n, "tags": ["a"]}) for n in range(3))
    workspace.files.upload(f"{volume}/in/rows.json", io.BytesIO(lines.encode()))
    sql.rows(f"CREATE TABLE loaded AS SELECT id, tags FROM read_files('{volume}/in/*.json')")
    assert sql.rows("SELECT id, tags[0] FROM loaded ORDER BY id") == [
        ["0", "a"],
        ["1", "a"],
        ["2", "a"],
    ]
