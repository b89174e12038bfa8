"""The rows of one window, model version and slice, and what the metric tables say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from lakehouse.profiling import quality
from lakehouse.profiling.rows import Codes, Column, Rows
from lakehouse.profiling.sample import Sample
from lakehouse.profiling.spec import Spec
from lakehouse.profiling.statistics import Categories, Ints, Metrics

ALL_MODELS = "*"
TABLE = ":table"
_MAX_SLICES = 100

Subject = tuple[str | None, str | None, str | None]
"""Model version, slice key and slice value, as they are in the metric tables."""


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
