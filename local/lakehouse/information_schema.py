"""``information_schema.tables``, ``.columns`` and ``.schemata`` of a catalog."""

from __future__ import annotations

from typing import Any

from lakehouse import delta_types
from lakehouse.delta_types import quote
from lakehouse.errors import SqlError
from lakehouse.session import Session
from lakehouse.store import View

_TABLES = [
    ("table_catalog", "string"), ("table_schema", "string"), ("table_name", "string"),
    ("table_type", "string"), ("comment", "string"), ("data_source_format", "string"),
]  # fmt: skip
_COLUMNS = [
    ("table_catalog", "string"), ("table_schema", "string"), ("table_name", "string"),
    ("column_name", "string"), ("ordinal_position", "integer"), ("is_nullable", "string"),
    ("full_data_type", "string"), ("data_type", "string"), ("comment", "string"),
]  # fmt: skip
_SCHEMATA = [("catalog_name", "string"), ("schema_name", "string")]


def query(session: Session, catalog: str, name: str) -> str:
    """A DuckDB query for one of the views; raises TABLE_OR_VIEW_NOT_FOUND for another."""
    match name.lower():
        case "tables":
            columns, rows = _TABLES, _tables(session, catalog)
        case "columns":
            columns, rows = _COLUMNS, _column_rows(session, catalog)
        case "schemata":
            columns = _SCHEMATA
            rows = [[catalog, schema] for schema in session.store.schemas(catalog)]
        case _:
            raise SqlError(
                "TABLE_OR_VIEW_NOT_FOUND",
                f"`{catalog}`.`information_schema`.`{name}` is not provided by the local SQL "
                "engine; `tables`, `columns` and `schemata` are.",
            )
    result = session.rows(columns, rows)
    names = ", ".join(quote(n) for n, _ in columns)
    return f"SELECT * FROM ({result.sql}) AS i({names})"


def _tables(session: Session, catalog: str) -> list[list[Any]]:
    rows = []
    for schema in session.store.schemas(catalog):
        for name in session.store.names(catalog, schema):
            found = session.store.get(name)
            view = isinstance(found, View)
            kind, source = ("VIEW", None) if view else ("MANAGED", "DELTA")
            rows.append([catalog, schema, name.name, kind, found.comment, source])
    return rows


def _column_rows(session: Session, catalog: str) -> list[list[Any]]:
    rows = []
    for schema in session.store.schemas(catalog):
        for name in session.store.names(catalog, schema):
            for position, field in enumerate(session.store.get(name).fields):
                kind = field["type"]
                rows.append([
                    catalog, schema, name.name, field["name"], position,
                    "YES" if field["nullable"] else "NO", delta_types.type_text(kind),
                    delta_types.type_name(kind), field["metadata"].get("comment"),
                ])  # fmt: skip
    return rows
