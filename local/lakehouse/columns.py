"""Column definitions: from SQL to the fields of a Delta schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from lakehouse import delta_types
from lakehouse.constraints import Constraint
from lakehouse.errors import SqlError, unsupported

_PARTS = frozenset({"this", "kind", "constraints", "position", "exists"})
_INVALID = " ,;{}()\n\t="


def definition(node: exp.Expr) -> tuple[dict[str, Any], Constraint | None]:
    """A column definition as a Delta field, with its PRIMARY KEY if it declares one."""
    if not isinstance(node, exp.ColumnDef) or node.kind is None:
        raise SqlError("PARSE_SYNTAX_ERROR", f"Column '{node.sql('databricks')}' has no data type.")
    metadata: dict[str, Any] = {}
    nullable = True
    key = None
    for constraint in node.constraints:
        match constraint.kind:
            case exp.NotNullColumnConstraint():
                nullable = bool(constraint.kind.args.get("allow_null"))
            case exp.CommentColumnConstraint():
                metadata["comment"] = constraint.kind.name
            case exp.PrimaryKeyColumnConstraint():
                key = Constraint.primary_key(constraint.name or None, [node.name])
            case other:
                raise unsupported(f"'{other.sql('databricks')}' of column {node.name}")
    for part, value in node.args.items():
        if value and part not in _PARTS:
            raise unsupported(f"{part.upper()} of column {node.name}")
    field = {
        "name": node.name,
        "type": delta_types.from_sqlglot(node.kind, "databricks"),
        "nullable": nullable,
        "metadata": metadata,
    }
    return field, key


def check_names(names: Sequence[str]) -> None:
    """Raises SqlError for names that are equal but for case, or with characters Delta refuses."""
    refuse_repeated(names)
    for name in names:
        if any(c in _INVALID for c in name):
            raise SqlError(
                "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAME",
                f"Found invalid character(s) among ' ,;{{}}()\\n\\t=' in the column name `{name}`.",
            )


def refuse_repeated(names: Sequence[str]) -> None:
    """Raises COLUMN_ALREADY_EXISTS when two names differ in case at most."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise SqlError("COLUMN_ALREADY_EXISTS", f"The column `{name}` already exists.")
        seen.add(name.lower())
