"""Tables through the unmodified Databricks SDK, against a double of the REST interface."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from mlops.connect import connect_tables
from mlops.tables import TableError
from mlops.task import TaskError

TOKEN = "dapi-for-this-test"
COLUMNS = ["name", "day"]
CHUNKS = [
    pa.table({"name": ["a", "b"], "day": [date(1998, 3, 31)] * 2}),
    pa.table({"name": ["c"], "day": [date(1998, 4, 1)]}),
]


class WarehouseDouble(BaseHTTPRequestHandler):
    """A double of statements and files: fixed answers in the API reference's form.

    A statement that contains `slow` is still running at first, `broken` fails, `LIMIT 0` has no
    rows; all others have the rows of `CHUNKS`. Every request is recorded.
    """

    server: "Recorder"

    def do_POST(self) -> None:
        """Takes a statement."""
        body = json.loads(self._body())
        self.server.statements.append(body)
        state = "RUNNING" if "slow" in body["statement"] else "SUCCEEDED"
        self._answer(self._statement(state, body["statement"]))

    def do_GET(self) -> None:
        """Reads a statement's state, a chunk's link, or a chunk."""
        self.server.record(self)
        if self.path.startswith("/presigned/"):
            self._chunk(int(self.path.removeprefix("/presigned/")))
        elif "/result/chunks/" in self.path:
            self._answer(self._links(int(self.path.rpartition("/")[2])))
        elif self.path.startswith("/api/2.0/sql/statements/"):
            self._answer(self._statement("SUCCEEDED", ""))
        else:
            self._answer({"error_code": "NOT_FOUND", "message": "no such page"}, 404)

    def do_PUT(self) -> None:
        """Takes a folder or a file of a volume."""
        self.server.files.append(("PUT", self.path.partition("?")[0], self._body()))
        self._answer(None, 204)

    def do_DELETE(self) -> None:
        """Removes a file."""
        self.server.files.append(("DELETE", self.path, b""))
        self._answer(None, 204)

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps quiet."""

    def _statement(self, state: str, text: str) -> dict[str, Any]:
        if "broken" in text:
            error = {"error_code": "BAD_REQUEST", "message": "[TABLE_OR_VIEW_NOT_FOUND] no table"}
            return {"statement_id": "s1", "status": {"state": "FAILED", "error": error}}
        answer: dict[str, Any] = {"statement_id": "s1", "status": {"state": state}}
        if state == "SUCCEEDED":
            columns = [{"name": name, "position": i} for i, name in enumerate(COLUMNS)]
            answer["manifest"] = {"format": "ARROW_STREAM", "schema": {"columns": columns}}
            answer["result"] = {} if "LIMIT 0" in text else self._links(0)
        return answer

    def _links(self, index: int) -> dict[str, Any]:
        link = {
            "chunk_index": index,
            "external_link": f"{self.server.url}/presigned/{index}",
            "http_headers": {"x-decryption-key": "k"},
        }
        if index + 1 < len(CHUNKS):
            link["next_chunk_index"] = index + 1
        return {"external_links": [link]}

    def _chunk(self, index: int) -> None:
        if self.server.refuse_chunks or self.headers["x-decryption-key"] != "k":
            self._answer(None, 403)
            return
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, CHUNKS[index].schema) as writer:
            writer.write_table(CHUNKS[index])
        self._send(sink.getvalue().to_pybytes(), 200, "application/octet-stream")

    def _body(self) -> bytes:
        self.server.record(self)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, body: Any, status: int = 200) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self._send(content, status, "application/json")

    def _send(self, content: bytes, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Recorder(ThreadingHTTPServer):
    """The double's server, with what it was sent."""

    def __init__(self) -> None:
        """Listens on a free port of the loopback interface."""
        super().__init__(("127.0.0.1", 0), WarehouseDouble)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.statements: list[dict[str, Any]] = []
        self.files: list[tuple[str, str, bytes]] = []
        self.authorization: dict[str, str | None] = {}
        self.refuse_chunks = False

    def record(self, request: BaseHTTPRequestHandler) -> None:
        """Notes which token came with a path."""
        self.authorization[request.path.partition("?")[0]] = request.headers["Authorization"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A workspace's double that the environment points at."""
    with Recorder() as recorder:
        thread = threading.Thread(target=recorder.serve_forever, daemon=True)
        thread.start()
        monkeypatch.delenv("DATABRICKS_RUNTIME_VERSION", raising=False)
        monkeypatch.setenv("DATABRICKS_HOST", recorder.url)
        monkeypatch.setenv("DATABRICKS_TOKEN", TOKEN)
        monkeypatch.setenv("DATABRICKS_WAREHOUSE_ID", "w1")
        yield recorder
        recorder.shutdown()


def test_query_reads_all_chunks_without_sending_the_token_to_them(server: Recorder) -> None:
    frame = connect_tables().query("SELECT 1")
    assert list(frame["name"]) == ["a", "b", "c"]
    assert frame["day"][2] == date(1998, 4, 1)
    request = server.statements[0]
    assert request["warehouse_id"] == "w1"
    assert (request["disposition"], request["format"]) == ("EXTERNAL_LINKS", "ARROW_STREAM")
    assert server.authorization["/presigned/0"] is None
    assert server.authorization["/presigned/1"] is None
    assert server.authorization["/api/2.0/sql/statements"] == f"Bearer {TOKEN}"


def test_running_statement_is_waited_for(server: Recorder) -> None:
    assert len(connect_tables().query("SELECT slow")) == 3


def test_result_without_rows_has_its_columns(server: Recorder) -> None:
    tables = connect_tables()
    assert tables.columns("ml.s.t") == COLUMNS
    assert server.statements[0]["statement"] == "SELECT * FROM `ml`.`s`.`t` LIMIT 0"


def test_overwrite_goes_through_a_staged_file_that_is_removed(server: Recorder) -> None:
    connect_tables().overwrite("ml.s.t", pd.DataFrame({"day": [date(1998, 1, 1)], "name": ["x"]}))
    folder, put, delete = server.files
    assert folder[1] == "/api/2.0/fs/directories/Volumes/ml/bronze/landing/staging"
    path = put[1].removeprefix("/api/2.0/fs/files")
    assert server.statements[-1]["statement"] == (
        "INSERT OVERWRITE `ml`.`s`.`t` SELECT `name`, `day` "
        f"FROM read_files('{path}', format => 'parquet')"
    )
    stored = pa.parquet.read_table(pa.BufferReader(put[2]))
    assert stored.schema.field("day").type == pa.date32(), "a DATE, not a timestamp"
    assert (delete[0], delete[1]) == ("DELETE", put[1])


def test_staged_file_is_removed_when_the_statement_fails(server: Recorder) -> None:
    tables = connect_tables()
    with pytest.raises(TableError, match="TABLE_OR_VIEW_NOT_FOUND"):
        tables.overwrite("broken.s.t", pd.DataFrame({"name": ["x"], "day": [None]}))
    assert [verb for verb, _, _ in server.files] == ["PUT", "PUT", "DELETE"]


def test_frame_of_another_shape_is_refused_before_anything_changes(server: Recorder) -> None:
    with pytest.raises(TableError, match=r"ml\.s\.t has the columns name, day; .* writes name"):
        connect_tables().append("ml.s.t", pd.DataFrame({"name": ["x"]}))
    assert not [s for s in server.statements if s["statement"].startswith("INSERT")]


def test_chunk_that_cannot_be_read_is_an_error_without_the_link(server: Recorder) -> None:
    server.refuse_chunks = True
    with pytest.raises(TableError, match="chunk of the result cannot be downloaded") as caught:
        connect_tables().query("SELECT 1")
    assert "presigned" not in str(caught.value)


def test_refusal_of_the_workspace_is_one_line(server: Recorder) -> None:
    with pytest.raises(TableError, match=r"^\[TABLE_OR_VIEW_NOT_FOUND\] no table$"):
        connect_tables().execute("broken")


@pytest.mark.parametrize("name", ["DATABRICKS_WAREHOUSE_ID", "DATABRICKS_TOKEN"])
def test_incomplete_environment_is_named(
    server: Recorder, monkeypatch: pytest.MonkeyPatch, name: str, tmp_path: Any
) -> None:
    monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(TaskError, match=f"{name} is not set|cannot sign in to Databricks"):
        connect_tables()
