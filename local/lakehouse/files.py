"""Files in volumes as tables: ``read_files(…)`` and ``parquet.`/Volumes/…` ``."""

from __future__ import annotations

from pathlib import Path

from sqlglot import exp

from lakehouse import delta_types
from lakehouse.delta_types import literal, quote
from lakehouse.errors import SqlError, unsupported
from lakehouse.names import Layout

FORMATS = frozenset({"parquet", "csv", "json"})


def path_query(layout: Layout, file_format: str, path: str) -> str:
    """``parquet.`/Volumes/…` ``: the files with the format's default options."""
    return _reader(file_format.lower(), _listed(layout, path, file_format.lower()), {})


def table_function(layout: Layout, call: exp.Expr) -> tuple[str, tuple[str, ...]]:
    """``read_files(…)`` or ``range(…)`` in FROM: the DuckDB query and the name it goes by."""
    if isinstance(call, exp.Anonymous) and str(call.this).lower() == "read_files":
        return _read_files(layout, call), ("read_files",)
    if isinstance(call, exp.Anonymous) and str(call.this).lower() == "range":
        bounds = [b.sql("duckdb") for b in call.expressions]
        if not all(b.lstrip("-").isdigit() for b in bounds) or not 1 <= len(bounds) <= 3:
            raise unsupported("range of anything but one to three whole numbers")
        return f"SELECT range AS id FROM range({', '.join(bounds)})", ("range",)
    name = call.sql("databricks").split("(", 1)[0].lower()
    raise SqlError("UNRESOLVED_ROUTINE", f"Cannot resolve table-valued function `{name}`.")


def _read_files(layout: Layout, call: exp.Anonymous) -> str:
    options: dict[str, str] = {}
    paths: list[str] = []
    for argument in call.expressions:
        if isinstance(argument, exp.Kwarg | exp.PropertyEQ):
            options[argument.this.name.lower()] = _constant(argument.expression)
        else:
            paths.append(_constant(argument))
    if len(paths) != 1:
        raise SqlError("WRONG_NUM_ARGS", "read_files takes one path and named options.")
    file_format = options.pop("format", Path(paths[0]).suffix.lstrip(".")).lower()
    if file_format not in FORMATS:
        raise unsupported(f"read_files of format '{file_format}' (parquet, csv and json are)")
    evolution = options.pop("schemaevolutionmode", "")
    if evolution.lower() not in ("", "none"):
        raise unsupported(f"read_files option schemaEvolutionMode => '{evolution}'")
    rescued = not evolution and "schema" not in options
    query = _reader(file_format, _listed(layout, paths[0], file_format), options)
    # Databricks adds this column unless the schema is given or may not evolve.
    return f"SELECT *, NULL::VARCHAR AS _rescued_data FROM ({query})" if rescued else query


def _constant(node: exp.Expr) -> str:
    if isinstance(node, exp.Literal | exp.Boolean):
        return node.name if isinstance(node, exp.Literal) else str(node.this).lower()
    raise unsupported("A read_files argument that is not a literal")


def _listed(layout: Layout, path: str, file_format: str) -> list[Path]:
    """The files a path means: one file, everything below a folder, or what a pattern matches."""
    pattern_at = next((i for i, c in enumerate(path) if c in "*?[{"), None)
    if pattern_at is None:
        target = layout.volume_path(path)
        found = [target] if target.is_file() else sorted(p for p in target.rglob("*"))
    else:
        folder, pattern = path[:pattern_at].rsplit("/", 1)
        rest = pattern + path[pattern_at:]
        if "{" in rest or ".." in rest:
            raise unsupported(f"The pattern '{rest}'")
        found = sorted(layout.volume_path(folder).glob(rest))
    # As Spark does: names that begin with _ or . are not data.
    kept = [p for p in found if p.is_file() and not p.name.startswith(("_", "."))]
    if not kept:
        raise SqlError("PATH_NOT_FOUND", f"Path does not exist or holds no data: {path}.")
    return [layout.volume_path(_volume_text(layout, p)) for p in kept]


def _volume_text(layout: Layout, path: Path) -> str:
    return "/Volumes/" + path.relative_to(layout.volumes.resolve()).as_posix()


def _flag(value: str) -> str:
    if value.lower() not in ("true", "false"):
        raise SqlError("INVALID_PARAMETER_VALUE", f"'{value}' is not true or false.")
    return value.lower()


# Databricks' option → DuckDB's.
_CSV = {
    "sep": "delim",
    "delimiter": "delim",
    "quote": "quote",
    "escape": "escape",
    "nullvalue": "nullstr",
}


def _reader(file_format: str, paths: list[Path], options: dict[str, str]) -> str:
    schema = options.pop("schema", None)
    columns = _columns(schema) if schema is not None else None
    match file_format:
        case "csv":
            return _csv(paths, options, columns)
        case "json":
            settings = ["union_by_name=true"] if columns is None else [_declared(columns)]
        case _:
            settings = ["union_by_name=true", "hive_partitioning=false"]
    for key in options:
        raise unsupported(f"read_files option '{key}' for {file_format}")
    query = _scan(f"read_{file_format}", paths, settings)
    if file_format == "json" or columns is None:
        return f"SELECT * FROM {query}"
    picked = (f"CAST({quote(n)} AS {kind}) AS {quote(n)}" for n, kind in columns)
    return f"SELECT {', '.join(picked)} FROM {query}"


def _csv(paths: list[Path], options: dict[str, str], columns: list[tuple[str, str]] | None) -> str:
    header = _flag(options.pop("header", "false"))
    settings = [f"header={header}", "null_padding=true"]
    settings.append("union_by_name=true" if columns is None else _declared(columns))
    infer = options.pop("inferschema", options.pop("infercolumntypes", "true"))
    if _flag(infer) == "false":
        settings.append("all_varchar=true")
    for key, value in options.items():
        if key not in _CSV:
            raise unsupported(f"read_files option '{key}' for csv")
        settings.append(f"{_CSV[key]}={literal(value)}")
    # Columns without a header are _c0, _c1, … on Databricks; DuckDB calls them column0, column01, …
    named = columns is not None or header == "true"
    star = "*" if named else r"COLUMNS('^column0*(\d+)$') AS '_c\1'"
    return f"SELECT {star} FROM {_scan('read_csv', paths, settings)}"


def _scan(function: str, paths: list[Path], settings: list[str]) -> str:
    listed = ", ".join(literal(str(p)) for p in paths)
    return f"{function}([{listed}], {', '.join(settings)})"


def _columns(schema: str) -> list[tuple[str, str]]:
    delta = delta_types.parse(f"STRUCT<{schema}>")
    assert isinstance(delta, dict)
    return [(f["name"], delta_types.to_duckdb(f["type"])) for f in delta["fields"]]


def _declared(columns: list[tuple[str, str]]) -> str:
    return "columns={" + ", ".join(f"{literal(n)}: {literal(t)}" for n, t in columns) + "}"
