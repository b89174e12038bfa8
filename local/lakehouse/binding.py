"""From a parsed query to DuckDB SQL: every table becomes a temporary view over its files."""

from __future__ import annotations

import sqlglot
import sqlglot.errors
from sqlglot import exp

from lakehouse import files, functions, information_schema
from lakehouse.delta_types import quote
from lakehouse.dialect import parse_statement
from lakehouse.errors import SqlError, unsupported
from lakehouse.names import TableName
from lakehouse.session import Session
from lakehouse.store import View

_QUERY_PARTS = frozenset(
    [
        "with_",
        "expressions",
        "from_",
        "joins",
        "laterals",
        "where",
        "group",
        "having",
        "qualify",
        "windows",
        "order",
        "limit",
        "offset",
        "distinct",
    ]
)
_TABLE_PARTS = frozenset(
    ["this", "db", "catalog", "alias", "version", "joins", "laterals", "sample"]
)
_REFUSED = {
    exp.Hint: "A query hint",
    exp.Parameter: "'${…}' or '@…'",
    exp.Pivot: "PIVOT",
    exp.TableSample: "TABLESAMPLE",
    exp.Into: "SELECT INTO",
    exp.MatchRecognize: "MATCH_RECOGNIZE",
    exp.Command: "This statement",
}
_MAX_VIEW_DEPTH = 20


def to_duckdb(session: Session, tree: exp.Expr, depth: int = 0) -> str:
    """The DuckDB text of a query or DML statement whose target is bound already.

    Raises SqlError for names that do not resolve and for every construct that DuckDB would
    compute differently or that the translation would drop.
    """
    tree = tree.copy()
    session.bind_parameters(tree)
    _refuse(tree)
    if isinstance(tree, exp.Select):
        _name_columns(tree)
    bound: dict[tuple[str, ...], None] = {}
    _bind(session, tree, frozenset(), bound, depth)
    _strip_qualifiers(tree, bound)
    tree = functions.rewrite(tree, session.user)
    try:
        return tree.sql("duckdb", unsupported_level=sqlglot.errors.ErrorLevel.RAISE, comments=False)
    except sqlglot.errors.UnsupportedError as error:
        raise SqlError("UNSUPPORTED", str(error)) from error


def _refuse(tree: exp.Expr) -> None:
    for node in tree.walk():
        for kind, what in _REFUSED.items():
            if isinstance(node, kind):
                raise unsupported(what)
        if isinstance(node, exp.Select):
            for key, value in node.args.items():
                if value and key not in _QUERY_PARTS:
                    raise unsupported(f"{key.strip('_').upper()} in a query")
        elif isinstance(node, exp.Table):
            for key, value in node.args.items():
                if value and key not in _TABLE_PARTS:
                    raise unsupported(f"{key.strip('_').upper()} of a table")


def _name_columns(query: exp.Select) -> None:
    """Names unnamed result columns after their text, as Databricks does."""
    for node in query.expressions:
        if isinstance(node, exp.Column | exp.Alias | exp.Star | exp.Dot | exp.Explode):
            continue
        name = (
            "count(1)" if _is_count(node) else node.sql("databricks", normalize_functions="lower")
        )
        node.replace(exp.alias_(node.copy(), name, quoted=True))


def _is_count(node: exp.Expr) -> bool:
    return isinstance(node, exp.Count) and isinstance(node.this, exp.Star)


def _bind(
    session: Session,
    node: exp.Expr,
    ctes: frozenset[str],
    bound: dict[tuple[str, ...], None],
    depth: int,
) -> None:
    """Walks with the common table expressions in scope: their names are not tables."""
    with_ = node.args.get("with_")
    if with_ is not None:
        for cte in with_.expressions:
            name = cte.alias.lower()
            inner = ctes | {name} if with_.args.get("recursive") else ctes
            _bind(session, cte.this, inner, bound, depth)
            ctes = ctes | {name}
    if isinstance(node, exp.Table):
        _bind_table(session, node, ctes, bound, depth)
    for key, value in list(node.args.items()):
        if key == "with_":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, exp.Expr):
                _bind(session, child, ctes, bound, depth)


