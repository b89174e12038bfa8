"""The engine over HTTP, for the workspace on this machine only."""

from __future__ import annotations

import asyncio
import hmac
import shutil
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from lakehouse import alter, catalog, results
from lakehouse.append import append_lines
from lakehouse.constraints import Constraint
from lakehouse.engine import Engine, execute
from lakehouse.errors import SqlError
from lakehouse.names import full_name
from lakehouse.profiling.service import add_refreshes
from lakehouse.session import Parameter

_NOT_FOUND = {"TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "CONSTRAINT_DOES_NOT_EXIST"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ParameterBody(_Strict):
    """A value for a ``:name`` marker."""

    name: str
    value: str | None = None
    type: str = "STRING"


class StatementBody(_Strict):
    """A statement and the names it starts from."""

    statement: str
    catalog: str | None = None
    schema_: str | None = Field(default=None, alias="schema")
    parameters: list[ParameterBody] = []
    user: str = "local"
    row_limit: int | None = Field(default=None, ge=0)


class SavedBody(StatementBody):
    """A statement whose result is written to files."""

    format: Literal["JSON_ARRAY", "CSV", "ARROW_STREAM"] = "JSON_ARRAY"
    byte_limit: int | None = Field(default=None, ge=1)
    max_bytes: int | None = Field(default=None, ge=1)
    chunk_bytes: int = Field(default=16 * 1024 * 1024, ge=1)


class JournalBody(_Strict):
    """A file of a journal, relative to the journal's folder, and its number among its writer's."""

    file: str
    writer: str
    number: int = Field(ge=0)


class PrimaryKeyBody(_Strict):
    """As Unity Catalog's PrimaryKeyConstraint."""

    name: str
    child_columns: list[str]
    timeseries_columns: list[str] = []
    rely: bool = False


class ForeignKeyBody(_Strict):
    """As Unity Catalog's ForeignKeyConstraint."""

    name: str
    child_columns: list[str]
    parent_table: str
    parent_columns: list[str]
    rely: bool = False


class ConstraintBody(_Strict):
    """One key of a table."""

    primary_key_constraint: PrimaryKeyBody | None = None
    foreign_key_constraint: ForeignKeyBody | None = None

    def to_constraint(self, name: str) -> Constraint:
        """The key, called ``name``; raises SqlError unless there is exactly one."""
        match (self.primary_key_constraint, self.foreign_key_constraint):
            case (PrimaryKeyBody() as key, None):
                times = key.timeseries_columns
                return Constraint(name, "PRIMARY KEY", key.child_columns, times, key.rely)
            case (None, ForeignKeyBody() as key):
                return Constraint(
                    name,
                    "FOREIGN KEY",
                    key.child_columns,
                    [],
                    key.rely,
                    key.parent_table,
                    key.parent_columns,
                )
        raise SqlError("INVALID_PARAMETER_VALUE", f"'{name}' must be one primary or foreign key.")


def create_app(engine: Engine, secret: str) -> FastAPI:
    """The internal interface; every request carries ``x-lakehouse-secret``."""

    def check(x_lakehouse_secret: Annotated[str, Header()] = "") -> None:
        if not hmac.compare_digest(x_lakehouse_secret.encode(), secret.encode()):
            raise HTTPException(401, "x-lakehouse-secret is missing or wrong.")

    app = FastAPI(dependencies=[Depends(check)], openapi_url=None)

    @app.exception_handler(SqlError)
    async def refuse(_request: Request, error: SqlError) -> JSONResponse:
        return JSONResponse(error.to_body(), 404 if error.error_class in _NOT_FOUND else 400)

    _statements(app, engine)
    _tables(app, engine)
    add_refreshes(app, engine)
    return app


def _session(engine: Engine, body: StatementBody, statement_id: str | None = None) -> Any:
    return engine.session(
        catalog=body.catalog,
        schema=body.schema_,
        parameters=[Parameter(p.name, p.value, p.type) for p in body.parameters],
        user=body.user,
        statement_id=statement_id,
    )


def _statements(app: FastAPI, engine: Engine) -> None:
    @app.post("/execute")
    def run(body: StatementBody) -> dict[str, Any]:
        """Runs a statement; all rows, as text, are in the answer."""
        with _session(engine, body) as session:
            result = execute(session, body.statement)
            rows: list[results.Row] = []
            truncated = False
            for row in results.text_rows(session, result):
                if body.row_limit is not None and len(rows) >= body.row_limit:
                    truncated = True
                    break
                rows.append(row)
            columns = results.columns_body(result.columns)
            return {"columns": columns, "rows": rows, "truncated": truncated}

    @app.post("/statements/{statement_id}")
    def save(statement_id: str, body: SavedBody) -> dict[str, Any]:
        """Runs a statement; the result is in ``results/{statement_id}/chunk-N.*``."""
        folder = _folder(engine, statement_id)
        limits = results.Limits(body.row_limit, body.byte_limit, body.max_bytes, body.chunk_bytes)
        with _session(engine, body, statement_id) as session:
            result = execute(session, body.statement)
            try:
                return results.save(session, result, body.format, folder, limits)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise

    @app.post("/statements/{statement_id}/cancel")
    async def cancel(statement_id: str) -> dict[str, bool]:
        """Interrupts a statement; answers when it has ended, or after five seconds."""
        was_running = engine.cancel(statement_id)
        # An interrupt between two of a statement's queries is lost, so it is repeated.
        for _ in range(100):
            if not engine.cancel(statement_id):
                break
            await asyncio.sleep(0.05)
        return {"was_running": was_running}

    @app.delete("/statements/{statement_id}")
    def forget(statement_id: str) -> dict[str, Any]:
        """Removes a statement's result."""
        shutil.rmtree(_folder(engine, statement_id), ignore_errors=True)
        return {}


def _folder(engine: Engine, statement_id: str) -> Path:
    if not statement_id.replace("-", "").isalnum():
        raise SqlError("INVALID_PARAMETER_VALUE", f"'{statement_id}' is not a statement id.")
    return engine.store.layout.results / statement_id


def _tables(app: FastAPI, engine: Engine) -> None:
    @app.put("/schemas/{catalog_name}/{schema_name}")
    def create_schema(catalog_name: str, schema_name: str) -> dict[str, Any]:
        engine.store.create_schema(catalog_name, schema_name)
        return {}

    @app.delete("/schemas/{catalog_name}/{schema_name}")
    def drop_schema(catalog_name: str, schema_name: str, force: bool = False) -> dict[str, Any]:
        engine.store.drop_schema(catalog_name, schema_name, force=force)
        return {}

    @app.get("/tables")
    def list_tables(catalog_name: str, schema_name: str) -> dict[str, Any]:
        return {"tables": catalog.list_tables(engine.store, catalog_name, schema_name)}

    @app.get("/tables/{name}")
    def get_table(name: str) -> dict[str, Any]:
        return catalog.describe_table(engine.store, full_name(name))

    @app.delete("/tables/{name}")
    def delete_table(name: str) -> dict[str, Any]:
        table = full_name(name)
        with engine.store.writing(table):
            engine.store.drop(table)
        return {}

    @app.post("/tables/{name}/journal")
    def append(name: str, body: JournalBody) -> dict[str, Any]:
        """Adds the rows of a journal's file, unless the table has them already."""
        with engine.session() as session:
            append_lines(session, full_name(name), body.file, body.writer, body.number)
        return {}

    @app.put("/tables/{name}/constraints/{constraint}")
    def put_constraint(name: str, constraint: str, body: ConstraintBody) -> dict[str, Any]:
        given = body.to_constraint(constraint)
        with engine.session() as session:
            alter.add_constraint(session, full_name(name), given)
        return given.to_body()

    @app.delete("/tables/{name}/constraints/{constraint}")
    def delete_constraint(name: str, constraint: str) -> dict[str, Any]:
        with engine.session() as session:
            alter.drop_constraint(session, full_name(name), constraint)
        return {}
