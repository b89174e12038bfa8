"""Data types in the four notations that meet here.

They are Delta's schema JSON, DuckDB, Databricks SQL (`type_text`) and Unity Catalog (`type_name`).

Delta's notation is the one used inside: a string such as ``"long"`` or ``"decimal(10,2)"``, or a
dict for struct, array and map
(https://github.com/delta-io/delta/blob/master/PROTOCOL.md#schema-serialization-format).
"""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from lakehouse.errors import SqlError, unsupported

DeltaType = str | dict[str, Any]

# delta: (DuckDB, type_text, type_name)
_PRIMITIVE = {
    "string": ("VARCHAR", "string", "STRING"),
    "long": ("BIGINT", "bigint", "LONG"),
    "integer": ("INTEGER", "int", "INT"),
    "short": ("SMALLINT", "smallint", "SHORT"),
    "byte": ("TINYINT", "tinyint", "BYTE"),
    "float": ("FLOAT", "float", "FLOAT"),
    "double": ("DOUBLE", "double", "DOUBLE"),
    "boolean": ("BOOLEAN", "boolean", "BOOLEAN"),
    "binary": ("BLOB", "binary", "BINARY"),
    "date": ("DATE", "date", "DATE"),
    "timestamp": ("TIMESTAMP WITH TIME ZONE", "timestamp", "TIMESTAMP"),
    "timestamp_ntz": ("TIMESTAMP", "timestamp_ntz", "TIMESTAMP_NTZ"),
}
INTEGRAL = frozenset({"long", "integer", "short", "byte"})
_NUMERIC = INTEGRAL | {"float", "double"}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")

T = exp.DataType.Type
_FROM_SQLGLOT = {
    T.TEXT: "string",
    T.VARCHAR: "string",
    T.UUID: "string",
    T.ENUM: "string",
    T.JSON: "string",
    T.BIGINT: "long",
    # DuckDB's sum() and count_if() of integers; Databricks returns BIGINT.
    T.INT128: "long",
    T.UINT: "long",
    T.INT: "integer",
    T.USMALLINT: "integer",
    T.SMALLINT: "short",
    T.UTINYINT: "short",
    T.TINYINT: "byte",
    T.FLOAT: "float",
    T.DOUBLE: "double",
    T.BOOLEAN: "boolean",
    T.BINARY: "binary",
    T.VARBINARY: "binary",
    T.BLOB: "binary",
    T.DATE: "date",
    T.TIMESTAMPTZ: "timestamp",
    T.TIMESTAMPLTZ: "timestamp",
    T.TIMESTAMPNTZ: "timestamp_ntz",
    T.NULL: "void",
}


def to_duckdb(delta: DeltaType) -> str:
    """The DuckDB type, e.g. ``STRUCT("a" INTEGER)[]``."""
    if isinstance(delta, str):
        if match := _DECIMAL.fullmatch(delta):
            return f"DECIMAL({match[1]},{match[2]})"
        if delta == "void":
            return "VARCHAR"
        if delta not in _PRIMITIVE:
            raise unsupported(f"Data type {delta}")
        return _PRIMITIVE[delta][0]
    match delta["type"]:
        case "array":
            return to_duckdb(delta["elementType"]) + "[]"
        case "map":
            return f"MAP({to_duckdb(delta['keyType'])}, {to_duckdb(delta['valueType'])})"
        case "struct":
            fields = (f"{quote(f['name'])} {to_duckdb(f['type'])}" for f in delta["fields"])
            return f"STRUCT({', '.join(fields)})"
    raise unsupported(f"Data type {delta['type']}")


def type_text(delta: DeltaType) -> str:
    """The type as Databricks SQL writes it in lower case, e.g. ``struct<a:int>``."""
    if isinstance(delta, str):
        return _PRIMITIVE[delta][1] if delta in _PRIMITIVE else delta
    match delta["type"]:
        case "array":
            return f"array<{type_text(delta['elementType'])}>"
        case "map":
            return f"map<{type_text(delta['keyType'])},{type_text(delta['valueType'])}>"
        case _:
            fields = (f"{f['name']}:{type_text(f['type'])}" for f in delta["fields"])
            return f"struct<{','.join(fields)}>"


def sql_text(delta: DeltaType) -> str:
    """The type as Databricks SQL writes it in upper case, e.g. ``STRUCT<a: INT>``."""
    if isinstance(delta, str):
        return type_text(delta).upper()
    match delta["type"]:
        case "array":
            return f"ARRAY<{sql_text(delta['elementType'])}>"
        case "map":
            return f"MAP<{sql_text(delta['keyType'])}, {sql_text(delta['valueType'])}>"
        case _:
            fields = (f"{f['name']}: {sql_text(f['type'])}" for f in delta["fields"])
            return f"STRUCT<{', '.join(fields)}>"


