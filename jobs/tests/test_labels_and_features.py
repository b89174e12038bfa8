"""The definitions of churn and of the features, on customers made by hand."""

from datetime import date

import pytest

from churn.build_features import build_features
from churn.data import FEATURE_COLUMNS
from churn.make_labels import labelled_customers, make_labels
from churn_tables import AS_OF, FEATURES, HOLDOUT, LABELS, SOURCES
from conftest import customers, purchases
from doubles import DuckDbTables
from mlops.task import TaskError


def set_up(tables: DuckDbTables, *rows: tuple[str, str, float, str]) -> None:
    tables.overwrite(SOURCES["transactions"], purchases(*rows))
    signed_up = {name: day for name, day, _, _ in sorted(rows, key=lambda row: row[1])[::-1]}
    tables.overwrite(SOURCES["customers"], customers(*signed_up.items()))


def features(tables: DuckDbTables) -> dict[str, dict[str, object]]:
    build_features(tables, **SOURCES, features=FEATURES, as_of=AS_OF)
    return stored_features(tables)


def stored_features(tables: DuckDbTables) -> dict[str, dict[str, object]]:
    rows = tables.query(f"SELECT * FROM {FEATURES} ORDER BY customer_id").to_dict("records")
    return {str(row.pop("customer_id")): row for row in rows}


def test_churned_means_no_purchase_in_the_90_days_after(empty: DuckDbTables) -> None:
    set_up(
        empty,
        ("buys on the as-of date only", "1998-03-31", 5.0, "budget"),
        ("buys on the next day", "1998-03-30", 5.0, "budget"),
        ("buys on the next day", "1998-04-01", 5.0, "budget"),
        ("buys on day 90", "1997-01-01", 5.0, "budget"),
        ("buys on day 90", "1998-06-29", 5.0, "budget"),
        ("buys on day 91", "1997-01-01", 5.0, "budget"),
        ("buys on day 91", "1998-06-30", 5.0, "budget"),
        ("is not known yet", "1998-04-02", 5.0, "budget"),
    )
    labelled = labelled_customers(empty, **SOURCES, as_of=AS_OF, horizon_days=90)
    assert dict(zip(labelled["customer_id"], labelled["churned"], strict=True)) == {
        "buys on the as-of date only": 1,
        "buys on the next day": 0,
        "buys on day 90": 0,
        "buys on day 91": 1,
    }


def test_features_of_one_customer(empty: DuckDbTables) -> None:
    set_up(
        empty,
        ("a", "1998-01-01", 10.0, "budget"),
        ("a", "1998-01-31", 20.0, "premium"),
        ("a", "1998-03-01", 60.0, "premium"),
        ("b", "1998-03-31", 7.5, "budget"),
    )
    built = features(empty)
    assert built["a"] == {
        "total_transactions": 3,
        "total_spend": 90.0,
        "avg_transaction_amount": 30.0,
        "last_transaction_date": date(1998, 3, 1),
        "unique_categories": 2,
        "spend_volatility": 26.4575,
        "signup_date": date(1998, 1, 1),
        "region": "north",
        "days_since_signup": 89,
        "days_since_last_transaction": 30,
    }
    assert built["b"]["spend_volatility"] != built["b"]["spend_volatility"], "one purchase: NULL"
    assert built["b"]["days_since_last_transaction"] == 0


def test_purchases_after_the_as_of_date_change_no_feature(empty: DuckDbTables) -> None:
    known = [("a", "1998-01-01", 10.0, "budget"), ("b", "1998-03-31", 7.5, "budget")]
    later = [("a", "1998-04-01", 999.0, "premium"), ("c", "1998-04-01", 5.0, "budget")]
    set_up(empty, *known, ("z", "1998-06-30", 1.0, "budget"))
    before = features(empty)
    set_up(empty, *known, *later, ("z", "1998-06-30", 1.0, "budget"))
    assert str(features(empty)) == str(before)
    labelled = labelled_customers(empty, **SOURCES, as_of=AS_OF, horizon_days=90)
    assert list(labelled["total_spend"]) == [10.0, 7.5], "nor a feature of the holdout"


