"""COMMENT ON."""

from __future__ import annotations

from typing import Any

from lakehouse import alter, views
from lakehouse.errors import SqlError, unsupported
from lakehouse.names import TableName
from lakehouse.session import Result, Session
from lakehouse.store import View
from lakehouse.tokens import Tokens


def comment_on(session: Session, tokens: Tokens) -> Result:
    """``TABLE | VIEW | COLUMN name IS 'text' | NULL``; COMMENT ON has been read."""
    kind = tokens.next().text.upper()
    if kind not in ("TABLE", "VIEW", "COLUMN"):
        raise unsupported(f"COMMENT ON {kind} (use the Unity Catalog API)")
    parts = tokens.path()
    tokens.expect("IS")
    comment = None if tokens.take("NULL") else tokens.string()
    tokens.end()
    if kind == "COLUMN":
        if len(parts) < 2:
            raise SqlError("PARSE_SYNTAX_ERROR", "COMMENT ON COLUMN needs table.column.")
        name = session.name_of(parts[:-1])
        if isinstance(session.store.get(name), View):
            return _on_view_column(session, name, parts[-1], comment or "")
        return alter.set_comment(session, name, parts[-1], comment or "")
    name = session.name_of(parts)
    if isinstance(session.store.get(name), View):
        return views.change(session, name, lambda v: {"comment": comment})
    return alter.commit(session, name, "COMMENT", lambda t: {"comment": comment})


def _on_view_column(session: Session, name: TableName, column: str, comment: str) -> Result:
    def changes(view: View) -> dict[str, Any]:
        if column.lower() not in [f["name"].lower() for f in view.fields]:
            raise SqlError(
                "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", f"The view has no column `{column}`."
            )
        fields = [
            {**f, "metadata": {**f["metadata"], "comment": comment}}
            if f["name"].lower() == column.lower()
            else f
            for f in view.fields
        ]
        return {"fields": fields}

    return views.change(session, name, changes)
