"""Rows into the metric tables, in place of those of the same windows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import deltalake
import pyarrow as pa

from lakehouse import delta_log, writing
from lakehouse.delta_types import literal
from lakehouse.errors import SqlError
from lakehouse.names import full_name
from lakehouse.profiling.spec import Window
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot

# A refresh writes a file of its own, so that the next one, which mostly replaces the same window,
# has little to rewrite. When there are more files than this, they become one.
_MOST_FILES = 50


@dataclass(frozen=True)
class Replacement:
    """New rows, and what they take the place of."""

    rows: list[dict[str, Any]]
    windows: frozenset[Window]
    """All rows of these windows go."""
    baseline: bool = False
    """The rows of the baseline table, which are in no window, go too."""


def put(session: Session, name: str, new: Replacement) -> tuple[str, int]:
    """Replaces the rows in one commit; returns the table's id and version after it.

    Raises SqlError when the table is gone or has another shape than its rows.
    """
    table_name = full_name(name)
    state: list[tuple[str, int]] = []

    def work() -> Result:
        table = session.store.writable(table_name)
        version = _replace(session, table, new)
        state.append((table.table_id, version))
        return session.nothing()

    writing.with_retries(session, table_name, work)
    return state[-1]


def version_of(session: Session, name: str) -> tuple[str, int]:
    """The table's id and version."""
    table = session.store.table(full_name(name))
    return table.table_id, table.version


def _replace(session: Session, table: Snapshot, new: Replacement) -> int:
    goes = _condition(new.windows, new.baseline)
    touched = _touched(session, table, goes)
    if not touched and not new.rows:
        return table.version
    old = replace(table, files=[f for f in table.files if f.path in touched])
    staying = f"SELECT * FROM ({old.scan()}) AS t WHERE NOT coalesce({goes}, false)"
    with writing.staged(session, table.fields) as stage:
        session.cursor.execute(f"INSERT INTO {stage} {staying}")
        adds = writing.write_files(session, stage, table.path, table.partition_columns)
    with writing.staged(session, table.fields) as stage:
        _stage(session, stage, table, new.rows)
        adds += writing.write_files(session, stage, table.path, table.partition_columns)
    info = delta_log.commit_info(
        "REPLACE WINDOWS", {"windows": str(len(new.windows))}, {"numOutputRows": len(new.rows)}
    )
    delta_log.commit(table.path, table.version + 1, [info, *old.removals(), *adds])
    return table.version + 1


def _condition(windows: Iterable[Window], baseline: bool) -> str:
    """DuckDB's condition for the rows that go."""
    by_granularity: dict[str | None, list[int]] = {}
    for one in windows:
        by_granularity.setdefault(one.granularity, []).append(one.start_us)
    parts = [
        f"(granularity IS NOT DISTINCT FROM {'NULL' if name is None else literal(name)} AND "
        f'epoch_us("window".start) IN (SELECT unnest({sorted(starts)}::BIGINT[])))'
        for name, starts in by_granularity.items()
    ]
    if baseline:
        parts.append('"window" IS NULL')
    return f"({' OR '.join(parts) or 'false'})"


def _touched(session: Session, table: Snapshot, goes: str) -> set[str]:
    """The files that hold a row that goes; all of them when there are too many."""
    if len(table.files) > _MOST_FILES:
        return {file.path for file in table.files}
    return {
        file.path
        for file in table.files
        if session.cursor.execute(
            f"SELECT 1 FROM ({replace(table, files=[file]).scan()}) AS t WHERE {goes} LIMIT 1"
        ).fetchone()
    }


def _stage(session: Session, stage: str, table: Snapshot, rows: list[dict[str, Any]]) -> None:
    known = set(table.column_names)
    if missing := sorted({name for row in rows for name in row} - known):
        raise SqlError(
            "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
            f"The metric table {table.path.name} has no column {', '.join(missing)}. "
            "Drop it; the next refresh makes it anew.",
        )
    if not rows:
        return
    fields = deltalake.Schema.from_json(json.dumps({"type": "struct", "fields": table.fields}))
    schema = pa.schema(fields.to_arrow())
    try:
        arrow = pa.Table.from_pylist(rows, schema=schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise SqlError(
            "DATATYPE_MISMATCH",
            f"The metric table {table.path.name} has columns of other types than a monitor's "
            f"({error}). Drop it; the next refresh makes it anew.",
        ) from error
    view = session.new_object()
    session.cursor.register(view, arrow)
    try:
        session.cursor.execute(f'INSERT INTO {stage} SELECT * FROM "{view}"')
    finally:
        session.cursor.unregister(view)
