"""Small builders of sqlglot expressions, and the types that results are cast to."""

from __future__ import annotations

from sqlglot import exp

from lakehouse.errors import SqlError

INT = exp.DataType.build("INT", dialect="databricks")
BIGINT = exp.DataType.build("BIGINT", dialect="databricks")
DOUBLE = exp.DataType.build("DOUBLE", dialect="databricks")
DATE = exp.DataType.build("DATE", dialect="databricks")
TIMESTAMP = exp.DataType.build("TIMESTAMPTZ", dialect="duckdb")
TEXT = exp.DataType.build("STRING", dialect="databricks")

_UNITS = frozenset(
    {"MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR"}
    | {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}
)
_ABBREVIATED = {"MM": "MONTH", "MON": "MONTH", "YYYY": "YEAR", "YY": "YEAR"}


def cast(node: exp.Expr, to: exp.DataType) -> exp.Cast:
    """``CAST(node AS to)``."""
    return exp.Cast(this=node.copy(), to=to.copy())


def call(name: str, *args: exp.Expr) -> exp.Anonymous:
    """A call of a DuckDB function."""
    return exp.Anonymous(this=name, expressions=list(args))


def unit(node: exp.Expr | None) -> exp.Literal:
    """A unit of time as DuckDB's functions take it; raises INVALID_PARAMETER_VALUE."""
    text = (node.name if node is not None else "").upper()
    found = _ABBREVIATED.get(text, text)
    if found not in _UNITS:
        raise SqlError("INVALID_PARAMETER_VALUE", f"'{text}' is not a unit of time.")
    return exp.Literal.string(found.lower())
