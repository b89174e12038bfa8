"""How a JSON value becomes a value of a table's column."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from mlops.task import TaskError
from monitoring.payloads import MalformedError

_WHOLE_BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}


@dataclass(frozen=True)
class ColumnType:
    """One type: its name in SQL, the pandas type that holds it, and how a value gets into it."""

    name: str
    dtype: str
    _accept: Callable[[object], object]

    def convert(self, value: object, column: str) -> object:
        """Returns the value as the column holds it; null and NaN are missing, `None`.

        Raises:
            MalformedError: When the value is not one of this type; names the column.
        """
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        try:
            return self._accept(value)
        except (ValueError, OverflowError):
            raise MalformedError(f"a value of {column} is not {self.name}") from None


def column_type(column: str, sql_type: str) -> ColumnType:
    """Finds the type that `DESCRIBE TABLE` names.

    Raises:
        TaskError: When it is none that a model's inputs and predictions can have.
    """
    if sql_type in _WHOLE_BITS:
        return ColumnType(sql_type, "Int64", _whole(_WHOLE_BITS[sql_type]))
    if sql_type in ("double", "float") or re.fullmatch(r"decimal(\(.*\))?", sql_type):
        return ColumnType(sql_type, "float64", _number)
    if sql_type == "string":
        return ColumnType(sql_type, "string", _exactly(str))
    if sql_type == "boolean":
        return ColumnType(sql_type, "boolean", _exactly(bool))
    raise TaskError(
        f"column {column} has the type {sql_type}; a prediction's columns can be "
        f"{', '.join(_WHOLE_BITS)}, double, float, decimal, string and boolean"
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    return float(value)


def _whole(bits: int) -> Callable[[object], int]:
    def accept(value: object) -> int:
        # JSON has one kind of number: 3.0 is as whole as 3.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError
        if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            raise OverflowError
        return value

    return accept


def _exactly(kind: type) -> Callable[[object], object]:
    def accept(value: object) -> object:
        if not isinstance(value, kind):
            raise ValueError
        return value

    return accept
