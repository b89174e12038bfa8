"""A reader of tokens for the statements that sqlglot does not parse completely.

They are ALTER, COMMENT ON, DESCRIBE and SHOW. What is left over is a syntax error, never ignored.
"""

from __future__ import annotations

from typing import ClassVar

import sqlglot.errors
from sqlglot.dialects.databricks import Databricks
from sqlglot.tokenizer_core import Token, TokenType

from lakehouse.errors import SqlError

_NAMES = {TokenType.VAR, TokenType.IDENTIFIER}


class _Words(Databricks):  # type: ignore[misc]
    """Every word a token of its own: no keyword spans two, none swallows the rest as a command."""

    class Tokenizer(Databricks.Tokenizer):  # type: ignore[misc]
        COMMANDS: ClassVar[set[TokenType]] = set()
        KEYWORDS: ClassVar[dict[str, TokenType]] = {}


class Tokens:
    """The tokens of one statement, read from the left."""

    def __init__(self, text: str) -> None:
        """Reads the text into tokens, without a trailing semicolon."""
        self.text = text
        try:
            found = _Words().tokenize(text)
        except sqlglot.errors.SqlglotError as error:
            raise SqlError("PARSE_SYNTAX_ERROR", f"Syntax error: {error}") from error
        while found and found[-1].token_type == TokenType.SEMICOLON:
            found.pop()
        self._tokens = found
        self._at = 0

    @property
    def at_end(self) -> bool:
        """Whether all has been read."""
        return self._at >= len(self._tokens)

    @property
    def rest(self) -> str:
        """The text that has not been read, as it was written."""
        if self.at_end:
            return ""
        return self.text[self._tokens[self._at].start : self._tokens[-1].end + 1]

    def peek(self, offset: int = 0) -> Token | None:
        """A token that is not read yet."""
        at = self._at + offset
        return self._tokens[at] if at < len(self._tokens) else None

    def next(self) -> Token:
        """The next token; raises PARSE_SYNTAX_ERROR at the end."""
        token = self.peek()
        if token is None:
            raise SqlError("PARSE_SYNTAX_ERROR", "Syntax error: unexpected end of the statement.")
        self._at += 1
        return token

    def error(self) -> SqlError:
        """The refusal of what comes next."""
        token = self.peek()
        place = f"at or near '{token.text}' (line {token.line})" if token else "at the end"
        return SqlError("PARSE_SYNTAX_ERROR", f"Syntax error {place}.")

    def take(self, *words: str) -> bool:
        """Reads these keywords if they come next."""
        for i, word in enumerate(words):
            token = self.peek(i)
            quoted = token is None or token.token_type in (TokenType.IDENTIFIER, TokenType.STRING)
            if quoted or token is None or token.text.upper() != word:
                return False
        self._at += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Reads these keywords; raises PARSE_SYNTAX_ERROR otherwise."""
        if not self.take(*words):
            raise self.error()

    def end(self) -> None:
        """Raises PARSE_SYNTAX_ERROR when anything is left."""
        if not self.at_end:
            raise self.error()

    def identifier(self) -> str:
        """One name, quoted with backticks or not."""
        token = self.next()
        plain = token.text.replace("_", "a").isalnum() and not token.text[0].isdigit()
        if token.token_type == TokenType.STRING or (token.token_type not in _NAMES and not plain):
            self._at -= 1
            raise self.error()
        return token.text

    def path(self) -> list[str]:
        """Names separated by periods."""
        parts = [self.identifier()]
        while self.take("."):
            parts.append(self.identifier())
        return parts

    def string(self) -> str:
        """A string literal."""
        token = self.next()
        if token.token_type != TokenType.STRING:
            self._at -= 1
            raise self.error()
        return token.text

    def number(self) -> int:
        """A whole number."""
        token = self.next()
        if not token.text.isdigit():
            self._at -= 1
            raise self.error()
        return int(token.text)

    def until(self, *stops: str) -> str:
        """The text up to one of these keywords or symbols outside parentheses, or to the end."""
        depth = 0
        first = self.peek()
        last = None
        while (token := self.peek()) is not None:
            quoted = token.token_type in (TokenType.IDENTIFIER, TokenType.STRING)
            if depth == 0 and not quoted and token.text.upper() in stops:
                break
            depth += {"(": 1, ")": -1, "<": 1, ">": -1, ">>": -2}.get(token.text, 0)
            if depth < 0:
                break
            last = self.next()
        if first is None or last is None:
            raise self.error()
        return self.text[first.start : last.end + 1]
