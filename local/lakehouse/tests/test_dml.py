"""INSERT, UPDATE, DELETE, MERGE, TRUNCATE: what they change, and that a refusal changes nothing."""

import pytest

from conftest import Sql


@pytest.fixture
def t(sql: Sql) -> Sql:
    sql("CREATE TABLE t (id INT NOT NULL, x DOUBLE, s STRING)")
    sql("INSERT INTO t VALUES (1, 1.5, 'a'), (2, NULL, 'b'), (3, 3.5, NULL)")
    return sql


ALL = "SELECT * FROM t ORDER BY id"
BEFORE = [["1", "1.5", "a"], ["2", None, "b"], ["3", "3.5", None]]


def test_insert_reports_counts(sql: Sql) -> None:
    sql("CREATE TABLE t (id INT)")
    assert sql.full("INSERT INTO t VALUES (1), (2)") == (
        [("num_affected_rows", "BIGINT"), ("num_inserted_rows", "BIGINT")],
        [["2", "2"]],
    )


def test_insert_by_position_by_columns_and_by_name(t: Sql) -> None:
    t("INSERT INTO t SELECT 4, 4, 'd'")
    t("INSERT INTO t (s, id) VALUES ('e', 5)")
    t("INSERT INTO t BY NAME SELECT 'f' AS s, 6 AS id")
    t("WITH q AS (SELECT 7 AS a) INSERT INTO t (id) SELECT a FROM q")
    assert t(ALL)[3:] == [
        ["4", "4.0", "d"],
        ["5", None, "e"],
        ["6", None, "f"],
        ["7", None, None],
    ]


def test_insert_casts_to_the_column_types(sql: Sql) -> None:
    sql("CREATE TABLE t (i INT, d DECIMAL(5,1), s STRING, day DATE, at TIMESTAMP)")
    sql("INSERT INTO t VALUES (1.7, 2.25, 5, '2020-01-02', '2020-01-02 03:04:05')")
    assert sql("SELECT * FROM t") == [["1", "2.3", "5", "2020-01-02", "2020-01-02T03:04:05.000Z"]]


def test_insert_overwrite(t: Sql) -> None:
    t("INSERT OVERWRITE t SELECT id + 10, x, s FROM t WHERE id > 1")
    assert t(ALL) == [["12", None, "b"], ["13", "3.5", None]]


