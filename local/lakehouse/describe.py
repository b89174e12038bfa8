"""DESCRIBE and SHOW: what exists, in the columns Databricks returns it in."""

from __future__ import annotations

import fnmatch
import json
from datetime import UTC, datetime
from typing import Any

import deltalake

from lakehouse import constraints, delta_types
from lakehouse.delta_types import type_text
from lakehouse.errors import SqlError, unsupported
from lakehouse.names import TableName
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot
from lakehouse.store import View
from lakehouse.tokens import Tokens

_TEXT = "string"


def describe(session: Session, tokens: Tokens) -> Result:
    """DESCRIBE [TABLE] [EXTENDED] name, DESCRIBE DETAIL, DESCRIBE HISTORY."""
    if tokens.take("HISTORY"):
        name = session.name_of(tokens.path())
        limit = tokens.number() if tokens.take("LIMIT") else None
        tokens.end()
        return _history(session, name, limit)
    if tokens.take("DETAIL"):
        name = session.name_of(tokens.path())
        tokens.end()
        return _detail(session, name)
    for word in ("CATALOG", "SCHEMA", "DATABASE", "FUNCTION", "QUERY", "VOLUME", "FORMATTED"):
        if (token := tokens.peek()) and token.text.upper() == word and tokens.peek(1):
            raise unsupported(f"DESCRIBE {word}")
    tokens.take("TABLE")
    extended = tokens.take("EXTENDED")
    name = session.name_of(tokens.path())
    if tokens.take("AS"):
        raise unsupported("DESCRIBE … AS JSON")
    tokens.end()
    found = session.store.get(name)
    rows: list[list[Any]] = [
        [f["name"], type_text(f["type"]), f["metadata"].get("comment")] for f in found.fields
    ]
    if isinstance(found, Snapshot) and found.partition_columns:
        rows += [["# Partition Information", "", ""], ["# col_name", "data_type", "comment"]]
        rows += [[c, type_text(found.field(c)["type"]), None] for c in found.partition_columns]
    if extended:
        rows += [["", "", ""], ["# Detailed Table Information", "", ""]]
        rows += [[key, value, ""] for key, value in _details(name, found)]
    return session.rows([("col_name", _TEXT), ("data_type", _TEXT), ("comment", _TEXT)], rows)


def _details(name: TableName, found: Snapshot | View) -> list[tuple[str, str]]:
    view = isinstance(found, View)
    pairs = [
        ("Catalog", name.catalog),
        ("Database", name.schema),
        ("Table", name.name),
        ("Created Time", datetime.fromtimestamp(found.created_at / 1000, UTC).isoformat()),
        ("Type", "VIEW" if view else "MANAGED"),
    ]
    if found.comment:
        pairs.append(("Comment", found.comment))
    if isinstance(found, View):
        pairs.append(("View Text", found.definition))
    else:
        pairs += [("Location", found.path.as_uri()), ("Provider", "delta")]
    shown = constraints.visible(found.properties)
    listed = ",".join(f"{k}={v}" for k, v in sorted(shown.items()))
    return [*pairs, ("Table Properties", f"[{listed}]")]


def _history(session: Session, name: TableName, limit: int | None) -> Result:
    table = session.store.table(name)
    strings = {"type": "map", "keyType": _TEXT, "valueType": _TEXT}
    columns: list[tuple[str, Any]] = [
        ("version", "long"), ("timestamp", "timestamp"), ("operation", _TEXT),
        ("operationParameters", strings), ("operationMetrics", strings), ("engineInfo", _TEXT),
    ]  # fmt: skip
    rows = [
        [
            entry["version"],
            datetime.fromtimestamp(entry["timestamp"] / 1000, UTC).isoformat(),
            entry.get("operation"),
            _texts(entry.get("operationParameters")),
            _texts(entry.get("operationMetrics")),
            entry.get("engineInfo"),
        ]
        for entry in deltalake.DeltaTable(table.path).history(limit)
    ]
    return session.rows(columns, rows)


def _texts(given: dict[str, Any] | None) -> dict[str, str]:
    return {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in (given or {}).items()
    }


def _detail(session: Session, name: TableName) -> Result:
    table = session.store.table(name)
    strings = {"type": "map", "keyType": _TEXT, "valueType": _TEXT}
    texts = {"type": "array", "elementType": _TEXT}
    columns: list[tuple[str, Any]] = [
        ("format", _TEXT), ("id", _TEXT), ("name", _TEXT), ("description", _TEXT),
        ("location", _TEXT), ("createdAt", "timestamp"), ("partitionColumns", texts),
        ("numFiles", "long"), ("sizeInBytes", "long"), ("properties", strings),
    ]  # fmt: skip
    created = datetime.fromtimestamp(table.created_at / 1000, UTC).isoformat()
    row = [
        "delta", table.table_id, str(name), table.comment, table.path.as_uri(), created,
        table.partition_columns, len(table.files), sum(f.size for f in table.files),
        constraints.visible(table.properties),
    ]  # fmt: skip
    return session.rows(columns, [row])


