"""Names, common table expressions, time travel, parameters: what a query means."""

import pytest

from conftest import Sql


@pytest.fixture
def t(sql: Sql) -> Sql:
    sql("CREATE TABLE t (id INT, s STRING, n STRUCT<a: INT>)")
    sql("INSERT INTO t VALUES (1, 'a', named_struct('a', 5)), (2, 'b', NULL)")
    return sql


def test_names_with_one_two_and_three_parts_in_any_case(t: Sql) -> None:
    for name in ("t", "T", "features.t", "ML.Features.T", "`ml`.`features`.`t`"):
        assert t(f"SELECT count(*) FROM {name}") == [["2"]]
    assert t("SELECT ml.features.t.id, t.n.a, n.a FROM ml.features.t WHERE t.id = 1") == [
        ["1", "5", "5"]
    ]


def test_a_common_table_expression_hides_a_table_only_where_it_is_in_scope(t: Sql) -> None:
    assert t("WITH t AS (SELECT id + 10 AS id FROM t) SELECT min(id) FROM t") == [["11"]]
    assert t(
        "WITH u AS (SELECT id FROM t), v AS (WITH t AS (SELECT 7 AS id) SELECT id FROM t) "
        "SELECT (SELECT max(id) FROM u), (SELECT id FROM v), (SELECT count(*) FROM t)"
    ) == [["2", "7", "2"]]


def test_joins_subqueries_and_set_operations(t: Sql) -> None:
    assert t(
        "SELECT a.id, b.s FROM t a LEFT JOIN t b ON a.id = b.id + 1 ORDER BY a.id DESC LIMIT 1"
    ) == [["2", "a"]]
    assert t("SELECT id FROM t WHERE id NOT IN (SELECT id FROM t WHERE s = 'a')") == [["2"]]
    assert t("SELECT id FROM t UNION ALL SELECT id FROM t ORDER BY 1") == [
        ["1"], ["1"], ["2"], ["2"],
    ]  # fmt: skip
    assert t("SELECT id FROM t EXCEPT SELECT 1") == [["2"]]
    assert t("SELECT s, x FROM t LATERAL VIEW explode(array(id, 9)) AS x WHERE x = 9") == [
        ["a", "9"], ["b", "9"],
    ]  # fmt: skip
    assert t("SELECT explode(array(1, 2)) AS x") == [["1"], ["2"]]
    assert t("SELECT * EXCEPT (n) FROM t WHERE id = 1") == [["1", "a"]]
    assert t("SELECT id FROM t QUALIFY row_number() OVER (ORDER BY id DESC) = 1") == [["2"]]
    assert t("SELECT rand() < 1 FROM range(2)") == [["true"], ["true"]]


def test_nulls_sort_first(t: Sql) -> None:
    assert t("SELECT n.a FROM t ORDER BY n.a") == [[None], ["5"]]
    assert t("SELECT n.a FROM t ORDER BY n.a DESC") == [["5"], [None]]


def test_unnamed_columns_are_called_after_their_text(t: Sql) -> None:
    columns, _ = t.full("SELECT count(*), max(id), id + 1, upper(s) FROM t GROUP BY id, s LIMIT 1")
    assert [name for name, _ in columns] == ["count(1)", "max(id)", "id + 1", "upper(s)"]


def test_columns_may_repeat(t: Sql) -> None:
    assert t.full("SELECT id, id FROM t WHERE id = 1") == ([("id", "INT")] * 2, [["1", "1"]])


def test_time_travel(t: Sql) -> None:
    t("DELETE FROM t WHERE id = 1")
    assert t("SELECT count(*) FROM t VERSION AS OF 0") == [["0"]]
    assert t("SELECT count(*) FROM t VERSION AS OF 1") == [["2"]]
    assert t("SELECT count(*) FROM t") == [["1"]]
    error = t.refusal("SELECT * FROM t VERSION AS OF 9")
    assert error.error_class == "DELTA_VERSION_NOT_FOUND"
    assert "9" in error.message


def test_parameters(t: Sql) -> None:
    assert t("SELECT s FROM t WHERE id = :id", id=("2", "INT")) == [["b"]]
    assert t("SELECT :a || :b, :c + 1", a="x'; --", b="y", c=("5", "INT")) == [["x'; --y", "6"]]
    assert t("SELECT :d", d=("2020-01-01", "DATE")) == [["2020-01-01"]]
    assert t("SELECT :n IS NULL", n=(None, "INT")) == [["true"]]
    assert t("SELECT count(*) FROM IDENTIFIER(:t)", t="ml.features.t") == [["2"]]
    assert t("SELECT id FROM t ORDER BY id LIMIT :n", n=("1", "INT")) == [["1"]]
    t("INSERT INTO t (id, s) VALUES (:id, :s)", id=("3", "INT"), s="c")
    t("UPDATE t SET s = :s WHERE id = :id", id=("3", "INT"), s="it's")
    assert t("SELECT s FROM t WHERE id = 3") == [["it's"]]


