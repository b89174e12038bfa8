"""Tables and volumes of a Databricks workspace, as the tasks see them.

SQL in the tasks is Databricks SQL. Where it runs is decided once, in `mlops.connect`: in the Spark
session of the job that runs the task, or, anywhere else, on a SQL warehouse through the
workspace's public REST interface.
"""

import io
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlops.task import TaskError

if TYPE_CHECKING:
    import pandas as pd


class TableError(TaskError):
    """A statement, table or file that the workspace refused, in its own words."""


def quoted(name: str) -> str:
    """Writes a dotted name as SQL: `ml.bronze.t` as `` `ml`.`bronze`.`t` ``."""
    return ".".join(f"`{part}`" for part in name.split("."))


def text(value: str) -> str:
    """Writes a string as a SQL literal."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


class Tables(ABC):
    """Reads and writes tables; a subclass says how a statement and a file reach the workspace."""

    @abstractmethod
    def query(self, sql: str) -> "pd.DataFrame":
        """Returns all rows of a query; DATE columns hold `datetime.date`."""

    @abstractmethod
    def execute(self, sql: str) -> None:
        """Runs a statement for its effect."""

    @abstractmethod
    def put_file(self, path: str, content: bytes) -> None:
        """Writes a file under `/Volumes/`, over an older one, with the folders it needs."""

    @abstractmethod
    def remove_file(self, path: str) -> None:
        """Removes a file under `/Volumes/`."""

    def parquet(self, path: str) -> str:
        """Writes a parquet file of a volume as SQL that stands for its rows."""
        return f"read_files({text(path)}, format => 'parquet')"

    def columns(self, table: str) -> list[str]:
        """Names the table's columns in their order; `TableError` if there is no such table."""
        return [str(name) for name in self.query(f"SELECT * FROM {quoted(table)} LIMIT 0").columns]

    def exists(self, table: str) -> bool:
        """Whether there is such a table, or a view, and its schema."""
        try:
            self.columns(table)
        except TableError as error:
            # https://docs.databricks.com/aws/en/error-messages/error-classes
            if "TABLE_OR_VIEW_NOT_FOUND" in str(error):
                return False
            raise
        return True

    def column_types(self, table: str) -> dict[str, str]:
        """Maps the table's columns to their types in SQL, in lower case, e.g. `bigint`."""
        described = self.query(f"DESCRIBE TABLE {quoted(table)}")
        types = {}
        for name, kind in zip(described["col_name"], described["data_type"], strict=True):
            if not name or name.startswith("#"):
                break  # what follows is about partitions and clustering
            types[str(name)] = str(kind).lower()
        return types

    def require(self, table: str, columns: list[str]) -> None:
        """Raises `TableError` unless the table exists and has all these columns."""
        present = self.columns(table)
        missing = [name for name in columns if name not in present]
        if missing:
            raise TableError(
                f"table {table} has no column {', '.join(missing)}; it has {', '.join(present)}"
            )

    def overwrite(self, table: str, frame: "pd.DataFrame") -> None:
        """Replaces the table's rows, in one transaction, by the frame's, matched by column name."""
        with self._staged(table, frame) as source:
            self._insert("OVERWRITE", table, list(frame.columns), source)

    def append(self, table: str, frame: "pd.DataFrame") -> None:
        """Adds the frame's rows to the table, matched by column name."""
        with self._staged(table, frame) as source:
            self._insert("INTO", table, list(frame.columns), source)

    def add_new(self, table: str, frame: "pd.DataFrame", keys: list[str]) -> None:
        """Adds those of the frame's rows whose keys no row of the table has, in one transaction.

        Columns that the frame does not have stay NULL. The frame must not repeat a key.
        """
        names = [quoted(str(name)) for name in frame.columns]
        same = " AND ".join(f"t.{quoted(key)} = s.{quoted(key)}" for key in keys)
        with self._staged(table, frame) as source:
            self.execute(
                f"MERGE INTO {quoted(table)} AS t USING (SELECT * FROM {source}) AS s ON {same} "
                f"WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) "
                f"VALUES ({', '.join(f's.{name}' for name in names)})"
            )

    def update(self, table: str, frame: "pd.DataFrame", keys: list[str], column: str) -> None:
        """Sets `column` to the frame's value in the rows with its keys, where the two differ.

        The frame must not repeat a key, and its values must not be NULL.
        """
        name = quoted(column)
        same = " AND ".join(f"t.{quoted(key)} = s.{quoted(key)}" for key in keys)
        with self._staged(table, frame) as source:
            self.execute(
                f"MERGE INTO {quoted(table)} AS t USING (SELECT * FROM {source}) AS s ON {same} "
                f"WHEN MATCHED AND (t.{name} IS NULL OR t.{name} <> s.{name}) "
                f"THEN UPDATE SET {name} = s.{name}"
            )

    def overwrite_from(self, table: str, columns: list[str], query: str) -> None:
        """Replaces the table's rows by those of a query that yields exactly `columns`.

        The rows never leave the workspace.
        """
        self._insert("OVERWRITE", table, columns, f"({query})")

    def _insert(self, how: str, table: str, columns: list[str], source: str) -> None:
        present = self.columns(table)
        if set(present) != set(columns):
            raise TableError(
                f"table {table} has the columns {', '.join(present)}; "
                f"the task writes {', '.join(columns)}"
            )
        # INSERT matches by position, so the table's own order decides.
        selected = ", ".join(quoted(name) for name in present)
        self.execute(f"INSERT {how} {quoted(table)} SELECT {selected} FROM {source}")

    @contextmanager
    def _staged(self, table: str, frame: "pd.DataFrame") -> Iterator[str]:
        """Holds the frame as a parquet file in the catalog's landing volume while it is read."""
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        # No leading underscore in the folder's name: Spark treats such files as hidden.
        catalog = table.split(".")[0]
        path = f"/Volumes/{catalog}/bronze/landing/staging/{uuid.uuid4().hex}.parquet"
        self.put_file(path, buffer.getvalue())
        try:
            yield self.parquet(path)
        finally:
            self.remove_file(path)
