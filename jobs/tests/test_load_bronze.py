"""The set-up of the bronze tables from the real data."""

from datetime import date

import pytest

from churn import load_bronze
from churn_tables import SOURCES
from doubles import DuckDbTables
from mlops.task import TaskError


def counts(tables: DuckDbTables) -> list[int]:
    return [
        tables.query(f"SELECT count(*) AS n FROM {table}")["n"][0] for table in SOURCES.values()
    ]


def test_all_purchases_and_customers_arrive(cdnow: DuckDbTables) -> None:
    assert counts(cdnow) == [69_659, 23_570]
    days = cdnow.query(
        "SELECT min(transaction_date) AS a, max(transaction_date) AS b FROM ml.bronze.transactions"
    )
    assert [days["a"][0], days["b"][0]] == [date(1997, 1, 1), date(1998, 6, 30)]


def test_loading_again_changes_nothing(cdnow: DuckDbTables) -> None:
    everything = "SELECT * FROM ml.bronze.customers ORDER BY customer_id"
    before = cdnow.query(everything)
    load_bronze.load(cdnow, "/Volumes/ml/bronze/landing", **SOURCES)
    assert counts(cdnow) == [69_659, 23_570]
    assert cdnow.query(everything).equals(before)


def test_raw_file_stays_in_the_volume_and_staging_is_cleared(cdnow: DuckDbTables) -> None:
    landing = cdnow.folder / "ml/bronze/landing"
    files = [path.relative_to(landing).as_posix() for path in landing.rglob("*") if path.is_file()]
    assert files == ["cdnow/CDNOW_master.txt"]


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("1 19970101 2 0.00", "free"),
        ("1 19970101 2 23.98", "budget"),
        ("1 19970101 2 24.00", "standard"),
        ("1 19970101 1 15.99", "standard"),
        ("1 19970101 1 16.00", "premium"),
    ],
)
def test_category_is_the_price_band_of_a_cd(line: str, category: str) -> None:
    frame = load_bronze.parse_transactions(f"header\r\n {line}\r\n".encode())
    assert list(frame["product_category"]) == [category]


def test_customer_signs_up_with_the_first_purchase() -> None:
    content = b"header\n 00002 19970205 1 5.00\n 00002 19970112 1 5.00\n 00001 19970301 1 5.00\n"
    frame = load_bronze.customers_of(load_bronze.parse_transactions(content))
    assert list(frame["customer_id"]) == ["00001", "00002"]
    assert list(frame["signup_date"]) == [date(1997, 3, 1), date(1997, 1, 12)]


def test_regions_are_the_same_on_every_machine() -> None:
    regions = [load_bronze.region(f"{number:05}") for number in range(1, 5)]
    assert regions == ["west", "east", "west", "north"]


def test_damaged_file_is_refused() -> None:
    with pytest.raises(TaskError, match="the CDNOW file cannot be read"):
        load_bronze.parse_transactions(b"header\n 00001 19970132 1 11.77\n")
    with pytest.raises(TaskError, match="the CDNOW file cannot be read"):
        load_bronze.parse_transactions(b"header\n 00001 19970101 one 11.77\n")


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_bronze, "_PACKAGE", "no-such-package")
    with pytest.raises(TaskError, match=r"package no-such-package .* is not installed"):
        load_bronze.read_cdnow()
