"""UPDATE, DELETE and TRUNCATE."""

from __future__ import annotations

from sqlglot import exp

from lakehouse import delta_log, dml, writing
from lakehouse.names import TableName
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot


def _count(session: Session, sql: str) -> int:
    row = session.cursor.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _predicate(node: exp.Expr) -> dict[str, str]:
    where = node.args.get("where")
    return {"predicate": where.this.sql("databricks")} if where else {}


def update(session: Session, node: exp.Update) -> Result:
    """``UPDATE … SET … [WHERE …]``."""
    dml.refuse_others(node, frozenset({"this", "expressions", "where"}))
    name = dml.target(session, node.this)

    def change(stage: str, table: Snapshot) -> dml.Counts:
        copy = node.copy()
        for assignment in copy.expressions:
            dml.assign(assignment, table)
        return {"affected": _count(session, dml.on_copy(session, copy, stage, name))}

    return dml.rewrite(session, name, "UPDATE", _predicate(node), change)


def delete(session: Session, node: exp.Delete) -> Result:
    """``DELETE FROM … [WHERE …]``; without a condition no row is rewritten."""
    dml.refuse_others(node, frozenset({"this", "where"}))
    name = dml.target(session, node.this)
    if not node.args.get("where"):
        return dml.affected(session, {"affected": _empty(session, name, "DELETE")})

    def change(stage: str, _table: Snapshot) -> dml.Counts:
        return {"affected": _count(session, dml.on_copy(session, node.copy(), stage, name))}

    return dml.rewrite(session, name, "DELETE", _predicate(node), change)


def truncate(session: Session, node: exp.TruncateTable) -> Result:
    """``TRUNCATE TABLE``."""
    dml.refuse_others(node, frozenset({"expressions"}))
    (table,) = node.expressions
    _empty(session, dml.target(session, table), "TRUNCATE")
    return session.nothing()


def _empty(session: Session, name: TableName, operation: str) -> int:
    """Takes every file out of the table; returns how many rows they held."""
    removed = 0

    def work() -> Result:
        nonlocal removed
        table = session.store.writable(name)
        removed = _count(session, f"SELECT count(*) FROM ({table.scan()})")
        if table.files:
            info = delta_log.commit_info(operation, {}, {"numDeletedRows": removed})
            delta_log.commit(table.path, table.version + 1, [info, *table.removals()])
        return session.nothing()

    writing.with_retries(session, name, work)
    return removed
