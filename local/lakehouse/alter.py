"""ALTER TABLE: each statement is one commit of new metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlglot
import sqlglot.errors
from sqlglot import exp

from lakehouse import clauses, columns, constraints, delta_log, keys, properties, views, writing
from lakehouse.delta_types import quote
from lakehouse.dialect import LocalDatabricks
from lakehouse.errors import SqlError, parse_error, unsupported
from lakehouse.names import TableName
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot
from lakehouse.tokens import Tokens


def alter(session: Session, tokens: Tokens) -> Result:
    """ALTER TABLE … and ALTER VIEW …; the keyword ALTER has been read."""
    if tokens.take("VIEW"):
        return views.alter(session, session.name_of(tokens.path()), tokens)
    if not tokens.take("TABLE"):
        raise unsupported(f"ALTER {tokens.next().text.upper()}")
    name = session.name_of(tokens.path())
    if tokens.take("ADD", "COLUMN") or tokens.take("ADD", "COLUMNS"):
        return _add_columns(session, name, tokens)
    for verb in ("DROP", "RENAME"):
        if tokens.take(verb, "COLUMN") or tokens.take(verb, "COLUMNS"):
            raise _needs_mapping(session, name, verb)
    if tokens.take("ALTER") or tokens.take("CHANGE"):
        tokens.take("COLUMN")
        return _alter_column(session, name, tokens.identifier(), tokens)
    if tokens.take("SET", "TBLPROPERTIES"):
        given = properties.given(tokens)
        return commit(
            session, name, "SET TBLPROPERTIES", lambda t: properties.added(t.properties, given)
        )
    if tokens.take("UNSET", "TBLPROPERTIES"):
        unset, lenient = properties.unset(tokens)
        return commit(
            session,
            name,
            "UNSET TBLPROPERTIES",
            lambda t: properties.without(t.properties, unset, lenient),
        )
    if tokens.take("CLUSTER", "BY"):
        return _cluster(session, name, tokens)
    if tokens.take("ADD"):
        return add_constraint(session, name, keys.added(tokens, name))
    if tokens.take("DROP", "CONSTRAINT") or tokens.take("DROP", "PRIMARY", "KEY"):
        dropped, lenient = keys.dropped(tokens, session.store.table(name))
        return drop_constraint(session, name, dropped) if dropped else session.nothing()
    raise unsupported(f"ALTER TABLE … {tokens.rest}")


def commit(
    session: Session,
    name: TableName,
    operation: str,
    change: Callable[[Snapshot], dict[str, Any]],
) -> Result:
    """Commits a table's metadata with the parts that ``change`` returns."""

    def work() -> Result:
        table = session.store.writable(name)
        changes = change(table)
        actions = [delta_log.commit_info(operation), table.metadata(**changes)]
        protocol = delta_log.protocol(changes.get("fields", table.fields))
        if protocol != delta_log.protocol(table.fields):
            actions.insert(1, protocol)
        delta_log.commit(table.path, table.version + 1, actions)
        return session.nothing()

    return writing.with_retries(session, name, work)


def _needs_mapping(session: Session, name: TableName, verb: str) -> SqlError:
    session.store.table(name)
    return SqlError(
        f"DELTA_UNSUPPORTED_{verb}_COLUMN",
        f"{verb} COLUMN is not supported for your Delta table: it needs column mapping, which "
        "the local SQL engine does not have.",
    )


# --- columns ---


def _parsed(text: str) -> exp.Expr:
    """What follows ``CREATE TABLE t``, for the clauses that ALTER TABLE shares with it."""
    try:
        return sqlglot.parse_one(f"CREATE TABLE t {text}", read=LocalDatabricks)
    except sqlglot.errors.SqlglotError as error:
        raise parse_error(error) from error


def _new_column(text: str) -> dict[str, Any]:
    (node,) = _parsed(f"({text})").this.expressions
    field, key = columns.definition(node)
    if key is not None:
        raise unsupported("PRIMARY KEY in ADD COLUMN (use ADD CONSTRAINT)")
    if not field["nullable"]:
        raise unsupported("NOT NULL in ADD COLUMN (existing rows have no value)")
    return field


