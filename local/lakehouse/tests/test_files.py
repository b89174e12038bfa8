"""read_files, parquet.`…` and their like; and that nothing outside the volumes is reached."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import Sql

BASE = "/Volumes/ml/features/raw"


@pytest.fixture
def data(sql: Sql, volume: Path) -> Sql:
    (volume / "d.csv").write_text("a,b\n1,x\n2,\n")
    (volume / "more").mkdir()
    (volume / "more" / "e.csv").write_text("a;b\n3;'y;z'\n")
    (volume / "j.json").write_text('{"a": 1, "n": {"b": [1]}}\n{"a": 2}\n')
    pq.write_table(pa.table({"a": [1, 2]}), volume / "one.parquet")
    pq.write_table(pa.table({"a": [3], "c": ["z"]}), volume / "more" / "two.parquet")
    (volume / "_SUCCESS").write_text("")
    return sql


def test_csv(data: Sql) -> None:
    columns, rows = data.full(
        f"SELECT * FROM read_files('{BASE}/d.csv', format => 'csv', header => true)"
    )
    assert columns == [("a", "BIGINT"), ("b", "STRING"), ("_rescued_data", "STRING")]
    assert rows == [["1", "x", None], ["2", None, None]]
    assert data(
        f"SELECT * FROM read_files('{BASE}/d.csv', header => 'true', schema => 'a INT, b STRING')"
    ) == [["1", "x"], ["2", None]]
    assert data(
        f"SELECT * FROM read_files('{BASE}/more/e.csv', format => 'csv', sep => ';', "
        "quote => '\\'', header => true, schemaEvolutionMode => 'none')"
    ) == [["3", "y;z"]]
    columns, rows = data.full(f"SELECT _c0, _c1 FROM csv.`{BASE}/d.csv`")
    assert rows == [["a", "b"], ["1", "x"], ["2", None]]


def test_parquet_of_one_file_a_folder_and_a_pattern(data: Sql) -> None:
    assert data(f"SELECT a FROM parquet.`{BASE}/one.parquet`") == [["1"], ["2"]]
    assert data(f"SELECT sum(a) FROM read_files('{BASE}/**/*.parquet', format => 'parquet')") == [
        ["6"]
    ]
    assert data(f"SELECT sum(a) FROM read_files('{BASE}/more/two.parquet')") == [["3"]]


def test_json(data: Sql) -> None:
    assert data(f"SELECT a, n.b FROM read_files('{BASE}/j.json')") == [["1", "[1]"], ["2", None]]
    assert data(f"SELECT a FROM json.`{BASE}/j.json` ORDER BY a") == [["1"], ["2"]]


def test_into_a_table(data: Sql) -> None:
    data("CREATE TABLE t (a INT, b STRING)")
    data(f"INSERT INTO t SELECT a, b FROM read_files('{BASE}/d.csv', header => true)")
    assert data("SELECT * FROM t ORDER BY a") == [["1", "x"], ["2", None]]


@pytest.mark.parametrize(
    ("source", "error_class", "named"),
    [
        ("read_files('/etc/passwd', format => 'csv')", "INVALID_PARAMETER_VALUE", "/etc/passwd"),
        (f"read_files('{BASE}/../../other/x.csv')", "INVALID_PARAMETER_VALUE", "leaves"),
        (f"read_files('{BASE}/link.csv')", "INVALID_PARAMETER_VALUE", "leaves"),
        (f"csv.`{BASE}/link.csv`", "INVALID_PARAMETER_VALUE", "leaves"),
        (f"read_files('{BASE}/nope.csv')", "PATH_NOT_FOUND", "nope.csv"),
        (f"read_files('{BASE}/d.csv', multiLine => true)", "UNSUPPORTED", "multiline"),
        (f"read_files('{BASE}/d.xml')", "UNSUPPORTED", "xml"),
        (f"read_files('{BASE}/d.csv', '{BASE}/d.csv')", "WRONG_NUM_ARGS", "one path"),
        ("csv.`relative.csv`", "INVALID_PARAMETER_VALUE", "relative.csv"),
        (f"delta.`{BASE}`", "INVALID_SCHEMA_OR_RELATION_NAME", BASE),
        ("read_csv('/etc/passwd')", "UNRESOLVED_ROUTINE", "read_csv"),
        ("duckdb_settings()", "UNRESOLVED_ROUTINE", "duckdb_settings"),
        ("range('a')", "UNSUPPORTED", "range"),
    ],
)
def test_refusals(data: Sql, volume: Path, source: str, error_class: str, named: str) -> None:
    (volume / "link.csv").symlink_to("/etc/passwd")
    error = data.refusal(f"SELECT * FROM {source}")
    assert error.error_class == error_class
    assert named in error.message


def test_duckdb_itself_is_fenced_in(data: Sql) -> None:
    """Should a path slip through the translation, DuckDB still refuses it."""
    import duckdb

    with data.engine.session() as session:
        for path in ("/etc/passwd", f"{data.engine.store.layout.root}/../x.csv"):
            with pytest.raises(duckdb.Error):
                session.cursor.execute(f"SELECT * FROM read_csv('{path}')")
        for statement in ("SET memory_limit = '8GB'", "INSTALL httpfs", "ATTACH '/tmp/x.db'"):
            with pytest.raises(duckdb.Error):
                session.cursor.execute(statement)
