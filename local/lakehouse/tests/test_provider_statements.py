"""The statements that the Databricks provider sends for `databricks_sql_table`, as it builds them.

Source: catalog/resource_sql_table.go of terraform-provider-databricks 1.126.0.
"""

from typing import Any

import pytest

from conftest import Sql
from lakehouse import catalog
from lakehouse.names import full_name

T = "`ml`.`features`.`churn`"


def info(sql: Sql, name: str = "ml.features.churn") -> dict[str, Any]:
    return catalog.describe_table(sql.engine.store, full_name(name))


@pytest.fixture
def table(sql: Sql) -> Sql:
    sql(
        f"CREATE OR REPLACE TABLE {T} (`customer_id` BIGINT NOT NULL COMMENT 'who\\'s it', "
        "`region` string, `spend` decimal(10,2))\nUSING DELTA\n"
        "COMMENT 'the customers\\' features'\nTBLPROPERTIES ('team'='data-science', 'a.b'='c');"
    )
    return sql


def test_create_managed_table(table: Sql) -> None:
    found = info(table)
    assert found["comment"] == "the customers' features"
    assert found["properties"] == {"team": "data-science", "a.b": "c"}
    assert found["table_type"] == "MANAGED"
    assert found["data_source_format"] == "DELTA"
    assert [
        (c["name"], c["type_text"], c["type_name"], c["nullable"], c.get("comment"))
        for c in found["columns"]
    ] == [
        ("customer_id", "bigint", "LONG", False, "who's it"),
        ("region", "string", "STRING", True, None),
        ("spend", "decimal(10,2)", "DECIMAL", True, None),
    ]


def test_create_with_partitions(sql: Sql) -> None:
    sql(f"CREATE OR REPLACE TABLE {T} (`a` INT, `b` DATE)\nUSING DELTA\nPARTITIONED BY (b, a);")
    assert [c.get("partition_index") for c in info(sql)["columns"]] == [1, 0]


@pytest.mark.parametrize(
    ("clause", "shown"),
    [
        ("(`a`,`b`)", {"clusteringColumns": '[["a"],["b"]]'}),
        ("AUTO", {"clusterByAuto": "true"}),
        ("NONE", {}),
    ],
)
def test_cluster_keys(sql: Sql, clause: str, shown: dict[str, str]) -> None:
    sql(f"CREATE OR REPLACE TABLE {T} (`a` INT, `b` DATE)\nUSING DELTA\nCLUSTER BY {clause};")
    assert info(sql)["properties"] == shown
    sql(f"ALTER TABLE {T} CLUSTER BY (`b`)")
    assert info(sql)["properties"] == {"clusteringColumns": '[["b"]]'}
    sql(f"ALTER TABLE {T} CLUSTER BY {clause}")
    assert info(sql)["properties"] == shown


def test_views(table: Sql) -> None:
    table(
        "CREATE VIEW `ml`.`features`.`v` (`id` COMMENT 'key', `where`)\nCOMMENT 'a view'\n"
        "TBLPROPERTIES ('x'='y')\nAS SELECT customer_id,\n  region FROM ml.features.churn;"
    )
    found = info(table, "ml.features.v")
    assert found["table_type"] == "VIEW"
    assert found["view_definition"] == "SELECT customer_id,\n  region FROM ml.features.churn"
    assert found["comment"] == "a view"
    assert [(c["name"], c.get("comment")) for c in found["columns"]] == [
        ("id", "key"),
        ("where", None),
    ]
    table("ALTER VIEW `ml`.`features`.`v` AS SELECT 1 AS one")
    table("COMMENT ON COLUMN `ml`.`features`.`v`.`one` IS 'first'")
    table("ALTER VIEW `ml`.`features`.`v` SET TBLPROPERTIES ('x'='z', 'n'='m')")
    table("ALTER VIEW `ml`.`features`.`v` UNSET TBLPROPERTIES IF EXISTS (n)")
    changed = info(table, "ml.features.v")
    assert changed["view_definition"] == "SELECT 1 AS one"
    assert changed["columns"][0]["comment"] == "first"
    assert changed["properties"] == {"x": "z"}
    assert changed["table_id"] == found["table_id"]
    table("DROP VIEW `ml`.`features`.`v`")
    assert table.refusal("SELECT * FROM v").error_class == "TABLE_OR_VIEW_NOT_FOUND"


