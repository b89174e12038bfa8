"""Values as text, and results in chunks."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.ipc
import pytest

from conftest import Sql
from lakehouse import results
from lakehouse.engine import execute
from lakehouse.errors import SqlError
from lakehouse.results import Limits, double_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"), (1.0, "1.0"), (-2.5, "-2.5"), (0.001, "0.001"), (9999999.0, "9999999.0"),
        (1e7, "1.0E7"), (1.25e10, "1.25E10"), (-1e-5, "-1.0E-5"), (1.5e300, "1.5E300"),
        (123456789.125, "1.23456789125E8"), (float("nan"), "NaN"), (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
    ],
)  # fmt: skip
def test_doubles_are_written_as_java_does(value: float, text: str) -> None:
    assert double_text(value) == text


def test_values(shared_sql: Sql) -> None:
    assert shared_sql(
        "SELECT true, cast(1.1 as float), 1e10, 1.50, x'00ff', "
        "timestamp'2020-01-01 00:00:00.123456', "
        "array(named_struct('d', date'2020-01-01', 't', timestamp'2020-01-01')), map('k', 1.5), "
        "cast(NULL as int)"
    ) == [[
        "true", "1.1", "1.0E10", "1.50", "AP8=", "2020-01-01T00:00:00.123456Z",
        '[{"d":"2020-01-01","t":"2020-01-01T00:00:00.000Z"}]', '{"k":"1.5"}', None,
    ]]  # fmt: skip


def save(
    sql: Sql, folder: Path, text: str, kind: str = "JSON_ARRAY", **limits: int
) -> dict[str, Any]:
    with sql.engine.session() as session:
        return results.save(session, execute(session, text), kind, folder, Limits(**limits))


NUMBERS = "SELECT id, repeat('x', 10) AS s FROM range(1000)"


@pytest.mark.parametrize("kind", ["JSON_ARRAY", "CSV", "ARROW_STREAM"])
def test_chunks_hold_all_rows_in_order(shared_sql: Sql, tmp_path: Path, kind: str) -> None:
    text = NUMBERS.replace("1000", "100000") if kind == "ARROW_STREAM" else NUMBERS
    manifest = save(shared_sql, tmp_path, text, kind, chunk_bytes=4000)
    assert manifest["total_chunk_count"] == len(manifest["chunks"]) > 3
    ids: list[int] = []
    for chunk in manifest["chunks"]:
        assert chunk["row_offset"] == len(ids)
        (file,) = tmp_path.glob(f"chunk-{chunk['chunk_index']}.*")
        assert file.stat().st_size == chunk["byte_count"]
        if kind == "JSON_ARRAY":
            ids += [int(row[0]) for row in json.loads(file.read_text())]
        elif kind == "CSV":
            rows = list(csv.reader(file.open()))
            assert (rows[0] == ["id", "s"]) == (chunk["chunk_index"] == 0)
            ids += [int(row[0]) for row in rows if row[0] != "id"]
        else:
            ids += pyarrow.ipc.open_stream(file).read_all()["id"].to_pylist()
    assert ids == list(range(manifest["total_row_count"]))
    assert manifest["truncated"] is False


@pytest.mark.parametrize("kind", ["JSON_ARRAY", "CSV", "ARROW_STREAM"])
@pytest.mark.parametrize(("limit", "truncated"), [(999, True), (1000, False), (1001, False)])
def test_row_limit(shared_sql: Sql, tmp_path: Path, kind: str, limit: int, truncated: bool) -> None:
    manifest = save(shared_sql, tmp_path, NUMBERS, kind, rows=limit)
    assert manifest["total_row_count"] == min(limit, 1000)
    assert manifest["truncated"] is truncated


def test_byte_limits(shared_sql: Sql, tmp_path: Path) -> None:
    manifest = save(shared_sql, tmp_path, NUMBERS, bytes=1000)
    assert manifest["truncated"] is True
    assert 0 < manifest["total_byte_count"] < 1100
    with pytest.raises(SqlError) as caught:
        save(shared_sql, tmp_path, NUMBERS, max_bytes=1000)
    assert caught.value.error_class == "INLINE_BYTE_LIMIT_EXCEEDED"


def test_no_rows_and_no_result(sql: Sql, tmp_path: Path) -> None:
    manifest = save(sql, tmp_path / "a", "SELECT id FROM range(0)")
    assert (manifest["total_chunk_count"], manifest["total_row_count"]) == (1, 0)
    assert json.loads((tmp_path / "a" / "chunk-0.json").read_text()) == []
    manifest = save(sql, tmp_path / "b", "CREATE TABLE ml.features.t (id INT)")
    assert (manifest["total_chunk_count"], manifest["schema"]["column_count"]) == (0, 0)