def test_holdout_and_labels_share_no_customer_and_leave_none_out(cdnow: DuckDbTables) -> None:
    labels = set(cdnow.query(f"SELECT customer_id FROM {LABELS}")["customer_id"])
    holdout = set(cdnow.query(f"SELECT customer_id FROM {HOLDOUT}")["customer_id"])
    assert (len(labels), len(holdout), len(labels & holdout)) == (18_856, 4_714, 0)


def test_holdout_has_the_features_of_the_feature_table(cdnow: DuckDbTables) -> None:
    names = ", ".join(["customer_id", *FEATURE_COLUMNS])
    different = cdnow.query(f"SELECT {names} FROM {HOLDOUT} EXCEPT SELECT {names} FROM {FEATURES}")
    assert len(different) == 0


def test_labels_are_the_same_on_every_run(cdnow: DuckDbTables) -> None:
    queries = [f"SELECT * FROM {table} ORDER BY customer_id" for table in (LABELS, HOLDOUT)]
    before = [cdnow.query(query) for query in queries]
    make_labels(cdnow, **SOURCES, labels=LABELS, holdout=HOLDOUT, as_of=AS_OF, horizon_days=90)
    for query, old in zip(queries, before, strict=True):
        assert cdnow.query(query).equals(old)


def test_horizon_beyond_the_data_is_refused(empty: DuckDbTables) -> None:
    set_up(empty, ("a", "1998-01-01", 10.0, "budget"), ("a", "1998-06-28", 10.0, "budget"))
    with pytest.raises(TaskError, match=r"ends on 1998-06-28, but .* need .* until 1998-06-29"):
        labelled_customers(empty, **SOURCES, as_of=AS_OF, horizon_days=90)


def test_no_data_is_said(empty: DuckDbTables) -> None:
    with pytest.raises(TaskError, match=r"ml\.bronze\.transactions is empty: load it first"):
        labelled_customers(empty, **SOURCES, as_of=AS_OF, horizon_days=90)
    set_up(empty, ("a", "1999-01-01", 10.0, "budget"))
    with pytest.raises(TaskError, match=r"no customer .* bought anything up to 1998-03-31"):
        labelled_customers(empty, **SOURCES, as_of=AS_OF, horizon_days=90)


def test_features_are_kept_when_there_is_nothing_to_build_them_from(empty: DuckDbTables) -> None:
    set_up(empty, ("a", "1998-01-01", 10.0, "budget"))
    before = features(empty)
    with pytest.raises(TaskError, match="has no purchase up to 1990-01-01"):
        build_features(empty, **SOURCES, features=FEATURES, as_of=date(1990, 1, 1))
    assert str(stored_features(empty)) == str(before)


def test_missing_table_and_column_are_named(empty: DuckDbTables) -> None:
    with pytest.raises(TaskError, match="nowhere"):
        build_features(
            empty,
            transactions="ml.bronze.nowhere",
            customers=SOURCES["customers"],
            features=FEATURES,
            as_of=AS_OF,
        )
    empty.create("CREATE TABLE ml.bronze.thin (customer_id STRING, transaction_date DATE)")
    with pytest.raises(TaskError, match=r"ml\.bronze\.thin has no column amount, quantity"):
        build_features(
            empty,
            transactions="ml.bronze.thin",
            customers=SOURCES["customers"],
            features=FEATURES,
            as_of=AS_OF,
        )


def test_feature_table_of_another_shape_is_refused(empty: DuckDbTables) -> None:
    set_up(empty, ("a", "1998-01-01", 10.0, "budget"))
    empty.create("CREATE TABLE ml.features.other (customer_id STRING, region STRING)")
    with pytest.raises(TaskError, match=r"ml\.features\.other has the columns customer_id, region"):
        build_features(empty, **SOURCES, features="ml.features.other", as_of=AS_OF)


def test_column_order_of_the_table_does_not_matter(empty: DuckDbTables) -> None:
    empty.create(
        "CREATE TABLE ml.bronze.shuffled (region STRING, signup_date DATE, customer_id STRING)"
    )
    empty.overwrite("ml.bronze.shuffled", customers(("a", "1998-01-01")))
    empty.append("ml.bronze.shuffled", customers(("b", "1998-01-02")))
    stored = empty.query("SELECT * FROM ml.bronze.shuffled ORDER BY customer_id")
    assert list(stored["customer_id"]) == ["a", "b"]
    assert list(stored["region"]) == ["north", "north"]
