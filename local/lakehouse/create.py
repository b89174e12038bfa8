"""CREATE TABLE, CREATE TABLE … AS, CREATE VIEW and DROP."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from lakehouse import binding, constraints, delta_log, delta_types, writing
from lakehouse.errors import SqlError, unsupported
from lakehouse.names import TableName
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot
from lakehouse.store import View, already_exists

_CREATE_PARTS = frozenset({"this", "kind", "expression", "properties", "replace", "exists"})
# Delta features this engine does not keep true; a table must not claim them.
_REFUSED_PROPERTIES = (
    "delta.columnmapping.", "delta.feature.", "delta.enable", "delta.minreaderversion",
    "delta.minwriterversion", "delta.constraints.", "delta.appendonly",
)  # fmt: skip


@dataclass
class _Options:
    """The clauses between a CREATE's columns and its query."""

    comment: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    partitions: list[str] = field(default_factory=list)
    partition_fields: list[dict[str, Any]] = field(default_factory=list)


def create(session: Session, node: exp.Create, text: str) -> Result:
    """Any CREATE; what is not a table or a view is refused."""
    for key, value in node.args.items():
        if value and key not in _CREATE_PARTS:
            raise unsupported(f"{key.upper()} in CREATE {node.kind}")
    if node.kind not in ("TABLE", "VIEW"):
        hint = " (use the Unity Catalog API)" if node.kind == "SCHEMA" else ""
        raise unsupported(f"CREATE {node.kind}{hint}")
    if node.args.get("replace") and node.args.get("exists"):
        raise SqlError("PARSE_SYNTAX_ERROR", "CREATE OR REPLACE cannot be used with IF NOT EXISTS.")
    declared = node.this.expressions if isinstance(node.this, exp.Schema) else []
    table = node.this.this if isinstance(node.this, exp.Schema) else node.this
    binding.resolve_identifier(table)
    name = session.name(table)
    options = _options(node)
    if node.kind == "VIEW":
        return _create_view(session, node, name, declared, options, text)
    return writing.with_retries(
        session, name, lambda: _create_table(session, node, name, declared, options)
    )


# --- clauses ---


def _options(node: exp.Create) -> _Options:
    options = _Options()
    properties = node.args.get("properties")
    for item in properties.expressions if properties else []:
        _option(node, item, options)
    return options


def _option(node: exp.Create, item: exp.Expression, options: _Options) -> None:
    table = node.kind == "TABLE"
    match item:
        case exp.SchemaCommentProperty():
            options.comment = item.this.name
        case exp.FileFormatProperty() if table:
            if item.name.upper() != "DELTA":
                raise unsupported(f"USING {item.name.upper()} (only DELTA is)")
        case exp.PartitionedByProperty() if table:
            for part in item.this.expressions:
                if isinstance(part, exp.ColumnDef):
                    options.partition_fields.append(column(part)[0])
                elif not isinstance(part, exp.Identifier | exp.Column):
                    raise unsupported(f"PARTITIONED BY ({part.sql('databricks')})")
                options.partitions.append(part.name)
        case exp.ClusteredByProperty() | exp.Cluster() if table:
            options.properties.update(clustering(item))
        case exp.Property():
            key, value = item.this.name, item.args["value"].name
            if isinstance(item.this, exp.Dot | exp.Column):
                key = item.this.sql("databricks").replace("`", "")
            options.properties[checked_property(key)] = value
        case _:
            text = item.sql("databricks").strip() or type(item).__name__.removesuffix("Property")
            raise unsupported(f"'{text}' in CREATE {node.kind}")


def clustering(item: exp.Expression) -> dict[str, str]:
    """The table property that records the clustering columns, as Unity Catalog shows it.

    The files of a local table are too few to be laid out by it.
    """
    names = [e.name for e in item.expressions]
    text = item.sql("databricks").upper()
    if not names and text.endswith("NONE"):
        return {}
    if not names or [n.upper() for n in names] in (["AUTO"], ["NONE"]):
        return {"clusterByAuto": "true"} if "AUTO" in text else {}
    return {"clusteringColumns": json.dumps([[n] for n in names], separators=(",", ":"))}


def checked_property(key: str) -> str:
    """A table property's name; raises UNSUPPORTED for one that switches on what is not here."""
    if key.lower().startswith(_REFUSED_PROPERTIES):
        raise unsupported(f"Table property '{key}'")
    if key.lower().startswith(constraints.PREFIX):
        raise SqlError("INVALID_PARAMETER_VALUE", f"Table property '{key}' is reserved.")
    return key


