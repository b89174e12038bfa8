"""Tables and views on disk: which exist, how one is made, replaced and removed as a whole."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from lakehouse import delta_log, snapshot
from lakehouse.errors import SqlError
from lakehouse.names import Layout, TableName
from lakehouse.snapshot import Snapshot

_VIEW_FILE = "view.json"


@dataclass(frozen=True)
class View:
    """A view's definition and the names it was written under."""

    table_id: str
    definition: str
    catalog: str | None
    schema: str | None
    fields: list[dict[str, Any]]
    """Its columns, as a Delta schema writes them."""
    comment: str | None
    properties: dict[str, str]
    created_at: int
    updated_at: int


class Store:
    """The tables and views below a root folder."""

    def __init__(self, layout: Layout) -> None:
        """Makes the folders, and removes what a killed process left half-done."""
        self.layout = layout
        self._locks: defaultdict[TableName, threading.RLock] = defaultdict(threading.RLock)
        self._guard = threading.Lock()
        kept = (layout.tables, layout.volumes, layout.journal)
        for folder in (*kept, layout.results, layout.scratch):
            folder.mkdir(parents=True, exist_ok=True)
        for leftover in layout.scratch.iterdir():
            shutil.rmtree(leftover, ignore_errors=True)

    @contextlib.contextmanager
    def writing(self, name: TableName) -> Iterator[None]:
        """Holds the table against other writers of this process."""
        with self._guard:
            lock = self._locks[name]
        with lock:
            yield

    # --- schemas ---

    def create_schema(self, catalog: str, schema: str) -> None:
        """Makes the schema's folder; it may exist."""
        path = self.layout.schema(catalog, schema)
        path.mkdir(parents=True, exist_ok=True)
        for parent in (path.parent, self.layout.tables):
            delta_log.fsync(parent)

    def drop_schema(self, catalog: str, schema: str, *, force: bool) -> None:
        """Removes the schema's folder; what it holds only with ``force``."""
        path = self._schema(catalog, schema)
        if not force and next(self.names(catalog, schema), None) is not None:
            raise SqlError(
                "SCHEMA_NOT_EMPTY",
                f"Cannot drop a schema `{catalog}`.`{schema}` because it contains objects.",
            )
        self._discard(path)

    def schemas(self, catalog: str) -> list[str]:
        """The schemas of a catalog, by name."""
        path = self.layout.schema(catalog, "x").parent
        return sorted(p.name for p in path.iterdir()) if path.is_dir() else []

    def _schema(self, catalog: str, schema: str) -> Path:
        path = self.layout.schema(catalog, schema)
        if not path.is_dir():
            raise SqlError(
                "SCHEMA_NOT_FOUND", f"The schema `{catalog}`.`{schema}` cannot be found."
            )
        return path

    # --- tables and views ---

    def names(self, catalog: str, schema: str) -> Iterator[TableName]:
        """The tables and views of a schema, by name."""
        for path in sorted(self._schema(catalog, schema).iterdir()):
            if snapshot.is_table(path) or (path / _VIEW_FILE).exists():
                yield TableName(catalog.lower(), schema.lower(), path.name)

    def find(self, name: TableName, version: int | str | None = None) -> Snapshot | View | None:
        """The newest committed state on disk, or the version asked for; None when there is none."""
        path = self.layout.table(name)
        if snapshot.is_table(path):
            return snapshot.load(path, version)
        try:
            text = (path / _VIEW_FILE).read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        return View(**json.loads(text))

    def get(self, name: TableName, version: int | str | None = None) -> Snapshot | View:
        """Like find; raises SCHEMA_NOT_FOUND or TABLE_OR_VIEW_NOT_FOUND."""
        found = self.find(name, version)
        if found is None:
            self._schema(name.catalog, name.schema)
            raise SqlError(
                "TABLE_OR_VIEW_NOT_FOUND",
                f"The table or view {name.quoted} cannot be found. Verify the spelling and "
                "correctness of the schema and catalog.",
            )
        return found

    def table(self, name: TableName) -> Snapshot:
        """The table; raises EXPECT_TABLE_NOT_VIEW for a view."""
        found = self.get(name)
        if isinstance(found, View):
            raise SqlError("EXPECT_TABLE_NOT_VIEW", f"{name.quoted} is a view, not a table.")
        return found

    def writable(self, name: TableName) -> Snapshot:
        """The table, refused when it uses a Delta feature that this engine would break."""
        found = self.table(name)
        if found.unwritable is not None:
            raise SqlError(
                "UNSUPPORTED",
                f"Writing {name.quoted} is not supported by the local SQL engine: the table uses "
                f"the Delta feature '{found.unwritable}'.",
            )
        return found

    def view(self, name: TableName) -> View:
        """The view; raises EXPECT_VIEW_NOT_TABLE for a table."""
        found = self.get(name)
        if isinstance(found, Snapshot):
            raise SqlError("EXPECT_VIEW_NOT_TABLE", f"{name.quoted} is a table, not a view.")
        return found

    def building(self, name: TableName) -> Path:
        """A folder to build a new table in; it appears under its name by :meth:`publish`."""
        self._schema(name.catalog, name.schema)
        path = self.layout.scratch / uuid.uuid4().hex
        path.mkdir()
        return path

    def publish(self, built: Path, name: TableName) -> None:
        """Moves a finished table or view to its place, at once and on disk."""
        target = self.layout.table(name)
        try:
            built.rename(target)
        except OSError as error:
            shutil.rmtree(built, ignore_errors=True)
            raise already_exists(name) from error
        delta_log.fsync(target.parent)

    def put_view(self, name: TableName, view: View) -> None:
        """Creates the view, or replaces its definition."""
        text = json.dumps(asdict(view), ensure_ascii=False, indent=1)
        path = self.layout.table(name)
        if path.exists():
            delta_log.write_durably(path / _VIEW_FILE, text)
            return
        built = self.building(name)
        delta_log.write_durably(built / _VIEW_FILE, text)
        self.publish(built, name)

    def change_view(self, name: TableName, view: View, **changes: Any) -> None:
        """Replaces some parts of a view."""
        self.put_view(name, replace(view, updated_at=delta_log.now_ms(), **changes))

    def drop(self, name: TableName) -> None:
        """Removes a table or view; it is gone at once, its files soon after."""
        self.get(name)
        self._discard(self.layout.table(name))

    def _discard(self, path: Path) -> None:
        doomed = self.layout.scratch / uuid.uuid4().hex
        path.rename(doomed)
        delta_log.fsync(path.parent)
        shutil.rmtree(doomed, ignore_errors=True)


def already_exists(name: TableName) -> SqlError:
    """The refusal to create what exists."""
    return SqlError(
        "TABLE_OR_VIEW_ALREADY_EXISTS",
        f"Cannot create table or view {name.quoted} because it already exists.",
    )
