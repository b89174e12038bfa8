"""Several statements at once, in one process and in two."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import Sql
from lakehouse import delta_log, writing
from lakehouse.engine import Engine
from lakehouse.errors import SqlError


def test_writers_of_one_process_lose_nothing(sql: Sql) -> None:
    sql("CREATE TABLE t (id INT, n INT)")
    sql("INSERT INTO t VALUES (0, 0)")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: sql(f"INSERT INTO t VALUES ({i}, 0)"), range(1, 17)))
        list(pool.map(lambda i: sql("UPDATE t SET n = n + 1"), range(16)))
        counts = list(pool.map(lambda i: sql("SELECT count(*) FROM t"), range(16)))
    assert counts == [[["17"]]] * 16
    assert sql("SELECT min(n), max(n) FROM t") == [["16", "16"]]


def test_two_engines_on_one_folder_lose_nothing(engine: Engine) -> None:
    one, two = Sql(engine), Sql(Engine(engine.store.layout.root))
    one("CREATE TABLE t (id INT, n INT)")

    def both(number: int) -> None:
        writer = one if number % 2 else two
        writer(f"INSERT INTO t VALUES ({number}, 0)")
        writer("UPDATE t SET n = n + 1 WHERE id >= 0")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(both, range(12)))
    assert two("SELECT count(*), max(n) FROM t") == [["12", "12"]]


def test_what_another_process_wrote_is_seen_at_once(engine: Engine) -> None:
    one, two = Sql(engine), Sql(Engine(engine.store.layout.root))
    one("CREATE TABLE t AS SELECT 1 AS id")
    assert two("SELECT * FROM t") == [["1"]]
    one("INSERT INTO t VALUES (2)")
    assert two("SELECT count(*) FROM t") == [["2"]]
    one("DROP TABLE t")
    assert two.refusal("SELECT * FROM t").error_class == "TABLE_OR_VIEW_NOT_FOUND"


def test_a_writer_that_never_wins_says_so(sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    sql("CREATE TABLE t (id INT)")

    def taken(table: Path, version: int, actions: list[delta_log.Action]) -> None:
        raise delta_log.CommitConflictError(str(table))

    monkeypatch.setattr(delta_log, "commit", taken)
    assert sql.refusal("INSERT INTO t VALUES (1)").error_class == "CONCURRENT_WRITE"


def test_a_version_is_never_replaced(sql: Sql) -> None:
    sql("CREATE TABLE t (id INT)")
    folder = sql.engine.store.layout.tables / "ml" / "features" / "t"
    before = (folder / "_delta_log" / f"{0:020}.json").read_text()
    with pytest.raises(delta_log.CommitConflictError):
        delta_log.commit(folder, 0, [delta_log.commit_info("TEST")])
    assert (folder / "_delta_log" / f"{0:020}.json").read_text() == before
    assert list((folder / "_delta_log").glob(".*")) == []


def test_two_creations_of_one_table(sql: Sql) -> None:
    def create(number: int) -> str:
        try:
            sql(f"CREATE TABLE t AS SELECT {number} AS n")
        except SqlError as error:
            return error.error_class
        return "made"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(create, range(4)))
    assert outcomes == ["TABLE_OR_VIEW_ALREADY_EXISTS"] * 3 + ["made"]
    assert writing.ATTEMPTS > 1
