"""Commits to a Delta table's log, each on disk before it is acknowledged.

delta-rs reads the tables (see ``snapshot.py``); its writer has no operation for most of what
``ALTER TABLE`` changes and does not flush to disk, so commits are written here, by the protocol:
https://github.com/delta-io/delta/blob/master/PROTOCOL.md#delta-log-entries
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

import deltalake
import deltalake.exceptions

from lakehouse.errors import SqlError

Action = dict[str, Any]

ENGINE = "local-lakehouse"
_CHECKPOINT_EVERY = 20


class CommitConflictError(Exception):
    """Another writer took the version; nothing was written. The statement starts again."""


def now_ms() -> int:
    """Milliseconds since 1970, as Delta counts time."""
    return time.time_ns() // 1_000_000


def fsync(path: Path) -> None:
    """Forces a file's or a folder's content to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, text: str) -> None:
    """Replaces a file as a whole; it is on disk when this returns."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        _write_flushed(temporary, text)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    fsync(path.parent)


def _write_flushed(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def commit_info(
    operation: str,
    parameters: dict[str, str] | None = None,
    metrics: dict[str, int] | None = None,
) -> Action:
    """What ``DESCRIBE HISTORY`` shows of a commit."""
    return {
        "commitInfo": {
            "timestamp": now_ms(),
            "operation": operation,
            "operationParameters": parameters or {},
            "operationMetrics": {key: str(value) for key, value in (metrics or {}).items()},
            "engineInfo": ENGINE,
            "txnId": str(uuid.uuid4()),
        }
    }


def commit(table: Path, version: int, actions: list[Action]) -> None:
    """Writes ``version`` of the log, with the data files it adds, to disk.

    The log entry appears under its name complete or not at all (hard link of a flushed file), and
    never replaces another's. Raises CommitConflictError when the version exists.
    """
    for action in actions:
        if "add" in action:
            fsync(table / action["add"]["path"])
    fsync(table)
    log = table / "_delta_log"
    if not log.exists():
        log.mkdir()
        fsync(table)
    temporary = log / f".{uuid.uuid4().hex}.tmp"
    lines = "".join(json.dumps(action, ensure_ascii=False) + "\n" for action in actions)
    try:
        _write_flushed(temporary, lines)
        os.link(temporary, log / f"{version:020}.json")
    except FileExistsError as error:
        raise CommitConflictError(str(table)) from error
    except FileNotFoundError as error:
        raise SqlError("TABLE_OR_VIEW_NOT_FOUND", f"The table at {table.name} is gone.") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
    fsync(log)
    if version > 0 and version % _CHECKPOINT_EVERY == 0:
        # The commit stands without it; it only shortens what readers have to read.
        with contextlib.suppress(deltalake.exceptions.DeltaError):
            deltalake.DeltaTable(table).create_checkpoint()


def has_feature(schema: Any, delta_type: str) -> bool:
    """Whether a type occurs anywhere in a schema."""
    if isinstance(schema, dict):
        return any(has_feature(value, delta_type) for value in schema.values())
    if isinstance(schema, list):
        return any(has_feature(value, delta_type) for value in schema)
    return bool(schema == delta_type)


def protocol(fields: list[dict[str, Any]]) -> Action:
    """The lowest protocol that allows the schema; zone-less timestamps need a feature."""
    if not has_feature([f["type"] for f in fields], "timestamp_ntz"):
        return {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}
    return {
        "protocol": {
            "minReaderVersion": 3,
            "minWriterVersion": 7,
            "readerFeatures": ["timestampNtz"],
            "writerFeatures": ["appendOnly", "invariants", "timestampNtz"],
        }
    }


def metadata(
    *,
    table_id: str,
    fields: list[dict[str, Any]],
    partition_columns: list[str],
    properties: dict[str, str],
    comment: str | None,
    created_at: int,
) -> Action:
    """The action that sets a table's schema and properties."""
    schema = json.dumps({"type": "struct", "fields": fields}, ensure_ascii=False)
    return {
        "metaData": {
            "id": table_id,
            "description": comment,
            "format": {"provider": "parquet", "options": {}},
            "schemaString": schema,
            "partitionColumns": partition_columns,
            "configuration": properties,
            "createdTime": created_at,
        }
    }
