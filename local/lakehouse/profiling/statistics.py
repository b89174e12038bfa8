"""What is computed of values: of one sample, and of two that are compared.

A sample of numbers is the sorted array of its finite values: nulls, NaN and infinities are counted
elsewhere. A sample of categories is which codes occur, ascending, and how often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Metrics = dict[str, Any]

QUANTILES = 1000
FREQUENT_ITEMS = 100
_DECILES = np.arange(1, 10) / 10
# Added to every bin's count. It keeps an empty bin from making the index infinite, weighs the less
# the more rows there are, and does not blow up the index of small windows as a fixed proportion
# (often 0.0001) would. One half is the Jeffreys prior of a proportion.
_PRIOR = 0.5


@dataclass(frozen=True)
class Categories:
    """Codes that occur, ascending, and how often each does."""

    codes: Ints
    counts: Ints

    @classmethod
    def of(cls, codes: npt.NDArray[np.int32]) -> Categories:
        """Counts codes; negative ones stand for null."""
        found, counts = np.unique(codes[codes >= 0], return_counts=True)
        return cls(found.astype(np.int64), counts.astype(np.int64))


def quantiles(values: Floats, probabilities: Floats) -> Floats:
    """The smallest values that so many of the sample do not exceed: values of the sample itself."""
    ranks = np.ceil(probabilities * len(values)).astype(np.int64) - 1
    return values[np.clip(ranks, 0, None)]


def describe_numbers(values: Floats) -> Metrics:
    """Location and spread of a sample of numbers; nothing of an empty one."""
    if len(values) == 0:
        return {}
    return {
        "avg": float(values.mean()),
        "min": float(values[0]),
        "max": float(values[-1]),
        "median": float(np.median(values)),
        # Of a sample, as Spark's stddev.
        "stddev": float(values.std(ddof=1)) if len(values) > 1 else None,
        "quantiles": quantiles(values, np.arange(1, QUANTILES + 1) / QUANTILES),
    }


def distinct(values: Floats) -> int:
    """How many values a sorted sample has."""
    return int(np.count_nonzero(np.diff(values)) + 1) if len(values) else 0


# --- drift of numbers ---


def number_drift(current: Floats, reference: Floats) -> Metrics:
    """How far two samples of numbers differ; nothing where one is empty.

    Databricks fills these for numeric columns, and leaves them null for categorical ones. The
    Kolmogorov-Smirnov statistic is the largest difference of the two distribution functions and
    the Wasserstein distance the area between them, so one pass gives both. The p-value is the
    asymptotic one with Stephens' correction for finite samples. The functions of scipy.stats say
    the same, as the tests show; for hundreds of columns and windows they take ten times as long.
    """
    if len(current) == 0 or len(reference) == 0:
        return {}
    values = np.sort(np.concatenate([current, reference]), kind="stable")
    ours, theirs = (
        np.searchsorted(one, values, side="right") / len(one) for one in (current, reference)
    )
    between = np.abs(ours - theirs)
    largest = float(between.max())
    root = float(np.sqrt(len(current) * len(reference) / len(values)))
    return {
        "ks_test": {
            "statistic": largest,
            "pvalue": float(special.kolmogorov((root + 0.12 + 0.11 / root) * largest)),
        },
        "wasserstein_distance": float(np.sum(between[:-1] * np.diff(values))),
        "population_stability_index": population_stability_index(current, reference),
    }


def population_stability_index(current: Floats, reference: Floats) -> float:
    """The population stability index over the deciles of the reference.

    ``sum((p - q) * ln(p / q))`` over the bins, ``p`` and ``q`` the proportions of the two samples.
    The bins end with the reference's deciles, so that each holds about a tenth of it, whatever
    its scale and outliers; one more bin lies below its smallest value, which separates a constant
    or few-valued reference from what comes below. Deciles that coincide make one bin. Half a row
    is added to every bin (see ``_PRIOR``). Two samples of n rows of one distribution have an
    index around 20 / n: 0.02 at 1,000 rows; below some 300 rows it may exceed 0.1 by chance.
    """
    edges = np.unique(quantiles(reference, _DECILES))
    p, q = (_proportions(sample, reference[0], edges) for sample in (current, reference))
    return float(np.sum((p - q) * np.log(p / q)))


def _proportions(values: Floats, smallest: float, edges: Floats) -> Floats:
    below = np.searchsorted(values, smallest, side="left")
    ends = np.searchsorted(values, edges, side="right")
    counts = np.diff([0, below, *ends, len(values)]) + _PRIOR
    result: Floats = counts / counts.sum()
    return result


# --- drift of categories ---


def category_drift(current: Categories, reference: Categories) -> Metrics:
    """How far two samples of categories differ; nothing where one is empty.

    Databricks fills these for categorical columns only. The chi-squared test is that of
    homogeneity, on the table of both samples' counts, without a continuity correction. The
    Jensen-Shannon distance is the root of the divergence to base 2, so it lies within 0 and 1.
    """
    if len(current.codes) == 0 or len(reference.codes) == 0:
        return {}
    counts = _aligned(current, reference)
    sizes = counts.sum(axis=1, keepdims=True)
    p, q = counts / sizes
    both = counts.sum(axis=0)
    expected = sizes * both / both.sum()
    chi = float(np.sum((counts - expected) ** 2 / expected))
    freedom = len(both) - 1
    mixed = (p + q) / 2
    divergence = special.rel_entr(p, mixed).sum() + special.rel_entr(q, mixed).sum()
    return {
        "chi_squared_test": {
            "statistic": chi,
            "pvalue": float(special.chdtrc(freedom, chi)) if freedom else 1.0,
        },
        "tv_distance": float(np.abs(p - q).sum() / 2),
        "l_infinity_distance": float(np.abs(p - q).max()),
        "js_distance": float(np.sqrt(max(divergence, 0) / 2 / np.log(2))),
    }


def _aligned(current: Categories, reference: Categories) -> Ints:
    """The counts of both, one row each, over all categories of either."""
    codes = np.union1d(current.codes, reference.codes)
    counts = np.zeros((2, len(codes)), dtype=np.int64)
    for row, sample in zip(counts, (current, reference), strict=True):
        row[np.searchsorted(codes, sample.codes)] = sample.counts
    return counts
