"""SET and UNSET TBLPROPERTIES of tables and views."""

from __future__ import annotations

from typing import Any

from sqlglot.tokenizer_core import TokenType

from lakehouse.clauses import checked_property
from lakehouse.errors import SqlError
from lakehouse.tokens import Tokens


def given(tokens: Tokens) -> dict[str, str]:
    """``('key' = 'value', …)``, to the end of the statement."""
    found: dict[str, str] = {}
    tokens.expect("(")
    while True:
        key = checked_property(_key(tokens))
        tokens.expect("=")
        found[key] = _value(tokens)
        if not tokens.take(","):
            break
    tokens.expect(")")
    tokens.end()
    return found


def unset(tokens: Tokens) -> tuple[list[str], bool]:
    """``[IF EXISTS] (key, …)``: the keys, and whether a missing one is fine."""
    lenient = tokens.take("IF", "EXISTS")
    tokens.expect("(")
    keys = [checked_property(_key(tokens))]
    while tokens.take(","):
        keys.append(checked_property(_key(tokens)))
    tokens.expect(")")
    tokens.end()
    return keys, lenient


def added(current: dict[str, str], new: dict[str, str]) -> dict[str, Any]:
    """The change of properties that sets some."""
    return {"properties": {**current, **new}}


def without(current: dict[str, str], keys: list[str], lenient: bool) -> dict[str, Any]:
    """The change of properties that removes some."""
    for key in keys:
        if key not in current and not lenient:
            raise SqlError("UNSET_NONEXISTENT_PROPERTIES", f"There is no property `{key}`.")
    return {"properties": {k: v for k, v in current.items() if k not in keys}}


def _is_string(tokens: Tokens) -> bool:
    token = tokens.peek()
    return token is not None and token.token_type == TokenType.STRING


def _key(tokens: Tokens) -> str:
    return tokens.string() if _is_string(tokens) else ".".join(tokens.path())


def _value(tokens: Tokens) -> str:
    if _is_string(tokens):
        return tokens.string()
    text = tokens.next().text.lower()
    if not text.replace(".", "").isdigit() and text not in ("true", "false"):
        raise SqlError("PARSE_SYNTAX_ERROR", f"Syntax error at or near '{text}'.")
    return text
