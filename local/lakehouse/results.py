"""Results as Databricks delivers them: text values, CSV, or an Arrow stream, in chunks."""

from __future__ import annotations

import base64
import csv
import datetime
import decimal
import io
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from lakehouse import delta_types
from lakehouse.delta_log import fsync
from lakehouse.delta_types import DeltaType
from lakehouse.errors import SqlError
from lakehouse.session import Column, Result, Session

Row = list[str | None]
_BATCH = 2_000


def columns_body(columns: list[Column]) -> list[dict[str, Any]]:
    """The ``schema.columns`` of a result's manifest."""
    bodies = []
    for position, column in enumerate(columns):
        body: dict[str, Any] = {
            "name": column.name,
            "type_text": delta_types.sql_text(column.type),
            "type_name": delta_types.type_name(column.type),
            "position": position,
        }
        if numbers := delta_types.precision_scale(column.type):
            body["type_precision"], body["type_scale"] = numbers
        bodies.append(body)
    return bodies


# --- values as text ---


def text_rows(session: Session, result: Result) -> Iterator[Row]:
    """The rows with every value in its text form; NULL stays None."""
    if result.sql is None:
        return
    session.cursor.execute(
        f"SELECT {', '.join(_fetchable(i, c.type) for i, c in enumerate(result.columns))} "
        f"FROM ({result.sql})"
    )
    while batch := session.cursor.fetchmany(_BATCH):
        for row in batch:
            yield [
                None if value is None else _text(value, column.type)
                for value, column in zip(row, result.columns, strict=True)
            ]


def _fetchable(position: int, kind: DeltaType) -> str:
    """A column in a type that DuckDB's Python client returns exactly, without time zones."""
    name = f"c{position}"
    if kind == "float":  # the shortest decimal, not the float's value widened to a double
        return f"CAST(CAST({name} AS VARCHAR) AS DOUBLE)"
    naive = delta_types.to_duckdb(kind).replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMP")
    return f"CAST({name} AS {naive})"


def _text(value: Any, kind: DeltaType) -> str:
    if isinstance(kind, dict):
        return json.dumps(_plain(value, kind), ensure_ascii=False, separators=(",", ":"))
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return double_text(value)
        case decimal.Decimal():
            return format(value, "f")
        case datetime.datetime():
            return _instant(value) + ("Z" if kind == "timestamp" else "")
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(value).decode()
        case _:
            return str(value)


def _instant(value: datetime.datetime) -> str:
    precise = "microseconds" if value.microsecond % 1000 else "milliseconds"
    return value.isoformat("T", precise)


def _plain(value: Any, kind: DeltaType) -> Any:
    """A nested value as JSON."""
    if value is None:
        return None
    if isinstance(kind, str):
        keeps = isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))
        return value if keeps else _text(value, kind)
    match kind["type"]:
        case "array":
            return [_plain(v, kind["elementType"]) for v in value]
        case "map":
            return {
                _text(k, kind["keyType"]): _plain(v, kind["valueType"]) for k, v in value.items()
            }
        case _:
            return {f["name"]: _plain(value[f["name"]], f["type"]) for f in kind["fields"]}


def double_text(value: float) -> str:
    """A double as Java, and so Spark, writes it: 1.0E10, 1.0E-5, 12345.678, NaN, Infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, exponent = decimal.Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    power = len(digits) - 1 + int(exponent)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


# --- chunks on disk ---


@dataclass(frozen=True)
class Chunk:
    """A part of a result, in a file of its own."""

    chunk_index: int
    row_offset: int
    row_count: int
    byte_count: int


@dataclass(frozen=True)
class Limits:
    """How much of a result is wanted. Bytes are those of the chunks' files."""

    rows: int | None = None
    """More rows than this are cut off, and the manifest says so."""
    bytes: int | None = None
    """Rows after this many bytes are cut off, and the manifest says so."""
    max_bytes: int | None = None
    """A larger result fails the statement, as INLINE results do."""
    chunk_bytes: int = 16 * 1024 * 1024


class _Format(Protocol):
    """One chunk's content as it grows."""

    def add(self, rows: Any) -> None: ...
    def size(self) -> int: ...
    def finish(self) -> bytes: ...


class _JsonChunk:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._size = 2

    def add(self, rows: Any) -> None:
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        self._parts.append(text)
        self._size += len(text.encode()) + 1

    def size(self) -> int:
        return self._size

    def finish(self) -> bytes:
        return ("[" + ",".join(self._parts) + "]").encode()


