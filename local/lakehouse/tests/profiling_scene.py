"""What the tests of refreshes share: a table to monitor, its metric tables, and a refresh."""

import datetime
from typing import Any

from lakehouse.engine import Engine, execute
from lakehouse.errors import SqlError
from lakehouse.names import TableName
from lakehouse.profiling.refresh import refresh
from lakehouse.profiling.spec import Spec
from lakehouse.results import text_rows

CREATED = datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.UTC)

_WINDOW = "STRUCT<start: TIMESTAMP, end: TIMESTAMP>"
_TEST = "STRUCT<statistic: DOUBLE, pvalue: DOUBLE>"
_SCORES = "STRUCT<one_vs_all: MAP<STRING, DOUBLE>, macro: DOUBLE, weighted: DOUBLE>"
_GROUP = "slice_key STRING, slice_value STRING, column_name STRING, data_type STRING"
_PROFILE = f"""
  window {_WINDOW}, log_type STRING, logging_table_commit_version INT, monitor_version BIGINT,
  granularity STRING, version STRING, {_GROUP}, count BIGINT, num_nulls BIGINT, avg DOUBLE,
  quantiles ARRAY<DOUBLE>, min DOUBLE, max DOUBLE, stddev DOUBLE, num_zeros BIGINT, num_nan BIGINT,
  min_length DOUBLE, max_length DOUBLE, avg_length DOUBLE, non_null_columns ARRAY<STRING>,
  frequent_items ARRAY<STRUCT<item: STRING, count: BIGINT>>, median DOUBLE, distinct_count BIGINT,
  percent_nan DOUBLE, percent_null DOUBLE, percent_zeros DOUBLE, percent_distinct DOUBLE,
  accuracy_score DOUBLE,
  confusion_matrix ARRAY<STRUCT<prediction: STRING, label: STRING, count: BIGINT>>,
  precision {_SCORES}, recall {_SCORES}, f1_score {_SCORES}, mean_squared_error DOUBLE,
  root_mean_squared_error DOUBLE, mean_average_error DOUBLE, mean_absolute_percentage_error DOUBLE,
  r2_score DOUBLE
"""
_DRIFT = f"""
  window {_WINDOW}, granularity STRING, monitor_version BIGINT, version STRING, {_GROUP},
  window_cmp {_WINDOW}, drift_type STRING, count_delta BIGINT, avg_delta DOUBLE,
  percent_null_delta DOUBLE, percent_zeros_delta DOUBLE, percent_distinct_delta DOUBLE,
  non_null_columns_delta STRUCT<added: INT, missing: INT>, js_distance DOUBLE, ks_test {_TEST},
  wasserstein_distance DOUBLE, population_stability_index DOUBLE, chi_squared_test {_TEST},
  tv_distance DOUBLE, l_infinity_distance DOUBLE
"""

Rows = list[list[str | None]]


class Scene:
    """A monitored table ``log`` with given columns, and its tables ``profile`` and ``drift``."""

    def __init__(self, engine: Engine, columns: str) -> None:
        """Makes the tables, empty."""
        self.engine = engine
        engine.store.create_schema("ml", "monitoring")
        self.sql(f"CREATE TABLE log ({columns})")
        self.sql(f"CREATE TABLE profile ({_PROFILE})")
        self.sql(f"CREATE TABLE drift ({_DRIFT})")

    def sql(self, text: str) -> Rows:
        """The rows of a statement."""
        with self.engine.session(catalog="ml", schema="monitoring") as session:
            return list(text_rows(session, execute(session, text)))

    def add(self, *rows: str) -> None:
        """Adds rows to the log, each as SQL writes its values."""
        self.sql(f"INSERT INTO log VALUES {', '.join(f'({row})' for row in rows)}")

    def spec(self, **others: Any) -> Spec:
        """A monitor with windows of a day, unless said otherwise."""
        return Spec(
            object_id="the-table",
            profile_table="ml.monitoring.profile",
            drift_table="ml.monitoring.drift",
            **{
                "table": "ml.monitoring.log",
                "monitor_version": 1,
                "created_at_ms": round(CREATED.timestamp() * 1000),
                "granularities": ["1 day"],
                "timestamp_column": "at",
                **others,
            },
        )

    def refresh(self, **others: Any) -> str:
        """Refreshes; the sentence that it says."""
        with self.engine.session() as session:
            return refresh(session, self.spec(**others), lambda: None)

    def refusal(self, **others: Any) -> SqlError:
        """Why a refresh fails that must."""
        try:
            done = self.refresh(**others)
        except SqlError as error:
            return error
        raise AssertionError(f"It did not fail: {done}")

    def files(self, table: str) -> int:
        """Of how many files a table consists."""
        return len(self.engine.store.table(TableName("ml", "monitoring", table)).files)
