"""Rows into Delta tables: staged in DuckDB, checked there, written as Parquet, then committed."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lakehouse import delta_types
from lakehouse.delta_log import Action, CommitConflictError, now_ms
from lakehouse.delta_types import INTEGRAL, literal, quote, to_duckdb
from lakehouse.errors import SqlError
from lakehouse.names import TableName
from lakehouse.session import Column, Result, Session
from lakehouse.snapshot import as_text

ATTEMPTS = 10


def with_retries(session: Session, name: TableName, work: Callable[[], Result]) -> Result:
    """Runs a write under the table's lock; starts again when another process committed first.

    Raises CONCURRENT_WRITE when that goes on.
    """
    with session.store.writing(name):
        for _ in range(ATTEMPTS):
            with contextlib.suppress(CommitConflictError):
                return work()
    raise SqlError(
        "CONCURRENT_WRITE", f"Other writers kept changing {name.quoted} during {ATTEMPTS} tries."
    )


@contextlib.contextmanager
def staged(session: Session, fields: Sequence[dict[str, Any]]) -> Iterator[str]:
    """An empty temporary table with these columns, gone afterwards; yields its quoted name."""
    table = quote(session.new_object())
    columns = ", ".join(
        f"{quote(f['name'])} {to_duckdb(f['type'])}{'' if f['nullable'] else ' NOT NULL'}"
        for f in fields
    )
    session.cursor.execute(f"CREATE TEMP TABLE {table} ({columns})")
    try:
        yield table
    finally:
        session.cursor.execute(f"DROP TABLE {table}")


def insert(
    session: Session,
    stage: str,
    sql: str,
    targets: Sequence[dict[str, Any]],
    into: TableName,
) -> int:
    """Stores a query's rows in the stage's columns, by position; returns how many.

    Raises SqlError when numbers of columns differ, a type does not convert, or a value does not.
    """
    given = session.columns_of(sql)
    if len(given) != len(targets):
        few = len(given) < len(targets)
        raise SqlError(
            "INSERT_COLUMN_ARITY_MISMATCH."
            + ("NOT_ENOUGH_DATA_COLUMNS" if few else "TOO_MANY_DATA_COLUMNS"),
            f"Cannot write to {into.quoted}: table columns: "
            f"{', '.join(f['name'] for f in targets)}; data columns: "
            f"{', '.join(c.name for c in given)}.",
        )
    names = [f"c{i}" for i in range(len(given))]
    values = (_stored(n, c, f, into) for n, c, f in zip(names, given, targets, strict=True))
    columns = ", ".join(quote(f["name"]) for f in targets)
    return _count(
        session,
        f"INSERT INTO {stage} ({columns}) "
        f"SELECT {', '.join(values)} FROM ({sql}) AS q({', '.join(names)})",
    )


def _stored(name: str, column: Column, field: dict[str, Any], into: TableName) -> str:
    target = field["type"]
    if not delta_types.is_assignable(column.type, target):
        raise SqlError(
            "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST",
            f"Cannot write incompatible data for the table {into.quoted}: cannot safely cast "
            f"`{field['name']}` from {delta_types.type_text(column.type).upper()} to "
            f"{delta_types.type_text(target).upper()}.",
        )
    value = name
    if isinstance(target, str) and target in INTEGRAL and column.type != target:
        value = f"dbx_whole({name})"
    if target == "string" and isinstance(column.type, str):
        value = f"dbx_text({name})"
    return f"CAST({value} AS {to_duckdb(target)})"


def _count(session: Session, sql: str) -> int:
    row = session.cursor.execute(sql).fetchone()
    return int(row[0]) if row else 0


def write_files(
    session: Session, stage: str, folder: Path, partition_columns: Sequence[str]
) -> list[Action]:
    """Writes the stage's rows as Parquet files below ``folder``; returns the actions that add them.

    The files belong to no version until a commit names them.
    """
    if not partition_columns:
        action = _write(session, f"SELECT * FROM {stage}", folder, {})
        return [action] if action else []
    listed = ", ".join(quote(c) for c in partition_columns)
    values = session.cursor.execute(_partition_values(stage, partition_columns)).fetchall()
    actions = []
    for row in values:
        chosen = " AND ".join(
            f"CAST({quote(c)} AS VARCHAR) IS NOT DISTINCT FROM "
            + ("NULL" if v is None else literal(v))
            for c, v in zip(partition_columns, row, strict=True)
        )
        query = f"SELECT * EXCLUDE ({listed}) FROM {stage} WHERE {chosen}"
        partition = {c: as_text(v) for c, v in zip(partition_columns, row, strict=True)}
        action = _write(session, query, folder, partition)
        if action:
            actions.append(action)
    return actions


def _partition_values(stage: str, columns: Sequence[str]) -> str:
    texts = ", ".join(f"CAST({quote(c)} AS VARCHAR)" for c in columns)
    return f"SELECT DISTINCT {texts} FROM {stage} ORDER BY ALL"


def _write(
    session: Session, query: str, folder: Path, partition: dict[str, str | None]
) -> Action | None:
    path = f"part-{uuid.uuid4()}.zstd.parquet"
    rows = _count(
        session,
        f"COPY ({query}) TO {literal(str(folder / path))} (FORMAT parquet, COMPRESSION zstd)",
    )
    if rows == 0:
        (folder / path).unlink()
        return None
    return {
        "add": {
            "path": path,
            "partitionValues": partition,
            "size": (folder / path).stat().st_size,
            "modificationTime": now_ms(),
            "dataChange": True,
            "stats": f'{{"numRecords":{rows}}}',
        }
    }
