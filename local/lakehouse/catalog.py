"""Tables as Unity Catalog describes them, without what the workspace adds: owner, grants, tags.

https://docs.databricks.com/api/workspace/tables/get
"""

from __future__ import annotations

import json
from typing import Any

from lakehouse import constraints, delta_types
from lakehouse.names import TableName
from lakehouse.snapshot import Snapshot
from lakehouse.store import Store, View


def describe_table(store: Store, name: TableName) -> dict[str, Any]:
    """The TableInfo of a table or view; raises TABLE_OR_VIEW_NOT_FOUND."""
    return _info(name, store.get(name))


def list_tables(store: Store, catalog: str, schema: str) -> list[dict[str, Any]]:
    """The TableInfos of a schema, by name."""
    found = ((name, store.find(name)) for name in store.names(catalog, schema))
    return [_info(name, table) for name, table in found if table is not None]


def _info(name: TableName, found: Snapshot | View) -> dict[str, Any]:
    info: dict[str, Any] = {
        "name": name.name,
        "catalog_name": name.catalog,
        "schema_name": name.schema,
        "full_name": str(name),
        "table_id": found.table_id,
        "created_at": found.created_at,
        "properties": constraints.visible(found.properties),
        "columns": [_column(found, i, f) for i, f in enumerate(found.fields)],
    }
    if found.comment is not None:
        info["comment"] = found.comment
    if isinstance(found, View):
        return info | {
            "table_type": "VIEW",
            "updated_at": found.updated_at,
            "view_definition": found.definition,
        }
    info |= {
        "table_type": "MANAGED",
        "data_source_format": "DELTA",
        "storage_location": found.path.as_uri(),
        "updated_at": _updated_at(found),
        "version": found.version,
    }
    if keys := constraints.listed(found.properties):
        info["table_constraints"] = [c.to_body() for c in keys]
    return info


def _updated_at(table: Snapshot) -> int:
    log = table.path / "_delta_log" / f"{table.version:020}.json"
    try:
        return log.stat().st_mtime_ns // 1_000_000
    except FileNotFoundError:  # only the checkpoint is left of an old version
        return table.created_at


def _column(found: Snapshot | View, position: int, field: dict[str, Any]) -> dict[str, Any]:
    kind = field["type"]
    info = {
        "name": field["name"],
        "type_text": delta_types.type_text(kind),
        "type_name": delta_types.type_name(kind),
        "type_json": json.dumps(field, ensure_ascii=False),
        "position": position,
        "nullable": field["nullable"],
    }
    if comment := field["metadata"].get("comment"):
        info["comment"] = comment
    if numbers := delta_types.precision_scale(kind):
        info["type_precision"], info["type_scale"] = numbers
    partitions = found.partition_columns if isinstance(found, Snapshot) else []
    if field["name"] in partitions:
        info["partition_index"] = partitions.index(field["name"])
    return info