@pytest.mark.parametrize(
    ("statement", "error_class", "named"),
    [
        ("INSERT INTO t (x) VALUES (1)", "NOT_NULL_CONSTRAINT_VIOLATED", "id"),
        ("INSERT INTO t VALUES (4, 1.0, 'd'), (NULL, 1.0, 'e')",
         "NOT_NULL_CONSTRAINT_VIOLATED", "id"),
        ("INSERT OVERWRITE t VALUES (NULL, 1.0, 'e')", "NOT_NULL_CONSTRAINT_VIOLATED", "id"),
        ("UPDATE t SET id = NULL WHERE id = 1", "NOT_NULL_CONSTRAINT_VIOLATED", "id"),
        ("INSERT INTO t VALUES (4)", "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS", "x"),
        ("INSERT INTO t VALUES (4, 1, 'd', 5)",
         "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS", "x"),
        ("INSERT INTO t (id, nope) VALUES (4, 1)", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "nope"),
        ("INSERT INTO t (id, ID) VALUES (4, 1)", "COLUMN_ALREADY_EXISTS", "id"),
        ("INSERT INTO t VALUES ('x', 1, 'd')", "CAST_INVALID_INPUT", "x"),
        ("INSERT INTO t VALUES (3000000000, 1, 'd')", "CAST_OVERFLOW", "INT32"),
        ("INSERT INTO t VALUES (true, 1, 'd')",
         "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST", "id"),
        ("INSERT INTO t VALUES (4, 1, DEFAULT)", "PARSE_SYNTAX_ERROR", "DEFAULT"),
        ("INSERT INTO t REPLACE WHERE id = 1 SELECT 1, 2, 'c'", "UNSUPPORTED", "WHERE"),
        ("INSERT INTO t PARTITION (id = 1) SELECT 2, 'c'", "UNSUPPORTED", "PARTITION"),
        ("INSERT INTO nope VALUES (1)", "TABLE_OR_VIEW_NOT_FOUND", "nope"),
        ("UPDATE t SET nope = 1", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "nope"),
        ("UPDATE t SET x = 1 FROM t AS u WHERE u.id = t.id", "UNSUPPORTED", "FROM"),
        ("DELETE FROM t WHERE nope = 1", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "nope"),
        ("DELETE FROM t USING t AS u WHERE u.id = t.id", "UNSUPPORTED", "USING"),
        ("MERGE INTO t USING (VALUES (1), (1)) AS s(id) ON t.id = s.id "
         "WHEN MATCHED THEN UPDATE SET x = 0",
         "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", "MERGE"),
        ("MERGE INTO t USING (SELECT 1 AS id) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *",
         "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "x"),
        ("MERGE WITH SCHEMA EVOLUTION INTO t USING t AS s ON t.id = s.id "
         "WHEN MATCHED THEN UPDATE SET *", "PARSE_SYNTAX_ERROR", "EVOLUTION"),
    ],
)  # fmt: skip
def test_a_refusal_changes_nothing(t: Sql, statement: str, error_class: str, named: str) -> None:
    version = t("DESCRIBE HISTORY t LIMIT 1")[0][0]
    error = t.refusal(statement)
    assert error.error_class == error_class
    assert named in error.message
    assert t(ALL) == BEFORE
    assert t("DESCRIBE HISTORY t LIMIT 1")[0][0] == version


def test_update(t: Sql) -> None:
    assert t("UPDATE t SET x = x + 1, s = upper(s) WHERE id < 3") == [["2"]]
    assert t(ALL) == [["1", "2.5", "A"], ["2", None, "B"], ["3", "3.5", None]]


def test_update_with_alias_subqueries_and_qualified_names(t: Sql) -> None:
    t("UPDATE ml.features.t AS q SET q.x = (SELECT max(x) FROM t) "
      "WHERE q.id IN (SELECT id FROM t WHERE s IS NULL OR s = 'b')")  # fmt: skip
    t("UPDATE t SET s = 'z' WHERE ml.features.t.id = 3")
    assert t(ALL) == [["1", "1.5", "a"], ["2", "3.5", "b"], ["3", "3.5", "z"]]


def test_update_truncates_as_insert_does(t: Sql) -> None:
    t("UPDATE t SET id = x WHERE id = 3")
    assert [row[0] for row in t(ALL)] == ["1", "2", "3"]
    t("UPDATE t SET id = 2.9 * 3 WHERE id = 3")
    assert [row[0] for row in t(ALL)] == ["1", "2", "8"]


def test_delete(t: Sql) -> None:
    assert t("DELETE FROM t WHERE x IS NULL OR id = 3") == [["2"]]
    assert t(ALL) == BEFORE[:1]
    assert t("DELETE FROM t WHERE EXISTS (SELECT 1 FROM t AS u WHERE u.id = 9)") == [["0"]]
    assert t("DELETE FROM t") == [["1"]]
    assert t(ALL) == []


def test_truncate(t: Sql) -> None:
    assert t("TRUNCATE TABLE t") == []
    assert t(ALL) == []
    assert t("SELECT count(*) FROM t VERSION AS OF 1") == [["3"]]


def test_a_change_of_no_row_makes_no_version(t: Sql) -> None:
    version = t("DESCRIBE HISTORY t LIMIT 1")[0][0]
    assert t("UPDATE t SET x = 0 WHERE id = 99") == [["0"]]
    assert t("DELETE FROM t WHERE id = 99") == [["0"]]
    assert t("DESCRIBE HISTORY t LIMIT 1")[0][0] == version


def test_merge(t: Sql) -> None:
    result = t.full(
        "MERGE INTO t AS target USING (VALUES (1, 9.5), (3, 0.0), (7, 7.5)) AS s(id, x) "
        "ON target.id = s.id "
        "WHEN MATCHED AND s.x = 0 THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET target.x = s.x "
        "WHEN NOT MATCHED THEN INSERT (id, x) VALUES (s.id, s.x) "
        "WHEN NOT MATCHED BY SOURCE THEN UPDATE SET s = 'alone'"
    )
    names = ["affected", "updated", "deleted", "inserted"]
    assert [name for name, _ in result[0]] == [f"num_{n}_rows" for n in names]
    assert result[1] == [["4", "2", "1", "1"]]
    assert t(ALL) == [["1", "9.5", "a"], ["2", None, "alone"], ["7", "7.5", None]]


def test_merge_star_goes_by_name(t: Sql) -> None:
    t("CREATE TABLE src AS SELECT 'n' AS s, 2 AS id, 5.0D AS x UNION ALL SELECT 'm', 8, 8.0D")
    t("MERGE INTO t USING src ON t.id = src.id "
      "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *")  # fmt: skip
    assert t(ALL) == [BEFORE[0], ["2", "5.0", "n"], BEFORE[2], ["8", "8.0", "m"]]


def test_history_names_the_operations(t: Sql) -> None:
    t("UPDATE t SET x = 0 WHERE id = 1")
    t("DELETE FROM t WHERE id = 1")
    t("TRUNCATE TABLE t")
    rows = t("DESCRIBE HISTORY t")
    operations = [row[2] for row in rows]
    assert operations == ["TRUNCATE", "DELETE", "UPDATE", "WRITE", "CREATE TABLE"]
    assert [row[0] for row in rows] == ["4", "3", "2", "1", "0"]


@pytest.fixture
def p(sql: Sql) -> Sql:
    sql("CREATE TABLE p (a INT, day DATE, region STRING) PARTITIONED BY (day, region)")
    sql("INSERT INTO p VALUES (1, '2020-01-01', 'x y/%é'), (2, '2020-01-02', NULL), "
        "(3, NULL, ''), (4, '2020-01-01', 'z')")  # fmt: skip
    return sql


def test_partitioned_tables_keep_their_values(p: Sql) -> None:
    assert p("SELECT * FROM p ORDER BY a") == [
        ["1", "2020-01-01", "x y/%é"],
        ["2", "2020-01-02", None],
        ["3", None, None],  # to Delta, the empty string is no partition value
        ["4", "2020-01-01", "z"],
    ]
    assert p("SELECT a FROM p WHERE region = 'z'") == [["4"]]
    p("UPDATE p SET day = '2021-01-01' WHERE a = 4")
    p("DELETE FROM p WHERE region IS NULL")
    assert p("SELECT a, day FROM p ORDER BY a") == [["1", "2020-01-01"], ["4", "2021-01-01"]]
