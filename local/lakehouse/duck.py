"""The DuckDB instance that evaluates statements, fenced into the workspace's folders."""

from __future__ import annotations

import duckdb

from lakehouse.names import Layout

# What Databricks SQL computes differently from DuckDB's function or cast of the same name. The
# typed overloads let DuckDB choose by the argument's type, which the translation does not know.
_MACROS = """
-- CAST to an integer truncates; DuckDB rounds.
CREATE MACRO dbx_whole(x) AS x, (x VARCHAR) AS x, (x BOOLEAN) AS x, (x BIGINT) AS x,
  (x HUGEINT) AS x, (x DOUBLE) AS trunc(x), (x DECIMAL(38,9)) AS trunc(x),
  (x TIMESTAMPTZ) AS floor(epoch(x)), (x DATE) AS error('[DATATYPE_MISMATCH] DATE to a number');
-- A timestamp's text has no zone: it is in the session's.
CREATE MACRO dbx_text(x) AS CAST(x AS VARCHAR), (x VARCHAR) AS x, (x DATE) AS CAST(x AS VARCHAR),
  (x TIMESTAMP) AS CAST(x AS VARCHAR),
  (x TIMESTAMPTZ) AS CAST(CAST(x AS TIMESTAMP) AS VARCHAR);
-- A date plus whole days, months or years stays a date.
CREATE MACRO dbx_shift(x DATE, i INTERVAL) AS CAST(x + i AS DATE),
  (x TIMESTAMP, i INTERVAL) AS x + i, (x TIMESTAMPTZ, i INTERVAL) AS x + i,
  (x VARCHAR, i INTERVAL) AS CAST(x AS TIMESTAMPTZ) + i;
CREATE MACRO dbx_ceil(x) AS ceil(x), (x DOUBLE) AS CAST(ceil(x) AS BIGINT),
  (x BIGINT) AS x, (x DECIMAL(38,9)) AS CAST(ceil(x) AS BIGINT);
CREATE MACRO dbx_floor(x) AS floor(x), (x DOUBLE) AS CAST(floor(x) AS BIGINT),
  (x BIGINT) AS x, (x DECIMAL(38,9)) AS CAST(floor(x) AS BIGINT);
CREATE MACRO dbx_sequence(a BIGINT, b BIGINT) AS
    generate_series(a, b, CASE WHEN a <= b THEN 1 ELSE -1 END),
  (a BIGINT, b BIGINT, i BIGINT) AS generate_series(a, b, i),
  (a DATE, b DATE) AS CAST(generate_series(a, b, INTERVAL 1 DAY) AS DATE[]),
  (a DATE, b DATE, i INTERVAL) AS CAST(generate_series(a, b, i) AS DATE[]),
  (a TIMESTAMPTZ, b TIMESTAMPTZ, i INTERVAL) AS generate_series(a, b, i);
CREATE MACRO dbx_substring_index(s, d, n) AS array_to_string(CASE
    WHEN n >= 0 THEN list_slice(str_split(s, d), 1, n)
    ELSE list_slice(str_split(s, d), greatest(len(str_split(s, d)) + n + 1, 1), -1) END, d);
-- JSON that does not parse is NULL.
CREATE MACRO dbx_from_json(x, s) AS json_transform(TRY_CAST(x AS JSON), s);
CREATE MACRO dbx_try_divide(a, b) AS CASE WHEN b <> 0 THEN a / b END;
"""


def open_database(
    layout: Layout, memory: str = "512MB", threads: int = 2
) -> duckdb.DuckDBPyConnection:
    """An in-memory database that can read and write tables, volumes and scratch, nothing else.

    Every statement works on a cursor of its own, whose temporary tables nobody else sees.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": str(layout.scratch / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            # Division by zero is an error, also of doubles.
            "ieee_floating_point_ops": False,
            "preserve_insertion_order": True,
        },
    )
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute(_MACROS)
    folders = [layout.tables, layout.volumes, layout.journal, layout.scratch, layout.results]
    listed = ", ".join("'" + str(f).replace("'", "''") + "'" for f in folders)
    connection.execute(f"SET GLOBAL allowed_directories = [{listed}]")
    connection.execute("SET GLOBAL enable_external_access = false")
    connection.execute("SET GLOBAL lock_configuration = true")
    return connection
