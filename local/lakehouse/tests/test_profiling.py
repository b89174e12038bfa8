"""Refreshes of monitors: which rows the metric tables have, and when they are computed."""

import datetime
import math

import pytest
from profiling_scene import Scene

from lakehouse.engine import Engine
from lakehouse.profiling import metric_tables
from lakehouse.profiling.spec import GRANULARITIES

LOG = "at TIMESTAMP, version STRING, amount DOUBLE, region STRING, guess INT, label INT"
INFERENCE = {
    "model_column": "version",
    "prediction_column": "guess",
    "label_column": "label",
    "problem": "classification",
}


@pytest.fixture
def log(engine: Engine) -> Scene:
    """Two days of predictions."""
    scene = Scene(engine, LOG)
    scene.add(
        "'2026-06-10 01:00', '1', 1.5, 'north', 1, 1",
        "'2026-06-10 02:00', '1', 2.5, 'south', 0, 1",
        "'2026-06-10 23:59:59.999', '2', NULL, 'north', 1, NULL",
        "'2026-06-11 00:00', '2', 0, NULL, 1, NULL",
    )
    return scene


def of(scene: Scene, what: str, where: str = "true", table: str = "profile") -> list:
    return scene.sql(f"SELECT {what} FROM {table} WHERE {where} ORDER BY ALL")


DAYS = "CAST(window.start AS STRING)"
WHOLE = "column_name = ':table' AND slice_key IS NULL"


# --- windows and groups ---


def test_a_row_for_each_window_version_and_column(log: Scene) -> None:
    assert log.refresh(**INFERENCE) == ("Profiled 2 of 2 windows; the others have not changed.")
    assert of(log, f"{DAYS}, version, count", WHOLE) == [
        ["2026-06-10 00:00:00", "*", "3"],
        ["2026-06-10 00:00:00", "1", "2"],
        ["2026-06-10 00:00:00", "2", "1"],
        ["2026-06-11 00:00:00", "*", "1"],
        ["2026-06-11 00:00:00", "2", "1"],
    ]
    columns = of(log, "DISTINCT column_name", "column_name <> ':table'")
    assert [name for (name,) in columns] == ["amount", "at", "guess", "label", "region", "version"]
    assert of(log, "DISTINCT log_type, granularity, monitor_version") == [["INPUT", "1 day", "1"]]


def test_without_a_model_there_are_no_versions(log: Scene) -> None:
    log.refresh()
    assert of(log, "DISTINCT version") == [[None]]
    assert of(log, "count", WHOLE) == [["1"], ["3"]]


@pytest.mark.parametrize(
    ("granularity", "start", "end"),
    [
        ("5 minutes", "2026-06-10 13:35:00", "2026-06-10 13:40:00"),
        ("30 minutes", "2026-06-10 13:30:00", "2026-06-10 14:00:00"),
        ("1 hour", "2026-06-10 13:00:00", "2026-06-10 14:00:00"),
        ("1 day", "2026-06-10 00:00:00", "2026-06-11 00:00:00"),
        # A Wednesday; weeks begin on Mondays, and several of them count from 2000-01-03.
        ("1 week", "2026-06-08 00:00:00", "2026-06-15 00:00:00"),
        ("2 weeks", "2026-06-01 00:00:00", "2026-06-15 00:00:00"),
        ("3 weeks", "2026-05-25 00:00:00", "2026-06-15 00:00:00"),
        ("4 weeks", "2026-05-18 00:00:00", "2026-06-15 00:00:00"),
        ("1 month", "2026-06-01 00:00:00", "2026-07-01 00:00:00"),
        ("1 year", "2026-01-01 00:00:00", "2027-01-01 00:00:00"),
    ],
)
def test_windows_of_every_granularity(
    engine: Engine, granularity: str, start: str, end: str
) -> None:
    scene = Scene(engine, "at TIMESTAMP, n INT")
    scene.add("'2026-06-10 13:37:11', 1")
    scene.refresh(granularities=[granularity])
    window = f"granularity, {DAYS}, CAST(window.end AS STRING)"
    assert of(scene, window, WHOLE) == [[granularity, start, end]]


