"""One version of a Delta table as delta-rs reads it, and the SQL by which DuckDB scans it."""

from __future__ import annotations

import datetime
import decimal
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import deltalake
import deltalake.exceptions

from lakehouse import delta_log
from lakehouse.delta_log import Action
from lakehouse.delta_types import literal, quote, to_duckdb
from lakehouse.errors import SqlError, unsupported

# What this engine knows how to read and to keep true while writing. A table of another writer that
# asks for more (deletion vectors, column mapping, …) is refused instead of misread.
_READER_FEATURES = frozenset({"timestampNtz"})
_WRITER_FEATURES = frozenset({"timestampNtz", "appendOnly", "invariants"})


@dataclass(frozen=True)
class DataFile:
    """A Parquet file that belongs to a version."""

    path: str
    """As the log writes it: relative and URL-encoded."""
    size: int
    rows: int | None
    """None where its writer does not say."""
    partition: dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """A table's state at one version."""

    path: Path
    version: int
    table_id: str
    fields: list[dict[str, Any]]
    partition_columns: list[str]
    properties: dict[str, str]
    comment: str | None
    created_at: int
    files: list[DataFile]
    unwritable: str | None
    """The writer feature that forbids changes from here, if there is one."""

    @property
    def column_names(self) -> list[str]:
        """In the table's order."""
        return [f["name"] for f in self.fields]

    def field(self, name: str) -> dict[str, Any]:
        """The column called ``name`` in any case; raises UNRESOLVED_COLUMN."""
        for field in self.fields:
            if field["name"].lower() == name.lower():
                return field
        listed = ", ".join(f"`{n}`" for n in self.column_names)
        raise SqlError(
            "UNRESOLVED_COLUMN.WITH_SUGGESTION",
            f"A column with name `{name}` cannot be resolved. "
            f"Did you mean one of the following? [{listed}].",
        )

    def metadata(self, **changes: Any) -> Action:
        """The metadata action of this version with some parts changed."""
        changed = replace(self, **changes)
        return delta_log.metadata(
            table_id=changed.table_id,
            fields=changed.fields,
            partition_columns=changed.partition_columns,
            properties=changed.properties,
            comment=changed.comment,
            created_at=changed.created_at,
        )

    def removals(self, files: Sequence[DataFile] | None = None) -> list[Action]:
        """The actions that take files out of the table, all of them unless some are given."""
        return [
            {
                "remove": {
                    "path": file.path,
                    "deletionTimestamp": delta_log.now_ms(),
                    "dataChange": True,
                    "extendedFileMetadata": True,
                    "partitionValues": {k: as_text(v) for k, v in file.partition.items()},
                    "size": file.size,
                }
            }
            for file in (self.files if files is None else files)
        ]

    def scan(self, files: Sequence[DataFile] | None = None) -> str:
        """A query for all rows, or for those of some files, with the table's columns in order.

        DuckDB reads the Parquet files itself, so projections and filters reach them. Files older
        than a column, and partition values (which are not in the files), are filled in.
        """
        typed = (f"NULL::{to_duckdb(f['type'])} AS {quote(f['name'])}" for f in self.fields)
        parts = [f"SELECT {', '.join(typed)} WHERE false"]
        by_partition: dict[str, list[str]] = {}
        for file in self.files if files is None else files:
            key = "".join(
                f", {_constant(file.partition.get(c), self.field(c))} AS {quote(c)}"
                for c in self.partition_columns
            )
            by_partition.setdefault(key, []).append(str(self.path / unquote(file.path)))
        for constants, paths in by_partition.items():
            listed = ", ".join(literal(p) for p in paths)
            hidden = [c for c in self.partition_columns if constants]
            star = (
                "* EXCLUDE (filename)"
                if not hidden
                else "COLUMNS(lambda c: NOT c IN ("
                + (", ".join(literal(h) for h in [*hidden, "filename"]) + "))")
            )
            parts.append(
                f"SELECT {star}{constants} FROM read_parquet([{listed}], union_by_name=true, "
                "filename=true, hive_partitioning=false)"
            )
        columns = ", ".join(quote(n) for n in self.column_names)
        return f"SELECT {columns} FROM ({' UNION ALL BY NAME '.join(parts)})"


def _constant(value: Any, field: dict[str, Any]) -> str:
    kind = to_duckdb(field["type"])
    text = as_text(value)
    return f"NULL::{kind}" if text is None else f"{literal(text)}::{kind}"


def as_text(value: Any) -> str | None:
    """A partition value in Delta's notation.

    https://github.com/delta-io/delta/blob/master/PROTOCOL.md#partition-value-serialization
    """
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case datetime.datetime():
            return value.replace(tzinfo=None).isoformat(" ", "microseconds")
        case datetime.date():
            return value.isoformat()
        case decimal.Decimal():
            return format(value, "f")
        case bytes():
            raise unsupported("Partitioning by a BINARY column")
        case _:
            return str(value)


def is_table(path: Path) -> bool:
    """Whether a folder holds a Delta table."""
    return (path / "_delta_log").is_dir()


def load(path: Path, version: int | str | None = None) -> Snapshot:
    """Reads the table's newest version from disk, or the one asked for (a timestamp as text).

    Raises SqlError when the version does not exist or its protocol is beyond this engine.
    """
    try:
        table = deltalake.DeltaTable(path, version=version if isinstance(version, int) else None)
        if isinstance(version, str):
            table.load_as_version(version)
    except deltalake.exceptions.TableNotFoundError as error:
        if version is not None:
            raise _no_version(version) from error
        raise SqlError("TABLE_OR_VIEW_NOT_FOUND", f"No Delta table at {path}.") from error
    except (deltalake.exceptions.DeltaError, ValueError) as error:
        if version is not None:
            raise _no_version(version) from error
        raise
    protocol = table.protocol()
    if unknown := sorted(set(protocol.reader_features or []) - _READER_FEATURES):
        raise unsupported(f"Reading {path.name}, which needs the Delta features {unknown},")
    if protocol.min_reader_version == 2:
        raise unsupported(f"Reading {path.name}, which needs the Delta feature columnMapping,")
    metadata = table.metadata()
    adds = table.get_add_actions()
    columns: dict[str, list[Any]] = {n: list(adds[n].to_pylist()) for n in adds.column_names}
    partitions = columns.get("partition") or [{}] * adds.num_rows
    rows = columns.get("num_records") or [None] * adds.num_rows
    return Snapshot(
        path=path,
        version=table.version(),
        table_id=str(metadata.id),
        fields=json.loads(table.schema().to_json())["fields"],
        partition_columns=list(metadata.partition_columns),
        properties=dict(metadata.configuration),
        comment=metadata.description,
        created_at=metadata.created_time,
        files=[
            DataFile(path=p, size=s, rows=n, partition=v or {})
            for p, s, n, v in zip(
                columns["path"], columns["size_bytes"], rows, partitions, strict=True
            )
        ],
        unwritable=_unwritable(protocol.min_writer_version, protocol.writer_features, metadata),
    )


def _no_version(version: int | str) -> SqlError:
    return SqlError("DELTA_VERSION_NOT_FOUND", f"The table has no version {version}.")


def _unwritable(version: int, features: list[str] | None, metadata: Any) -> str | None:
    for feature in features or []:
        if feature not in _WRITER_FEATURES:
            return feature
    if 2 < version < 7:
        return f"writer version {version}"
    if metadata.configuration.get("delta.appendOnly") == "true":
        return "appendOnly"
    return None
