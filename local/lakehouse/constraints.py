"""Primary and foreign keys: informational, as on Databricks.

They are kept as table properties, so that they change in one commit with the schema they speak of.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlglot import exp

from lakehouse.errors import SqlError, unsupported
from lakehouse.names import TableName

PREFIX = "lakehouse.constraint."


@dataclass(frozen=True)
class Constraint:
    """A key of a table."""

    name: str
    kind: str
    """``PRIMARY KEY`` or ``FOREIGN KEY``."""
    columns: list[str]
    timeseries_columns: list[str]
    rely: bool = False
    parent_table: str | None = None
    parent_columns: list[str] | None = None

    @staticmethod
    def primary_key(name: str | None, columns: list[str]) -> Constraint:
        """A primary key; without a name it is called after its first column."""
        return Constraint(name or f"{columns[0]}_pk", "PRIMARY KEY", columns, [])

    def to_body(self) -> dict[str, Any]:
        """As Unity Catalog's TableConstraint."""
        if self.kind == "PRIMARY KEY":
            key: dict[str, Any] = {"name": self.name, "child_columns": self.columns}
            if self.timeseries_columns:
                key["timeseries_columns"] = self.timeseries_columns
            if self.rely:
                key["rely"] = True
            return {"primary_key_constraint": key}
        key = {
            "name": self.name,
            "child_columns": self.columns,
            "parent_table": self.parent_table,
            "parent_columns": self.parent_columns,
        }
        if self.rely:
            key["rely"] = True
        return {"foreign_key_constraint": key}


def listed(properties: dict[str, str]) -> list[Constraint]:
    """The constraints recorded in a table's properties, by name."""
    found = (v for k, v in sorted(properties.items()) if k.startswith(PREFIX))
    return [Constraint(**json.loads(text)) for text in found]


def visible(properties: dict[str, str]) -> dict[str, str]:
    """The properties a user has set."""
    return {k: v for k, v in properties.items() if not k.startswith(PREFIX)}


def add(
    properties: dict[str, str], constraint: Constraint, fields: Sequence[dict[str, Any]]
) -> None:
    """Records a constraint; raises SqlError when it does not fit the table."""
    existing = listed(properties)
    if any(c.name.lower() == constraint.name.lower() for c in existing):
        raise SqlError(
            "CONSTRAINT_ALREADY_EXISTS", f"Constraint '{constraint.name}' already exists."
        )
    if constraint.kind == "PRIMARY KEY" and any(c.kind == constraint.kind for c in existing):
        raise SqlError("CONSTRAINT_ALREADY_EXISTS", "The table already has a primary key.")
    by_name = {f["name"].lower(): f for f in fields}
    for column in [*constraint.columns, *constraint.timeseries_columns]:
        field = by_name.get(column.lower())
        if field is None:
            raise SqlError(
                "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
                f"Constraint '{constraint.name}' names `{column}`, which the table does not have.",
            )
        if constraint.kind == "PRIMARY KEY" and field["nullable"]:
            raise SqlError(
                "INVALID_PARAMETER_VALUE",
                f"Cannot create the primary key `{constraint.name}` because its child column(s) "
                f"`{column}` is nullable. Please change the column nullability and retry.",
            )
    properties[PREFIX + constraint.name.lower()] = json.dumps(asdict(constraint))


def remove(properties: dict[str, str], name: str) -> bool:
    """Forgets a constraint; whether there was one."""
    return properties.pop(PREFIX + name.lower(), None) is not None


def of_column(properties: dict[str, str], column: str) -> str | None:
    """The name of a primary key that uses the column."""
    for constraint in listed(properties):
        columns = [c.lower() for c in constraint.columns]
        if constraint.kind == "PRIMARY KEY" and column.lower() in columns:
            return constraint.name
    return None


def parse(node: exp.Expr, table: TableName) -> Constraint:
    """A table constraint in CREATE TABLE or ALTER TABLE ADD CONSTRAINT."""
    name = None
    if isinstance(node, exp.Constraint):
        if len(node.expressions) != 1:
            raise unsupported(f"'{node.sql('databricks')}'")
        name, node = node.name, node.expressions[0]
    if isinstance(node, exp.PrimaryKey):
        columns: list[str] = []
        for part in node.expressions:
            if not isinstance(part, exp.Identifier | exp.Column):
                raise unsupported(f"'{part.sql('databricks')}' in PRIMARY KEY")
            columns.append(part.name)
        options = [str(o).upper() for o in node.args.get("options") or []]
        if any(o not in ("RELY", "NORELY") for o in options):
            raise unsupported(f"PRIMARY KEY … {' '.join(options)}")
        return Constraint(name or f"{table.name}_pk", "PRIMARY KEY", columns, [], "RELY" in options)
    raise unsupported(f"'{node.sql('databricks')}' (PRIMARY KEY is, and the constraints API)")
