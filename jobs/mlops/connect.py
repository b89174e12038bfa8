"""How a task reaches its workspace, decided by where the process runs.

On Databricks it is the Spark session and the file system that a job finds there; anywhere else, the
workspace's public REST interface. Nothing else in the tasks knows the difference.
"""

import os

from mlops.files import Files
from mlops.tables import Tables


def connect_tables() -> Tables:
    """Connects to the workspace's tables from the process environment.

    Off Databricks it takes `DATABRICKS_WAREHOUSE_ID` and whatever the Databricks SDK signs in
    with, such as `DATABRICKS_HOST` and `DATABRICKS_TOKEN`.

    Raises:
        TaskError: When the environment does not say which workspace or warehouse.
    """
    if _on_databricks():
        from mlops.spark_tables import SparkTables

        return SparkTables.connect()
    from mlops.warehouse_tables import WarehouseTables

    return WarehouseTables.connect()


def connect_files() -> Files:
    """Connects to the workspace's files from the process environment, as `connect_tables` does.

    Raises:
        TaskError: When the environment does not say which workspace.
    """
    if _on_databricks():
        from mlops.mounted_files import MountedFiles

        return MountedFiles.connect()
    from mlops.api_files import ApiFiles

    return ApiFiles.connect()


def _on_databricks() -> bool:
    """Whether this process runs on Databricks compute, which sets this variable."""
    return "DATABRICKS_RUNTIME_VERSION" in os.environ
