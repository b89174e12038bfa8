"""What the tests share: an engine on its own folder, and how to ask it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lakehouse import results
from lakehouse.engine import Engine, execute
from lakehouse.errors import SqlError
from lakehouse.session import Parameter

Rows = list[list[str | None]]


class Sql:
    """Runs statements with default catalog `ml` and schema `features`."""

    def __init__(self, engine: Engine) -> None:
        """Makes the two schemas that the tests use."""
        self.engine = engine
        engine.store.create_schema("ml", "features")
        engine.store.create_schema("ml", "other")

    def __call__(self, text: str, **parameters: Any) -> Rows:
        """The statement's rows as text; parameters are (value, type) or strings."""
        return self.full(text, **parameters)[1]

    def full(self, text: str, **parameters: Any) -> tuple[list[tuple[str, str]], Rows]:
        """Column names with types, and the rows."""
        given = [
            Parameter(name, *(value if isinstance(value, tuple) else (value,)))
            for name, value in parameters.items()
        ]
        with self.engine.session(catalog="ml", schema="features", parameters=given) as session:
            result = execute(session, text)
            columns = results.columns_body(result.columns)
            rows = list(results.text_rows(session, result))
        return [(c["name"], c["type_text"]) for c in columns], rows

    def refusal(self, text: str, **parameters: Any) -> SqlError:
        """The refusal of a statement that must be refused."""
        with pytest.raises(SqlError) as caught:
            self(text, **parameters)
        return caught.value


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path / "lakehouse")


@pytest.fixture
def sql(engine: Engine) -> Sql:
    return Sql(engine)


@pytest.fixture
def volume(engine: Engine) -> Path:
    """The folder of the volume `/Volumes/ml/features/raw`."""
    path = engine.store.layout.volumes / "ml" / "features" / "raw"
    path.mkdir(parents=True)
    return path


@pytest.fixture(scope="session")
def shared_sql(tmp_path_factory: pytest.TempPathFactory) -> Sql:
    """An engine for tests that change nothing."""
    return Sql(Engine(tmp_path_factory.mktemp("shared") / "lakehouse"))


Refuses = Callable[[str], SqlError]