@pytest.mark.parametrize("name", GRANULARITIES)
def test_windows_follow_each_other(engine: Engine, name: str) -> None:
    scene = Scene(engine, "at TIMESTAMP, n INT")
    scene.add("'2026-06-10 13:37:11', 1")
    scene.refresh(granularities=[name])
    ((text,),) = of(scene, "unix_millis(window.start)", WHOLE)
    start, one = int(text) * 1000, GRANULARITIES[name]
    before = datetime.datetime.fromtimestamp(one.shifted(start, -1) / 1e6, datetime.UTC)
    scene.add(f"'{before:%Y-%m-%d %H:%M:%S}', 1")
    # Whatever the length, the row before is in a window that ends where the other starts.
    scene.refresh(granularities=[name], created_at_ms=0)
    found = of(scene, "window_cmp.end = window.start", "column_name = ':table'", "drift")
    assert found == [["true"]]


def test_several_granularities_at_once(log: Scene) -> None:
    assert log.refresh(granularities=["1 day", "1 week"]).startswith("Profiled 3 of 3")
    assert of(log, "granularity, count", WHOLE) == [["1 day", "1"], ["1 day", "3"], ["1 week", "4"]]


def test_rows_without_a_time_and_older_than_30_days_are_in_no_window(log: Scene) -> None:
    log.add(
        "NULL, '1', 1, 'north', 1, 1",
        "'2026-05-15 23:59:59', '1', 1, 'north', 1, 1",
        "'2026-05-16 00:00:00', '1', 1, 'north', 1, 1",
    )
    log.refresh()
    assert of(log, f"{DAYS}, count", WHOLE)[0] == ["2026-05-16 00:00:00", "1"]
    assert len(of(log, "count", WHOLE)) == 3


def test_nothing_in_sight_is_said(engine: Engine) -> None:
    scene = Scene(engine, "at TIMESTAMP, n INT")
    assert scene.refresh() == "ml.monitoring.log has no rows since 2026-05-16."
    assert of(scene, "*") == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("DATE", "'2026-06-10'"),
        ("TIMESTAMP_NTZ", "'2026-06-10 10:00'"),
        ("STRING", "'2026-06-10T10:00:00Z'"),
        ("BIGINT", "1781085600"),
        ("DOUBLE", "1781085600.5"),
    ],
)
def test_times_of_other_types(engine: Engine, kind: str, value: str) -> None:
    scene = Scene(engine, f"at {kind}, n INT")
    scene.add(f"{value}, 1")
    scene.refresh()
    assert of(scene, DAYS, WHOLE) == [["2026-06-10 00:00:00"]]


# --- profiles ---


def test_nulls_nan_and_zeros_of_numbers(engine: Engine) -> None:
    scene = Scene(engine, "at TIMESTAMP, n DOUBLE")
    for value in ("NULL", "CAST('NaN' AS DOUBLE)", "0", "2", "4"):
        scene.add(f"'2026-06-10', {value}")
    scene.refresh()
    names = "num_nulls, num_nan, num_zeros, percent_null, percent_nan, percent_zeros"
    assert of(scene, f"count, {names}", "column_name = 'n'") == [
        ["5", "1", "1", "1", "20.0", "20.0", "20.0"]
    ]
    names = "avg, min, max, median, stddev, distinct_count, percent_distinct, data_type"
    assert of(scene, names, "column_name = 'n'") == [
        ["2.0", "0.0", "4.0", "2.0", "2.0", "3", "60.0", "double"]
    ]


def test_texts_have_lengths_and_frequent_items(log: Scene) -> None:
    log.refresh()
    names = "min_length, max_length, distinct_count, frequent_items, avg"
    where = "column_name = 'region' AND window.start = '2026-06-10'"
    items = '[{"item":"north","count":2},{"item":"south","count":1}]'
    assert of(log, names, where) == [["5.0", "5.0", "2", items, None]]


def test_frequent_items_are_a_hundred(engine: Engine) -> None:
    scene = Scene(engine, "at TIMESTAMP, t STRING")
    scene.add(*(f"'2026-06-10', 't{i // 2}'" for i in range(240)), "'2026-06-10', 't7'")
    scene.refresh()
    found = of(scene, "size(frequent_items), frequent_items[0].item", "column_name = 't'")
    assert found == [["100", "t7"]]


