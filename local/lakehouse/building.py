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


def typed_call(macro: str, value: exp.Expr, *others: exp.Expr) -> exp.Anonymous:
    """A call of a macro that has an overload for each type of ``value``.

    DuckDB chooses before it knows the type of an aggregate or of a window's function, but knows
    that of a list's elements: these go through a list of one.
    """
    if value.find(exp.AggFunc, exp.Window) is None:
        return call(macro, value, *others)
    element = exp.to_identifier("dbx_element")
    body = call(macro, element, *others)
    each = exp.Lambda(this=body, expressions=[element.copy()])
    listed = call("list_transform", call("list_value", value), each)
    return call("list_extract", listed, exp.Literal.number(1))


def unit(node: exp.Expr | None) -> exp.Literal:
    """A unit of time as DuckDB's functions take it; raises INVALID_PARAMETER_VALUE."""
    text = (node.name if node is not None else "").upper()
    found = _ABBREVIATED.get(text, text)
    if found not in _UNITS:
        raise SqlError("INVALID_PARAMETER_VALUE", f"'{text}' is not a unit of time.")
    return exp.Literal.string(found.lower())
