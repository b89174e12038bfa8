"""CREATE VIEW and ALTER VIEW."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from lakehouse import binding, clauses, columns, delta_log, properties
from lakehouse.dialect import parse_statement
from lakehouse.errors import SqlError, unsupported
from lakehouse.names import TableName
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot
from lakehouse.store import View, already_exists
from lakehouse.tokens import Tokens


def create(session: Session, node: exp.Create, name: TableName, text: str) -> Result:
    """A view; its query is kept as it was written in ``text``, and checked now."""
    if node.expression is None:
        raise SqlError("PARSE_SYNTAX_ERROR", "CREATE VIEW has no AS query.")
    if session.parameters:
        raise unsupported("A parameter in CREATE VIEW")
    found = clauses.read(node)
    declared = node.this.expressions if isinstance(node.this, exp.Schema) else []
    with session.store.writing(name):
        existing = session.store.find(name)
        if existing is not None:
            if node.args.get("exists"):
                return session.nothing()
            if not node.args.get("replace"):
                raise already_exists(name)
            if isinstance(existing, Snapshot):
                raise SqlError("EXPECT_VIEW_NOT_TABLE", f"{name.quoted} is a table, not a view.")
        now = delta_log.now_ms()
        view = View(
            table_id=existing.table_id if existing else str(uuid.uuid4()),
            definition=_query_text(text),
            catalog=session.catalog,
            schema=session.schema,
            fields=_fields(session, node.expression, declared),
            comment=found.comment,
            properties=found.properties,
            created_at=existing.created_at if existing else now,
            updated_at=now,
        )
        session.store.put_view(name, view)
    return session.nothing()


def _query_text(text: str) -> str:
    """What follows the statement's own AS: the first one outside parentheses."""
    tokens = Tokens(text)
    depth = 0
    while not tokens.take("AS") or depth:
        depth += {"(": 1, ")": -1}.get(tokens.next().text, 0)
    return tokens.rest


def _fields(session: Session, query: exp.Expr, declared: list[exp.Expr]) -> list[dict[str, Any]]:
    found = session.columns_of(binding.to_duckdb(session, query))
    if declared and len(declared) != len(found):
        raise SqlError(
            "CREATE_VIEW_COLUMN_ARITY_MISMATCH",
            f"The view lists {len(declared)} columns, its query returns {len(found)}.",
        )
    named = [_column(d) for d in declared] or [(c.name, None) for c in found]
    columns.refuse_repeated([name for name, _ in named])
    return [
        {
            "name": name,
            "type": column.type,
            "nullable": True,
            "metadata": {} if comment is None else {"comment": comment},
        }
        for column, (name, comment) in zip(found, named, strict=True)
    ]


def _column(node: exp.Expr) -> tuple[str, str | None]:
    """A listed column's name and comment."""
    if isinstance(node, exp.Identifier):
        return node.name, None
    if isinstance(node, exp.ColumnDef) and node.kind is None and len(node.constraints) == 1:
        kind = node.constraints[0].kind
        if isinstance(kind, exp.CommentColumnConstraint):
            return node.name, kind.name
    raise unsupported(f"'{node.sql('databricks')}' in CREATE VIEW")


def alter(session: Session, name: TableName, tokens: Tokens) -> Result:
    """ALTER VIEW: the query, or the properties."""
    if tokens.take("AS"):
        return _replace_query(session, name, tokens.rest)
    if tokens.take("SET", "TBLPROPERTIES"):
        given = properties.given(tokens)
        return change(session, name, lambda v: properties.added(v.properties, given))
    if tokens.take("UNSET", "TBLPROPERTIES"):
        keys, lenient = properties.unset(tokens)
        return change(session, name, lambda v: properties.without(v.properties, keys, lenient))
    raise unsupported(f"ALTER VIEW … {tokens.rest}")


def _replace_query(session: Session, name: TableName, definition: str) -> Result:
    """Columns follow the new query; everything else stays."""

    def changes(_view: View) -> dict[str, Any]:
        return {
            "definition": definition,
            "fields": _fields(session, parse_statement(definition), []),
            "catalog": session.catalog,
            "schema": session.schema,
        }

    return change(session, name, changes)


def change(session: Session, name: TableName, changes: Callable[[View], dict[str, Any]]) -> Result:
    """Replaces the parts of a view that ``changes`` returns."""
    with session.store.writing(name):
        view = session.store.view(name)
        session.store.change_view(name, view, **changes(view))
    return session.nothing()
