"""A table or view as a refresh reads it, and which of its windows have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from lakehouse import binding
from lakehouse.delta_types import INTEGRAL, DeltaType, quote
from lakehouse.dialect import parse_statement
from lakehouse.errors import SqlError, from_duckdb
from lakehouse.names import TableName, full_name
from lakehouse.profiling.spec import GRANULARITIES, Spec
from lakehouse.session import Session
from lakehouse.snapshot import Snapshot


@dataclass(frozen=True)
class Source:
    """A table or view at one version."""

    name: TableName
    fields: list[dict[str, Any]]
    """As a Delta schema writes them."""
    query: str
    """DuckDB's query for all rows; with a column ``__slice_N`` for each of ``slices``."""
    slices: dict[int, str]
    """The slicing expressions that it can compute, by their place in the monitor's list."""
    version: int | None
    """Of a table's Delta log; a view has none."""

    def field(self, name: str | None) -> dict[str, Any] | None:
        """The column of that name in any case."""
        wanted = (name or "").lower()
        return next((f for f in self.fields if f["name"].lower() == wanted), None)

    def require(self, name: str, role: str) -> dict[str, Any]:
        """Like field; refused when the column is not there."""
        found = self.field(name)
        if found is None:
            raise SqlError(
                "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
                f"The {role} `{name}` is not a column of {self.name.quoted}.",
            )
        return found


def open_source(
    session: Session,
    name: str,
    slicing: Sequence[str],
    *,
    version: int | None = None,
    lenient: bool = False,
) -> Source:
    """The table or view as it is now, or a table at that version.

    Raises SqlError when it is gone, or when a slicing expression cannot be computed; ``lenient``
    leaves such slices out, as of a baseline without the column.
    """
    table = full_name(name)
    found = session.store.get(table, version)
    relation = table.quoted + ("" if version is None else f" VERSION AS OF {version}")
    slices = {}
    for place, text in enumerate(slicing):
        try:
            # In parentheses it is one expression, and not the rest of a statement.
            _translated(session, f"SELECT ({text}) AS value FROM {relation}")
        except SqlError as error:
            if lenient:
                continue
            message = f"The slicing expression '{text}' cannot be computed: {error.message}"
            raise SqlError(error.error_class, message) from error
        slices[place] = text
    columns = [f"CAST(({text}) AS STRING) AS __slice_{i}" for i, text in slices.items()]
    query = _translated(session, f"SELECT {', '.join(['*', *columns])} FROM {relation}")
    known = found.version if isinstance(found, Snapshot) else None
    return Source(table, found.fields, query, slices, known)


def _translated(session: Session, statement: str) -> str:
    sql = binding.to_duckdb(session, parse_statement(statement))
    try:
        session.columns_of(sql)
    except duckdb.Error as error:
        raise from_duckdb(error) from error
    return sql


# --- windows ---


def time_of(source: Source, column: str) -> str:
    """DuckDB's expression for the time of a row, in UTC.

    Whole and floating-point numbers are seconds since 1970.
    """
    field = source.require(column, "timestamp column")
    name, kind = quote(field["name"]), field["type"]
    if isinstance(kind, str) and (kind in INTEGRAL or kind in ("float", "double")):
        return f"CAST(to_timestamp(CAST({name} AS DOUBLE)) AS TIMESTAMP)"
    if kind in ("timestamp", "timestamp_ntz", "date"):
        return f"CAST({name} AS TIMESTAMP)"
    if kind == "string":
        return f"CAST(CAST({name} AS TIMESTAMPTZ) AS TIMESTAMP)"
    raise SqlError(
        "DATATYPE_MISMATCH",
        f"The timestamp column `{column}` of {source.name.quoted} has no type that is a time.",
    )


def is_decimal(kind: DeltaType) -> bool:
    """Whether a Delta type is a decimal."""
    return isinstance(kind, str) and kind.startswith("decimal")


def windowed(source: Source, spec: Spec) -> str:
    """The query of the rows that are profiled.

    A column ``__start_N`` has the start of the row's window, in microseconds since 1970, for the
    N-th granularity. Rows without a time, which are in no window, and those before the look-back
    are left out.
    """
    if spec.timestamp_column is None:
        return source.query
    time = time_of(source, spec.timestamp_column)
    starts = ", ".join(
        f"epoch_us(time_bucket(INTERVAL '{GRANULARITIES[name].name}', {time})) AS __start_{i}"
        for i, name in enumerate(spec.granularities)
    )
    first = f"epoch_us({time}) >= {spec.first_day_us}"
    return f"SELECT *, {starts} FROM ({source.query}) AS t WHERE {time} IS NOT NULL AND {first}"


def fingerprints(session: Session, source: Source, spec: Spec) -> dict[str, dict[int, str]]:
    """By granularity and window: a text that changes when a row comes, goes or changes.

    A scan with a hash takes a fraction of what profiling takes. It stands in for the change data
    feed, by which Databricks finds the windows with new data where a table has it on, and sees a
    label that comes late as well.
    """
    query = windowed(source, spec)
    found = {}
    for i, name in enumerate(spec.granularities):
        rows = session.cursor.execute(
            f"SELECT __start_{i}, {_fingerprint(source)} FROM ({query}) AS t GROUP BY 1"
        ).fetchall()
        found[name] = {int(start): text for start, text in rows}
    return found


def fingerprint(session: Session, source: Source) -> str:
    """The same of a whole table."""
    row = session.cursor.execute(
        f"SELECT {_fingerprint(source)} FROM ({source.query}) AS t"
    ).fetchone()
    return str(row[0]) if row else ""


def _fingerprint(source: Source) -> str:
    columns = ", ".join(quote(f["name"]) for f in source.fields)
    return f"concat(count(*), ':', coalesce(sum(hash({columns})), 0))"
