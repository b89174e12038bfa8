"""The engine: runs one statement, describes tables, and can cancel what runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import sqlglot.errors
from sqlglot import exp

from lakehouse import alter, binding, change, comments, create, describe, duck, insert, merge
from lakehouse.dialect import parse_statement
from lakehouse.errors import from_duckdb, parse_error, unsupported
from lakehouse.names import Layout, part
from lakehouse.session import Parameter, Result, Session
from lakehouse.store import Store
from lakehouse.tokens import Tokens


class Engine:
    """Statements over the tables of one root folder; may be used from many threads."""

    def __init__(self, root: Path) -> None:
        """Opens the folder, which is made if needed."""
        layout = Layout(root.resolve())
        self.store = Store(layout)
        self._database = duck.open_database(layout)
        self._running: dict[str, duckdb.DuckDBPyConnection] = {}
        self._guard = threading.Lock()

    @contextmanager
    def session(
        self,
        *,
        catalog: str | None = None,
        schema: str | None = None,
        parameters: Sequence[Parameter] = (),
        user: str = "local",
        statement_id: str | None = None,
    ) -> Iterator[Session]:
        """A session of its own cursor; DuckDB's errors leave it as SqlError."""
        with self._guard:
            cursor = self._database.cursor()
            if statement_id is not None:
                self._running[statement_id] = cursor
        try:
            yield Session(
                store=self.store,
                cursor=cursor,
                catalog=part(catalog) if catalog else None,
                schema=part(schema) if schema else None,
                parameters=parameters,
                user=user,
            )
        except duckdb.Error as error:
            raise from_duckdb(error) from error
        except sqlglot.errors.SqlglotError as error:
            raise parse_error(error) from error
        finally:
            with self._guard:
                if statement_id is not None:
                    self._running.pop(statement_id, None)
            cursor.close()

    def cancel(self, statement_id: str) -> bool:
        """Interrupts a running statement; whether it was running."""
        with self._guard:
            cursor = self._running.get(statement_id)
            if cursor is not None:
                cursor.interrupt()
            return cursor is not None


def execute(session: Session, text: str) -> Result:
    """Runs one statement. What it changes is on disk when this returns.

    Raises SqlError (or duckdb.Error, which the session turns into one); nothing has changed then.
    """
    for words, run in _BY_TOKENS:
        tokens = Tokens(text)
        if tokens.take(*words):
            return run(session, tokens)
    tree = parse_statement(text)
    session.bind_parameters(tree)
    match tree:
        case exp.Query() if not isinstance(tree, exp.Table):
            return session.query(binding.to_duckdb(session, tree))
        case exp.Values():
            return session.query(binding.to_duckdb(session, exp.select("*").from_(tree)))
        case exp.Create():
            return create.create(session, tree, text)
        case exp.Drop():
            return create.drop(session, tree)
        case exp.Insert():
            return insert.insert(session, tree)
        case exp.Update():
            return change.update(session, tree)
        case exp.Delete():
            return change.delete(session, tree)
        case exp.Merge():
            return merge.merge(session, tree)
        case exp.TruncateTable():
            return change.truncate(session, tree)
        case exp.Use() | exp.Set():
            raise unsupported(
                f"{tree.key.upper()} (a statement has no session: name catalog and schema with it)"
            )
    verb = Tokens(text).next().text.upper()
    raise unsupported(f"The statement {verb}")


_BY_TOKENS: list[tuple[tuple[str, ...], Callable[[Session, Tokens], Result]]] = [
    (("ALTER",), alter.alter),
    (("COMMENT", "ON"), comments.comment_on),
    (("DESCRIBE",), describe.describe),
    (("DESC",), describe.describe),
    (("SHOW",), describe.show),
]