class _CsvChunk:
    def __init__(self, header: list[str] | None) -> None:
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer)
        if header is not None:
            self._writer.writerow(header)

    def add(self, rows: Any) -> None:
        self._writer.writerow(["null" if v is None else v for v in rows])

    def size(self) -> int:
        return self._buffer.tell()

    def finish(self) -> bytes:
        return self._buffer.getvalue().encode()


class _ArrowChunk:
    def __init__(self, schema: Any) -> None:
        import pyarrow as pa

        self._buffer = io.BytesIO()
        self._writer = pa.ipc.new_stream(self._buffer, schema)

    def add(self, rows: Any) -> None:
        self._writer.write_batch(rows)

    def size(self) -> int:
        return self._buffer.tell()

    def finish(self) -> bytes:
        self._writer.close()
        return self._buffer.getvalue()


def save(
    session: Session, result: Result, result_format: str, folder: Path, limits: Limits
) -> dict[str, Any]:
    """Writes the result as ``chunk-N`` files below ``folder``; returns its manifest.

    Raises INLINE_BYTE_LIMIT_EXCEEDED when it is larger than ``limits.max_bytes``.
    """
    extension = {"JSON_ARRAY": "json", "CSV": "csv", "ARROW_STREAM": "arrow"}[result_format]
    folder.mkdir(parents=True, exist_ok=True)
    chunks: list[Chunk] = []
    totals = {"rows": 0, "bytes": 0}
    truncated = False

    def close(chunk: _Format, rows: int) -> None:
        content = chunk.finish()
        path = folder / f"chunk-{len(chunks)}.{extension}"
        path.write_bytes(content)
        fsync(path)
        chunks.append(Chunk(len(chunks), totals["rows"], rows, len(content)))
        totals["rows"] += rows
        totals["bytes"] += len(content)

    arrow, pieces = _pieces(session, result, result_format, limits.rows)
    chunk = _new_chunk(result, result_format, arrow, first=True)
    rows = 0
    for piece, count in pieces:
        if limits.rows is not None and totals["rows"] + rows + count > limits.rows:
            truncated = True
            keep = limits.rows - totals["rows"] - rows
            if not arrow or keep == 0:
                break
            piece, count = piece.slice(0, keep), keep
        if limits.bytes is not None and totals["bytes"] + chunk.size() >= limits.bytes:
            truncated = True
            break
        chunk.add(piece)
        rows += count
        if limits.max_bytes is not None and totals["bytes"] + chunk.size() > limits.max_bytes:
            raise SqlError(
                "INLINE_BYTE_LIMIT_EXCEEDED",
                "Inline byte limit exceeded. Statements executed with disposition=INLINE can "
                f"have a result size of at most {limits.max_bytes} bytes. Please execute the "
                "statement with disposition=EXTERNAL_LINKS if you want to download the full "
                "result.",
            )
        if chunk.size() >= limits.chunk_bytes:
            close(chunk, rows)
            chunk, rows = _new_chunk(result, result_format, arrow, first=False), 0
    # A statement without a result has no chunk; a query without rows has an empty one.
    if rows or (result.columns and not chunks):
        close(chunk, rows)
    fsync(folder)
    return {
        "format": result_format,
        "schema": {"column_count": len(result.columns), "columns": columns_body(result.columns)},
        "total_chunk_count": len(chunks),
        "total_row_count": totals["rows"],
        "total_byte_count": totals["bytes"],
        "truncated": truncated,
        "chunks": [asdict(c) for c in chunks],
    }


def _pieces(
    session: Session, result: Result, result_format: str, limit: int | None
) -> tuple[Any, Iterator[tuple[Any, int]]]:
    """The Arrow schema of that format, and the pieces to write: batches, or rows of text."""
    if result_format != "ARROW_STREAM":
        return None, ((row, 1) for row in text_rows(session, result))
    if result.sql is None:
        import pyarrow as pa

        return pa.schema([]), iter(())
    names = (f"c{i} AS {delta_types.quote(c.name)}" for i, c in enumerate(result.columns))
    sql = f"SELECT {', '.join(names)} FROM ({result.sql})"
    reader = session.cursor.sql(sql).to_arrow_reader(_BATCH * 10)
    return reader.schema, ((batch, batch.num_rows) for batch in reader)


def _new_chunk(result: Result, result_format: str, schema: Any, *, first: bool) -> _Format:
    if result_format == "ARROW_STREAM":
        return _ArrowChunk(schema)
    if result_format == "CSV":
        return _CsvChunk([c.name for c in result.columns] if first else None)
    return _JsonChunk()