def test_times_flags_and_what_cannot_be_measured(engine: Engine) -> None:
    scene = Scene(engine, "at TIMESTAMP, f BOOLEAN, d DECIMAL(10,2), a ARRAY<INT>")
    scene.add("'2026-06-10 00:00:10', true, 1.50, array(1)", "'2026-06-10', false, 2.50, NULL")
    scene.refresh()
    names = "column_name, data_type, min, max, avg, distinct_count, num_nulls"
    assert of(scene, names, "column_name <> ':table'") == [
        ["a", "array<int>", None, None, None, None, "1"],
        ["at", "timestamp", "1.7810496E9", "1.78104961E9", None, "2", "0"],
        ["d", "decimal(10,2)", "1.5", "2.5", "2.0", "2", "0"],
        ["f", "boolean", None, None, None, "2", "0"],
    ]


def test_the_table_as_a_whole_lists_columns_that_have_values(log: Scene) -> None:
    log.refresh()
    (columns,) = of(log, "non_null_columns", f"{WHOLE} AND window.start = '2026-06-11'")
    assert columns == ['["at","version","amount","guess"]']


# --- quality ---


def test_quality_of_rows_with_a_label(log: Scene) -> None:
    log.refresh(**INFERENCE)
    names = "accuracy_score, confusion_matrix, recall.macro, precision.one_vs_all"
    matrix = '[{"prediction":"0","label":"1","count":1},{"prediction":"1","label":"1","count":1}]'
    where = f"{WHOLE} AND version = '*'"
    labelled = ["0.5", matrix, "0.25", '{"0":0.0,"1":1.0}']
    assert of(log, names, f"{where} AND accuracy_score IS NOT NULL") == [labelled]
    assert len(of(log, names, f"{where} AND confusion_matrix IS NULL")) == 1
    assert of(log, "accuracy_score", "column_name <> ':table' AND accuracy_score > 0") == []


def test_classes_of_different_types_are_the_same_classes(engine: Engine) -> None:
    scene = Scene(engine, "at TIMESTAMP, version STRING, guess DOUBLE, label STRING")
    scene.add("'2026-06-10', '1', 1.0, '1'", "'2026-06-10', '1', 0.0, '1'")
    scene.refresh(**INFERENCE)
    assert of(scene, "accuracy_score", f"{WHOLE} AND version = '*'") == [["0.5"]]


def test_quality_of_regression(engine: Engine) -> None:
    scene = Scene(engine, "at TIMESTAMP, version STRING, guess DOUBLE, label INT")
    scene.add(*(f"'2026-06-10', '1', {g}, {y}" for g, y in ((1, 2), (4, 2), (3, "NULL"))))
    scene.refresh(**{**INFERENCE, "problem": "regression"})
    names = "mean_squared_error, mean_average_error, r2_score, accuracy_score"
    assert of(scene, names, f"{WHOLE} AND version = '*'") == [["2.5", "1.5", None, None]]


# --- drift ---


def test_drift_against_the_window_before(log: Scene) -> None:
    log.refresh(**INFERENCE)
    where = "version = '*' AND slice_key IS NULL"
    window = f"{DAYS}, CAST(window_cmp.start AS STRING), drift_type"
    assert of(log, f"DISTINCT {window}", where, "drift") == [
        ["2026-06-11 00:00:00", "2026-06-10 00:00:00", "CONSECUTIVE"]
    ]
    names = "column_name, count_delta, avg_delta, percent_null_delta, percent_distinct_delta"
    assert of(log, names, f"{where} AND column_name = ':table'", "drift") == [
        [":table", "-2", None, None, None]
    ]
    ((_, count, *deltas),) = of(log, names, f"{where} AND column_name = 'amount'", "drift")
    assert count == "-2"
    assert [float(one) for one in deltas] == pytest.approx([-2, -100 / 3, 100 / 3])
    delta = of(log, "non_null_columns_delta", f"{where} AND column_name = ':table'", "drift")
    assert delta == [['{"added":0,"missing":2}']]
    # Version 2 is compared with version 2, and version 1 with nothing.
    assert of(log, "DISTINCT version", "true", "drift") == [["*"], ["2"]]


