"""One statement's execution: its DuckDB cursor, its default names, its result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
from sqlglot import exp

from lakehouse import delta_types
from lakehouse.delta_types import DeltaType, quote
from lakehouse.errors import SqlError
from lakehouse.names import TableName, part, resolve
from lakehouse.store import Store


@dataclass(frozen=True)
class Parameter:
    """A value for a ``:name`` in the statement; ``None`` is a typed NULL."""

    name: str
    value: str | None = None
    type: str = "STRING"


@dataclass(frozen=True)
class Column:
    """A column of a result."""

    name: str
    type: DeltaType


@dataclass(frozen=True)
class Result:
    """Rows to be read from the session's cursor: a DuckDB query, and what its columns are."""

    columns: list[Column]
    sql: str | None = None


@dataclass
class Session:
    """What the parts of a statement's execution share."""

    store: Store
    cursor: duckdb.DuckDBPyConnection
    catalog: str | None = None
    schema: str | None = None
    user: str = "local"
    parameters: Sequence[Parameter] = ()
    _objects: int = field(default=0)

    def name(self, table: exp.Table) -> TableName:
        """The full name a table reference means."""
        return resolve(table, self.catalog, self.schema)

    def name_of(self, parts: Sequence[str]) -> TableName:
        """The full name that one to three parts mean."""
        filled = [*[self.catalog, self.schema][: max(0, 3 - len(parts))], *parts]
        if len(filled) != 3 or any(p is None for p in filled):
            shown = "`.`".join(parts)
            raise SqlError(
                "TABLE_OR_VIEW_NOT_FOUND", f"The table or view `{shown}` cannot be found."
            )
        return TableName(*(part(str(p)) for p in filled))

    def new_object(self) -> str:
        """A name for a temporary table or view that no user writes."""
        self._objects += 1
        return f"__lakehouse_{self._objects}"

    def columns_of(self, sql: str) -> list[Column]:
        """The result columns of a DuckDB query, without running it."""
        described = self.cursor.execute(f"DESCRIBE {sql}").fetchall()
        return [Column(row[0], delta_types.from_duckdb(row[1])) for row in described]

    def query(self, sql: str) -> Result:
        """A result whose columns have the types in which Databricks returns them."""
        columns = self.columns_of(sql)
        names = [f"c{i}" for i in range(len(columns))]
        casts = (
            f"CAST({n} AS {delta_types.to_duckdb(c.type)}) AS {n}"
            for n, c in zip(names, columns, strict=True)
        )
        selected = f"SELECT {', '.join(casts)} FROM ({sql}) AS q({', '.join(names)})"
        return Result(columns, selected)

    def rows(self, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> Result:
        """A result of given rows; columns are (name, Delta type)."""
        table = self.new_object()
        declared = ", ".join(
            f"c{i} {delta_types.to_duckdb(kind)}" for i, (_, kind) in enumerate(columns)
        )
        self.cursor.execute(f"CREATE TEMP TABLE {quote(table)} ({declared})")
        if rows:
            marks = ", ".join("?" for _ in columns)
            self.cursor.executemany(f"INSERT INTO {quote(table)} VALUES ({marks})", rows)
        return Result([Column(n, k) for n, k in columns], f"SELECT * FROM {quote(table)}")

    def nothing(self) -> Result:
        """The result of a statement that returns no rows."""
        return Result([])

    def bind_parameters(self, tree: exp.Expr) -> None:
        """Puts the parameters' values where their markers are.

        Raises UNBOUND_SQL_PARAMETER for a marker without a value.
        """
        given = {p.name.lower(): p for p in self.parameters}
        for marker in list(tree.find_all(exp.Placeholder)):
            parameter = given.get(str(marker.this or "").lower())
            if parameter is None:
                raise SqlError(
                    "UNBOUND_SQL_PARAMETER",
                    f"Found the unbound parameter: {marker.this or '?'}. Provide a value for it.",
                )
            marker.replace(_constant(parameter))


def _constant(parameter: Parameter) -> exp.Expr:
    kind = exp.DataType.build(parameter.type or "STRING", dialect="databricks")
    delta = delta_types.from_sqlglot(kind, "databricks")
    if parameter.value is None:
        return exp.Cast(this=exp.Null(), to=kind)
    if delta == "string":
        return exp.Literal.string(parameter.value)
    if delta in delta_types.INTEGRAL and re.fullmatch(r"[+-]?\d+", parameter.value):
        number = exp.Literal.number(parameter.value.lstrip("+-"))
        return exp.Neg(this=number) if parameter.value.startswith("-") else number
    return exp.Cast(this=exp.Literal.string(parameter.value), to=kind)
