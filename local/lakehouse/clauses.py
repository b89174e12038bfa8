"""The clauses between a CREATE's columns and its query."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from lakehouse import columns, constraints
from lakehouse.errors import SqlError, unsupported

# Delta features this engine does not keep true; a table must not claim them.
_REFUSED_PROPERTIES = (
    "delta.columnmapping.", "delta.feature.", "delta.enable", "delta.minreaderversion",
    "delta.minwriterversion", "delta.constraints.", "delta.appendonly",
)  # fmt: skip
# As Unity Catalog shows them. The files of a local table are too few to be laid out by them.
CLUSTERING = ("clusteringColumns", "clusterByAuto")


@dataclass
class Clauses:
    """What a CREATE says beside its columns and its query."""

    comment: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    partitions: list[str] = field(default_factory=list)
    partition_fields: list[dict[str, Any]] = field(default_factory=list)
    """Partition columns that are declared where they are listed."""


def read(node: exp.Create) -> Clauses:
    """The clauses of a CREATE; raises UNSUPPORTED for any other than those known here."""
    found = Clauses()
    listed = node.args.get("properties")
    for item in listed.expressions if listed else []:
        _read_one(node.kind or "", item, found)
    return found


def _read_one(kind: str, item: exp.Expr, found: Clauses) -> None:
    table = kind == "TABLE"
    match item:
        case exp.SchemaCommentProperty():
            found.comment = item.this.name
        case exp.FileFormatProperty() if table and item.name.upper() == "DELTA":
            pass
        case exp.PartitionedByProperty() if table:
            _partitions(item, found)
        case exp.ClusterProperty() if table:
            found.properties.update(clustering(item))
        case exp.Property() if type(item) is exp.Property:
            key = item.this.name
            if isinstance(item.this, exp.Dot | exp.Column):
                key = item.this.sql("databricks").replace("`", "")
            found.properties[checked_property(key)] = item.args["value"].name
        case _:
            text = item.sql("databricks").strip()
            raise unsupported(
                f"'{text or type(item).__name__.removesuffix('Property').upper()}' in CREATE {kind}"
            )


def _partitions(item: exp.PartitionedByProperty, found: Clauses) -> None:
    for part in item.this.expressions:
        if isinstance(part, exp.ColumnDef):
            found.partition_fields.append(columns.definition(part)[0])
        elif not isinstance(part, exp.Identifier | exp.Column):
            raise unsupported(f"PARTITIONED BY ({part.sql('databricks')})")
        found.partitions.append(part.name)


def clustering(item: exp.Expr) -> dict[str, str]:
    """The table properties that record ``CLUSTER BY (…)``, ``AUTO`` or ``NONE``."""
    names = [e.name for e in item.expressions]
    if names:
        return {"clusteringColumns": json.dumps([[n] for n in names], separators=(",", ":"))}
    match item.text("this").upper() or str(item.this).upper():
        case "AUTO":
            return {"clusterByAuto": "true"}
        case "NONE":
            return {}
        case other:
            raise unsupported(f"CLUSTER BY {other}")


def checked_property(key: str) -> str:
    """A table property's name; raises UNSUPPORTED for one that switches on what is not here."""
    if key.lower().startswith(_REFUSED_PROPERTIES):
        raise unsupported(f"Table property '{key}'")
    if key.lower().startswith(constraints.PREFIX):
        raise SqlError("INVALID_PARAMETER_VALUE", f"Table property '{key}' is reserved.")
    return key
