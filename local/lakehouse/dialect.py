"""Databricks SQL as sqlglot parses it, with what its stock parser reads differently put right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.databricks import Databricks

from lakehouse.errors import SqlError, parse_error


def _named(name: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    """Keeps a call as it was written, for the translation to look at its arguments."""
    return lambda args: exp.Anonymous(this=name, expressions=args)


class LocalDatabricks(Databricks):  # type: ignore[misc]
    """The dialect of statements sent to the workspace."""

    class Parser(Databricks.Parser):  # type: ignore[misc,valid-type]
        """Reads some calls as they are written, for the translation to look at."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {
            **Databricks.Parser.FUNCTIONS,
            # The two-argument forms count days between dates, the others full units of time.
            "DATEDIFF": _named("datediff"),
            "DATE_DIFF": _named("datediff"),
            "TIMESTAMPDIFF": _named("timestampdiff"),
            "DATEADD": _named("dateadd"),
            "DATE_ADD": _named("dateadd"),
            "TIMESTAMPADD": _named("dateadd"),
            "DATE_SUB": _named("date_sub"),
            "UNIX_TIMESTAMP": _named("unix_timestamp"),
            "TO_UNIX_TIMESTAMP": _named("unix_timestamp"),
        }


def parse_statement(text: str) -> exp.Expr:
    """The one statement in ``text``; a trailing semicolon is allowed.

    Raises SqlError PARSE_SYNTAX_ERROR, also for several statements, as the Databricks API does.
    """
    try:
        found = [e for e in sqlglot.parse(text, read=LocalDatabricks) if e is not None]
    except sqlglot.errors.SqlglotError as error:
        raise parse_error(error) from error
    found = [e for e in found if not isinstance(e, exp.Semicolon)]
    if not found:
        raise SqlError("PARSE_EMPTY_STATEMENT", "Syntax error, unexpected empty statement.")
    if len(found) > 1:
        raise SqlError("PARSE_SYNTAX_ERROR", "Syntax error: one statement at a time is allowed.")
    return found[0]
