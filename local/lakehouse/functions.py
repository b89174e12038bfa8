"""Databricks SQL expressions rewritten so that DuckDB computes what Databricks would.

sqlglot translates the syntax. What it leaves different in value or type is put right here, and a
function that nobody has checked is refused: a wrong number would be worse.
"""

from __future__ import annotations

import json

import sqlglot.errors
from sqlglot import exp

from lakehouse import delta_types
from lakehouse.building import DATE, DOUBLE, INT, TEXT, TIMESTAMP, call, cast, typed_call, unit
from lakehouse.checked_functions import CHECKED
from lakehouse.delta_types import DeltaType
from lakehouse.errors import SqlError, unsupported
from lakehouse.named_functions import CASTS, NAMED

_T = exp.DataType.Type
_WHOLE = frozenset({_T.TINYINT, _T.SMALLINT, _T.INT, _T.BIGINT})
_DAYS = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
# BIGINT in DuckDB, INT in Databricks.
_COUNTS = (
    exp.Ascii, exp.ArraySize, exp.Day, exp.DayOfMonth, exp.DayOfYear, exp.Extract, exp.Hour,
    exp.Length, exp.Levenshtein, exp.Minute, exp.Month, exp.Quarter, exp.RegexpCount, exp.Second,
    exp.StrPosition, exp.WeekOfYear, exp.Year,
)  # fmt: skip
_COUNTING_WINDOWS = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Ntile)


def rewrite(tree: exp.Expr, user: str) -> exp.Expr:
    """The tree with every expression DuckDB-ready; raises UNSUPPORTED or UNRESOLVED_ROUTINE."""
    root = exp.Paren(this=tree)
    for node in reversed(list(tree.dfs())):
        changed = _rewrite(node, user)
        if changed is not node:
            node.replace(changed)
    result: exp.Expr = root.this
    result.pop()
    return result


def _rewrite(node: exp.Expr, user: str) -> exp.Expr:
    match node:
        case exp.DataType():
            return _data_type(node)
        case exp.Anonymous():
            return _anonymous(node)
        case exp.CurrentUser():
            return exp.Literal.string(user)
        case exp.Add() | exp.Sub():
            return _interval(node)
        case exp.Like():
            return _like(node)
        case exp.Window() if isinstance(node.this, _COUNTING_WINDOWS):
            return cast(node, INT)
        case exp.Cast():  # TryCast too
            return _conversion(node)
        case exp.Exists() if isinstance(node.this, exp.Query):
            return node  # the subquery predicate, not the function of an array and a lambda
        case exp.Func():
            if type(node).__name__ not in CHECKED:
                raise unsupported(f"Function {node.sql_name().lower()}")
            return _function(node)
    return node


def _data_type(node: exp.DataType) -> exp.Expr:
    """TIMESTAMP is an instant here and zone-less in DuckDB; VARCHAR(n) is refused."""
    if isinstance(node.parent, exp.DataType | exp.ColumnDef):
        return node
    return _duckdb_type(delta_types.from_sqlglot(node, "databricks"))


def _duckdb_type(delta: DeltaType) -> exp.DataType:
    return exp.DataType.build(delta_types.to_duckdb(delta), dialect="duckdb")


def _anonymous(node: exp.Anonymous) -> exp.Expr:
    name = str(node.this).lower()
    args = node.expressions
    if name in CASTS and len(args) == 1:
        return _conversion(cast(args[0], CASTS[name]))
    if name not in NAMED:
        raise SqlError("UNRESOLVED_ROUTINE", f"Cannot resolve routine `{name}`.")
    fewest, most, build = NAMED[name]
    if not fewest <= len(args) <= most:
        raise SqlError("WRONG_NUM_ARGS", f"`{name}` takes {fewest} to {most} arguments.")
    return build([a.copy() for a in args])


