"""INSERT INTO and INSERT OVERWRITE."""

from __future__ import annotations

from sqlglot import exp

from lakehouse import binding, columns, delta_log, dml, writing
from lakehouse.errors import SqlError, unsupported
from lakehouse.names import TableName
from lakehouse.session import Result, Session

_PARTS = frozenset({"this", "expression", "overwrite", "by_name", "with_"})


def insert(session: Session, node: exp.Insert) -> Result:
    """By position, by a list of columns, or BY NAME; columns without a value get NULL."""
    dml.refuse_others(node, _PARTS)
    table, listed = node.this, None
    if isinstance(table, exp.Schema):
        if not all(isinstance(e, exp.Identifier) for e in table.expressions):
            raise unsupported(f"'{table.sql('databricks')}'")
        table, listed = table.this, [e.name for e in table.expressions]
    name = dml.target(session, table)
    source = _source(node)
    return writing.with_retries(session, name, lambda: _insert(session, node, name, source, listed))


def _source(node: exp.Insert) -> exp.Expr:
    source: exp.Expr | None = node.expression
    if source is None:
        raise SqlError("PARSE_SYNTAX_ERROR", "INSERT has no VALUES and no query.")
    if node.args.get("with_"):
        source.set("with_", node.args["with_"])
    if isinstance(source, exp.Values):
        if any(c.name.upper() == "DEFAULT" for c in source.find_all(exp.Column)):
            raise unsupported("DEFAULT in VALUES")
        return exp.select("*").from_(source)
    return source


def _insert(
    session: Session,
    node: exp.Insert,
    name: TableName,
    source: exp.Expr,
    listed: list[str] | None,
) -> Result:
    table = session.store.writable(name)
    sql = binding.to_duckdb(session, source)
    if node.args.get("by_name"):
        listed = [c.name for c in session.columns_of(sql)]
    targets = table.fields if listed is None else [table.field(c) for c in listed]
    columns.refuse_repeated([f["name"] for f in targets])
    overwrite = bool(node.args.get("overwrite"))
    with writing.staged(session, table.fields) as stage:
        rows = writing.insert(session, stage, sql, targets, name)
        adds = writing.write_files(session, stage, table.path, table.partition_columns)
    actions = adds + (table.removals() if overwrite else [])
    if actions:
        mode = {"mode": "Overwrite" if overwrite else "Append"}
        metrics = {"numFiles": len(adds), "numOutputRows": rows}
        info = delta_log.commit_info("WRITE", mode, metrics)
        delta_log.commit(table.path, table.version + 1, [info, *actions])
    return dml.affected(session, {"affected": rows, "inserted": rows})
