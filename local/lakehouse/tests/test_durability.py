"""A killed engine loses nothing that it acknowledged, and leaves every table readable."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import deltalake

from conftest import Sql
from lakehouse.engine import Engine

_WRITER = Path(__file__).with_name("writer.py")
_KILLS = 20


def _run_and_kill(root: Path, number: int, seconds: float) -> list[str]:
    """The lines that the writer acknowledged before it was killed."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, str(_WRITER), str(root), str(number)],
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()  # it has started
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    return [first.strip(), *rest.splitlines()]


def test_twenty_kills(sql: Sql) -> None:
    root = sql.engine.store.layout.root
    sql("CREATE TABLE t (id INT NOT NULL, changed INT NOT NULL)")
    sql("CREATE TABLE u AS SELECT 0 AS n")
    chance = random.Random(7)
    number = 0
    for _ in range(_KILLS):
        lines = _run_and_kill(root, number, chance.uniform(0, 0.1))
        last = {line.split()[0]: int(line.split()[1]) for line in lines}
        # Another process reads what is on disk, and so does delta-rs on its own.
        fresh = Sql(Engine(root))
        ids = [int(row[0] or 0) for row in fresh("SELECT id FROM t ORDER BY id")]
        assert ids == list(range(1, len(ids) + 1))
        assert len(ids) - last["insert"] in (0, 1)
        changed = [int(r[0] or 0) for r in fresh("SELECT changed FROM t ORDER BY id DESC")]
        assert changed == sorted(changed)  # each update reached all rows, or none
        if "update" in last:
            assert int(fresh(f"SELECT changed FROM t WHERE id = {last['update']}")[0][0] or 0) >= 1
        if "replace" in last:
            assert int(fresh("SELECT n FROM u")[0][0] or 0) - last["replace"] in (0, 1)
        table = deltalake.DeltaTable(root / "tables" / "ml" / "features" / "t")
        assert table.to_pyarrow_table().num_rows == len(ids)
        number = ids[-1]
    assert list((root / "scratch").iterdir()) == []


def test_a_table_half_created_is_not_there(sql: Sql) -> None:
    """What a kill between building and publishing leaves is removed at the next start."""
    store = sql.engine.store
    folder = store.layout.scratch / "left"
    (folder / "_delta_log").mkdir(parents=True)
    assert sql("SHOW TABLES") == []
    Engine(store.layout.root)
    assert not folder.exists()


def test_files_of_no_version_are_not_read(sql: Sql) -> None:
    """What a kill between writing files and committing leaves is not part of the table."""
    sql("CREATE TABLE t AS SELECT 1 AS id")
    folder = sql.engine.store.layout.tables / "ml" / "features" / "t"
    (file,) = folder.glob("*.parquet")
    (folder / "part-left.parquet").write_bytes(file.read_bytes())
    (folder / "_delta_log" / ".left.tmp").write_text("{")
    assert sql("SELECT * FROM t") == [["1"]]
    sql("INSERT INTO t VALUES (2)")
    assert sql("SELECT * FROM t ORDER BY id") == [["1"], ["2"]]
