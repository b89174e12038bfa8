"""Journals end up in tables: every line once, in few files."""

import json
from pathlib import Path
from typing import Any

import deltalake
import pytest

from conftest import Sql
from lakehouse.append import append_lines
from lakehouse.errors import SqlError
from lakehouse.names import full_name


def append(sql: Sql, number: int, *rows: dict[str, Any], writer: str = "w") -> None:
    """Writes a file of the journal and adds it to `ml.features.t`."""
    path = sql.engine.store.layout.journal / f"{writer}-{number}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with sql.engine.session() as session:
        append_lines(session, full_name("ml.features.t"), path.name, writer, number)


@pytest.fixture
def t(sql: Sql) -> Sql:
    sql("CREATE TABLE t (d DATE, at TIMESTAMP, n BIGINT, x DOUBLE, s STRING, l ARRAY<STRING>)")
    return sql


def test_values_arrive_as_they_are(t: Sql) -> None:
    """Also text that SQL or JSON would read, and letters that are none."""
    nasty = 'it\'s "quoted" \\ \n\r\t\u0000 \u2028 :name {} 😀 NaN'
    row = {"d": "2026-11-21", "at": "2026-11-21T10:11:12.345Z", "n": 2**53 + 1, "x": 1.0}
    append(t, 1, {**row, "s": nasty, "l": ["A"]}, {"n": 2, "s": "x" * 6_000_000, "l": []})
    [first, second] = t("SELECT d, at, n, x, l FROM t ORDER BY n DESC")
    assert first == ["2026-11-21", "2026-11-21T10:11:12.345Z", str(2**53 + 1), "1.0", '["A"]']
    assert second == [None, None, "2", None, "[]"]
    assert t("SELECT s FROM t WHERE n > 2") == [[nasty]]
    assert t("SELECT length(s) FROM t WHERE n = 2") == [["6000000"]]


def test_a_file_is_added_once(t: Sql) -> None:
    """As often as it is sent, also when later ones are there, to each table on its own."""
    append(t, 1, {"n": 1})
    append(t, 1, {"n": 1})
    append(t, 2, {"n": 2})
    append(t, 1, {"n": 1})
    append(t, 1, {"n": 3}, writer="another")
    assert t("SELECT n FROM t ORDER BY n") == [["1"], ["2"], ["3"]]
    t("DROP TABLE t")
    t("CREATE TABLE t (n BIGINT)")
    append(t, 2, {"n": 2})
    assert t("SELECT n FROM t") == [["2"]]


def test_it_is_known_after_changes_of_the_table_too(t: Sql) -> None:
    """The note is the log's, not that of a file: also beyond checkpoints."""
    append(t, 7, {"n": 1})
    for _ in range(25):
        t("INSERT INTO t (n) VALUES (2)")
    t("DELETE FROM t WHERE n = 1")
    append(t, 7, {"n": 1})
    assert t("SELECT count(*) FROM t") == [["25"]]


def test_many_files_become_few(t: Sql) -> None:
    """No row is lost or doubled over it, and every version can still be read."""
    for number in range(100):
        append(t, number, {"n": number})
    folder = t.engine.store.layout.tables / "ml" / "features" / "t"
    assert len(deltalake.DeltaTable(folder).file_uris()) <= 16
    assert t("SELECT count(*), count(DISTINCT n), sum(n) FROM t") == [["100", "100", "4950"]]
    assert t("SELECT count(*) FROM t VERSION AS OF 10") == [["10"]]
    assert deltalake.DeltaTable(folder).to_pyarrow_table().num_rows == 100
    # Small files of 16 rows at most are merged, so no row twice; else each merge would cost more.
    entries = (line for log in folder.glob("_delta_log/*.json") for line in log.open())
    added = [entry["add"] for entry in map(json.loads, entries) if "add" in entry]
    merged = [json.loads(add["stats"])["numRecords"] for add in added if not add["dataChange"]]
    assert merged == [16] * 6


@pytest.mark.parametrize(
    ("line", "error"),
    [('{"n": "many"}', "many"), ('{"n": 1', "n"), ('{"d": "yesterday"}', "yesterday")],
)
def test_what_does_not_fit_adds_nothing(t: Sql, line: str, error: str) -> None:
    """The lines before it neither: the file is sent again as a whole."""
    path = t.engine.store.layout.journal / "bad.jsonl"
    path.write_text('{"n": 1}\n' + line + "\n")
    with pytest.raises(SqlError, match=error), t.engine.session() as session:
        append_lines(session, full_name("ml.features.t"), path.name, "w", 1)
    assert t("SELECT count(*) FROM t") == [["0"]]


def test_only_the_journal_is_read(t: Sql, tmp_path: Path) -> None:
    """A path out of its folder is refused, as is a file that is not there."""
    (tmp_path / "outside.jsonl").write_text('{"n": 1}\n')
    for file in ["../../outside.jsonl", str(tmp_path / "outside.jsonl"), "none.jsonl"]:
        with pytest.raises(SqlError), t.engine.session() as session:
            append_lines(session, full_name("ml.features.t"), file, "w", 1)
    assert t("SELECT count(*) FROM t") == [["0"]]
