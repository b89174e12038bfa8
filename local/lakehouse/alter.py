"""ALTER TABLE, ALTER VIEW and COMMENT ON: each one commit of new metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlglot
import sqlglot.errors
from sqlglot import exp

from lakehouse import constraints, create, delta_log, writing
from lakehouse.delta_types import quote
from lakehouse.dialect import LocalDatabricks
from lakehouse.errors import SqlError, parse_error, unsupported
from lakehouse.names import TableName, full_name, part
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot
from lakehouse.store import View
from lakehouse.tokens import Tokens


def name_of(session: Session, parts: list[str]) -> TableName:
    """The full name that one to three parts mean."""
    defaults = [session.catalog, session.schema]
    filled = [*defaults[: 3 - len(parts)], *parts]
    if len(filled) != 3 or any(p is None for p in filled):
        raise SqlError(
            "TABLE_OR_VIEW_NOT_FOUND", f"The table or view `{'`.`'.join(parts)}` cannot be found."
        )
    return TableName(*(part(str(p)) for p in filled))


def alter(session: Session, tokens: Tokens) -> Result:
    """ALTER TABLE … and ALTER VIEW …; the keyword ALTER has been read."""
    if tokens.take("VIEW"):
        return _alter_view(session, name_of(session, tokens.path()), tokens)
    if not tokens.take("TABLE"):
        raise unsupported(f"ALTER {tokens.next().text.upper()}")
    name = name_of(session, tokens.path())
    if tokens.take("ADD", "COLUMN") or tokens.take("ADD", "COLUMNS"):
        return _add_columns(session, name, tokens)
    if tokens.take("DROP", "COLUMN") or tokens.take("DROP", "COLUMNS"):
        raise _needs_mapping(session, name, "DROP")
    if tokens.take("RENAME", "COLUMN"):
        raise _needs_mapping(session, name, "RENAME")
    if tokens.take("ALTER") or tokens.take("CHANGE"):
        tokens.take("COLUMN")
        return _alter_column(session, name, tokens.identifier(), tokens)
    if tokens.take("SET", "TBLPROPERTIES"):
        given = properties(tokens)
        return _table(session, name, "SET TBLPROPERTIES", lambda t: _set(t.properties, given))
    if tokens.take("UNSET", "TBLPROPERTIES"):
        keys, lenient = _unset(tokens)
        return _table(
            session, name, "UNSET TBLPROPERTIES", lambda t: _without(t.properties, keys, lenient)
        )
    if tokens.take("CLUSTER", "BY"):
        return _cluster(session, name, tokens)
    if tokens.take("ADD"):
        return _add_constraint(session, name, tokens)
    if tokens.take("DROP", "CONSTRAINT"):
        lenient = tokens.take("IF", "EXISTS")
        constraint = tokens.identifier()
        tokens.take("RESTRICT")
        tokens.end()
        return drop_constraint(session, name, constraint, lenient=lenient)
    if tokens.take("DROP", "PRIMARY", "KEY"):
        return _drop_primary_key(session, name, tokens)
    raise unsupported(f"ALTER TABLE … {tokens.rest}")


# --- tables ---


def _table(
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


def _column_definition(text: str) -> dict[str, Any]:
    """A column definition as in CREATE TABLE."""
    try:
        parsed = sqlglot.parse_one(f"CREATE TABLE t ({text})", read=LocalDatabricks)
    except sqlglot.errors.SqlglotError as error:
        raise parse_error(error) from error
    (node,) = parsed.this.expressions
    field, key = create.column(node)
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
        field = _column_definition(
            tokens.until(",", "FIRST", "AFTER", *((")",) if wrapped else ()))
        )
        place = None
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
            at = len(fields)
            if place is not None:
                names = [f["name"].lower() for f in fields]
                if place and place.lower() not in names:
                    table.field(place)
                at = names.index(place.lower()) + 1 if place else 0
            fields.insert(at, field)
        create.no_duplicates([f["name"] for f in fields])
        return {"fields": fields}

    return _table(session, name, "ADD COLUMNS", change)


def _alter_column(session: Session, name: TableName, column: str, tokens: Tokens) -> Result:
    if tokens.take("COMMENT"):
        comment = tokens.string()
        tokens.end()
        return _table(
            session, name, "CHANGE COLUMN", lambda t: _with_field(t, column, comment=comment)
        )
    nullable = tokens.take("DROP", "NOT", "NULL")
    if not nullable and not tokens.take("SET", "NOT", "NULL"):
        raise unsupported(f"ALTER COLUMN … {tokens.rest}")
    tokens.end()

    def change(table: Snapshot) -> dict[str, Any]:
        field = table.field(column)
        key = constraints.of_column(table.properties, column)
        if nullable and key:
            raise SqlError(
                "INVALID_PARAMETER_VALUE",
                f"Cannot drop NOT NULL of `{column}`: primary key '{key}' uses it.",
            )
        if not nullable:
            query = f"SELECT count(*) FROM ({table.scan()}) WHERE {quote(field['name'])} IS NULL"
            counted = session.cursor.execute(query).fetchone()
            if counted and counted[0]:
                raise SqlError(
                    "NOT_NULL_CONSTRAINT_VIOLATED",
                    f"NOT NULL constraint violated for column: {column}: "
                    f"{counted[0]} rows have no value.",
                )
        return _with_field(table, column, nullable=nullable)

    return _table(session, name, "CHANGE COLUMN", change)


def _with_field(
    table: Snapshot, column: str, *, comment: str | None = None, nullable: bool | None = None
) -> dict[str, Any]:
    wanted = table.field(column)
    fields = []
    for field in table.fields:
        if field is wanted:
            metadata = dict(field["metadata"])
            if comment is not None:
                metadata["comment"] = comment
            field = {
                **field,
                "metadata": metadata,
                "nullable": field["nullable"] if nullable is None else nullable,
            }
        fields.append(field)
    return {"fields": fields}


def _cluster(session: Session, name: TableName, tokens: Tokens) -> Result:
    try:
        parsed = sqlglot.parse_one(f"CREATE TABLE t (x INT) CLUSTER BY {tokens.rest}",
                                   read=LocalDatabricks)  # fmt: skip
    except sqlglot.errors.SqlglotError as error:
        raise parse_error(error) from error
    (item,) = parsed.args["properties"].expressions
    keys = create.clustering(item)

    def change(table: Snapshot) -> dict[str, Any]:
        for column in item.expressions:
            if column.name.upper() not in ("AUTO", "NONE"):
                table.field(column.name)
        kept = {
            k: v
            for k, v in table.properties.items()
            if k not in ("clusteringColumns", "clusterByAuto")
        }
        return {"properties": {**kept, **keys}}

    return _table(session, name, "CLUSTER BY", change)


# --- properties ---


def properties(tokens: Tokens) -> dict[str, str]:
    """``('key' = 'value', …)``, to the end of the statement."""
    found: dict[str, str] = {}
    tokens.expect("(")
    while True:
        key = create.checked_property(_key(tokens))
        tokens.expect("=")
        found[key] = _value(tokens)
        if not tokens.take(","):
            break
    tokens.expect(")")
    tokens.end()
    return found


def _key(tokens: Tokens) -> str:
    token = tokens.peek()
    if token is not None and token.token_type == sqlglot.TokenType.STRING:
        return tokens.string()
    return ".".join(tokens.path())


def _value(tokens: Tokens) -> str:
    token = tokens.peek()
    if token is not None and token.token_type == sqlglot.TokenType.STRING:
        return tokens.string()
    text = tokens.next().text
    if not text.replace(".", "").isdigit() and text.lower() not in ("true", "false"):
        raise SqlError("PARSE_SYNTAX_ERROR", f"Syntax error at or near '{text}'.")
    return text.lower()


def _unset(tokens: Tokens) -> tuple[list[str], bool]:
    lenient = tokens.take("IF", "EXISTS")
    tokens.expect("(")
    keys = [_key(tokens)]
    while tokens.take(","):
        keys.append(_key(tokens))
    tokens.expect(")")
    tokens.end()
    return keys, lenient


def _set(current: dict[str, str], given: dict[str, str]) -> dict[str, Any]:
    return {"properties": {**current, **given}}


def _without(current: dict[str, str], keys: list[str], lenient: bool) -> dict[str, Any]:
    for key in keys:
        create.checked_property(key)
        if key not in current and not lenient:
            raise SqlError("UNSET_NONEXISTENT_PROPERTIES", f"The table has no property `{key}`.")
    return {"properties": {k: v for k, v in current.items() if k not in keys}}


# --- constraints ---


def _add_constraint(session: Session, name: TableName, tokens: Tokens) -> Result:
    try:
        parsed = sqlglot.parse_one(f"CREATE TABLE t (x INT, {tokens.rest})", read=LocalDatabricks)
    except sqlglot.errors.SqlglotError as error:
        raise parse_error(error) from error
    if len(parsed.this.expressions) != 2 or parsed.args.get("properties"):
        raise unsupported(f"ALTER TABLE ADD {tokens.rest}")
    node = parsed.this.expressions[1]
    if isinstance(node, exp.ColumnDef):
        raise unsupported(f"ALTER TABLE ADD {tokens.rest}")
    return add_constraint(session, name, constraints.parse(node, name))


def add_constraint(session: Session, name: TableName, given: constraints.Constraint) -> Result:
    """Records a primary or foreign key of a table."""

    def change(table: Snapshot) -> dict[str, Any]:
        changed = dict(table.properties)
        constraints.add(changed, given, table.fields)
        if given.kind == "FOREIGN KEY" and given.parent_table:
            parent = session.store.table(full_name(given.parent_table))
            for column in given.parent_columns or []:
                parent.field(column)
        return {"properties": changed}

    return _table(session, name, "ADD CONSTRAINT", change)


def drop_constraint(session: Session, name: TableName, given: str, *, lenient: bool) -> Result:
    """Forgets a primary or foreign key; raises CONSTRAINT_DOES_NOT_EXIST unless ``lenient``."""
    if lenient and given.lower() not in _constraint_names(session.store.table(name)):
        return session.nothing()

    def change(table: Snapshot) -> dict[str, Any]:
        changed = dict(table.properties)
        if not constraints.remove(changed, given):
            raise SqlError(
                "CONSTRAINT_DOES_NOT_EXIST",
                f"Constraint '{given}' of {name.quoted} does not exist.",
            )
        return {"properties": changed}

    return _table(session, name, "DROP CONSTRAINT", change)


def _constraint_names(table: Snapshot) -> list[str]:
    return [c.name.lower() for c in constraints.listed(table.properties)]


def _drop_primary_key(session: Session, name: TableName, tokens: Tokens) -> Result:
    lenient = tokens.take("IF", "EXISTS")
    tokens.take("RESTRICT")
    tokens.end()
    for constraint in constraints.listed(session.store.table(name).properties):
        if constraint.kind == "PRIMARY KEY":
            return drop_constraint(session, name, constraint.name, lenient=lenient)
    if lenient:
        return session.nothing()
    raise SqlError("CONSTRAINT_DOES_NOT_EXIST", f"{name.quoted} has no primary key.")


# --- views and comments ---


def _alter_view(session: Session, name: TableName, tokens: Tokens) -> Result:
    if tokens.take("AS"):
        return create.replace_query(session, name, tokens.rest)
    if tokens.take("SET", "TBLPROPERTIES"):
        given = properties(tokens)
        return _view(session, name, lambda v: _set(v.properties, given))
    if tokens.take("UNSET", "TBLPROPERTIES"):
        keys, lenient = _unset(tokens)
        return _view(session, name, lambda v: _without(v.properties, keys, lenient))
    raise unsupported(f"ALTER VIEW … {tokens.rest}")


def _view(session: Session, name: TableName, change: Callable[[View], dict[str, Any]]) -> Result:
    with session.store.writing(name):
        view = session.store.view(name)
        session.store.change_view(name, view, **change(view))
    return session.nothing()


def comment_on(session: Session, tokens: Tokens) -> Result:
    """COMMENT ON TABLE | VIEW | COLUMN … IS 'text' | NULL; COMMENT ON has been read."""
    kind = tokens.next().text.upper()
    if kind not in ("TABLE", "VIEW", "COLUMN"):
        raise unsupported(f"COMMENT ON {kind} (use the Unity Catalog API)")
    parts = tokens.path()
    tokens.expect("IS")
    comment = None if tokens.take("NULL") else tokens.string()
    tokens.end()
    if kind == "COLUMN":
        if len(parts) < 2:
            raise SqlError("PARSE_SYNTAX_ERROR", "COMMENT ON COLUMN needs table.column.")
        return _comment_on_column(session, name_of(session, parts[:-1]), parts[-1], comment or "")
    name = name_of(session, parts)
    if isinstance(session.store.get(name), View):
        return _view(session, name, lambda v: {"comment": comment})
    return _table(session, name, "COMMENT", lambda t: {"comment": comment})


def _comment_on_column(session: Session, name: TableName, column: str, comment: str) -> Result:
    if not isinstance(session.store.get(name), View):
        return _table(
            session, name, "CHANGE COLUMN", lambda t: _with_field(t, column, comment=comment)
        )

    def change(view: View) -> dict[str, Any]:
        found = [f for f in view.fields if f["name"].lower() == column.lower()]
        if not found:
            raise SqlError(
                "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", f"The view has no column `{column}`."
            )
        fields = [
            {**f, "metadata": {**f["metadata"], "comment": comment}} if f is found[0] else f
            for f in view.fields
        ]
        return {"fields": fields}

    return _view(session, name, change)