def test_numbers_and_categories_have_statistics_of_their_own(log: Scene) -> None:
    log.refresh()
    log.add("'2026-06-12', '2', 1, 'west', 1, NULL", "'2026-06-13', '2', 1, 'west', 1, NULL")
    log.refresh()
    numeric = "population_stability_index IS NOT NULL AND ks_test.statistic IS NOT NULL"
    assert of(log, "DISTINCT column_name", numeric, "drift") == [["amount"], ["guess"]]
    categorical = "js_distance IS NOT NULL AND chi_squared_test.pvalue IS NOT NULL"
    assert of(log, "DISTINCT column_name", categorical, "drift") == [["region"], ["version"]]
    assert of(log, "*", f"({numeric}) AND ({categorical})", "drift") == []


def test_after_a_gap_there_is_no_window_before(log: Scene) -> None:
    log.add("'2026-06-13', '2', 1, 'west', 1, NULL")
    log.refresh()
    assert of(log, f"DISTINCT {DAYS}", "true", "drift") == [["2026-06-11 00:00:00"]]


def test_drift_against_a_baseline(log: Scene) -> None:
    log.sql("CREATE TABLE base (AMOUNT INT, region INT, other STRING)")
    log.sql("INSERT INTO base VALUES (1, 7, 'x'), (2, 7, 'y')")
    log.refresh(**INFERENCE, baseline="ml.monitoring.base")
    where = "drift_type = 'BASELINE' AND version = '1'"
    # A region that is a number there cannot be compared with one that is a text.
    assert of(log, "column_name, count_delta, avg_delta", where, "drift") == [
        [":table", "0", None],
        ["amount", "0", "0.5"],
    ]
    assert of(log, "DISTINCT window_cmp", where, "drift") == [[None]]
    names = "column_name, window, granularity, version, avg, logging_table_commit_version"
    assert of(log, names, "log_type = 'BASELINE'") == [
        [":table", None, None, None, None, None],
        ["AMOUNT", None, None, None, "1.5", None],
        ["other", None, None, None, None, None],
        ["region", None, None, None, "7.0", None],
    ]


def test_a_changed_baseline_counts_from_then_on(log: Scene) -> None:
    log.sql("CREATE TABLE base (amount DOUBLE)")
    log.sql("INSERT INTO base VALUES (1)")
    log.refresh(baseline="ml.monitoring.base")
    log.sql("UPDATE base SET amount = 10")
    assert log.refresh(baseline="ml.monitoring.base").startswith("Profiled 0 of 2")
    assert of(log, "avg", "log_type = 'BASELINE' AND column_name = 'amount'") == [["10.0"]]
    deltas = "drift_type = 'BASELINE' AND column_name = 'amount'"
    assert of(log, "avg_delta", deltas, "drift") == [["-1.0"], ["1.0"]]
    log.add("'2026-06-11 01:00', '2', 40, NULL, 1, NULL")
    log.refresh(baseline="ml.monitoring.base")
    assert of(log, "avg_delta", deltas, "drift") == [["1.0"], ["10.0"]]


# --- slices ---


def test_slices_have_rows_of_their_own(log: Scene) -> None:
    log.refresh(**INFERENCE, slicing_exprs=["region", "amount > 2"])
    where = "column_name = ':table' AND version = '*' AND window.start = '2026-06-10'"
    assert of(log, "slice_key, slice_value, count", where) == [
        [None, None, "3"],
        ["amount > 2", "false", "1"],
        ["amount > 2", "true", "1"],
        ["region", "north", "2"],
        ["region", "south", "1"],
    ]


def test_slices_are_a_hundred_at_most(engine: Engine) -> None:
    scene = Scene(engine, "at TIMESTAMP, n INT")
    scene.add(*(f"'2026-06-10', {i // 2}" for i in range(250)), "'2026-06-10', 500")
    scene.refresh(slicing_exprs=["n"])
    values = of(scene, "slice_value", "column_name = ':table' AND slice_key = 'n'")
    assert len(values) == 100
    assert ["500"] not in values