def _add_columns(session: Session, name: TableName, tokens: Tokens) -> Result:
    if tokens.take("IF", "NOT", "EXISTS"):
        raise unsupported("ADD COLUMN IF NOT EXISTS")
    wrapped = tokens.take("(")
    added: list[tuple[dict[str, Any], str | None]] = []
    while True:
        field = _new_column(tokens.until(",", "FIRST", "AFTER"))
        place = None  # at the end
        if tokens.take("FIRST"):
            place = ""
        elif tokens.take("AFTER"):
            place = tokens.identifier()
        added.append((field, place))
        if not tokens.take(","):
            break
    if wrapped:
        tokens.expect(")")
    tokens.end()

    def change(table: Snapshot) -> dict[str, Any]:
        fields = list(table.fields)
        for field, place in added:
            fields.insert(_index(table, fields, place), field)
        columns.check_names([f["name"] for f in fields])
        return {"fields": fields}

    return commit(session, name, "ADD COLUMNS", change)


def _index(table: Snapshot, fields: list[dict[str, Any]], place: str | None) -> int:
    if not place:
        return len(fields) if place is None else 0
    names = [f["name"].lower() for f in fields]
    if place.lower() not in names:
        table.field(place)  # raises, with suggestions
    return names.index(place.lower()) + 1


def _alter_column(session: Session, name: TableName, column: str, tokens: Tokens) -> Result:
    if tokens.take("COMMENT"):
        comment = tokens.string()
        tokens.end()
        return set_comment(session, name, column, comment)
    nullable = tokens.take("DROP", "NOT", "NULL")
    if not nullable and not tokens.take("SET", "NOT", "NULL"):
        raise unsupported(f"ALTER COLUMN … {tokens.rest}")
    tokens.end()

    def change(table: Snapshot) -> dict[str, Any]:
        key = constraints.of_column(table.properties, column)
        if nullable and key:
            raise SqlError(
                "INVALID_PARAMETER_VALUE",
                f"Cannot drop NOT NULL of `{column}`: primary key '{key}' uses it.",
            )
        if not nullable:
            _refuse_nulls(session, table, column)
        return {"fields": _with_field(table, column, {"nullable": nullable})}

    return commit(session, name, "CHANGE COLUMN", change)


def _refuse_nulls(session: Session, table: Snapshot, column: str) -> None:
    name = quote(table.field(column)["name"])
    query = f"SELECT count(*) FROM ({table.scan()}) WHERE {name} IS NULL"
    counted = session.cursor.execute(query).fetchone()
    if counted and counted[0]:
        raise SqlError(
            "NOT_NULL_CONSTRAINT_VIOLATED",
            f"NOT NULL constraint violated for column: {column}: {counted[0]} rows have no value.",
        )


def set_comment(session: Session, name: TableName, column: str, comment: str) -> Result:
    """Describes a column."""

    def change(table: Snapshot) -> dict[str, Any]:
        metadata = {**table.field(column)["metadata"], "comment": comment}
        return {"fields": _with_field(table, column, {"metadata": metadata})}

    return commit(session, name, "CHANGE COLUMN", change)


def _with_field(table: Snapshot, column: str, changes: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = table.field(column)
    return [{**field, **changes} if field is wanted else field for field in table.fields]


def _cluster(session: Session, name: TableName, tokens: Tokens) -> Result:
    parsed = _parsed(f"(x INT) CLUSTER BY {tokens.rest}")
    (item,) = parsed.args["properties"].expressions
    recorded = clauses.clustering(item)

    def change(table: Snapshot) -> dict[str, Any]:
        for column in item.expressions:
            table.field(column.name)
        kept = {k: v for k, v in table.properties.items() if k not in clauses.CLUSTERING}
        return {"properties": {**kept, **recorded}}

    return commit(session, name, "CLUSTER BY", change)


# --- keys ---


def add_constraint(session: Session, name: TableName, given: constraints.Constraint) -> Result:
    """Records a primary or foreign key of a table."""

    def change(table: Snapshot) -> dict[str, Any]:
        changed = dict(table.properties)
        constraints.add(changed, given, table.fields)
        keys.check_parent(session.store, given)
        return {"properties": changed}

    return commit(session, name, "ADD CONSTRAINT", change)


def drop_constraint(session: Session, name: TableName, given: str) -> Result:
    """Forgets a primary or foreign key; raises CONSTRAINT_DOES_NOT_EXIST."""

    def change(table: Snapshot) -> dict[str, Any]:
        changed = dict(table.properties)
        if not constraints.remove(changed, given):
            raise keys.no_such(given)
        return {"properties": changed}

    return commit(session, name, "DROP CONSTRAINT", change)
