"""CREATE TABLE and CREATE TABLE … AS."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlglot import exp

from lakehouse import binding, clauses, columns, constraints, delta_log, writing
from lakehouse.delta_log import Action
from lakehouse.errors import SqlError, unsupported
from lakehouse.names import TableName
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot
from lakehouse.store import View, already_exists


@dataclass(frozen=True)
class _Table:
    """What a new table, or what replaces one, is to be."""

    name: TableName
    fields: list[dict[str, Any]]
    partitions: list[str]
    properties: dict[str, str]
    comment: str | None
    operation: str


def create(session: Session, node: exp.Create, name: TableName) -> Result:
    """A managed Delta table; a replaced one keeps its id and history."""
    return writing.with_retries(session, name, lambda: _create(session, node, name))


def _create(session: Session, node: exp.Create, name: TableName) -> Result:
    replace = bool(node.args.get("replace"))
    existing = session.store.find(name)
    if existing is not None:
        if node.args.get("exists"):
            return session.nothing()
        if not replace:
            raise already_exists(name)
        if isinstance(existing, View):
            raise SqlError("EXPECT_TABLE_NOT_VIEW", f"{name.quoted} is a view, not a table.")
        existing = session.store.writable(name)
    verb = "CREATE OR REPLACE TABLE" if replace else "CREATE TABLE"
    if node.expression is None:
        table = _declared(node, name, verb)
        return _commit(session, table, existing, lambda folder: [])
    sql = binding.to_duckdb(session, node.expression)
    table = _selected(session, node, name, sql, f"{verb} AS SELECT")
    with writing.staged(session, table.fields) as stage:
        writing.insert(session, stage, sql, table.fields, name)
        return _commit(
            session,
            table,
            existing,
            lambda folder: writing.write_files(session, stage, folder, table.partitions),
        )


def _declared(node: exp.Create, name: TableName, operation: str) -> _Table:
    found = clauses.read(node)
    fields: list[dict[str, Any]] = []
    keys: list[constraints.Constraint] = []
    for item in node.this.expressions if isinstance(node.this, exp.Schema) else []:
        if isinstance(item, exp.Constraint | exp.PrimaryKey | exp.ForeignKey):
            keys.append(constraints.parse(item, name))
            continue
        field, key = columns.definition(item)
        fields.append(field)
        if key:
            keys.append(key)
    fields += found.partition_fields
    columns.check_names([f["name"] for f in fields])
    for key in keys:
        constraints.add(found.properties, key, fields)
    partitions = _spelt(found.partitions, fields)
    return _Table(name, fields, partitions, found.properties, found.comment, operation)


def _selected(
    session: Session, node: exp.Create, name: TableName, sql: str, operation: str
) -> _Table:
    found = clauses.read(node)
    if isinstance(node.this, exp.Schema) or found.partition_fields:
        raise unsupported("A column list in CREATE TABLE … AS")
    fields: list[dict[str, Any]] = []
    for column in session.columns_of(sql):
        if column.type == "void":
            raise unsupported(f"A column of type VOID (`{column.name}`; cast the NULL)")
        fields.append({"name": column.name, "type": column.type, "nullable": True, "metadata": {}})
    columns.check_names([f["name"] for f in fields])
    partitions = _spelt(found.partitions, fields)
    return _Table(name, fields, partitions, found.properties, found.comment, operation)


def _spelt(partitions: list[str], fields: list[dict[str, Any]]) -> list[str]:
    """The partition columns as the schema spells them."""
    by_name = {f["name"].lower(): f["name"] for f in fields}
    for partition in partitions:
        if partition.lower() not in by_name:
            raise SqlError(
                "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
                f"Partition column `{partition}` is not a column of the table.",
            )
    return [by_name[p.lower()] for p in partitions]


def _commit(
    session: Session,
    table: _Table,
    existing: Snapshot | None,
    write: Callable[[Path], list[Action]],
) -> Result:
    parameters = {"partitionBy": json.dumps(table.partitions), "isManaged": "true"}
    metadata = delta_log.metadata(
        # A replaced table stays the same securable: its id, grants and history go on.
        table_id=existing.table_id if existing else str(uuid.uuid4()),
        fields=table.fields,
        partition_columns=table.partitions,
        properties=table.properties,
        comment=table.comment,
        created_at=existing.created_at if existing else delta_log.now_ms(),
    )
    info = delta_log.commit_info(table.operation, parameters)
    head = [info, delta_log.protocol(table.fields), metadata]
    if existing is not None:
        adds = write(existing.path)
        delta_log.commit(existing.path, existing.version + 1, head + existing.removals() + adds)
        return session.nothing()
    folder = session.store.building(table.name)
    try:
        delta_log.commit(folder, 0, head + write(folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    session.store.publish(folder, table.name)
    return session.nothing()
