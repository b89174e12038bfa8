"""What a task's source may use so that it runs on Databricks serverless compute.

Each rule looks at a module's syntax tree, names the page that it follows from, and yields what it
finds with the line. Doc strings are not looked at: they may speak of anything.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import cast

JOBS = Path(__file__).resolve().parents[1]

_SERVERLESS = "https://learn.microsoft.com/azure/databricks/compute/serverless/"
_ENVIRONMENT = (
    "https://learn.microsoft.com/azure/databricks/release-notes/serverless/environment-version/four"
)
_STANDARD = "https://learn.microsoft.com/azure/databricks/compute/standard-overview"
_FILES = "https://learn.microsoft.com/azure/databricks/files/"

BASE = {"databricks", "mlflow", "numpy", "pandas", "pyspark", "requests"}
"""Modules that environment version 4 brings itself."""

ADAPTERS = {
    "mlops.warehouse_tables": "mlops/connect.py",
    "mlops.api_files": "mlops/connect.py",
}
"""Modules for processes off Databricks, and the one module that may choose them."""

Found = Iterable[tuple[int, str]]


@dataclass(frozen=True)
class Module:
    """A source file."""

    path: str
    """Below `jobs/`."""
    tree: ast.Module

    def strings(self) -> Iterator[ast.Constant]:
        """Yields the strings that are no doc strings, f-strings' parts too."""
        loose = {id(n.value) for n in ast.walk(self.tree) if isinstance(n, ast.Expr)}
        for node in ast.walk(self.tree):
            is_string = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_string and id(node) not in loose:
                yield cast("ast.Constant", node)

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """Yields imported modules; `from a import b` as `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


@dataclass(frozen=True)
class Rule:
    """One thing that a task must not do."""

    name: str
    link: str
    find: Callable[[Module], Found]
    bad: tuple[str, ...]
    """Sources in which it must find something."""
    good: tuple[str, ...] = ()
    """Sources in which it must not."""


@cache
def installed_modules() -> set[str]:
    """Names the modules that the packages of `requirements.in` install."""
    lines = (JOBS / "requirements.in").read_text().splitlines()
    wanted = {line.split("=")[0].strip().lower() for line in lines if line and line[0] != "#"}
    return {
        module
        for module, packages in packages_distributions().items()
        if wanted & {package.lower() for package in packages}
    }


def _foreign_imports(module: Module) -> Found:
    own = {path.name for path in JOBS.iterdir() if path.is_dir() and path.name != "tests"}
    allowed = sys.stdlib_module_names | own | BASE | installed_modules()
    optional = {
        id(statement)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Try) and any(_catches_import(one) for one in node.handlers)
        for statement in node.body
    }
    for node, name in module.imports():
        if name.split(".")[0] not in allowed and id(node) not in optional:
            yield node.lineno, f"import of {name}"


def _catches_import(handler: ast.ExceptHandler) -> bool:
    names = {node.id for node in ast.walk(handler.type or handler) if isinstance(node, ast.Name)}
    return bool(names & {"ImportError", "ModuleNotFoundError"})


def _adapters(module: Module) -> Found:
    for node, name in module.imports():
        for adapter, chooser in ADAPTERS.items():
            if f"{name}.".startswith(f"{adapter}.") and module.path != chooser:
                yield node.lineno, f"import of {adapter}, which only {chooser} may choose"
    files = {f"{adapter.replace('.', '/')}.py" for adapter in ADAPTERS}
    for string in module.strings():
        if string.value == "DATABRICKS_WAREHOUSE_ID" and module.path not in files:
            yield string.lineno, "DATABRICKS_WAREHOUSE_ID, which no job has"


def _strings(pattern: str) -> Callable[[Module], Found]:
    def find(module: Module) -> Found:
        for node in module.strings():
            match = re.search(pattern, str(node.value))
            if match:
                yield node.lineno, f"the string {match[0]!r}"

    return find


def _named(*names: str) -> Callable[[Module], Found]:
    """Finds imports, attributes and variables of these names; `a.b` only with what is before."""

    def find(module: Module) -> Found:
        for statement, name in module.imports():
            if any(f".{one}." in f".{name}." for one in names):
                yield statement.lineno, f"import of {name}"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name) and node.id in names:
                yield node.lineno, node.id
            if isinstance(node, ast.Attribute):
                whole = ast.unparse(node)
                if node.attr in names or whole in names:
                    yield node.lineno, whole

    return find


def _caching(module: Module) -> Found:
    methods = ("cache", "persist", "unpersist", "cacheTable", "checkpoint")
    for node in ast.walk(module.tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in methods:
            yield called.lineno, f".{called.attr}()"
    yield from _strings(r"(?i)\b(UN)?CACHE\s+(LAZY\s+)?TABLE\b")(module)


RULES = [
    Rule(
        "imports the standard library, jobs/, its environment's packages, nothing else",
        _ENVIRONMENT,
        _foreign_imports,
        bad=("import duckdb", "from deltalake import DeltaTable", "def f():\n  import torch"),
        good=(
            "import json, pandas, xgboost\nfrom mlops.task import run",
            "try:\n  import polars\nexcept ImportError:\n  polars = None",
        ),
    ),
    Rule(
        "uses what is made for other machines through the one module that chooses",
        f"{_SERVERLESS}best-practices",
        _adapters,
        bad=(
            "from mlops.warehouse_tables import WarehouseTables",
            "from mlops import api_files",
            "import os\nos.environ['DATABRICKS_WAREHOUSE_ID']",
        ),
        good=("from mlops.connect import connect_tables",),
    ),
    Rule(
        "names no path or address of one machine",
        _FILES,
        _strings(
            r"(?<![\w.-])/(tmp|home|root|var|opt|etc|local_disk0)(?=/|$)"
            r"|\blocalhost\b|\b127\.0\.0\.1\b|\b0\.0\.0\.0\b|\bfile:/|^~/"
        ),
        bad=(
            "open('/tmp/model.pkl')",
            "path = f'/home/{user}/data'",
            "url = 'http://localhost:5000'",
            "uri = 'file:/data'",
            "host = '127.0.0.1'",
        ),
        good=(
            "path = '/Volumes/ml/tmp/x'",
            "def f():\n  '''Reads /tmp.'''",
            "why = 'a profile: x'",
        ),
    ),
    Rule(
        "uses no DBFS",
        f"{_SERVERLESS}limitations",
        _strings(r"\bdbfs:|(?<!\w)/dbfs\b|(?<![\w.-])/mnt/"),
        bad=("spark.read.load('dbfs:/x')", "open('/dbfs/x')", "path = '/mnt/lake/x'"),
        good=("path = '/Volumes/ml/dbfs_like/x'",),
    ),
    Rule(
        "starts no process",
        _STANDARD,
        _named(
            *("subprocess", "multiprocessing", "pty", "os.system", "os.popen", "os.fork"),
            *("os.execv", "os.execvp", "os.spawnv", "os.posix_spawn", "ProcessPoolExecutor"),
        ),
        bad=(
            "import subprocess",
            "from multiprocessing import Pool",
            "import os\nos.fork()",
            "from concurrent.futures import ProcessPoolExecutor\nProcessPoolExecutor()",
        ),
        good=("import os\nos.environ", "from concurrent.futures import ThreadPoolExecutor"),
    ),
    Rule(
        "listens to no network",
        _STANDARD,
        _named("socket", "socketserver", "http.server", "xmlrpc.server", "asyncio.start_server"),
        bad=("import socket", "from http.server import HTTPServer", "asyncio.start_server(f)"),
        good=("import urllib.request", "from http import HTTPStatus"),
    ),
    Rule(
        "uses Spark through its session only: no context, RDD or JVM",
        f"{_SERVERLESS}limitations",
        _named(
            *("sc", "SparkContext", "sparkContext", "SQLContext", "HiveContext", "sqlContext"),
            *("rdd", "parallelize", "_jvm", "_jsc", "_jsparkSession", "py4j"),
        ),
        bad=(
            "spark.sparkContext.setLogLevel('ERROR')",
            "from pyspark import SparkContext",
            "sc.textFile('x')",
            "frame.rdd.map(f)",
            "spark._jvm.java",
        ),
        good=("spark.sql('SELECT 1')", "score = 1"),
    ),
    Rule(
        "makes no global temporary view",
        f"{_SERVERLESS}limitations",
        lambda module: (
            *_named("createGlobalTempView", "createOrReplaceGlobalTempView")(module),
            *_strings(r"(?i)\bglobal_temp\b|\bGLOBAL\s+TEMP(ORARY)?\s+VIEW\b")(module),
        ),
        bad=(
            "frame.createOrReplaceGlobalTempView('x')",
            "spark.sql('SELECT * FROM global_temp.x')",
            "spark.sql('CREATE GLOBAL TEMPORARY VIEW x AS SELECT 1')",
        ),
        good=("frame.createOrReplaceTempView('x')",),
    ),
    Rule(
        "caches no table or data frame",
        f"{_SERVERLESS}limitations",
        _caching,
        bad=("frame.cache()", "frame.persist()", "spark.sql('CACHE TABLE x')"),
        good=("import functools\n@functools.cache\ndef f(): ...",),
    ),
    Rule(
        "streams what is there and ends: no triggers by time",
        f"{_SERVERLESS}limitations",
        lambda module: (
            (node.value.lineno, f"trigger by {node.arg}")
            for node in ast.walk(module.tree)
            if isinstance(node, ast.keyword) and node.arg in ("processingTime", "continuous")
        ),
        bad=("stream.trigger(processingTime='1 minute')",),
        good=("stream.trigger(availableNow=True)",),
    ),
]


def sources() -> list[Path]:
    """Lists the Python files that the stacks upload."""
    found = (path.relative_to(JOBS) for path in JOBS.rglob("*.py"))
    return sorted(path for path in found if "tests" not in path.parts)


def parse(source: str, path: str = "mlops/example.py") -> Module:
    """Reads a source."""
    return Module(path, ast.parse(source))
