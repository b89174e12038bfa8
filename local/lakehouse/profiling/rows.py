"""Rows as arrays: their columns, and what they are grouped by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakehouse.delta_types import INTEGRAL, DeltaType, quote, type_text
from lakehouse.profiling.source import Source, is_decimal, windowed
from lakehouse.profiling.spec import Spec
from lakehouse.profiling.statistics import Floats, Ints
from lakehouse.session import Session

Codes = npt.NDArray[np.int32]
Kind = Literal["number", "time", "category", "other"]

_FLOATS = ("float", "double")


@dataclass
class Encoder:
    """Numbers the texts that it meets; those of one column share one, so that codes compare."""

    items: list[str] = field(default_factory=list)
    """The text of each code."""
    _codes: dict[str, int] = field(default_factory=dict)

    def encode(self, values: pa.ChunkedArray) -> Codes:
        """A code for each value, -1 for null."""
        encoded = values.combine_chunks().dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        known = [self._codes.setdefault(text, len(self._codes)) for text in texts]
        self.items += list(self._codes)[len(self.items) :]
        places = encoded.indices.fill_null(-1).to_numpy()
        lookup: Codes = np.array([*known, -1], dtype=np.int32)
        codes: Codes = lookup[places]
        return codes


@dataclass(frozen=True)
class Column:
    """The values of one column.

    Times are seconds since 1970, as the metric tables have them.
    """

    name: str
    type_text: str
    kind: Kind
    nulls: npt.NDArray[np.bool_]
    numbers: Floats | None = None
    codes: Codes | None = None
    lengths: Floats | None = None
    """In characters, of text."""
    encoder: Encoder | None = None


@dataclass(frozen=True)
class Rows:
    """Rows of one table."""

    count: int
    columns: list[Column]
    starts: list[Ints]
    """The start of each row's window, for each granularity."""
    models: tuple[Codes, list[str]] | None
    slices: dict[int, tuple[Codes, list[str]]]
    labels: tuple[Any, Any] | None
    """Label and prediction: codes of one encoder, or numbers."""
    classes: Encoder


class Loader:
    """Loads tables that are going to be compared with each other."""

    def __init__(self, session: Session, spec: Spec) -> None:
        """Codes of texts stay comparable among all that one loader loads."""
        self._session = session
        self._spec = spec
        self._encoders: dict[str, Encoder] = {}

    def windows(self, source: Source, wanted: list[Iterable[int]]) -> Rows:
        """The rows of the wanted windows, which are given for each granularity by their start."""
        query = windowed(source, self._spec)
        chosen = [
            f"__start_{i} IN (SELECT unnest([{', '.join(str(s) for s in starts)}]::BIGINT[]))"
            for i, starts in enumerate(wanted)
        ]
        starts = [f"__start_{i}" for i in range(len(wanted))]
        rows = f"SELECT * FROM ({query}) AS w WHERE {' OR '.join(chosen)}"
        return self._load(source, rows, starts)

    def whole(self, source: Source) -> Rows:
        """All rows, as one group."""
        return self._load(source, source.query, [])

    def _load(self, source: Source, query: str, starts: list[str]) -> Rows:
        spec = self._spec
        chosen = {f"c{i}": _read(f["name"], f["type"]) for i, f in enumerate(source.fields)}
        chosen |= {f"s{i}": f"__slice_{i}" for i in source.slices}
        chosen |= {f"w{i}": name for i, name in enumerate(starts)}
        if model := source.field(spec.model_column):
            chosen["model"] = f"CAST({quote(model['name'])} AS VARCHAR)"
        label, prediction = source.field(spec.label_column), source.field(spec.prediction_column)
        if label and prediction:
            chosen |= {"label": self._outcome(label), "prediction": self._outcome(prediction)}
        listed = ", ".join(f"{sql} AS {name}" for name, sql in chosen.items())
        table = self._session.cursor.sql(f"SELECT {listed} FROM ({query}) AS q").to_arrow_table()
        return Rows(
            count=table.num_rows,
            columns=[self._column(f, table[f"c{i}"]) for i, f in enumerate(source.fields)],
            starts=[table[f"w{i}"].to_numpy() for i in range(len(starts))],
            models=self._codes("model", table) if "model" in chosen else None,
            slices={i: self._codes(f"s{i}", table) for i in source.slices},
            labels=self._labels(table) if "label" in chosen else None,
            classes=self._encoder("label"),
        )

    def _outcome(self, column: dict[str, Any]) -> str:
        """A label or prediction as a number to subtract, or as the text of its class."""
        name, kind = quote(column["name"]), column["type"]
        if self._spec.problem == "regression":
            return f"CAST({name} AS DOUBLE)"
        if kind in _FLOATS or is_decimal(kind):
            # A class 1 of one column must be the class 1.0 of the other.
            number = f"CAST({name} AS DOUBLE)"
            whole = f"CAST(TRY_CAST({number} AS BIGINT) AS VARCHAR)"
            return f"CASE WHEN {number} = trunc({number}) THEN {whole} ELSE {number}::VARCHAR END"
        return f"CAST({name} AS VARCHAR)"

    def _labels(self, table: pa.Table) -> tuple[Any, Any]:
        label, prediction = table["label"], table["prediction"]
        if self._spec.problem == "regression":
            return _numbers(label), _numbers(prediction)
        classes = self._encoder("label")
        return classes.encode(label), classes.encode(prediction)

    def _encoder(self, name: str) -> Encoder:
        return self._encoders.setdefault(name, Encoder())

    def _codes(self, name: str, table: pa.Table) -> tuple[Codes, list[str]]:
        encoder = self._encoder(name)
        codes = encoder.encode(table[name])
        return codes, encoder.items

    def _column(self, column: dict[str, Any], values: pa.ChunkedArray) -> Column:
        name, kind = column["name"], kind_of(column["type"])
        nulls = values.is_null().to_numpy()
        common = (name, type_text(column["type"]), kind, nulls)
        if kind in ("number", "time"):
            return Column(*common, numbers=_numbers(values))
        if kind == "category":
            encoder = self._encoder(f"column {name.lower()}")
            codes = encoder.encode(values)
            if column["type"] != "string":
                return Column(*common, codes=codes, encoder=encoder)
            of_items = np.array([*(len(text) for text in encoder.items), np.nan])
            return Column(*common, codes=codes, encoder=encoder, lengths=of_items[codes])
        return Column(*common)


def kind_of(delta: DeltaType) -> Kind:
    """What is measured of a type."""
    if isinstance(delta, dict):
        return "other"
    if delta in INTEGRAL or delta in _FLOATS or is_decimal(delta):
        return "number"
    if delta in ("timestamp", "timestamp_ntz", "date"):
        return "time"
    return "category" if delta in ("string", "boolean") else "other"


def _read(name: str, delta: DeltaType) -> str:
    match kind_of(delta):
        case "number":
            return f"CAST({quote(name)} AS DOUBLE)"
        case "time":
            return f"epoch(CAST({quote(name)} AS TIMESTAMP))"
        case "category":
            return f"CAST({quote(name)} AS VARCHAR)"
        case _:
            # Of arrays, maps, structs and binaries only the nulls are counted.
            return f"CASE WHEN {quote(name)} IS NOT NULL THEN true END"


def _numbers(values: pa.ChunkedArray) -> Floats:
    """NaN for null; Column.nulls tells the two apart."""
    return np.asarray(values.to_numpy(), dtype=np.float64)
