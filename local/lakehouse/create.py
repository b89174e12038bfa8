"""CREATE and DROP: which kind of object, and its name."""

from __future__ import annotations

from sqlglot import exp

from lakehouse import binding, create_table, views
from lakehouse.errors import SqlError, unsupported
from lakehouse.session import Result, Session

_CREATE_PARTS = frozenset({"this", "kind", "expression", "properties", "replace", "exists"})
_DROP_PARTS = frozenset({"this", "tables", "kind", "exists"})


def _refuse_others(node: exp.Expr, kind: str, allowed: frozenset[str]) -> None:
    for key, value in node.args.items():
        if value and key not in allowed:
            raise unsupported(f"{key.upper()} in {node.key.upper()} {kind}")
    if kind not in ("TABLE", "VIEW"):
        hint = " (use the Unity Catalog API)" if kind == "SCHEMA" else ""
        raise unsupported(f"{node.key.upper()} {kind}{hint}")


def create(session: Session, node: exp.Create, text: str) -> Result:
    """CREATE TABLE and CREATE VIEW."""
    _refuse_others(node, node.kind or "", _CREATE_PARTS)
    if node.args.get("replace") and node.args.get("exists"):
        raise SqlError("PARSE_SYNTAX_ERROR", "CREATE OR REPLACE cannot be used with IF NOT EXISTS.")
    table = node.this.this if isinstance(node.this, exp.Schema) else node.this
    binding.resolve_identifier(table)
    name = session.name(table)
    if node.kind == "VIEW":
        return views.create(session, node, name, text)
    return create_table.create(session, node, name)


def drop(session: Session, node: exp.Drop) -> Result:
    """DROP TABLE and DROP VIEW [IF EXISTS]."""
    kind = str(node.args.get("kind"))
    _refuse_others(node, kind, _DROP_PARTS)
    tables = node.args.get("tables") or [node.this]
    if len(tables) != 1:
        raise unsupported("DROP of several tables")
    binding.resolve_identifier(tables[0])
    name = session.name(tables[0])
    with session.store.writing(name):
        if node.args.get("exists") and session.store.find(name) is None:
            return session.nothing()
        if kind == "TABLE":
            session.store.table(name)
        else:
            session.store.view(name)
        session.store.drop(name)
    return session.nothing()
