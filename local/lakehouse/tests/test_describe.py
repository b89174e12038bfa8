"""DESCRIBE and SHOW."""

import pytest

from conftest import Sql


@pytest.fixture
def t(sql: Sql) -> Sql:
    sql("CREATE TABLE t (id INT NOT NULL COMMENT 'it\\'s', day DATE) PARTITIONED BY (day) "
        "COMMENT 'c' TBLPROPERTIES ('k' = 'v')")  # fmt: skip
    sql("CREATE VIEW v AS SELECT id FROM t")
    return sql


def test_describe_table(t: Sql) -> None:
    columns, rows = t.full("DESCRIBE TABLE t")
    assert [name for name, _ in columns] == ["col_name", "data_type", "comment"]
    assert rows[:2] == [["id", "int", "it's"], ["day", "date", None]]
    assert rows[-1] == ["day", "date", None]
    extended = {row[0]: row[1] for row in t("DESC EXTENDED t")}
    assert extended["Type"] == "MANAGED"
    assert extended["Comment"] == "c"
    assert {row[0]: row[1] for row in t("DESCRIBE EXTENDED v")}["View Text"] == "SELECT id FROM t"


def test_describe_detail(t: Sql) -> None:
    t("INSERT INTO t VALUES (1, NULL), (2, NULL)")
    columns, (row,) = t.full("DESCRIBE DETAIL t")
    shown = dict(zip([name for name, _ in columns], row, strict=True))
    assert shown["format"] == "delta"
    assert shown["numFiles"] == "1"
    assert shown["partitionColumns"] == '["day"]'
    assert shown["properties"] == '{"k":"v"}'


def test_show(t: Sql) -> None:
    assert t("SHOW TABLES") == [["features", "t", "false"], ["features", "v", "false"]]
    assert t("SHOW TABLES IN ml.features LIKE 'T*|x'".lower()) == [["features", "t", "false"]]
    assert t("SHOW VIEWS IN features") == [["features", "v", "false"]]
    assert t("SHOW SCHEMAS IN ml") == [["features"], ["other"]]
    assert t("SHOW COLUMNS IN t") == [["id"], ["day"]]
    assert t("SHOW COLUMNS IN t IN ml.features") == [["id"], ["day"]]
    assert t("SHOW TBLPROPERTIES t") == [["k", "v"]]
    assert t("SHOW TBLPROPERTIES t ('k')") == [["k", "v"]]


def test_show_create_table_makes_it_again(t: Sql) -> None:
    ((text,),) = t("SHOW CREATE TABLE t")
    assert text is not None
    t(text.replace("ml.features.t", "ml.other.t"))
    assert t("DESCRIBE TABLE ml.other.t") == t("DESCRIBE TABLE ml.features.t")
    assert t("SHOW TBLPROPERTIES ml.other.t") == [["k", "v"]]