def column(node: exp.Expression) -> tuple[dict[str, Any], constraints.Constraint | None]:
    """A column definition as a Delta field, with its PRIMARY KEY if it declares one."""
    if not isinstance(node, exp.ColumnDef) or node.kind is None:
        raise SqlError("PARSE_SYNTAX_ERROR", f"Column '{node.sql('databricks')}' has no data type.")
    metadata: dict[str, Any] = {}
    nullable = True
    key = None
    for constraint in node.constraints:
        match constraint.kind:
            case exp.NotNullColumnConstraint():
                nullable = bool(constraint.kind.args.get("allow_null"))
            case exp.CommentColumnConstraint():
                metadata["comment"] = constraint.kind.name
            case exp.PrimaryKeyColumnConstraint():
                key = constraints.Constraint.primary_key(constraint.name or None, [node.name])
            case other:
                raise unsupported(f"'{other.sql('databricks')}' of column {node.name}")
    for part, value in node.args.items():
        if value and part not in ("this", "kind", "constraints", "position", "exists"):
            raise unsupported(f"{part.upper()} of column {node.name}")
    fields = {
        "name": node.name,
        "type": delta_types.from_sqlglot(node.kind, "databricks"),
        "nullable": nullable,
        "metadata": metadata,
    }
    return fields, key


def _columns(
    declared: list[exp.Expression], name: TableName
) -> tuple[list[dict[str, Any]], list[constraints.Constraint]]:
    fields: list[dict[str, Any]] = []
    keys: list[constraints.Constraint] = []
    for item in declared:
        if isinstance(item, exp.Constraint | exp.PrimaryKey | exp.ForeignKey):
            keys.append(constraints.parse(item, name))
            continue
        found, key = column(item)
        fields.append(found)
        if key:
            keys.append(key)
    no_duplicates([f["name"] for f in fields])
    return fields, keys


