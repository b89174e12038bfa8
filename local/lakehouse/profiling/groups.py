"""The rows of one window, model version and slice, and what the metric tables say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from lakehouse.profiling import quality
from lakehouse.profiling.rows import Codes, Column, Rows
from lakehouse.profiling.spec import Spec
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

ALL_MODELS = "*"
TABLE = ":table"
_MAX_SLICES = 100

Subject = tuple[str | None, str | None, str | None]
"""Model version, slice key and slice value, as they are in the metric tables."""


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


@dataclass
class Group:
    """The rows of a window that have one model version and one value of a slice."""

    data: Rows
    subject: Subject
    rows: Ints
    _samples: dict[str, Sample] = field(default_factory=dict)

    def sample(self, column: Column) -> Sample:
        """A column's values, computed once."""
        return self._samples.setdefault(column.name.lower(), Sample(column, self.rows))

    def samples(self) -> Iterator[Sample]:
        """All columns in the table's order."""
        return (self.sample(column) for column in self.data.columns)

    def profile(self, spec: Spec) -> Iterator[tuple[str, Metrics]]:
        """The rows of the profile table, with the name that they go by there."""
        whole: Metrics = {"count": len(self.rows), "non_null_columns": list(self._present.values())}
        yield TABLE, whole | self._quality(spec)
        for sample in self.samples():
            yield sample.column.name, sample.metrics

    def drift(self, reference: Group) -> Iterator[tuple[str, Metrics]]:
        """The rows of the drift table, for the columns that the reference has of the same kind."""
        ours, theirs = self._present.keys(), reference._present.keys()
        yield (
            TABLE,
            {
                "count_delta": len(self.rows) - len(reference.rows),
                "non_null_columns_delta": {
                    "added": len(ours - theirs),
                    "missing": len(theirs - ours),
                },
            },
        )
        others = {column.name.lower(): column for column in reference.data.columns}
        for sample in self.samples():
            other = others.get(sample.column.name.lower())
            if other is not None and other.kind == sample.column.kind:
                yield sample.column.name, sample.drift(reference.sample(other))

    @cached_property
    def _present(self) -> dict[str, str]:
        """The columns with a value, by their name in lower case."""
        names = (s.column.name for s in self.samples() if s.nulls < len(self.rows))
        return {name.lower(): name for name in names}

    def _quality(self, spec: Spec) -> Metrics:
        if self.data.labels is None:
            return {}
        label, prediction = (values[self.rows] for values in self.data.labels)
        if spec.problem == "regression":
            known = np.isfinite(label) & np.isfinite(prediction)
            return quality.regression(label[known], prediction[known])
        known = (label >= 0) & (prediction >= 0)
        return quality.classification(label[known], prediction[known], self.data.classes.items)


def groups_of(data: Rows, rows: Ints, spec: Spec, *, models: bool = True) -> dict[Subject, Group]:
    """The groups of a window's rows, by what they are grouped by.

    Those of an inference log have one for each model version and one, called ``*``, for all of
    them. Each value of a slicing expression makes a slice, of a window's 100 most frequent ones;
    rows without a value are in none.
    """
    versions: list[tuple[str | None, Ints]] = [(None, rows)]
    if spec.model_column is not None and models:
        versions = [(ALL_MODELS, rows)]
        if data.models is not None:
            versions += _parts(rows, *data.models)
    found: dict[Subject, Ints] = {}
    for model, of_model in versions:
        found[model, None, None] = of_model
        for place, (codes, items) in data.slices.items():
            for value, of_slice in _parts(of_model, codes, items, _MAX_SLICES):
                found[model, spec.slicing_exprs[place], value] = of_slice
    return {subject: Group(data, subject, chosen) for subject, chosen in found.items()}


def _parts(
    rows: Ints, codes: Codes, items: list[str], limit: int | None = None
) -> list[tuple[str, Ints]]:
    of_rows = codes[rows]
    counted = Categories.of(of_rows)
    most = np.lexsort((counted.codes, -counted.counts))[:limit]
    return [(items[code], rows[of_rows == code]) for code in counted.codes[np.sort(most)]]


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
