"""Functions that sqlglot has no class for, or reads in another sense than Databricks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from lakehouse.building import BIGINT, DATE, INT, TIMESTAMP, call, cast, unit
from lakehouse.errors import unsupported

Args = Sequence[exp.Expr]

# ``bigint(x)`` is ``CAST(x AS BIGINT)``.
CASTS = {
    "bigint": BIGINT,
    "smallint": exp.DataType.build("SMALLINT"),
    "tinyint": exp.DataType.build("TINYINT"),
    "float": exp.DataType.build("FLOAT"),
    "boolean": exp.DataType.build("BOOLEAN"),
    "timestamp": TIMESTAMP,
}


def _datediff(args: Args) -> exp.Expr:
    if len(args) == 3:
        return _timestampdiff(args)
    days = call("date_diff", exp.Literal.string("day"), *(cast(a, DATE) for a in args[::-1]))
    return cast(days, INT)


def _timestampdiff(args: Args) -> exp.Expr:
    # DuckDB's date_sub counts whole units, its date_diff the boundaries between them.
    times = (cast(a, TIMESTAMP) for a in args[1:])
    return cast(call("date_sub", unit(args[0]), *times), BIGINT)


def _dateadd(args: Args) -> exp.Expr:
    if len(args) == 2:
        return cast(exp.Add(this=cast(args[0], DATE), expression=cast(args[1], INT)), DATE)
    of = unit(args[0]).name
    amount: exp.Expr = exp.Paren(this=args[1])
    if of == "quarter":
        of, amount = "month", exp.Mul(this=amount, expression=exp.Literal.number(3))
    return exp.Add(this=cast(args[2], TIMESTAMP), expression=call(f"to_{of}s", amount))


def _date_sub(args: Args) -> exp.Expr:
    return cast(exp.Sub(this=cast(args[0], DATE), expression=cast(args[1], INT)), DATE)


def _unix_timestamp(args: Args) -> exp.Expr:
    if len(args) == 2:
        raise unsupported("unix_timestamp with a format")
    when = cast(args[0], TIMESTAMP) if args else exp.CurrentTimestamp()
    return cast(call("floor", call("epoch", when)), BIGINT)


def _timestamp_millis(args: Args) -> exp.Expr:
    thousand = exp.Literal.number(1000)
    return call("to_timestamp", exp.Div(this=exp.Paren(this=args[0]), expression=thousand))


def _pmod(args: Args) -> exp.Expr:
    left, right = (exp.Paren(this=a) for a in args)
    once = exp.Paren(this=exp.Mod(this=left, expression=right))
    more = exp.Paren(this=exp.Add(this=once, expression=right.copy()))
    return exp.Paren(this=exp.Mod(this=more, expression=right.copy()))


def _weekday(args: Args) -> exp.Expr:
    day = call("isodow", cast(args[0], DATE))
    return cast(exp.Sub(this=day, expression=exp.Literal.number(1)), INT)


def _is_null(args: Args) -> exp.Expr:
    return exp.Paren(this=exp.Is(this=args[0], expression=exp.Null()))


def _is_not_null(args: Args) -> exp.Expr:
    return exp.Not(this=_is_null(args))


def _zero_if_null(args: Args) -> exp.Expr:
    return call("coalesce", args[0], exp.Literal.number(0))


def _try_to_timestamp(args: Args) -> exp.Expr:
    return exp.TryCast(this=args[0], to=TIMESTAMP.copy())


def _duckdb(name: str) -> Callable[[Args], exp.Expr]:
    """A DuckDB function that does the same under this name."""
    return lambda args: call(name, *args)


def _date_part(args: Args) -> exp.Expr:
    return cast(call("date_part", *args), INT)


# name → (fewest arguments, most, how DuckDB computes it)
NAMED: dict[str, tuple[int, int, Callable[[Args], exp.Expr]]] = {
    "date_part": (2, 2, _date_part),
    "date_sub": (2, 2, _date_sub),
    "dateadd": (2, 3, _dateadd),
    "datediff": (2, 3, _datediff),
    "every": (1, 1, _duckdb("bool_and")),
    "isnotnull": (1, 1, _is_not_null),
    "isnull": (1, 1, _is_null),
    "make_date": (3, 3, _duckdb("make_date")),
    "map_values": (1, 1, _duckdb("map_values")),
    "pmod": (2, 2, _pmod),
    "printf": (1, 99, _duckdb("printf")),
    "raise_error": (1, 1, _duckdb("error")),
    "some": (1, 1, _duckdb("bool_or")),
    "timestamp_millis": (1, 1, _timestamp_millis),
    "timestamp_seconds": (1, 1, _duckdb("to_timestamp")),
    "timestampdiff": (3, 3, _timestampdiff),
    "try_to_timestamp": (1, 1, _try_to_timestamp),
    "unix_timestamp": (0, 2, _unix_timestamp),
    "weekday": (1, 1, _weekday),
    "zeroifnull": (1, 1, _zero_if_null),
}