@pytest.mark.parametrize(
    ("statement", "error_class", "named"),
    [
        ("SELECT foo FROM t", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "foo"),
        ("SELECT z.id FROM t", "UNRESOLVED_COLUMN", "z"),
        ("SELECT * FROM nope", "TABLE_OR_VIEW_NOT_FOUND", "nope"),
        ("SELECT * FROM ml.nope.t", "SCHEMA_NOT_FOUND", "nope"),
        ("SELECT id FROM t a JOIN t b ON a.id = b.id", "AMBIGUOUS_REFERENCE", "id"),
        ("SELECT id, count(*) FROM t", "MISSING_AGGREGATION", "id"),
        ("SELECT :x", "UNBOUND_SQL_PARAMETER", "x"),
        ("SELECT 1; SELECT 2", "PARSE_SYNTAX_ERROR", "one statement"),
        ("SELEC 1", "PARSE_SYNTAX_ERROR", ""),
        ("SELECT (1", "PARSE_SYNTAX_ERROR", ""),
        ("", "PARSE_EMPTY_STATEMENT", ""),
        ("-- nothing", "PARSE_EMPTY_STATEMENT", ""),
        ("SELECT /*+ BROADCAST(t) */ * FROM t", "UNSUPPORTED", "HINT"),
        ("SELECT * FROM t TABLESAMPLE (10 PERCENT)", "UNSUPPORTED", "TABLESAMPLE"),
        ("SELECT * FROM t SORT BY id", "UNSUPPORTED", "SORT"),
        ("SELECT * FROM t DISTRIBUTE BY id", "UNSUPPORTED", "DISTRIBUTE"),
        ("SELECT * FROM t PIVOT (count(*) FOR id IN (1, 2))", "UNSUPPORTED", "PIVOT"),
        ("CREATE TABLE u (a VARCHAR(3))", "UNSUPPORTED", "VARCHAR(3)"),
        ("SELECT * FROM '/etc/passwd'", "INVALID_SCHEMA_OR_RELATION_NAME", "/etc/passwd"),
        ("USE CATALOG ml", "UNSUPPORTED", "USE"),
        ("SET x = 1", "UNSUPPORTED", "SET"),
        ("GRANT SELECT ON TABLE t TO `x`", "UNSUPPORTED", "GRANT"),
        ("CREATE SCHEMA ml.x", "UNSUPPORTED", "SCHEMA"),
        ("DROP SCHEMA ml.features", "UNSUPPORTED", "SCHEMA"),
        ("CREATE FUNCTION f(x INT) RETURNS INT RETURN x", "UNSUPPORTED", "FUNCTION"),
        ("CREATE TEMPORARY VIEW v AS SELECT 1", "UNSUPPORTED", "TEMPORARY"),
        ("CREATE TABLE c SHALLOW CLONE t", "UNSUPPORTED", "CLONE"),
        ("CREATE TABLE c LIKE t", "UNSUPPORTED", "LIKE"),
        ("OPTIMIZE t", "UNSUPPORTED", "OPTIMIZE"),
        ("VACUUM t", "UNSUPPORTED", "VACUUM"),
        ("COPY INTO t FROM '/Volumes/a/b/c'", "UNSUPPORTED", "COPY"),
        ("CALL f()", "UNSUPPORTED", "CALL"),
        ("SHOW GRANTS ON t", "UNSUPPORTED", "GRANTS"),
        ("DESCRIBE SCHEMA ml.features", "UNSUPPORTED", "SCHEMA"),
        ("ALTER SCHEMA ml.features SET OWNER TO x", "UNSUPPORTED", "SCHEMA"),
        ("ALTER TABLE t SET OWNER TO x", "UNSUPPORTED", "OWNER"),
        ("ALTER TABLE t RENAME TO u", "UNSUPPORTED", "RENAME"),
        ("ALTER TABLE t SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')", "UNSUPPORTED",
         "delta.columnMapping.mode"),
        ("ATTACH '/tmp/x.db'", "PARSE_SYNTAX_ERROR", "/tmp/x.db"),
        ("COMMENT ON SCHEMA ml.features IS 'x'", "UNSUPPORTED", "SCHEMA"),
        ("DESCRIBE t extra words", "PARSE_SYNTAX_ERROR", "extra"),
    ],
)  # fmt: skip
def test_refusals_name_what_they_refuse(
    t: Sql, statement: str, error_class: str, named: str
) -> None:
    error = t.refusal(statement)
    assert error.error_class.startswith(error_class)
    assert named in error.message
    assert t("SELECT count(*) FROM t") == [["2"]]


def test_information_schema(t: Sql) -> None:
    assert t("SELECT table_name, table_type FROM information_schema.tables") == [["t", "MANAGED"]]
    assert t(
        "SELECT column_name, full_data_type FROM ml.information_schema.columns "
        "WHERE table_name = 't' ORDER BY ordinal_position"
    ) == [["id", "int"], ["s", "string"], ["n", "struct<a:int>"]]
    assert t.refusal("SELECT * FROM information_schema.views").error_class == (
        "TABLE_OR_VIEW_NOT_FOUND"
    )
