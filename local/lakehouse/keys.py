"""The statements about primary and foreign keys."""

from __future__ import annotations

import sqlglot
import sqlglot.errors
from sqlglot import exp

from lakehouse import constraints
from lakehouse.constraints import Constraint
from lakehouse.dialect import LocalDatabricks
from lakehouse.errors import SqlError, parse_error, unsupported
from lakehouse.names import TableName, full_name
from lakehouse.snapshot import Snapshot
from lakehouse.store import Store
from lakehouse.tokens import Tokens


def added(tokens: Tokens, name: TableName) -> Constraint:
    """``CONSTRAINT name PRIMARY KEY (…)``, what follows ALTER TABLE … ADD."""
    text = tokens.rest
    try:
        parsed = sqlglot.parse_one(f"CREATE TABLE t (x INT, {text})", read=LocalDatabricks)
    except sqlglot.errors.SqlglotError as error:
        raise parse_error(error) from error
    found = parsed.this.expressions[1:]
    whole = len(found) == 1 and not parsed.args.get("properties")
    if not whole or isinstance(found[0], exp.ColumnDef):
        raise unsupported(f"ALTER TABLE … ADD {text}")
    return constraints.parse(found[0], name)


def dropped(tokens: Tokens, table: Snapshot) -> tuple[str | None, bool]:
    """The key that DROP CONSTRAINT or DROP PRIMARY KEY means, and whether none is fine.

    Raises CONSTRAINT_DOES_NOT_EXIST unless IF EXISTS is there.
    """
    lenient = tokens.take("IF", "EXISTS")
    known = constraints.listed(table.properties)
    restrict = tokens.take("RESTRICT")
    if tokens.at_end or restrict:
        wanted = "PRIMARY KEY"
        found = [c.name for c in known if c.kind == wanted]
    else:
        wanted = tokens.identifier()
        found = [c.name for c in known if c.name.lower() == wanted.lower()]
        tokens.take("RESTRICT")
    if tokens.take("CASCADE"):
        raise unsupported("DROP CONSTRAINT … CASCADE")
    tokens.end()
    if not found and not lenient:
        raise no_such(wanted)
    return (found[0] if found else None), lenient


def no_such(name: str) -> SqlError:
    """The refusal to drop what is not there."""
    return SqlError("CONSTRAINT_DOES_NOT_EXIST", f"Constraint '{name}' does not exist.")


def check_parent(store: Store, given: Constraint) -> None:
    """Raises SqlError unless the columns that a foreign key refers to exist."""
    if given.parent_table is None:
        return
    parent = store.table(full_name(given.parent_table))
    for column in given.parent_columns or []:
        parent.field(column)
