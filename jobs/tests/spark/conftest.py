"""The tasks on a real Spark with Delta tables, and on the real MLflow of the other tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import local_spark
from local_spark import LocalSparkTables


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark session; starting one takes some seconds."""
    session = local_spark.start(tmp_path_factory.mktemp("spark"))
    yield session
    local_spark.stop(session)


@pytest.fixture
def tables(spark: Any, tmp_path: Path) -> Iterator[LocalSparkTables]:
    """A workspace without tables."""
    workspace = LocalSparkTables(spark, tmp_path)
    yield workspace
    workspace.clear()
