"""Three-level names, and where on disk each thing lies."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from lakehouse.errors import SqlError

# https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-names: at most 255 characters,
# no period, space, slash or control character. That also keeps names inside their folder.
_ALLOWED = re.compile(r"[^./\\ \x00-\x1f\x7f]{1,255}")


@dataclass(frozen=True)
class TableName:
    """``catalog.schema.name``, in lower case as Unity Catalog stores it."""

    catalog: str
    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.catalog}.{self.schema}.{self.name}"

    @property
    def quoted(self) -> str:
        """The name as error messages and SQL write it."""
        return f"`{self.catalog}`.`{self.schema}`.`{self.name}`"


def part(text: str) -> str:
    """One level of a name, checked and folded."""
    if not _ALLOWED.fullmatch(text):
        raise SqlError("INVALID_SCHEMA_OR_RELATION_NAME", f"`{text}` is not a valid name.")
    return text.lower()


def full_name(text: str) -> TableName:
    """A name with exactly three parts."""
    parts = text.split(".")
    if len(parts) != 3:
        raise SqlError("INVALID_SCHEMA_OR_RELATION_NAME", f"`{text}` is not a name of three parts.")
    return TableName(*(part(p) for p in parts))


def resolve(table: exp.Table, catalog: str | None, schema: str | None) -> TableName:
    """The full name a statement means, with the statement's default catalog and schema."""
    if not isinstance(table.this, exp.Identifier):
        raise SqlError("PARSE_SYNTAX_ERROR", f"'{table.sql('databricks')}' is not a table name.")
    found_schema = table.db or schema
    found_catalog = table.catalog or catalog
    if not found_schema or not found_catalog:
        missing = "catalog" if not found_catalog else "schema"
        raise SqlError(
            "TABLE_OR_VIEW_NOT_FOUND",
            f"The table or view {table.sql('databricks')} cannot be found: it is not a full name "
            f"and the statement has no default {missing}.",
        )
    return TableName(part(found_catalog), part(found_schema), part(table.name))


@dataclass(frozen=True)
class Layout:
    """The folders below the root."""

    root: Path

    @property
    def tables(self) -> Path:
        """Delta tables and views: catalog/schema/name."""
        return self.root / "tables"

    @property
    def volumes(self) -> Path:
        """What is shown as ``/Volumes``."""
        return self.root / "volumes"

    @property
    def results(self) -> Path:
        """Results of statements, in chunks."""
        return self.root / "results"

    @property
    def scratch(self) -> Path:
        """Tables being built or removed, and DuckDB's spill files; emptied at every start."""
        return self.root / "scratch"

    @property
    def journal(self) -> Path:
        """Rows on their way into tables, as files of JSON lines; see ``append.py``."""
        return self.root / "journal"

    def schema(self, catalog: str, schema: str) -> Path:
        """The folder of a schema's tables."""
        return self.tables / part(catalog) / part(schema)

    def table(self, name: TableName) -> Path:
        """The folder of a table or view."""
        return self.schema(name.catalog, name.schema) / name.name

    def volume_path(self, path: str) -> Path:
        """The file or folder that ``/Volumes/catalog/schema/volume/…`` means.

        Raises SqlError when the path is not below a volume, also after following symbolic links.
        """
        text = path.removeprefix("dbfs:")
        parts = [p for p in text.split("/") if p]
        if not text.startswith("/") or len(parts) < 4 or parts[0].lower() != "volumes":
            raise SqlError(
                "INVALID_PARAMETER_VALUE",
                f"Path '{path}' is not below a volume (/Volumes/catalog/schema/volume/…).",
            )
        volume = self.volumes.joinpath(*(part(p) for p in parts[1:4]))
        target = Path(os.path.realpath(volume.joinpath(*parts[4:])))
        if target != volume.resolve() and volume.resolve() not in target.parents:
            raise SqlError("INVALID_PARAMETER_VALUE", f"Path '{path}' leaves its volume.")
        return target