def _function(node: exp.Expr) -> exp.Expr:
    this = node.this
    match node:
        case _ if isinstance(node, _COUNTS):
            return cast(node, INT)
        case exp.DayOfWeek():
            return cast(exp.Add(this=node.copy(), expression=exp.Literal.number(1)), INT)
        case exp.Sign():
            return cast(node, DOUBLE)
        case exp.Uuid():
            return cast(node, TEXT)
        case exp.DateFromUnixDate():
            return cast(node, DATE)
        case exp.StrToTime() | exp.TimestampFromParts():
            return cast(node, TIMESTAMP)
        case exp.Ceil() if not node.args.get("decimals"):
            return typed_call("dbx_ceil", this)
        case exp.Floor() if not node.args.get("decimals"):
            return typed_call("dbx_floor", this)
        case exp.SafeDivide():
            return call("dbx_try_divide", this, node.expression)
        case exp.SubstringIndex():
            return call("dbx_substring_index", this, node.args["delimiter"], node.args["count"])
        case exp.ApproxQuantile():
            return call("quantile_disc", this, node.args["quantile"])
        case exp.Quantile():
            return cast(call("quantile_cont", this, node.args["quantile"]), DOUBLE)
        case exp.ArrayIntersect():
            return call("list_intersect", *node.expressions)
        case exp.Format():
            return call("printf", this, *node.expressions)
        case exp.TimestampTrunc():
            return cast(_truncated(node, TIMESTAMP), TIMESTAMP)
        case exp.DateTrunc():
            return cast(_truncated(node, DATE), DATE)
        case exp.GenerateSeries():
            given = (node.args.get(key) for key in ("start", "end", "step"))
            return call("dbx_sequence", *(a for a in given if a is not None))
        case exp.JSONExtract():
            return exp.JSONExtractScalar(this=this, expression=node.expression)
        case exp.FromJson():
            return _from_json(node)
        case exp.ArrayAgg():
            return _without_nulls(node)
    return node


def _truncated(node: exp.Expr, kind: exp.DataType) -> exp.Expr:
    return call("date_trunc", unit(node.args.get("unit")), cast(node.this, kind))


def _without_nulls(node: exp.ArrayAgg) -> exp.Expr:
    if isinstance(node.parent, exp.Filter):
        raise unsupported("FILTER on collect_list")
    inner = node.this
    while isinstance(inner, exp.Distinct | exp.Order):
        inner = inner.expressions[0] if isinstance(inner, exp.Distinct) else inner.this
    present = exp.Not(this=exp.Is(this=inner.copy(), expression=exp.Null()))
    return exp.Filter(this=node.copy(), expression=exp.Where(this=present))


def _conversion(node: exp.Cast) -> exp.Expr:
    for key, value in node.args.items():
        if value and key not in ("this", "to", "safe"):
            raise unsupported(f"CAST … {key.upper()}")
    value = node.this
    if isinstance(value, exp.Literal) and (value.is_string or value.is_int):
        return node
    if node.to.this in _WHOLE:
        return type(node)(this=typed_call("dbx_whole", value), to=node.to)
    if node.to.this in (_T.TEXT, _T.VARCHAR):
        return typed_call("dbx_text", value)
    return node


def _interval(node: exp.Binary) -> exp.Expr:
    """A date plus whole days stays a date."""
    shift = node.expression
    if not isinstance(shift, exp.Interval):
        return node
    if shift.text("unit").upper().removesuffix("S") not in _DAYS:
        return node
    if isinstance(node, exp.Sub):
        shift = exp.Neg(this=exp.Paren(this=shift.copy()))
    return typed_call("dbx_shift", node.this, shift)


def _like(node: exp.Like) -> exp.Expr:
    """Backslash escapes without being asked to; DuckDB has no default escape."""
    if isinstance(node.parent, exp.Escape) or "\\" not in node.expression.name:
        return node
    return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))


def _from_json(node: exp.FromJson) -> exp.Expr:
    schema = node.expression
    if not isinstance(schema, exp.Literal) or node.args.get("options"):
        raise unsupported("from_json with options or a schema that is not a literal")
    try:
        delta = delta_types.parse(schema.name)
    except sqlglot.errors.ParseError:  # `a INT, b STRING` is short for a struct
        delta = delta_types.parse(f"STRUCT<{schema.name}>")
    shape = exp.Literal.string(json.dumps(_json_shape(delta)))
    return exp.Cast(this=call("dbx_from_json", node.this, shape), to=_duckdb_type(delta))


def _json_shape(kind: DeltaType) -> object:
    """The structure that DuckDB's json_transform takes."""
    if isinstance(kind, str):
        return delta_types.to_duckdb(kind)
    match kind["type"]:
        case "array":
            return [_json_shape(kind["elementType"])]
        case "struct":
            return {f["name"]: _json_shape(f["type"]) for f in kind["fields"]}
        case _:
            return f"MAP(VARCHAR, {delta_types.to_duckdb(kind['valueType'])})"
