"""Tables that other Delta writers made are read right or refused; ours are read by delta-rs."""

import datetime
from pathlib import Path
from typing import Any

import deltalake
import pyarrow as pa
import pytest

from conftest import Sql


@pytest.fixture
def folder(sql: Sql) -> Path:
    path: Path = sql.engine.store.layout.tables / "ml" / "features" / "t"
    return path


def test_reading_and_changing_a_table_of_delta_rs(sql: Sql, folder: Path) -> None:
    rows = {"a": [1, 2], "p": ["x y", "é/%"], "d": pa.array([None, 5])}
    deltalake.write_deltalake(folder, pa.table(rows), partition_by=["p", "d"])
    assert sql("SELECT * FROM t ORDER BY a") == [["1", "x y", None], ["2", "é/%", "5"]]
    sql("INSERT INTO t VALUES (3, 'z', 6)")
    sql("UPDATE t SET a = a * 10 WHERE p = 'é/%'")
    deltalake.write_deltalake(folder, pa.table({"a": [4], "p": ["z"], "d": [6]}), mode="append")
    assert sql("SELECT * FROM t ORDER BY a") == [
        ["1", "x y", None], ["3", "z", "6"], ["4", "z", "6"], ["20", "é/%", "5"],
    ]  # fmt: skip


def test_delta_rs_reads_what_we_write(sql: Sql, folder: Path) -> None:
    sql("CREATE TABLE t (i INT NOT NULL, d DECIMAL(10,2), at TIMESTAMP, n TIMESTAMP_NTZ, day DATE, "
        "s STRUCT<a: ARRAY<INT>>) PARTITIONED BY (day)")  # fmt: skip
    sql("INSERT INTO t VALUES (1, 1.5, '2020-01-01 10:00:00', '2020-01-01 11:00:00', "
        "'2020-01-02', named_struct('a', array(1)))")  # fmt: skip
    sql("ALTER TABLE t ADD COLUMN later STRING")
    sql("INSERT INTO t VALUES (2, NULL, NULL, NULL, NULL, NULL, 'x')")
    table = deltalake.DeltaTable(folder)
    rows: list[dict[str, Any]] = sorted(
        table.to_pyarrow_table().to_pylist(), key=lambda row: row["i"]
    )
    assert rows[0]["at"] == datetime.datetime(2020, 1, 1, 10, tzinfo=datetime.UTC)
    assert rows[0]["n"] == datetime.datetime(2020, 1, 1, 11)
    assert rows[0]["day"] == datetime.date(2020, 1, 2)
    assert rows[0]["s"] == {"a": [1]}
    assert rows[1]["later"] == "x"
    assert table.count() == 2
    assert [f.nullable for f in table.schema().fields][:2] == [False, True]


def test_many_versions_with_checkpoints(sql: Sql, folder: Path) -> None:
    sql("CREATE TABLE t (id INT NOT NULL) TBLPROPERTIES ('k' = 'v')")
    for number in range(41):
        sql(f"INSERT INTO t VALUES ({number})")
    sql("DELETE FROM t WHERE id = 40")
    checkpoints = sorted(p.name for p in (folder / "_delta_log").glob("*.checkpoint.parquet"))
    assert [int(name.split(".")[0]) for name in checkpoints] == [20, 40]
    for version in range(38):  # what a checkpoint covers may be cleaned up
        (folder / "_delta_log" / f"{version:020}.json").unlink()
    assert sql("SELECT count(*), sum(id) FROM t") == [["40", "780"]]
    assert sql("SHOW TBLPROPERTIES t") == [["k", "v"]]


def test_time_travel_beyond_a_few_versions(sql: Sql) -> None:
    sql("CREATE TABLE t (id INT)")
    for number in range(12):
        sql(f"INSERT INTO t VALUES ({number})")
    assert sql("SELECT count(*) FROM t VERSION AS OF 5") == [["5"]]


def test_features_that_we_would_misread_are_refused_by_name(sql: Sql, folder: Path) -> None:
    deltalake.DeltaTable.create(
        folder,
        pa.schema([pa.field("id", pa.int64())]),
        configuration={"delta.enableDeletionVectors": "true"},
    )
    error = sql.refusal("SELECT * FROM t")
    assert error.error_class == "UNSUPPORTED"
    assert "deletionVectors" in error.message


def test_rules_that_we_would_not_check_forbid_writing(sql: Sql, folder: Path) -> None:
    sql("CREATE TABLE t (id INT)")
    deltalake.DeltaTable(folder).alter.add_constraint({"positive": "id > 0"})
    assert sql("SELECT * FROM t") == []
    error = sql.refusal("INSERT INTO t VALUES (-1)")
    assert error.error_class == "UNSUPPORTED"
    assert "t" in error.message


def test_append_only_tables_are_not_changed(sql: Sql, folder: Path) -> None:
    deltalake.DeltaTable.create(
        folder,
        pa.schema([pa.field("id", pa.int64())]),
        configuration={"delta.appendOnly": "true"},
    )
    assert "appendOnly" in sql.refusal("DELETE FROM t").message