def test_updates(table: Sql) -> None:
    table("INSERT INTO churn VALUES (1, 'north', 1.5)")
    before = info(table)
    for statement in (
        f"COMMENT ON TABLE {T} IS 'it\\'s new'",
        f"ALTER TABLE {T} UNSET TBLPROPERTIES IF EXISTS (team,nothing)",
        f"ALTER TABLE {T} SET TBLPROPERTIES ('a.b'='d', 'e'='f')",
        f"ALTER TABLE {T} ADD COLUMN `first` INT COMMENT 'c' FIRST",
        f"ALTER TABLE {T} ADD COLUMN `mid` ARRAY<ARRAY<INT>> AFTER region",
        f"ALTER TABLE {T} ALTER COLUMN `region` COMMENT 'where\\'s'",
        f"ALTER TABLE {T} ALTER COLUMN `region` SET NOT NULL",
        f"ALTER TABLE {T} ALTER COLUMN `customer_id` DROP NOT NULL",
    ):
        table(statement)
    after = info(table)
    assert after["table_id"] == before["table_id"]
    assert after["comment"] == "it's new"
    assert after["properties"] == {"a.b": "d", "e": "f"}
    assert [(c["name"], c["nullable"], c.get("comment")) for c in after["columns"]] == [
        ("first", True, "c"),
        ("customer_id", True, "who's it"),
        ("region", False, "where's"),
        ("mid", True, None),
        ("spend", True, None),
    ]
    assert table("SELECT * FROM churn") == [[None, "1", "north", None, "1.50"]]
    table("INSERT INTO churn VALUES (7, NULL, 'south', array(array(1)), 2)")
    assert table("SELECT first, mid FROM churn WHERE region = 'south'") == [["7", "[[1]]"]]


@pytest.mark.parametrize(
    ("statement", "error_class", "named"),
    [
        ("ALTER TABLE {} DROP COLUMN IF EXISTS (`region`)", "DELTA_UNSUPPORTED_DROP_COLUMN", ""),
        ("ALTER TABLE {} RENAME COLUMN `a` to `b`", "DELTA_UNSUPPORTED_RENAME_COLUMN", ""),
        ("ALTER TABLE {} SET LOCATION 'abfss://x'", "UNSUPPORTED", "LOCATION"),
        ("ALTER TABLE {} ADD COLUMN `x` INT NOT NULL AFTER region", "UNSUPPORTED", "NOT NULL"),
        ("CREATE OR REPLACE TABLE {} (a INT)\nUSING CSV", "UNSUPPORTED", "CSV"),
        ("CREATE TABLE ml.features.n (a INT)\nOPTIONS ('header'='true')", "UNSUPPORTED", "OPTIONS"),
        ("CREATE TABLE ml.features.n (a INT)\nLOCATION 's3://b'", "UNSUPPORTED", "LOCATION"),
        ("CREATE TABLE ml.features.n (a INT) LOCATION 's' WITH (CREDENTIAL `c`)",
         "PARSE_SYNTAX_ERROR", "CREDENTIAL"),
        ("CREATE TABLE ml.features.n (a BIGINT GENERATED ALWAYS AS IDENTITY)", "UNSUPPORTED",
         "GENERATED"),
        ("CREATE TABLE {} (a INT)\nUSING DELTA", "TABLE_OR_VIEW_ALREADY_EXISTS", "churn"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_by_name(
    table: Sql, statement: str, error_class: str, named: str
) -> None:
    before = info(table)
    error = table.refusal(statement.format(T))
    assert error.error_class == error_class
    assert named in error.message
    assert info(table) == before


def test_drop(table: Sql) -> None:
    table(f"DROP TABLE {T}")
    assert table("SHOW TABLES") == []
    assert not (table.engine.store.layout.tables / "ml" / "features" / "churn").exists()
    assert list(table.engine.store.layout.scratch.glob("*/_delta_log")) == []
