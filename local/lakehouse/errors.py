"""Refusals in Databricks' terms: an error class, a message that names the thing, an SQLSTATE.

Classes and states: https://docs.databricks.com/aws/en/error-messages/error-classes
"""

from __future__ import annotations

import re

import duckdb
import sqlglot.errors

_SQLSTATE = {
    "AMBIGUOUS_REFERENCE": "42704",
    "ARITHMETIC_OVERFLOW": "22003",
    "CANCELLED": "HY008",
    "CAST_INVALID_INPUT": "22018",
    "CAST_OVERFLOW": "22003",
    "COLUMN_ALREADY_EXISTS": "42711",
    "COLUMN_NOT_FOUND": "42703",
    "CONCURRENT_WRITE": "40000",
    "CONSTRAINT_ALREADY_EXISTS": "42710",
    "CONSTRAINT_DOES_NOT_EXIST": "42704",
    "DATATYPE_MISMATCH": "42K09",
    "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE": "21506",
    "DELTA_UNSUPPORTED_DROP_COLUMN": "0AKDC",
    "DELTA_UNSUPPORTED_RENAME_COLUMN": "0AKDC",
    "DELTA_VERSION_NOT_FOUND": "22003",
    "DIVIDE_BY_ZERO": "22012",
    "EXPECT_TABLE_NOT_VIEW": "42809",
    "EXPECT_VIEW_NOT_TABLE": "42809",
    "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST": "KD000",
    "INLINE_BYTE_LIMIT_EXCEEDED": "54000",
    "INSERT_COLUMN_ARITY_MISMATCH": "21S01",
    "INTERNAL_ERROR": "XX000",
    "INVALID_PARAMETER_VALUE": "22023",
    "INVALID_SCHEMA_OR_RELATION_NAME": "42602",
    "MISSING_AGGREGATION": "42803",
    "NOT_NULL_CONSTRAINT_VIOLATED": "23502",
    "OUT_OF_MEMORY": "53200",
    "PARSE_EMPTY_STATEMENT": "42617",
    "PARSE_SYNTAX_ERROR": "42601",
    "PATH_NOT_FOUND": "42K03",
    "SCHEMA_NOT_EMPTY": "2BP01",
    "SCHEMA_NOT_FOUND": "42704",
    "TABLE_OR_VIEW_ALREADY_EXISTS": "42P07",
    "TABLE_OR_VIEW_NOT_FOUND": "42P01",
    "UNBOUND_SQL_PARAMETER": "42P02",
    "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION": "42703",
    "UNRESOLVED_COLUMN.WITH_SUGGESTION": "42703",
    "UNRESOLVED_ROUTINE": "42883",
    "UNSUPPORTED": "0A000",
    "USER_RAISED_EXCEPTION": "P0001",
    "WRONG_NUM_ARGS": "42605",
}


class SqlError(Exception):
    """A statement or call that is refused; nothing was changed."""

    def __init__(self, error_class: str, message: str) -> None:
        """Looks up the SQLSTATE that belongs to the class."""
        super().__init__(message)
        self.error_class = error_class
        self.message = message
        self.sqlstate = _SQLSTATE.get(error_class, "HY000")

    def to_body(self) -> dict[str, str]:
        """The JSON shape of the internal interface."""
        return {
            "error_code": self.error_class,
            "message": self.message,
            "sqlstate": self.sqlstate,
        }


def unsupported(what: str) -> SqlError:
    """What this engine cannot do, said by name instead of being ignored."""
    return SqlError("UNSUPPORTED", f"{what} is not supported by the local SQL engine.")


def parse_error(error: sqlglot.errors.SqlglotError) -> SqlError:
    """A syntax error with the place where the parser stopped."""
    first = error.errors[0] if isinstance(error, sqlglot.errors.ParseError) and error.errors else {}
    near = first.get("highlight")
    if near:
        place = f"at or near '{near}' (line {first.get('line')}, column {first.get('col')})"
        return SqlError("PARSE_SYNTAX_ERROR", f"Syntax error {place}: {first['description']}")
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    return SqlError("PARSE_SYNTAX_ERROR", f"Syntax error: {text}")


