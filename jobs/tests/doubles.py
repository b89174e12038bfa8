"""Doubles of what the tests cannot run: a workspace's tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd
import sqlglot
from sqlglot import expressions as sql

from mlops.tables import TableError, Tables


class DuckDbTables(Tables):
    """A double of `Tables`: Databricks SQL translated by sqlglot for DuckDB in memory.

    Files of volumes are kept below a folder.
    """

    def __init__(self, folder: Path) -> None:
        """Starts with no tables; `folder` stands for `/Volumes`."""
        self.connection = duckdb.connect()
        self.folder = folder

    def query(self, text: str) -> pd.DataFrame:
        """Returns all rows of a query, through Arrow as the real ones do."""
        statement = sqlglot.parse_one(text, read="databricks")
        if isinstance(statement, sql.Describe):
            return self._describe(statement)
        with _readable():
            return self.connection.sql(statement.sql("duckdb")).to_arrow_table().to_pandas()

    def execute(self, text: str) -> None:
        """Runs a statement; INSERT OVERWRITE is DELETE and INSERT in one transaction."""
        statement = sqlglot.parse_one(text, read="databricks")
        for reader in statement.find_all(sql.Anonymous):
            if reader.name.lower() == "read_files":
                path = self._local(reader.expressions[0].name)
                reader.replace(sql.func("read_parquet", sql.Literal.string(str(path))))
        if isinstance(statement, sql.Insert) and statement.args.get("overwrite"):
            statement.set("overwrite", False)
            self.connection.execute("BEGIN")
            try:
                self._run(sql.delete(statement.this.copy()))
                self._run(statement)
            except TableError:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")
        else:
            self._run(statement)

    def put_file(self, path: str, content: bytes) -> None:
        """Writes a file of a volume."""
        local = self._local(path)
        local.parent.mkdir(parents=True, exist_ok=True)
        local.write_bytes(content)

    def remove_file(self, path: str) -> None:
        """Removes a file of a volume."""
        self._local(path).unlink()

    def create(self, ddl: str) -> None:
        """Creates a table from a Databricks CREATE TABLE, with its catalog and schema."""
        statement = sqlglot.parse_one(ddl, read="databricks")
        table = statement.find(sql.Table)
        assert table is not None
        self.connection.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {table.catalog}")
        self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.catalog}.{table.db}")
        self._run(statement)

    def _describe(self, statement: sql.Describe) -> pd.DataFrame:
        with _readable():
            found = self.connection.sql(f"DESCRIBE {statement.this.sql('duckdb')}").fetchall()
        kinds = [sql.DataType.build(row[1], dialect="duckdb").sql("databricks") for row in found]
        return pd.DataFrame(
            {"col_name": [row[0] for row in found], "data_type": [kind.lower() for kind in kinds]}
        )

    def _local(self, path: str) -> Path:
        assert path.startswith("/Volumes/"), path
        return self.folder / path.removeprefix("/Volumes/")

    def _run(self, statement: sql.Expr) -> None:
        with _readable():
            self.connection.execute(statement.sql("duckdb"))


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except duckdb.CatalogException as error:
        raise TableError(f"[TABLE_OR_VIEW_NOT_FOUND] {str(error).splitlines()[0]}") from None
    except duckdb.Error as error:
        raise TableError(str(error).splitlines()[0]) from None
