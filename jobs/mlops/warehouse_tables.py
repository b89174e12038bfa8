"""Tables through a workspace's public REST interface, from wherever the process runs.

Statements go to a SQL warehouse (Statement Execution API), files to volumes (Files API), both by
the Databricks SDK with whatever credentials it finds.
"""

import io
import os
import time
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from mlops.tables import TableError, Tables
from mlops.workspace import readable, sign_in

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.sql import ExternalLink, StatementResponse

_WAREHOUSE = "DATABRICKS_WAREHOUSE_ID"
_LINK_TIMEOUT_SECONDS = 60
_LONGEST_PAUSE_SECONDS = 5.0


class WarehouseTables(Tables):
    """A SQL warehouse for statements, the Files API for volumes."""

    def __init__(self, client: "WorkspaceClient", warehouse_id: str) -> None:
        """Takes a signed-in client and the warehouse that runs the statements."""
        self.client = client
        self.warehouse_id = warehouse_id

    @staticmethod
    def connect() -> "WarehouseTables":
        """Signs in from the environment; `TableError` names what is missing in it."""
        warehouse_id = os.environ.get(_WAREHOUSE, "")
        if not warehouse_id:
            raise TableError(f"{_WAREHOUSE} is not set: it names the SQL warehouse to use")
        return WarehouseTables(sign_in(), warehouse_id)

    def query(self, sql: str) -> "pd.DataFrame":
        """Returns all rows of a query, fetched as Arrow streams from presigned links."""
        import pyarrow as pa

        response = self._run(sql)
        chunks = [_download(link) for link in self._links(response)]
        if chunks:
            return cast("pd.DataFrame", pa.concat_tables(chunks).to_pandas())
        # A result without rows has no links; its columns are in the manifest.
        import pandas as pd

        schema = response.manifest.schema if response.manifest else None
        names = [column.name for column in (schema.columns or [])] if schema else []
        return pd.DataFrame({name: [] for name in names})

    def execute(self, sql: str) -> None:
        """Runs a statement and waits for its end."""
        self._run(sql)

    def put_file(self, path: str, content: bytes) -> None:
        """Uploads a file to a volume."""
        with readable(TableError):
            self.client.files.create_directory(path.rpartition("/")[0])
            self.client.files.upload(path, io.BytesIO(content), overwrite=True)

    def remove_file(self, path: str) -> None:
        """Deletes a file from a volume."""
        with readable(TableError):
            self.client.files.delete(path)

    def _run(self, sql: str) -> "StatementResponse":
        from databricks.sdk.service.sql import (
            Disposition,
            ExecuteStatementRequestOnWaitTimeout,
            Format,
            StatementState,
        )

        with readable(TableError):
            response = self.client.statement_execution.execute_statement(
                sql,
                self.warehouse_id,
                disposition=Disposition.EXTERNAL_LINKS,
                format=Format.ARROW_STREAM,
                on_wait_timeout=ExecuteStatementRequestOnWaitTimeout.CONTINUE,
                wait_timeout="30s",
            )
            pause = 0.5
            while response.status and response.status.state in (
                StatementState.PENDING,
                StatementState.RUNNING,
            ):
                time.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
                response = self.client.statement_execution.get_statement(
                    response.statement_id or ""
                )
        status = response.status
        if status is None or status.state is not StatementState.SUCCEEDED:
            state = status.state.value if status and status.state else "UNKNOWN"
            detail = status.error.message if status and status.error else None
            raise TableError(detail or f"the statement ended as {state}")
        return response

    def _links(self, response: "StatementResponse") -> "Iterator[ExternalLink]":
        """Yields one link for each chunk, asked for when needed: links expire within minutes."""
        result = response.result
        while result is not None and result.external_links:
            yield from result.external_links
            following = result.external_links[-1].next_chunk_index
            if following is None:
                return
            with readable(TableError):
                result = self.client.statement_execution.get_statement_result_chunk_n(
                    response.statement_id or "", following
                )


def _download(link: "ExternalLink") -> "pa.Table":
    """Reads one chunk, without the workspace's token.

    The link is its own credential and leads to cloud storage: the API reference forbids an
    Authorization header on it, and no secret may appear in an error.
    """
    import pyarrow as pa

    url = link.external_link or ""
    if not url.startswith(("https://", "http://")):
        raise TableError("the warehouse sent a result link that is not an HTTP address")
    request = urllib.request.Request(url, headers=link.http_headers or {})
    for attempts_left in (2, 1, 0):
        try:
            with urllib.request.urlopen(request, timeout=_LINK_TIMEOUT_SECONDS) as answer:
                return pa.ipc.open_stream(answer.read()).read_all()
        except OSError as error:
            if attempts_left == 0:
                reason = type(error).__name__
                raise TableError(f"a chunk of the result cannot be downloaded: {reason}") from None
            time.sleep(1)
    raise AssertionError("unreachable")