def show(session: Session, tokens: Tokens) -> Result:
    """SHOW TABLES, VIEWS, SCHEMAS, COLUMNS, TBLPROPERTIES and CREATE TABLE."""
    if tokens.take("TABLES"):
        return _show_tables(session, tokens, views=False)
    if tokens.take("VIEWS"):
        return _show_tables(session, tokens, views=True)
    if tokens.take("SCHEMAS") or tokens.take("DATABASES"):
        catalog = tokens.identifier() if _in(tokens) else session.catalog
        pattern = _pattern(tokens)
        names = session.store.schemas(_known(catalog, "catalog"))
        return session.rows([("databaseName", _TEXT)], [[s] for s in names if pattern(s)])
    if tokens.take("COLUMNS"):
        if not _in(tokens):
            raise tokens.error()
        parts = tokens.path()
        if _in(tokens):
            parts = [*tokens.path(), *parts]
        tokens.end()
        found = session.store.get(session.name_of(parts))
        return session.rows([("col_name", _TEXT)], [[f["name"]] for f in found.fields])
    if tokens.take("TBLPROPERTIES"):
        return _show_properties(session, tokens)
    if tokens.take("CREATE", "TABLE"):
        name = session.name_of(tokens.path())
        tokens.end()
        text = create_statement(name, session.store.get(name))
        return session.rows([("createtab_stmt", _TEXT)], [[text]])
    raise unsupported(f"SHOW {tokens.rest}")


def _in(tokens: Tokens) -> bool:
    return tokens.take("IN") or tokens.take("FROM")


def _known(value: str | None, what: str) -> str:
    if value is None:
        raise SqlError("SCHEMA_NOT_FOUND", f"The statement names no {what} and has no default.")
    return value


def _pattern(tokens: Tokens) -> Any:
    """``[LIKE] 'a*|b'`` at the end: * matches anything, | separates alternatives."""
    if tokens.at_end:
        return lambda name: True
    tokens.take("LIKE")
    alternatives = [p.strip().lower() for p in tokens.string().split("|")]
    tokens.end()
    return lambda name: any(fnmatch.fnmatchcase(name, p) for p in alternatives)


def _show_tables(session: Session, tokens: Tokens, *, views: bool) -> Result:
    catalog, schema = session.catalog, session.schema
    if _in(tokens):
        parts = tokens.path()
        schema = parts[-1]
        catalog = parts[0] if len(parts) == 2 else catalog
        if len(parts) > 2:
            raise tokens.error()
    pattern = _pattern(tokens)
    names = session.store.names(_known(catalog, "catalog"), _known(schema, "schema"))
    rows = [
        [n.schema, n.name, False]
        for n in names
        if pattern(n.name) and (not views or isinstance(session.store.get(n), View))
    ]
    last = "viewName" if views else "tableName"
    columns = [
        ("namespace" if views else "database", _TEXT), (last, _TEXT), ("isTemporary", "boolean"),
    ]  # fmt: skip
    return session.rows(columns, rows)


def _show_properties(session: Session, tokens: Tokens) -> Result:
    found = session.store.get(session.name_of(tokens.path()))
    shown = constraints.visible(found.properties)
    if tokens.take("("):
        key = tokens.string()
        tokens.expect(")")
        shown = {key: shown.get(key, f"Table does not have property: {key}")}
    tokens.end()
    rows = [[k, v] for k, v in sorted(shown.items())]
    return session.rows([("key", _TEXT), ("value", _TEXT)], rows)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def create_statement(name: TableName, found: Snapshot | View) -> str:
    """A statement that makes the table or view again."""
    view = isinstance(found, View)
    columns = []
    for field in found.fields:
        text = f"  `{field['name']}`"
        if not view:
            text += f" {delta_types.sql_text(field['type'])}"
            text += "" if field["nullable"] else " NOT NULL"
        if comment := field["metadata"].get("comment"):
            text += f" COMMENT {_quoted(comment)}"
        columns.append(text)
    lines = [f"CREATE {'VIEW' if view else 'TABLE'} {name} (", ",\n".join(columns) + ")"]
    if not view:
        lines.append("USING delta")
    if isinstance(found, Snapshot) and found.partition_columns:
        lines.append(f"PARTITIONED BY ({', '.join(found.partition_columns)})")
    if found.comment:
        lines.append(f"COMMENT {_quoted(found.comment)}")
    if shown := constraints.visible(found.properties):
        listed = ",\n".join(f"  {_quoted(k)} = {_quoted(v)}" for k, v in sorted(shown.items()))
        lines.append(f"TBLPROPERTIES (\n{listed})")
    if isinstance(found, View):
        lines.append(f"AS {found.definition}")
    return "\n".join(lines)
