"""The statistics of monitors, against SciPy, scikit-learn and values computed by hand."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon
from sklearn import metrics

from lakehouse.profiling import quality
from lakehouse.profiling.statistics import (
    Categories,
    category_drift,
    describe_numbers,
    distinct,
    number_drift,
    population_stability_index,
    quantiles,
)

RANDOM = np.random.default_rng(20)


def sample(*values: float) -> np.ndarray:
    return np.sort(np.array(values, dtype=np.float64))


def categories(**counts: int) -> Categories:
    codes = np.array([ord(name) for name in sorted(counts)], dtype=np.int64)
    return Categories(codes, np.array([counts[name] for name in sorted(counts)]))


def normal(mean: float, deviation: float, size: int) -> np.ndarray:
    return np.sort(RANDOM.normal(mean, deviation, size))


# --- one sample ---


def test_location_and_spread() -> None:
    described = describe_numbers(sample(4, 1, 2, 1))
    assert described["avg"] == 2
    assert described["median"] == 1.5
    assert (described["min"], described["max"]) == (1, 4)
    assert described["stddev"] == pytest.approx(math.sqrt(2))
    assert len(described["quantiles"]) == 1000
    assert described["quantiles"][-1] == 4


def test_one_value_has_no_deviation_and_none_has_nothing() -> None:
    assert describe_numbers(sample(3))["stddev"] is None
    assert describe_numbers(sample()) == {}


def test_quantiles_are_values_of_the_sample() -> None:
    values = sample(*range(10, 110, 10))
    found = quantiles(values, np.array([0.05, 0.1, 0.5, 0.51, 1]))
    assert found.tolist() == [10, 10, 50, 60, 100]


def test_distinct_values() -> None:
    assert distinct(sample(1, 1, 2, 5, 5)) == 3
    assert distinct(sample()) == 0


# --- the population stability index ---


def test_the_index_by_hand() -> None:
    # Ten of the values 1 and 2 each: both deciles' edges, and no others. Bins: below 1, up to 1,
    # up to 2, above 2, with half a row added to each.
    reference = sample(*[1] * 10, *[2] * 10)
    current = sample(*[1] * 5, *[2] * 10, *[3] * 5)
    q = np.array([0.5, 10.5, 10.5, 0.5]) / 22
    p = np.array([0.5, 5.5, 10.5, 5.5]) / 22
    expected = float(sum((a - b) * math.log(a / b) for a, b in zip(p, q, strict=True)))
    assert population_stability_index(current, reference) == pytest.approx(expected)


def test_the_index_of_a_sample_with_itself_is_0() -> None:
    values = normal(0, 1, 500)
    assert population_stability_index(values, values) == 0


@pytest.mark.parametrize("size", [1000, 5000])
def test_without_a_shift_the_index_stays_below_a_tenth(size: int) -> None:
    found = [population_stability_index(normal(5, 2, size), normal(5, 2, size)) for _ in range(200)]
    assert max(found) < 0.1
    assert np.mean(found) == pytest.approx(20 / size, rel=0.2)


@pytest.mark.parametrize(("mean", "deviation"), [(6, 2), (4, 2), (5, 3), (5, 1)])
def test_with_a_shift_the_index_is_above_a_tenth(mean: float, deviation: float) -> None:
    for _ in range(50):
        found = population_stability_index(normal(mean, deviation, 1000), normal(5, 2, 1000))
        assert found > 0.1


def test_the_index_does_not_depend_on_scale() -> None:
    one, other = normal(0, 1, 1000), normal(0.5, 1, 1000)
    assert population_stability_index(one * 1e6, other * 1e6) == pytest.approx(
        population_stability_index(one, other)
    )


@pytest.mark.parametrize("value", [4, 6])
def test_another_constant_is_a_shift(value: float) -> None:
    assert population_stability_index(sample(*[value] * 1000), sample(*[5] * 1000)) > 1
    assert population_stability_index(sample(*[5] * 1000), sample(*[5] * 900)) < 0.001


def test_a_class_that_becomes_frequent_is_a_shift() -> None:
    few, many = sample(*[0] * 950, *[1] * 50), sample(*[0] * 700, *[1] * 300)
    assert population_stability_index(many, few) > 0.1
    assert population_stability_index(few, many) > 0.1
    assert population_stability_index(few, few) < 0.001


# --- other drift of numbers ---


@pytest.mark.parametrize("sizes", [(800, 1200), (50, 60), (3000, 20)])
def test_number_drift_is_that_of_scipy(sizes: tuple[int, int]) -> None:
    for moved in (0, 0.1, 0.3):
        # Rounded, so that values are tied within and between the samples.
        current, reference = (
            np.round(normal(m, 1, n), 1) for m, n in zip((moved, 0), sizes, strict=True)
        )
        found = number_drift(current, reference)
        test = stats.ks_2samp(current, reference, method="exact")
        assert found["ks_test"]["statistic"] == pytest.approx(test.statistic)
        assert found["ks_test"]["pvalue"] == pytest.approx(test.pvalue, abs=0.02)
        distance = stats.wasserstein_distance(current, reference)
        assert found["wasserstein_distance"] == pytest.approx(distance)
        assert "js_distance" not in found


def test_category_drift_is_that_of_scipy() -> None:
    current, reference = (
        Categories.of(RANDOM.integers(start, 9, 500).astype(np.int32)) for start in (0, 1)
    )
    counts = np.array([current.counts, [0, *reference.counts]])
    found = category_drift(current, reference)
    test = stats.chi2_contingency(counts, correction=False)
    assert found["chi_squared_test"] == pytest.approx(
        {"statistic": test.statistic, "pvalue": test.pvalue}
    )
    assert found["js_distance"] == pytest.approx(jensenshannon(*counts, base=2))


def test_wasserstein_of_a_moved_sample_is_how_far_it_was_moved() -> None:
    values = normal(0, 1, 100)
    assert number_drift(values + 3, values)["wasserstein_distance"] == pytest.approx(3)
    assert number_drift(values + 100, values)["ks_test"]["statistic"] == 1


def test_nothing_is_said_of_an_empty_sample() -> None:
    assert number_drift(sample(), sample(1)) == {}
    assert category_drift(categories(), categories(a=1)) == {}


# --- drift of categories ---


def test_category_drift_by_hand() -> None:
    # Proportions 0.5, 0.5, 0 and 0.25, 0.25, 0.5.
    found = category_drift(categories(a=10, b=10), categories(a=5, b=5, c=10))
    assert found["tv_distance"] == pytest.approx(0.5)
    assert found["l_infinity_distance"] == pytest.approx(0.5)
    # Against the mixture 0.375, 0.375, 0.25, in bits.
    first = 2 * 0.5 * math.log2(0.5 / 0.375)
    second = 2 * 0.25 * math.log2(0.25 / 0.375) + 0.5 * math.log2(0.5 / 0.25)
    assert found["js_distance"] == pytest.approx(math.sqrt((first + second) / 2))
    # Expected counts 7.5, 7.5, 5 in both rows.
    assert found["chi_squared_test"]["statistic"] == pytest.approx(4 * 2.5**2 / 7.5 + 2 * 5**2 / 5)
    assert found["chi_squared_test"]["pvalue"] == pytest.approx(
        stats.chi2.sf(4 * 2.5**2 / 7.5 + 2 * 5**2 / 5, df=2)
    )
    assert "population_stability_index" not in found


def test_equal_and_disjoint_categories() -> None:
    same = category_drift(categories(a=30, b=10), categories(a=3, b=1))
    assert same["js_distance"] == pytest.approx(0, abs=1e-7)
    assert same["chi_squared_test"]["pvalue"] == pytest.approx(1)
    apart = category_drift(categories(a=30), categories(b=3))
    assert apart["js_distance"] == apart["tv_distance"] == apart["l_infinity_distance"] == 1
    alone = category_drift(categories(a=30), categories(a=3))
    assert alone["chi_squared_test"] == {"statistic": 0, "pvalue": 1}


# --- quality ---


def test_classification_is_that_of_scikit_learn() -> None:
    names = ["none", "low", "mid", "high"]
    labels, guesses = RANDOM.integers(1, 4, 300), RANDOM.integers(0, 3, 300)
    found = quality.classification(labels, guesses, names)
    assert found["accuracy_score"] == metrics.accuracy_score(labels, guesses)
    for name, score in (
        ("precision", metrics.precision_score),
        ("recall", metrics.recall_score),
        ("f1_score", metrics.f1_score),
    ):
        each = score(labels, guesses, average=None, zero_division=0)
        assert [value for _, value in found[name]["one_vs_all"]] == pytest.approx(list(each))
        for average in ("macro", "weighted"):
            expected = score(labels, guesses, average=average, zero_division=0)
            assert found[name][average] == pytest.approx(expected)
    cells = {(c["label"], c["prediction"]): c["count"] for c in found["confusion_matrix"]}
    assert cells["low", "none"] == np.sum((labels == 1) & (guesses == 0))
    assert sum(cells.values()) == 300


def test_regression_is_that_of_scikit_learn() -> None:
    labels = RANDOM.normal(10, 3, 200)
    guesses = labels + RANDOM.normal(0, 1, 200)
    found = quality.regression(labels, guesses)
    assert found == pytest.approx(
        {
            "mean_squared_error": metrics.mean_squared_error(labels, guesses),
            "root_mean_squared_error": metrics.root_mean_squared_error(labels, guesses),
            "mean_average_error": metrics.mean_absolute_error(labels, guesses),
            "mean_absolute_percentage_error": metrics.mean_absolute_percentage_error(
                labels, guesses
            ),
            "r2_score": metrics.r2_score(labels, guesses),
        }
    )


def test_quality_that_cannot_be_told() -> None:
    assert quality.classification(np.array([], int), np.array([], int), []) == {}
    assert quality.regression(np.array([]), np.array([])) == {}
    found = quality.regression(np.array([0.0, 0.0]), np.array([1.0, 1.0]))
    assert found["mean_absolute_percentage_error"] is None
    assert found["r2_score"] is None