def _bind_table(
    session: Session,
    table: exp.Table,
    ctes: frozenset[str],
    bound: dict[tuple[str, ...], None],
    depth: int,
) -> None:
    resolve_identifier(table)
    plain = isinstance(table.this, exp.Identifier)
    if plain and table.name.startswith("__lakehouse_"):
        return
    if plain and not table.db and table.name.lower() in ctes:
        if table.args.get("version"):
            raise unsupported("Time travel on a common table expression")
        return
    alias = table.args.get("alias")
    if alias is not None and not isinstance(alias.this, exp.Identifier | None):
        raise unsupported(f"'{table.sql('databricks')}'")
    source, shown = _source(session, table, depth)
    if plain:
        bound[tuple(p.lower() for p in (table.catalog, table.db, table.name) if p)] = None
        bound[tuple(p.lower() for p in shown)] = None
    view = session.new_object()
    session.cursor.execute(f"CREATE TEMP VIEW {quote(view)} AS {source}")
    if alias is None or alias.this is None:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(shown[-1], quoted=True)))
    table.set("this", exp.to_identifier(view, quoted=True))
    for key in ("db", "catalog", "version"):
        table.set(key, None)


def resolve_identifier(table: exp.Table) -> None:
    """``IDENTIFIER('a.b.c')`` and, with its value bound, ``IDENTIFIER(:name)``."""
    call = table.this
    if not isinstance(call, exp.Anonymous) or str(call.this).lower() != "identifier":
        return
    (name,) = call.expressions
    if not isinstance(name, exp.Literal):
        raise unsupported("IDENTIFIER of anything but a constant")
    parsed = exp.to_table(name.name, dialect="databricks")
    for key in ("this", "db", "catalog"):
        table.set(key, parsed.args.get(key))


def _source(session: Session, table: exp.Table, depth: int) -> tuple[str, tuple[str, ...]]:
    """The DuckDB query behind a table reference, and the name its columns go by."""
    if not isinstance(table.this, exp.Identifier):
        return files.table_function(session.store.layout, table.this)
    if table.db.lower() in files.FORMATS and not table.catalog:
        return files.path_query(session.store.layout, table.db, table.name), (table.name,)
    schema = table.db or session.schema or ""
    if schema.lower() == "information_schema":
        catalog = table.catalog or session.catalog or ""
        return information_schema.query(session, catalog, table.name), (table.name,)
    name = session.name(table)
    return table_query(session, name, _version(table), depth), (
        name.catalog,
        name.schema,
        name.name,
    )


def table_query(
    session: Session, name: TableName, version: int | str | None = None, depth: int = 0
) -> str:
    """The DuckDB query for all rows of a table or view."""
    found = session.store.get(name, version)
    if not isinstance(found, View):
        return found.scan()
    if version is not None:
        raise unsupported("Time travel on a view")
    if depth >= _MAX_VIEW_DEPTH:
        raise SqlError("UNSUPPORTED", f"Views nest deeper than {_MAX_VIEW_DEPTH} at {name.quoted}.")
    outer = (session.catalog, session.schema, session.parameters)
    session.catalog, session.schema, session.parameters = found.catalog, found.schema, ()
    try:
        sql = to_duckdb(session, parse_statement(found.definition), depth + 1)
    finally:
        session.catalog, session.schema, session.parameters = outer
    names = ", ".join(quote(f["name"]) for f in found.fields)
    return f"SELECT * FROM ({sql}) AS v({names})"


def _version(table: exp.Table) -> int | str | None:
    version = table.args.get("version")
    if version is None:
        return None
    value = version.expression
    if version.args.get("kind") != "AS OF":
        raise unsupported(f"'{version.sql('databricks')}'")
    if isinstance(value, exp.Literal):
        if version.name == "VERSION":
            return int(value.name)
        text = value.name.replace(" ", "T")
        text = text if "T" in text else f"{text}T00:00:00"
        return text if text.endswith("Z") or "+" in text else f"{text}Z"
    raise unsupported("Time travel to anything but a literal")


def _strip_qualifiers(tree: exp.Expr, bound: dict[tuple[str, ...], None]) -> None:
    """``catalog.schema.table.column`` becomes ``table.column``, which is what the views go by."""
    for column in tree.find_all(exp.Column):
        parts = tuple(p.name.lower() for p in column.parts[:-1])
        if len(parts) > 1 and any(name[-len(parts) :] == parts for name in bound):
            column.set("db", None)
            column.set("catalog", None)
