"""Tables through the Spark session of the Databricks job that runs the task."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mlops.tables import TableError, Tables

if TYPE_CHECKING:
    import pandas as pd


class SparkTables(Tables):
    """Spark SQL, and volumes through the file system mounted at `/Volumes`."""

    def __init__(self, spark: Any) -> None:
        """Takes a Spark session, classic or Connect."""
        self.spark = spark

    @staticmethod
    def connect() -> "SparkTables":
        """Joins the session that Databricks has made for the task."""
        from pyspark.sql import SparkSession

        return SparkTables(SparkSession.builder.getOrCreate())

    def query(self, sql: str) -> "pd.DataFrame":
        """Returns all rows of a query.

        Through Arrow, as a SQL warehouse sends them: Spark's own `toPandas` would give a TIMESTAMP
        without its time zone.
        """
        with _readable():
            return cast("pd.DataFrame", self.spark.sql(sql).toArrow().to_pandas())

    def execute(self, sql: str) -> None:
        """Runs a statement; Spark runs commands such as INSERT at once."""
        with _readable():
            self.spark.sql(sql)

    def parquet(self, path: str) -> str:
        """Names the file itself, which Spark reads with no function of Databricks' own."""
        return f"parquet.`{path}`"

    def put_file(self, path: str, content: bytes) -> None:
        """Writes a file under `/Volumes/`."""
        with _readable():
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def remove_file(self, path: str) -> None:
        """Removes a file under `/Volumes/`."""
        with _readable():
            Path(path).unlink(missing_ok=True)


@contextmanager
def _readable() -> Iterator[None]:
    """Turns what Spark says about a user's mistake into a `TableError` of one line.

    Only analysis errors (unknown table or column, no permission) and file errors are mistakes; an
    executor that dies keeps its trace. By name, because classic Spark and Spark Connect each have
    classes of their own.
    """
    try:
        yield
    except Exception as error:
        if type(error).__name__ in ("AnalysisException", "ParseException"):
            # What the parser says begins with an empty line.
            raise TableError(str(error).strip().splitlines()[0]) from None
        if isinstance(error, OSError):
            raise TableError(str(error)) from None
        raise
