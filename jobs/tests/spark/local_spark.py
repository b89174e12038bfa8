"""A Spark session like that of a serverless job, on this machine: Spark Connect, Delta tables.

Real are Spark with its SQL, Delta Lake and the tasks' own adapter, `SparkTables`. What stands in
for Databricks: catalogs are names for one and the same catalog in memory, so that schemas of two
catalogs must not share a name; volumes are a folder.
"""

import os
import sys
from pathlib import Path
from typing import Any

from mlops.spark_tables import SparkTables

INSTALLED = Path(__file__).resolve().parents[3] / ".mlops" / "spark"
CATALOGS = ["ml", "hp_az_catalog"]

_DELTA_CATALOG = "org.apache.spark.sql.delta.catalog.DeltaCatalog"


def start(folder: Path) -> Any:
    """Starts Spark with its files below `folder`; its process ends with this one.

    Raises:
        RuntimeError: When Spark is not installed.
    """
    if not (INSTALLED / "installed").is_file():
        raise RuntimeError("Spark for the tests is not installed: run `npm test spark` once")
    sys.path.append(str(INSTALLED / "python"))
    os.environ["JAVA_HOME"] = str(INSTALLED / "java")
    # A cluster's address or another Spark in the environment would be taken for this one.
    for name in ("SPARK_HOME", "SPARK_REMOTE", "SPARK_CONF_DIR", "SPARK_CONNECT_MODE"):
        os.environ.pop(name, None)
    from pyspark.sql import SparkSession
    from pyspark.sql.connect.session import SparkSession as ConnectSession

    builder = SparkSession.builder.master("local[2]")
    for name, value in _settings(folder).items():
        builder = builder.config(name, value)
    java = builder.getOrCreate()._jvm
    service = java.org.apache.spark.sql.connect.service
    port = getattr(getattr(service, "SparkConnectService$"), "MODULE$").localPort()
    spark = ConnectSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
    _name_catalogs(spark, java)
    return spark


def _settings(folder: Path) -> dict[str, str]:
    return {
        "spark.jars": ",".join(str(jar) for jar in sorted((INSTALLED / "jars").glob("*.jar"))),
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": "0",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": _DELTA_CATALOG,
        **{f"spark.sql.catalog.{name}": _DELTA_CATALOG for name in CATALOGS},
        "spark.sql.warehouse.dir": str(folder / "tables"),
        "spark.local.dir": str(folder / "scratch"),
        # As on Databricks: tables are Delta tables, the session's time zone is UTC.
        "spark.sql.sources.default": "delta",
        "spark.sql.legacy.createHiveTableByDefault": "false",
        "spark.sql.session.timeZone": "Etc/UTC",
        # Little data: the rest is about starting fast and keeping quiet.
        "spark.sql.shuffle.partitions": "1",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.databricks.delta.stats.collect": "false",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.driver.memory": "1g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.sql.connect.serverStacktrace.enabled": "false",
    }


def _name_catalogs(spark: Any, java: Any) -> None:
    """Lets the names of `CATALOGS` stand for Spark's own catalog.

    Delta's catalog does its work by another, which Spark gives it under the name `spark_catalog`
    only (https://github.com/delta-io/delta/issues/3312); here the others get it by hand, in the
    session that Spark Connect's server has for this client.
    """
    spark.sql("SELECT 1").collect()  # until then the server has no session
    service = java.org.apache.spark.sql.connect.service.SparkConnectService
    user, key = spark.client._user_id or "", spark.client._session_id
    session = service.getOrCreateIsolatedSession(user, key, java.scala.Option.empty()).session()
    catalogs = session.sessionState().catalogManager()
    for name in CATALOGS:
        catalogs.catalog(name).setDelegateCatalog(catalogs.v2SessionCatalog())


class LocalSparkTables(SparkTables):
    """The tasks' own adapter, with a folder for `/Volumes`."""

    def __init__(self, spark: Any, folder: Path) -> None:
        """Takes a session; `folder` stands for `/Volumes`."""
        super().__init__(spark)
        self.folder = folder

    def parquet(self, path: str) -> str:
        """Names the file where it is."""
        return super().parquet(str(self.local(path)))

    def put_file(self, path: str, content: bytes) -> None:
        """Writes a file of a volume."""
        super().put_file(str(self.local(path)), content)

    def remove_file(self, path: str) -> None:
        """Removes a file of a volume."""
        super().remove_file(str(self.local(path)))

    def local(self, path: str) -> Path:
        """Says where a file of a volume is on this machine."""
        assert path.startswith("/Volumes/"), path
        return self.folder / path.removeprefix("/Volumes/")

    def create(self, ddl: str) -> None:
        """Creates a table from a Databricks CREATE TABLE, with its schema."""
        catalog, schema, _ = ddl.split("CREATE TABLE ", 1)[1].split(maxsplit=1)[0].split(".")
        self.execute(f"CREATE SCHEMA IF NOT EXISTS {catalog}.{schema}")
        self.execute(ddl)

    def clear(self) -> None:
        """Drops everything."""
        for name in self.query("SHOW SCHEMAS")["namespace"]:
            if name != "default":
                self.execute(f"DROP SCHEMA {name} CASCADE")


def stop(spark: Any) -> None:
    """Ends the session and the server."""
    from pyspark.sql import SparkSession

    spark.stop()
    server = SparkSession.getActiveSession()
    if server is not None:
        server.stop()