def type_name(delta: DeltaType) -> str:
    """Unity Catalog's ``ColumnTypeName``, e.g. ``LONG``."""
    if isinstance(delta, dict):
        return str(delta["type"]).upper()
    if delta == "void":
        return "NULL"
    return _PRIMITIVE[delta][2] if delta in _PRIMITIVE else "DECIMAL"


def precision_scale(delta: DeltaType) -> tuple[int, int] | None:
    """Precision and scale of a decimal."""
    match = _DECIMAL.fullmatch(delta) if isinstance(delta, str) else None
    return (int(match[1]), int(match[2])) if match else None


def from_sqlglot(kind: exp.DataType, dialect: str) -> DeltaType:
    """The Delta type of a parsed type; ``dialect`` is where it was written."""
    args = kind.expressions
    match kind.this:
        case T.ARRAY | T.LIST:
            return {
                "type": "array",
                "elementType": from_sqlglot(args[0], dialect),
                "containsNull": True,
            }
        case T.MAP:
            return {
                "type": "map",
                "keyType": from_sqlglot(args[0], dialect),
                "valueType": from_sqlglot(args[1], dialect),
                "valueContainsNull": True,
            }
        case T.STRUCT:
            return {"type": "struct", "fields": [_field(f, dialect) for f in args]}
        case T.DECIMAL:
            numbers = [int(a.name) for a in args] or ([18, 3] if dialect == "duckdb" else [10])
            return f"decimal({numbers[0]},{numbers[1] if len(numbers) > 1 else 0})"
        case T.TIMESTAMP:
            # sqlglot calls a zone-less DuckDB timestamp what Databricks calls TIMESTAMP_NTZ.
            return "timestamp_ntz" if dialect == "duckdb" else "timestamp"
        case T.VARCHAR | T.CHAR | T.NCHAR if args and dialect != "duckdb":
            raise unsupported(f"Data type {kind.sql('databricks')} (use STRING)")
        case T.UBIGINT:
            return "decimal(20,0)"
    found = _FROM_SQLGLOT.get(kind.this)
    if found is None:
        raise unsupported(f"Data type {kind.sql(dialect)}")
    return found


def _field(node: exp.Expr, dialect: str) -> dict[str, Any]:
    if not isinstance(node, exp.ColumnDef) or node.kind is None:
        raise SqlError("PARSE_SYNTAX_ERROR", f"Struct field '{node.sql()}' has no type.")
    metadata: dict[str, Any] = {}
    nullable = True
    for constraint in node.constraints:
        match constraint.kind:
            case exp.CommentColumnConstraint():
                metadata["comment"] = constraint.kind.name
            case exp.NotNullColumnConstraint() if not constraint.kind.args.get("allow_null"):
                nullable = False
            case other:
                raise unsupported(f"'{other.sql(dialect)}' in a struct field")
    return {
        "name": node.name,
        "type": from_sqlglot(node.kind, dialect),
        "nullable": nullable,
        "metadata": metadata,
    }


def parse(text: str) -> DeltaType:
    """The Delta type of a Databricks type such as ``decimal(10,2)`` or ``array<string>``."""
    return from_sqlglot(exp.DataType.build(text, dialect="databricks"), "databricks")


def from_duckdb(text: str) -> DeltaType:
    """The Delta type in which a DuckDB result type is returned and stored."""
    if text in ('"NULL"', "NULL"):
        return "void"
    return from_sqlglot(exp.DataType.build(text, dialect="duckdb"), "duckdb")


def is_assignable(source: DeltaType, target: DeltaType) -> bool:
    """Whether Databricks stores a value of ``source`` in a column of ``target`` without a cast.

    Strings convert to and from every simple type; numbers, booleans, dates and binaries do not mix.
    """
    if isinstance(source, dict) or isinstance(target, dict):
        same_shape = isinstance(source, dict) and isinstance(target, dict)
        return source == "void" or (same_shape and source["type"] == target["type"])  # type: ignore[index]
    return (
        source in ("void", target)
        or _family(source) == _family(target)
        or ("string" in (source, target) and "binary" not in (source, target))
    )


def _family(delta: str) -> str:
    if delta in _NUMERIC or delta.startswith("decimal"):
        return "numeric"
    return "datetime" if delta.startswith(("date", "timestamp")) else delta


def quote(name: str) -> str:
    """A DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"