def test_slices_that_the_baseline_has_not_have_no_baseline_drift(log: Scene) -> None:
    log.sql("CREATE TABLE base (amount DOUBLE)")
    log.sql("INSERT INTO base VALUES (1), (5)")
    log.refresh(baseline="ml.monitoring.base", slicing_exprs=["region", "amount > 2"])
    where = "drift_type = 'BASELINE' AND column_name = ':table'"
    assert of(log, "DISTINCT slice_key", where, "drift") == [[None], ["amount > 2"]]


# --- what is computed again ---


def all_rows(scene: Scene) -> tuple[list, list]:
    return of(scene, "*"), of(scene, "*", "true", "drift")


def test_refreshing_twice_computes_nothing_and_writes_nothing(log: Scene) -> None:
    log.refresh(**INFERENCE)
    before = all_rows(log)
    files = [log.files(table) for table in ("profile", "drift")]
    assert log.refresh(**INFERENCE) == "Profiled 0 of 2 windows; the others have not changed."
    assert all_rows(log) == before
    assert [log.files(table) for table in ("profile", "drift")] == files


def test_a_late_label_changes_its_window_only(log: Scene) -> None:
    log.refresh(**INFERENCE)
    log.sql("UPDATE log SET label = 1 WHERE version = '2' AND at >= '2026-06-11'")
    assert log.refresh(**INFERENCE).startswith("Profiled 1 of 2")
    found = of(log, f"{DAYS}, accuracy_score", f"{WHOLE} AND version = '*'")
    assert found == [["2026-06-10 00:00:00", "0.5"], ["2026-06-11 00:00:00", "1.0"]]
    versions = of(log, f"DISTINCT {DAYS}, logging_table_commit_version")
    assert versions == [["2026-06-10 00:00:00", "1"], ["2026-06-11 00:00:00", "2"]]


def test_a_changed_window_changes_the_drift_of_the_next(log: Scene) -> None:
    log.refresh()
    log.sql("UPDATE log SET amount = 8 WHERE at = '2026-06-10 01:00'")
    log.refresh()
    assert of(log, "avg_delta", "column_name = 'amount'", "drift") == [["-5.25"]]


def test_new_windows_join_those_that_are_there(log: Scene) -> None:
    columns = f"{DAYS}, column_name, count, num_nulls, avg, distinct_count"
    log.refresh()
    log.add("'2026-06-12', '2', 1, 'west', 1, NULL")
    assert log.refresh().startswith("Profiled 1 of 3")
    grown = of(log, columns)
    assert log.refresh(monitor_version=2).startswith("Profiled 3 of 3")
    assert of(log, columns) == grown


def test_another_version_of_the_monitor_replaces_the_rows(log: Scene) -> None:
    log.refresh(slicing_exprs=["region"])
    log.refresh(monitor_version=2)
    assert of(log, "DISTINCT monitor_version, slice_key") == [["2", None]]
    assert len(of(log, "count", WHOLE)) == 2


def test_windows_whose_rows_are_gone_keep_their_metrics(log: Scene) -> None:
    log.refresh()
    log.sql("DELETE FROM log WHERE at < '2026-06-11'")
    assert log.refresh().startswith("Profiled 0 of 1")
    assert of(log, f"{DAYS}, count", WHOLE)[0] == ["2026-06-10 00:00:00", "3"]


def test_a_crash_between_the_tables_leaves_no_row_twice(log: Scene) -> None:
    log.refresh(**INFERENCE)
    before = all_rows(log)
    (kept,) = (log.engine.store.layout.root / "profiles").iterdir()
    kept.unlink()
    assert log.refresh(**INFERENCE).startswith("Profiled 2 of 2")
    assert all_rows(log) == before


def test_what_another_version_kept_is_not_guessed_at(log: Scene) -> None:
    log.refresh()
    (kept,) = (log.engine.store.layout.root / "profiles").iterdir()
    kept.write_text('{"digest": "x", "of": "another shape"}')
    assert log.refresh().startswith("Profiled 2 of 2")


def test_metric_tables_that_somebody_changed_are_filled_again(log: Scene) -> None:
    log.refresh()
    before = all_rows(log)
    log.sql("DELETE FROM drift WHERE column_name = 'amount'")
    assert log.refresh().startswith("Profiled 2 of 2")
    assert all_rows(log) == before


