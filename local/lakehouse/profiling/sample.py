"""The values of one column in one group: what they are like, and how they differ from others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lakehouse.profiling.rows import Column
from lakehouse.profiling.statistics import (
    FREQUENT_ITEMS,
    Categories,
    Floats,
    Ints,
    Metrics,
    category_drift,
    describe_numbers,
    distinct,
    number_drift,
)


@dataclass
class Sample:
    """The values of one column in one group."""

    column: Column
    rows: Ints

    @cached_property
    def nulls(self) -> int:
        """How many values are null."""
        return int(self.column.nulls[self.rows].sum())

    @cached_property
    def finite(self) -> Floats:
        """The finite numbers, sorted."""
        assert self.column.numbers is not None
        values = self.column.numbers[self.rows]
        return np.sort(values[np.isfinite(values)])

    @cached_property
    def categories(self) -> Categories:
        """The texts, counted."""
        assert self.column.codes is not None
        return Categories.of(self.column.codes[self.rows])

    @cached_property
    def metrics(self) -> Metrics:
        """The row of the profile table."""
        count = len(self.rows)
        found: Metrics = {
            "count": count,
            "data_type": self.column.type_text,
            "num_nulls": self.nulls,
            "percent_null": _percent(self.nulls, count),
        }
        match self.column.kind:
            case "number":
                found |= self._number(count)
            case "time":
                described = describe_numbers(self.finite)
                found |= {k: described.get(k) for k in ("min", "max", "median")}
                found["distinct_count"] = distinct(self.finite)
            case "category":
                found |= self._category()
        if "distinct_count" in found:
            found["percent_distinct"] = _percent(found["distinct_count"], count)
        return found

    def _number(self, count: int) -> Metrics:
        assert self.column.numbers is not None
        values = self.column.numbers[self.rows]
        # Where a value is null the array has NaN, too.
        nan = int(np.isnan(values).sum()) - self.nulls
        zeros = int((values == 0).sum())
        return {
            **describe_numbers(self.finite),
            "num_nan": nan,
            "percent_nan": _percent(nan, count),
            "num_zeros": zeros,
            "percent_zeros": _percent(zeros, count),
            "distinct_count": distinct(self.finite),
        }

    def _category(self) -> Metrics:
        assert self.column.encoder is not None
        counts, codes = self.categories.counts, self.categories.codes
        found: Metrics = {"distinct_count": len(codes)}
        items = self.column.encoder.items
        top = np.lexsort((codes, -counts))[:FREQUENT_ITEMS]
        found["frequent_items"] = [{"item": items[codes[i]], "count": int(counts[i])} for i in top]
        if self.column.lengths is not None:
            lengths = self.column.lengths[self.rows]
            lengths = lengths[~np.isnan(lengths)]
            if len(lengths):
                found["min_length"] = float(lengths.min())
                found["max_length"] = float(lengths.max())
                found["avg_length"] = float(lengths.mean())
        return found

    def drift(self, reference: Sample) -> Metrics:
        """How it differs from the same column of another group."""
        ours, theirs = self.metrics, reference.metrics
        found: Metrics = {
            "data_type": self.column.type_text,
            "count_delta": ours["count"] - theirs["count"],
        }
        for name in ("avg", "percent_null", "percent_zeros", "percent_distinct"):
            if ours.get(name) is not None and theirs.get(name) is not None:
                found[f"{name}_delta"] = ours[name] - theirs[name]
        if self.column.kind == "number":
            found |= number_drift(self.finite, reference.finite)
        if self.column.kind == "category":
            found |= category_drift(self.categories, reference.categories)
        return found


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
