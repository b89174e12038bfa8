"""Rows from a journal into a table, each of its files once however often it is asked for.

A commit notes which file of which writer it holds, as Delta's transaction identifiers are meant:
https://github.com/delta-io/delta/blob/master/PROTOCOL.md#transaction-identifiers
"""

from __future__ import annotations

import math
from pathlib import Path

import deltalake

from lakehouse import delta_log, writing
from lakehouse.delta_log import Action
from lakehouse.delta_types import literal, quote, to_duckdb
from lakehouse.errors import SqlError
from lakehouse.names import TableName
from lakehouse.session import Result, Session
from lakehouse.snapshot import DataFile, Snapshot

# A line holds two texts of up to 1 MiB and a third within one, in JSON up to six times as long.
_LONGEST_LINE = 32 * 1024 * 1024

# Files are merged when this many have about as many rows, so that a row is rewritten as often as
# the table grew by this factor, and a table of any size is read from a few dozen files.
_FACTOR = 16
_MOST_ROWS = 16 * 1024


def append_lines(session: Session, name: TableName, file: str, writer: str, number: int) -> None:
    """Adds the rows of a file of JSON lines in the journal's folder.

    A writer's files are numbered upwards; what is not above the last one that the table has is in
    the table already. Raises SqlError when there is no such table or file, or a value does not fit.
    """
    path = session.store.layout.journal / file
    if ".." in Path(file).parts or not path.is_file():
        raise SqlError("PATH_NOT_FOUND", f"The journal has no file '{file}'.")
    writing.with_retries(session, name, lambda: _append(session, name, path, writer, number))
    writing.with_retries(session, name, lambda: _merge_files(session, name))


def _append(session: Session, name: TableName, path: Path, writer: str, number: int) -> Result:
    table = session.store.writable(name)
    last = deltalake.DeltaTable(table.path).transaction_version(writer)
    if last is not None and number <= last:
        return session.nothing()
    kinds = {f["name"]: to_duckdb(f["type"]) for f in table.fields}
    given = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in kinds.items())
    columns = ", ".join(quote(name) for name in kinds)
    with writing.staged(session, table.fields) as stage:
        session.cursor.execute(
            f"INSERT INTO {stage} SELECT {columns} FROM read_json({literal(str(path))}, "
            f"format='newline_delimited', columns={{{given}}}, "
            f"maximum_object_size={_LONGEST_LINE})"
        )
        adds = writing.write_files(session, stage, table.path, table.partition_columns)
    done = {"appId": writer, "version": number, "lastUpdated": delta_log.now_ms()}
    info = delta_log.commit_info("WRITE", {"mode": "Append"}, {"numFiles": len(adds)})
    delta_log.commit(table.path, table.version + 1, [info, {"txn": done}, *adds])
    return session.nothing()


def _merge_files(session: Session, name: TableName) -> Result:
    """Rewrites files as one where there are many of a size; the table's rows stay the same."""
    table = session.store.writable(name)
    small = _too_many(table)
    if not small:
        return session.nothing()
    with writing.staged(session, table.fields) as stage:
        session.cursor.execute(f"INSERT INTO {stage} {table.scan(small)}")
        adds = writing.write_files(session, stage, table.path, table.partition_columns)
    actions: list[Action] = [*table.removals(small), *adds]
    for action in actions:
        next(iter(action.values()))["dataChange"] = False
    metrics = {"numRemovedFiles": len(small), "numAddedFiles": len(adds)}
    info = delta_log.commit_info("OPTIMIZE", {"auto": "true"}, metrics)
    delta_log.commit(table.path, table.version + 1, [info, *actions])
    return session.nothing()


def _too_many(table: Snapshot) -> list[DataFile]:
    """The files of the first size of which there are too many; none of a partitioned table."""
    by_size: dict[int, list[DataFile]] = {}
    for file in [] if table.partition_columns else table.files:
        if file.rows is not None and 0 < file.rows <= _MOST_ROWS:
            by_size.setdefault(int(math.log(file.rows, _FACTOR)), []).append(file)
    return next((files for files in by_size.values() if len(files) >= _FACTOR), [])
