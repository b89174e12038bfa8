"""Databricks SQL expressions rewritten so that DuckDB computes what Databricks would.

sqlglot translates the syntax. What it leaves different in value or type is put right here, and a
function that nobody has checked is refused: a wrong number would be worse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from lakehouse import delta_types
from lakehouse.errors import SqlError, unsupported

_INT = exp.DataType.build("INT", dialect="databricks")
_BIGINT = exp.DataType.build("BIGINT", dialect="databricks")
_DOUBLE = exp.DataType.build("DOUBLE", dialect="databricks")
_DATE = exp.DataType.build("DATE", dialect="databricks")
_TIMESTAMP = exp.DataType.build("TIMESTAMPTZ", dialect="duckdb")
_TEXT = exp.DataType.build("STRING", dialect="databricks")

_WHOLE = {
    exp.DataType.Type.TINYINT,
    exp.DataType.Type.SMALLINT,
    exp.DataType.Type.INT,
    exp.DataType.Type.BIGINT,
}
_DAYS = {"DAY", "DAYS", "WEEK", "WEEKS", "MONTH", "MONTHS", "QUARTER", "QUARTERS", "YEAR", "YEARS"}
_UNITS = {"MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR"} | {
    "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"
}  # fmt: skip
_TRUNC = {"MM": "MONTH", "MON": "MONTH", "YYYY": "YEAR", "YY": "YEAR"}

# sqlglot's classes of the functions that give Databricks' results, as they are or after `_SHIMS`.
# Each occurs in tests/test_functions.py with the value Databricks documents.
_CHECKED = frozenset(
    [
        "Abs",
        "AddMonths",
        "And",
        "AnyValue",
        "ApproxDistinct",
        "ApproxQuantile",
        "ArgMax",
        "ArgMin",
        "Array",
        "ArrayAgg",
        "ArrayContains",
        "ArrayDistinct",
        "ArrayFilter",
        "ArrayMax",
        "ArrayMin",
        "ArraySize",
        "ArraySort",
        "ArrayToString",
        "ArrayUniqueAgg",
        "Ascii",
        "Avg",
        "Case",
        "Cast",
        "Ceil",
        "Chr",
        "Coalesce",
        "Concat",
        "ConcatWs",
        "Contains",
        "Corr",
        "Count",
        "CountIf",
        "CovarPop",
        "CovarSamp",
        "CumeDist",
        "CurrentDate",
        "CurrentTimestamp",
        "CurrentUser",
        "DateFromUnixDate",
        "DateTrunc",
        "Day",
        "DayOfMonth",
        "DayOfWeek",
        "DayOfYear",
        "DecodeCase",
        "DenseRank",
        "EndsWith",
        "EqualNull",
        "Exp",
        "Explode",
        "Extract",
        "First",
        "FirstValue",
        "Flatten",
        "Floor",
        "Format",
        "FromBase64",
        "FromJson",
        "GenerateSeries",
        "Greatest",
        "GroupConcat",
        "Hex",
        "Hour",
        "If",
        "Initcap",
        "IsNan",
        "JSONExtract",
        "JSONExtractScalar",
        "JSONFormat",
        "Kurtosis",
        "Lag",
        "LagLead",
        "Last",
        "LastDay",
        "LastValue",
        "Lead",
        "Least",
        "Left",
        "Length",
        "Levenshtein",
        "Ln",
        "Log",
        "LogicalAnd",
        "LogicalOr",
        "Lower",
        "MD5",
        "MapKeys",
        "MapValues",
        "Max",
        "Median",
        "Min",
        "Minute",
        "Mod",
        "Mode",
        "Month",
        "MonthsBetween",
        "NextDay",
        "Ntile",
        "Nullif",
        "Nvl2",
        "NthValue",
        "Or",
        "Pad",
        "PercentRank",
        "Pi",
        "Pow",
        "Quantile",
        "Quarter",
        "Rand",
        "Rank",
        "RegexpCount",
        "RegexpExtract",
        "RegexpExtractAll",
        "RegexpLike",
        "RegexpReplace",
        "RegexpSplit",
        "Repeat",
        "Replace",
        "Reverse",
        "Right",
        "Round",
        "RowNumber",
        "SHA",
        "SHA2",
        "SafeDivide",
        "Second",
        "Sign",
        "Skewness",
        "SortArray",
        "Split",
        "Sqrt",
        "StartsWith",
        "Stddev",
        "StddevPop",
        "StddevSamp",
        "StrPosition",
        "StrToTime",
        "Struct",
        "Substring",
        "SubstringIndex",
        "Sum",
        "TimeToStr",
        "TimestampFromParts",
        "TimestampTrunc",
        "ToBase64",
        "Transform",
        "Translate",
        "Trim",
        "TryCast",
        "TsOrDsToDate",
        "Unhex",
        "UnixMillis",
        "UnixSeconds",
        "UnixToStr",
        "Upper",
        "Uuid",
        "VarMap",
        "Variance",
        "VariancePop",
        "WeekOfYear",
        "Xor",
        "Year",
    ]
)

_CASTS = {
    "bigint": _BIGINT,
    "smallint": exp.DataType.build("SMALLINT"),
    "tinyint": exp.DataType.build("TINYINT"),
    "float": exp.DataType.build("FLOAT"),
    "boolean": exp.DataType.build("BOOLEAN"),
    "timestamp": _TIMESTAMP,
}


def rewrite(tree: exp.Expression, user: str) -> exp.Expression:
    """The tree with every expression DuckDB-ready; raises UNSUPPORTED or UNRESOLVED_ROUTINE."""
    root = exp.Paren(this=tree)
    for node in reversed(list(tree.dfs())):
        changed = _rewrite(node, user)
        if changed is not node:
            node.replace(changed)
    result: exp.Expression = root.this
    result.pop()
    return result


def _rewrite(node: exp.Expression, user: str) -> exp.Expression:
    match node:
        case exp.DataType():
            return _data_type(node)
        case exp.Anonymous():
            return _anonymous(node)
        case exp.CurrentUser():
            return exp.Literal.string(user)
        case exp.Div() if not isinstance(node.parent, exp.SafeDivide):
            return node
        case exp.Add() | exp.Sub():
            return _interval(node)
        case exp.Like():
            return _like(node)
        case exp.Func():
            return _function(node)
    return node


def _data_type(node: exp.DataType) -> exp.Expression:
    """TIMESTAMP is an instant here and zone-less in DuckDB; CHAR and VARCHAR lengths are refused."""
    if isinstance(node.parent, exp.DataType | exp.ColumnDef):
        return node
    delta = delta_types.from_sqlglot(node, "databricks")
    return exp.DataType.build(delta_types.to_duckdb(delta), dialect="duckdb")


def _cast(node: exp.Expression, to: exp.DataType) -> exp.Expression:
    return exp.Cast(this=node.copy(), to=to.copy())


def _call(name: str, *args: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=list(args))


def _function(node: exp.Func) -> exp.Expression:
    name = type(node).__name__
    if name not in _CHECKED:
        raise unsupported(f"Function {node.sql_name().lower()}")
    match node:
        case exp.Cast():  # TryCast too
            return _conversion(node)
        case (
            exp.Length() | exp.StrPosition() | exp.ArraySize() | exp.Levenshtein() | exp.Ascii()
            | exp.Year() | exp.Month() | exp.Day() | exp.DayOfMonth() | exp.DayOfYear()
            | exp.WeekOfYear() | exp.Quarter() | exp.Hour() | exp.Minute() | exp.Second()
            | exp.Extract() | exp.RegexpCount()
        ):  # fmt: skip
            return _cast(node, _INT)
        case exp.Window() if isinstance(
            node.this, exp.RowNumber | exp.Rank | exp.DenseRank | exp.Ntile
        ):
            return _cast(node, _INT)
        case exp.DayOfWeek():
            return _cast(exp.Add(this=node.copy(), expression=exp.Literal.number(1)), _INT)
        case exp.Sign():
            return _cast(node, _DOUBLE)
        case exp.Ceil() if not node.args.get("decimals"):
            return _call("dbx_ceil", node.this)
        case exp.Floor() if not node.args.get("decimals"):
            return _call("dbx_floor", node.this)
        case exp.SafeDivide():
            return _call("dbx_try_divide", node.this, node.expression)
        case exp.Uuid():
            return _cast(node, _TEXT)
        case exp.Quantile():
            return _cast(_call("quantile_cont", node.this, node.args["quantile"]), _DOUBLE)
        case exp.Format():
            return _call("printf", node.this, *node.expressions)
        case exp.TimestampTrunc():
            unit = _unit(node.args.get("unit"))
            return _cast(_call("date_trunc", unit, _cast(node.this, _TIMESTAMP)), _TIMESTAMP)
        case exp.DateTrunc():
            unit = _unit(node.args.get("unit"))
            return _cast(_call("date_trunc", unit, _cast(node.this, _DATE)), _DATE)
        case exp.DateFromUnixDate():
            return _cast(node, _DATE)
        case exp.StrToTime() | exp.TimestampFromParts():
            return _cast(node, _TIMESTAMP)
        case exp.GenerateSeries():
            given = (node.args.get(key) for key in ("start", "end", "step"))
            return _call("dbx_sequence", *(a for a in given if a is not None))
        case exp.JSONExtract():
            return exp.JSONExtractScalar(this=node.this, expression=node.expression)
        case exp.FromJson():
            return _from_json(node)
        case exp.ArrayAgg():
            present = exp.Not(this=exp.Is(this=_aggregated(node), expression=exp.Null()))
            if isinstance(node.parent, exp.Filter):
                raise unsupported("FILTER on collect_list")
            return exp.Filter(this=node.copy(), expression=exp.Where(this=present))
    return node


def _aggregated(node: exp.Expression) -> exp.Expression:
    inner = node.this
    while isinstance(inner, exp.Distinct | exp.Order):
        inner = inner.expressions[0] if isinstance(inner, exp.Distinct) else inner.this
    return inner.copy()


def _conversion(node: exp.Cast) -> exp.Expression:
    for key, value in node.args.items():
        if value and key not in ("this", "to"):
            raise unsupported(f"CAST … {key.upper()}")
    kind = node.to.this
    if isinstance(node.this, exp.Literal):
        return node
    if kind in _WHOLE:
        return type(node)(this=_call("dbx_whole", node.this), to=node.to)
    if kind in (exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR):
        return _call("dbx_text", node.this)
    return node


def _interval(node: exp.Binary) -> exp.Expression:
    shift = node.expression
    if not isinstance(shift, exp.Interval) or (shift.text("unit").upper() not in _DAYS):
        return node
    if isinstance(node, exp.Sub):
        shift = exp.Neg(this=exp.Paren(this=shift.copy()))
    return _call("dbx_shift", node.this, shift)


def _like(node: exp.Like) -> exp.Expression:
    """Backslash escapes without being asked to; DuckDB has no default escape."""
    if isinstance(node.parent, exp.Escape) or "\\" not in node.expression.name:
        return node
    return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))


def _from_json(node: exp.FromJson) -> exp.Expression:
    schema = node.expression
    if not isinstance(schema, exp.Literal) or node.args.get("options"):
        raise unsupported("from_json with options or a schema that is not a literal")
    text = schema.name
    try:
        delta = delta_types.parse(text)
    except Exception:
        delta = delta_types.parse(f"STRUCT<{text}>")
    return _call("dbx_from_json", node.this, exp.Literal.string(_json_shape(delta)))


def _json_shape(delta: delta_types.DeltaType) -> str:
    import json

    def shape(kind: delta_types.DeltaType) -> object:
        if isinstance(kind, str):
            return delta_types.to_duckdb(kind)
        match kind["type"]:
            case "array":
                return [shape(kind["elementType"])]
            case "struct":
                return {f["name"]: shape(f["type"]) for f in kind["fields"]}
            case _:
                return f"MAP(VARCHAR, {delta_types.to_duckdb(kind['valueType'])})"

    return json.dumps(shape(delta))


def _unit(node: exp.Expression | None) -> exp.Expression:
    text = (node.name if node is not None else "").upper()
    unit = _TRUNC.get(text, text)
    if unit not in _UNITS:
        raise SqlError("INVALID_PARAMETER_VALUE", f"'{text}' is not a unit of time.")
    return exp.Literal.string(unit.lower())


_Args = Sequence[exp.Expression]


def _datediff(args: _Args) -> exp.Expression:
    if len(args) == 2:
        days = _call("date_diff", exp.Literal.string("day"), *(_cast(a, _DATE) for a in args[::-1]))
        return _cast(days, _INT)
    return _timestampdiff(args)


def _timestampdiff(args: _Args) -> exp.Expression:
    times = (_cast(a, _TIMESTAMP) for a in args[1:])
    return _cast(_call("date_sub", _unit(args[0]), *times), _BIGINT)


def _dateadd(args: _Args) -> exp.Expression:
    if len(args) == 2:
        return _cast(exp.Add(this=_cast(args[0], _DATE), expression=_cast(args[1], _INT)), _DATE)
    unit = _unit(args[0]).name
    factor = {"millisecond": "milliseconds", "microsecond": "microseconds"}.get(unit, f"{unit}s")
    if unit == "quarter":
        amount = _call("to_months", exp.Mul(this=exp.Paren(this=args[1]), expression=_three()))
    else:
        amount = _call(f"to_{factor}", args[1])
    return exp.Add(this=_cast(args[2], _TIMESTAMP), expression=amount)


def _three() -> exp.Expression:
    return exp.Literal.number(3)


def _date_sub(args: _Args) -> exp.Expression:
    return _cast(exp.Sub(this=_cast(args[0], _DATE), expression=_cast(args[1], _INT)), _DATE)


def _unix_timestamp(args: _Args) -> exp.Expression:
    if not args:
        when: exp.Expression = exp.CurrentTimestamp()
    elif len(args) == 1:
        when = _cast(args[0], _TIMESTAMP)
    else:
        raise unsupported("unix_timestamp with a format")
    return _cast(_call("floor", _call("epoch", when)), _BIGINT)


def _pmod(args: _Args) -> exp.Expression:
    left, right = (exp.Paren(this=a) for a in args)
    once = exp.Paren(this=exp.Mod(this=left, expression=right))
    more = exp.Paren(this=exp.Add(this=once, expression=right.copy()))
    return exp.Paren(this=exp.Mod(this=more, expression=right.copy()))


def _weekday(args: _Args) -> exp.Expression:
    day = _call("isodow", _cast(args[0], _DATE))
    return _cast(exp.Sub(this=day, expression=exp.Literal.number(1)), _INT)


def _is_null(args: _Args) -> exp.Expression:
    return exp.Paren(this=exp.Is(this=args[0], expression=exp.Null()))


# Functions that sqlglot has no class for: name → (fewest arguments, most, rewriting).
_SHIMS: dict[str, tuple[int, int, Callable[[_Args], exp.Expression]]] = {
    "datediff": (2, 3, _datediff),
    "timestampdiff": (3, 3, _timestampdiff),
    "dateadd": (2, 3, _dateadd),
    "date_sub": (2, 2, _date_sub),
    "unix_timestamp": (0, 2, _unix_timestamp),
    "pmod": (2, 2, _pmod),
    "weekday": (1, 1, _weekday),
    "isnull": (1, 1, _is_null),
    "isnotnull": (1, 1, lambda a: exp.Not(this=_is_null(a))),
    "every": (1, 1, lambda a: _call("bool_and", *a)),
    "some": (1, 1, lambda a: _call("bool_or", *a)),
    "zeroifnull": (1, 1, lambda a: _call("coalesce", *a, exp.Literal.number(0))),
    "raise_error": (1, 1, lambda a: _call("error", *a)),
    "timestamp_seconds": (1, 1, lambda a: _call("to_timestamp", *a)),
    "timestamp_millis": (
        1, 1,
        lambda a: _call("to_timestamp", exp.Div(
            this=exp.Paren(this=a[0]), expression=exp.Literal.number(1000))),
    ),
    "make_date": (3, 3, lambda a: _call("make_date", *a)),
    "date_part": (2, 2, lambda a: _cast(_call("date_part", *a), _INT)),
    "try_to_timestamp": (1, 1, lambda a: exp.TryCast(this=a[0], to=_TIMESTAMP.copy())),
    "array_intersect": (2, 2, lambda a: _call("list_intersect", *a)),
}  # fmt: skip


def _anonymous(node: exp.Anonymous) -> exp.Expression:
    name = str(node.this).lower()
    args = node.expressions
    if name.startswith("dbx_"):
        raise SqlError("UNRESOLVED_ROUTINE", f"Cannot resolve routine `{name}`.")
    if name in _CASTS and len(args) == 1:
        return _conversion(exp.Cast(this=args[0].copy(), to=_CASTS[name].copy()))
    if name not in _SHIMS:
        raise SqlError("UNRESOLVED_ROUTINE", f"Cannot resolve routine `{name}`.")
    fewest, most, build = _SHIMS[name]
    if not fewest <= len(args) <= most:
        raise SqlError("WRONG_NUM_ARGS", f"`{name}` takes {fewest} to {most} arguments.")
    return build([a.copy() for a in args])