def test_files_stay_few(log: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metric_tables, "_MOST_FILES", 3)
    for day in range(12, 20):
        log.add(f"'2026-06-{day}', '2', {day}, 'west', 1, NULL")
        log.refresh()
        assert log.files("profile") <= 4
    assert len(of(log, "count", WHOLE)) == 10


# --- snapshots ---


SNAPSHOT = {"granularities": [], "timestamp_column": None}


def test_a_snapshot_is_a_window_of_its_own_at_each_refresh(log: Scene) -> None:
    assert log.refresh(**SNAPSHOT) == "Profiled 4 rows."
    assert of(log, "*", "true", "drift") == []
    log.add("'2026-06-12', '2', 100, 'west', 1, NULL")
    log.refresh(**SNAPSHOT)
    assert of(log, "count, granularity", WHOLE) == [["4", None], ["5", None]]
    assert of(log, "window.start = window.end", WHOLE) == [["true"], ["true"]]
    where = "column_name = 'amount' AND drift_type = 'CONSECUTIVE'"
    ((delta, later),) = of(log, "avg_delta, window.start > window_cmp.start", where, "drift")
    assert float(delta) == pytest.approx(26 - 4 / 3)
    assert later == "true"


# --- failures ---


def test_what_is_gone_is_named_and_nothing_changes(log: Scene) -> None:
    log.refresh(**INFERENCE)
    before = all_rows(log)
    log.sql("CREATE OR REPLACE TABLE log AS SELECT at, version, guess FROM log")
    error = log.refusal(**INFERENCE)
    assert error.message == ("The label column `label` is not a column of `ml`.`monitoring`.`log`.")
    error = log.refusal(slicing_exprs=["region"])
    assert "The slicing expression 'region' cannot be computed: A column" in error.message
    error = log.refusal(baseline="ml.monitoring.none")
    assert error.error_class == "TABLE_OR_VIEW_NOT_FOUND"
    log.sql("DROP TABLE log")
    assert "`ml`.`monitoring`.`log` cannot be found" in log.refusal().message
    assert all_rows(log) == before


@pytest.mark.parametrize(
    "columns", ["* EXCEPT (js_distance)", "* EXCEPT (count_delta), 'x' AS count_delta"]
)
def test_metric_tables_of_another_shape_are_refused(log: Scene, columns: str) -> None:
    log.sql(f"CREATE OR REPLACE TABLE drift AS SELECT {columns} FROM drift")
    assert "Drop it; the next refresh makes it anew." in log.refusal().message


def test_a_time_that_is_none_is_refused(engine: Engine) -> None:
    scene = Scene(engine, "at BOOLEAN, n INT")
    assert "has no type that is a time" in scene.refusal().message


def test_numbers_stay_numbers(log: Scene) -> None:
    log.refresh()
    ((statistic,),) = log.sql(
        "SELECT max(ks_test.statistic) FROM drift WHERE column_name = 'amount'"
    )
    assert not math.isnan(float(statistic or "nan"))


def test_columns_may_have_any_name(engine: Engine) -> None:
    scene = Scene(engine, 'at TIMESTAMP, c1 STRING, c0 DOUBLE, t INT, `Sel"ect` INT, `größe` INT')
    scene.add("'2026-06-10', 'x', 1.5, 2, 3, 4", "'2026-06-11', 'x', 2.5, 2, 3, 4")
    scene.refresh(slicing_exprs=["c0 > 2", "`größe`"])
    where = "slice_key IS NULL AND window.start = '2026-06-10' AND avg IS NOT NULL"
    assert of(scene, "column_name, avg", where) == [
        ['Sel"ect', "3.0"],
        ["c0", "1.5"],
        ["größe", "4.0"],
        ["t", "2.0"],
    ]


def test_views_can_be_monitored_and_be_baselines(log: Scene) -> None:
    log.sql("CREATE VIEW seen AS SELECT * FROM log WHERE region IS NOT NULL")
    log.refresh(table="ml.monitoring.seen", baseline="ml.monitoring.seen", **INFERENCE)
    found = of(log, "log_type, count, logging_table_commit_version", f"{WHOLE} AND version IS NULL")
    assert found == [["BASELINE", "3", None]]
    assert of(log, "count", f"{WHOLE} AND version = '*'") == [["3"]]