def no_duplicates(names: list[str]) -> None:
    """Raises COLUMN_ALREADY_EXISTS when two names differ in case at most."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise SqlError("COLUMN_ALREADY_EXISTS", f"The column `{name}` already exists.")
        if any(c in " ,;{}()\n\t=" for c in name):
            raise SqlError(
                "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAME",
                f"Found invalid character(s) among ' ,;{{}}()\\n\\t=' in the column name `{name}`.",
            )
        seen.add(name.lower())


# --- tables ---


def _create_table(
    session: Session,
    node: exp.Create,
    name: TableName,
    declared: list[exp.Expression],
    options: _Options,
) -> Result:
    existing = session.store.find(name)
    if existing is not None:
        if node.args.get("exists"):
            return session.nothing()
        if not node.args.get("replace"):
            raise already_exists(name)
        if isinstance(existing, View):
            raise SqlError("EXPECT_TABLE_NOT_VIEW", f"{name.quoted} is a view, not a table.")
        existing = session.store.writable(name)
    fields, keys = _columns(declared, name)
    fields += options.partition_fields
    query = node.expression
    if query is not None:
        if declared:
            raise unsupported("A column list in CREATE TABLE … AS")
        sql = binding.to_duckdb(session, query)
        fields = [
            {"name": c.name, "type": c.type, "nullable": True, "metadata": {}}
            for c in session.columns_of(sql)
        ]
        for found in fields:
            if found["type"] == "void":
                raise unsupported(f"A column of type VOID (`{found['name']}`; cast the NULL)")
    no_duplicates([f["name"] for f in fields])
    properties = dict(options.properties)
    base = _Base(fields, options.partitions, properties, options.comment)
    for key in keys:
        constraints.add(base.properties, key, base.fields)
    if query is None:
        return _commit_new(session, name, existing, base, node, lambda folder: [])

    with writing.staged(session, fields) as stage:
        writing.insert(session, stage, sql, fields, name)
        return _commit_new(
            session, name, existing, base, node,
            lambda folder: writing.write_files(session, stage, folder, base.partitions),
        )  # fmt: skip


@dataclass
class _Base:
    fields: list[dict[str, Any]]
    partitions: list[str]
    properties: dict[str, str]
    comment: str | None

    def __post_init__(self) -> None:
        by_name = {f["name"].lower(): f["name"] for f in self.fields}
        for partition in self.partitions:
            if partition.lower() not in by_name:
                raise SqlError(
                    "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
                    f"Partition column `{partition}` is not a column of the table.",
                )
        self.partitions = [by_name[p.lower()] for p in self.partitions]


def _commit_new(
    session: Session,
    name: TableName,
    existing: Snapshot | None,
    base: _Base,
    node: exp.Create,
    write: Callable[[Any], list[delta_log.Action]],
) -> Result:
    parameters = {"partitionBy": json.dumps(base.partitions), "isManaged": "true"}
    as_select = " AS SELECT" if node.expression is not None else ""
    verb = "CREATE OR REPLACE TABLE" if node.args.get("replace") else "CREATE TABLE"
    info = delta_log.commit_info(verb + as_select, parameters)
    metadata = delta_log.metadata(
        # A replaced table stays the same securable: its id, grants and history go on.
        table_id=existing.table_id if existing else str(uuid.uuid4()),
        fields=base.fields,
        partition_columns=base.partitions,
        properties=base.properties,
        comment=base.comment,
        created_at=existing.created_at if existing else delta_log.now_ms(),
    )
    head = [info, delta_log.protocol(base.fields), metadata]
    if existing is not None:
        adds = write(existing.path)
        delta_log.commit(existing.path, existing.version + 1, head + existing.removals() + adds)
        return session.nothing()
    folder = session.store.building(name)
    try:
        delta_log.commit(folder, 0, head + write(folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    session.store.publish(folder, name)
    return session.nothing()


# --- views ---


def _create_view(
    session: Session,
    node: exp.Create,
    name: TableName,
    declared: list[exp.Expression],
    options: _Options,
    text: str,
) -> Result:
    if node.expression is None:
        raise SqlError("PARSE_SYNTAX_ERROR", "CREATE VIEW has no AS query.")
    if any(session.parameters):
        raise unsupported("A parameter in CREATE VIEW")
    with session.store.writing(name):
        existing = session.store.find(name)
        if existing is not None:
            if node.args.get("exists"):
                return session.nothing()
            if not node.args.get("replace"):
                raise already_exists(name)
            if isinstance(existing, Snapshot):
                raise SqlError("EXPECT_VIEW_NOT_TABLE", f"{name.quoted} is a table, not a view.")
        now = delta_log.now_ms()
        definition = query_text(text, node)
        view = View(
            table_id=existing.table_id if existing else str(uuid.uuid4()),
            definition=definition,
            catalog=session.catalog,
            schema=session.schema,
            fields=_view_fields(session, node.expression, declared),
            comment=options.comment,
            properties=options.properties,
            created_at=existing.created_at if existing else now,
            updated_at=now,
        )
        session.store.put_view(name, view)
    return session.nothing()


def query_text(text: str, node: exp.Create) -> str:
    """The view's query as it was written: what follows the statement's own AS."""
    from lakehouse.tokens import Tokens

    tokens = Tokens(text)
    depth = 0
    while not tokens.at_end:
        token = tokens.next()
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text.upper() == "AS":
            return text[token.end + 1 :].strip().rstrip(";").strip()
    return str(node.expression.sql("databricks"))


def _view_fields(
    session: Session, query: exp.Expression, declared: list[exp.Expression]
) -> list[dict[str, Any]]:
    found = session.columns_of(binding.to_duckdb(session, query))
    if declared and len(declared) != len(found):
        raise SqlError(
            "CREATE_VIEW_COLUMN_ARITY_MISMATCH",
            f"The view lists {len(declared)} columns, its query returns {len(found)}.",
        )
    fields = []
    for i, result in enumerate(found):
        name, metadata = result.name, {}
        if declared:
            name, metadata = _view_column(declared[i])
        fields.append({"name": name, "type": result.type, "nullable": True, "metadata": metadata})
    no_view_duplicates([f["name"] for f in fields])
    return fields


def no_view_duplicates(names: list[str]) -> None:
    """Raises COLUMN_ALREADY_EXISTS for a repeated name."""
    for i, name in enumerate(names):
        if name.lower() in (n.lower() for n in names[:i]):
            raise SqlError("COLUMN_ALREADY_EXISTS", f"The column `{name}` already exists.")


def _view_column(node: exp.Expression) -> tuple[str, dict[str, Any]]:
    if isinstance(node, exp.Identifier):
        return node.name, {}
    if isinstance(node, exp.ColumnDef) and node.kind is None:
        kinds = [c.kind for c in node.constraints]
        if all(isinstance(k, exp.CommentColumnConstraint) for k in kinds):
            return node.name, {"comment": k.name for k in kinds}
    raise unsupported(f"'{node.sql('databricks')}' in CREATE VIEW")


def replace_query(session: Session, name: TableName, definition: str) -> Result:
    """ALTER VIEW … AS query: new columns, everything else stays."""
    from lakehouse.dialect import parse_statement

    with session.store.writing(name):
        view = session.store.view(name)
        fields = _view_fields(session, parse_statement(definition), [])
        session.store.change_view(
            name, view, definition=definition, fields=fields,
            catalog=session.catalog, schema=session.schema,
        )  # fmt: skip
    return session.nothing()


def drop(session: Session, node: exp.Drop) -> Result:
    """DROP TABLE and DROP VIEW [IF EXISTS]."""
    for key, value in node.args.items():
        if value and key not in ("this", "tables", "kind", "exists"):
            raise unsupported(f"{key.upper()} in DROP {node.args.get('kind')}")
    kind = node.args.get("kind")
    tables = node.args.get("tables") or [node.this]
    if kind not in ("TABLE", "VIEW") or len(tables) != 1:
        hint = " (use the Unity Catalog API)" if kind == "SCHEMA" else ""
        raise unsupported(f"DROP {kind}{hint}")
    binding.resolve_identifier(tables[0])
    name = session.name(tables[0])
    with session.store.writing(name):
        found = session.store.find(name)
        if found is None and node.args.get("exists"):
            return session.nothing()
        if kind == "TABLE":
            session.store.table(name)
        else:
            session.store.view(name)
        session.store.drop(name)
    return session.nothing()