_COLUMN = re.compile(r'Referenced column "(.+?)" not found')
_TABLE_COLUMN = re.compile(
    r'does not have a column named "(.+?)"|Values list .* column named "(.+?)"'
)
_QUOTED = re.compile(r'"((?:[^"]|"")+)"')
_FUNCTION = re.compile(r"(?:Scalar|Table|Aggregate) Function with name (\S+) does not exist")
_GROUPING = re.compile(r'column "?(.+?)"? must appear in the GROUP BY clause')
_NOT_NULL = re.compile(r"NOT NULL constraint failed: [^.]+\.(.+)")


def _from_binder(text: str) -> SqlError:
    if match := _COLUMN.search(text):
        return _unresolved(match[1], text)
    if match := _TABLE_COLUMN.search(text):
        return _unresolved(match[1] or match[2], text)
    if match := re.search(r'Referenced table "(.+?)" not found', text):
        return _unresolved(match[1], text)
    if match := _GROUPING.search(text):
        column = match[1]
        return SqlError(
            "MISSING_AGGREGATION",
            f"The non-aggregating expression `{column}` is based on columns which are not "
            "participating in the GROUP BY clause.",
        )
    if "Ambiguous reference" in text:
        return SqlError("AMBIGUOUS_REFERENCE", _first_line(text))
    if "No function matches" in text or "Could not choose" in text or "Cannot compare" in text:
        return SqlError("DATATYPE_MISMATCH", _first_line(text))
    return SqlError("DATATYPE_MISMATCH" if "type" in text else "PARSE_SYNTAX_ERROR", text)


def _unresolved(name: str, text: str) -> SqlError:
    candidates = text.split("Candidate bindings:", 1)
    close = _QUOTED.findall(candidates[1].split("\n", 1)[0]) if len(candidates) == 2 else []
    message = f"A column, variable, or function parameter with name `{name}` cannot be resolved."
    if not close:
        return SqlError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", message)
    listed = ", ".join(f"`{c}`" for c in close)
    return SqlError(
        "UNRESOLVED_COLUMN.WITH_SUGGESTION",
        f"{message} Did you mean one of the following? [{listed}].",
    )


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0].split(": ", 1)[-1]


def from_duckdb(error: duckdb.Error) -> SqlError:
    """The Databricks error class for what DuckDB raised."""
    text = str(error)
    first = _first_line(text)
    if isinstance(error, duckdb.InterruptException):
        return SqlError("CANCELLED", "The statement was cancelled.")
    if "Division by zero" in text:
        return SqlError("DIVIDE_BY_ZERO", "Division by zero. Use `try_divide` to get NULL instead.")
    if match := _NOT_NULL.search(text):
        column = match[1].split("\n", 1)[0]
        return SqlError(
            "NOT_NULL_CONSTRAINT_VIOLATED",
            f"NOT NULL constraint violated for column: {column}.",
        )
    if match := _FUNCTION.search(text):
        return SqlError("UNRESOLVED_ROUTINE", f"Cannot resolve routine `{match[1]}`.")
    if "cannot affect the same target row more than once" in text:
        return SqlError(
            "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE",
            "Cannot perform MERGE: several source rows matched and tried to modify the same "
            "target row.",
        )
    if isinstance(error, duckdb.BinderException):
        return _from_binder(text)
    if isinstance(error, duckdb.ConversionException):
        overflow = "out of range" in text or "can't be cast" in text
        return SqlError("CAST_OVERFLOW" if overflow else "CAST_INVALID_INPUT", first)
    if isinstance(error, duckdb.OutOfRangeException):
        return SqlError("ARITHMETIC_OVERFLOW", first)
    if isinstance(error, duckdb.OutOfMemoryException):
        return SqlError("OUT_OF_MEMORY", first)
    if isinstance(error, duckdb.IOException):
        return SqlError("PATH_NOT_FOUND", first)
    if isinstance(error, duckdb.PermissionException):
        return SqlError("UNSUPPORTED", first)
    if isinstance(error, duckdb.ParserException):
        return SqlError("PARSE_SYNTAX_ERROR", first)
    if isinstance(error, duckdb.NotImplementedException):
        return SqlError("UNSUPPORTED", first)
    if isinstance(error, duckdb.InvalidInputException):
        return SqlError("USER_RAISED_EXCEPTION", first)
    return SqlError("INTERNAL_ERROR", first)
