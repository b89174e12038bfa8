"""INSERT, UPDATE, DELETE, MERGE and TRUNCATE.

A change of existing rows happens in DuckDB on a temporary copy of the table; the copy's files then
replace the table's in one commit, so that a statement takes effect as a whole or not at all.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlglot import exp

from lakehouse import binding, delta_log, writing
from lakehouse.errors import SqlError, unsupported
from lakehouse.names import TableName
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot

_INSERT_PARTS = frozenset({"this", "expression", "overwrite", "by_name", "with_"})


def _only(node: exp.Expression, allowed: frozenset[str]) -> None:
    for key, value in node.args.items():
        if value and key not in allowed:
            raise unsupported(f"{key.strip('_').upper()} in {node.key.upper()}")


def _affected(session: Session, **counts: int) -> Result:
    columns = [(f"num_{name}_rows", "long") for name in counts]
    return session.rows(columns, [list(counts.values())])


def _target(session: Session, table: exp.Expression) -> TableName:
    if not isinstance(table, exp.Table):
        raise unsupported(f"'{table.sql('databricks')}' as a target")
    binding.resolve_identifier(table)
    _only(table, frozenset({"this", "db", "catalog", "alias"}))
    return session.name(table)


# --- INSERT ---


def insert(session: Session, node: exp.Insert) -> Result:
    """INSERT INTO and INSERT OVERWRITE, by position, by column list, or BY NAME."""
    _only(node, _INSERT_PARTS)
    schema = node.this
    listed: list[str] | None = None
    if isinstance(schema, exp.Schema):
        listed = [e.name for e in schema.expressions]
        if not all(isinstance(e, exp.Identifier) for e in schema.expressions):
            raise unsupported(f"'{schema.sql('databricks')}'")
        schema = schema.this
    name = _target(session, schema)
    source = node.expression
    if source is None:
        raise SqlError("PARSE_SYNTAX_ERROR", "INSERT has no VALUES and no query.")
    if node.args.get("with_"):
        source.set("with_", node.args["with_"])
    for column in source.find_all(exp.Column):
        if isinstance(source, exp.Values) and column.name.upper() == "DEFAULT":
            raise unsupported("DEFAULT in VALUES")
    if isinstance(source, exp.Values):
        source = exp.select("*").from_(source)
    return writing.with_retries(session, name, lambda: _insert(session, node, name, source, listed))


def _insert(
    session: Session,
    node: exp.Insert,
    name: TableName,
    source: exp.Expression,
    listed: list[str] | None,
) -> Result:
    table = session.store.writable(name)
    sql = binding.to_duckdb(session, source)
    if node.args.get("by_name"):
        listed = [c.name for c in session.columns_of(sql)]
    targets = table.fields if listed is None else [table.field(c) for c in listed]
    repeated = [n for n, times in Counter(f["name"] for f in targets).items() if times > 1]
    if repeated:
        raise SqlError("COLUMN_ALREADY_EXISTS", f"The column `{repeated[0]}` is listed twice.")
    overwrite = bool(node.args.get("overwrite"))
    with writing.staged(session, table.fields) as stage:
        rows = writing.insert(session, stage, sql, targets, name)
        adds = writing.write_files(session, stage, table.path, table.partition_columns)
    actions = adds + (table.removals() if overwrite else [])
    if actions:
        mode = "Overwrite" if overwrite else "Append"
        info = delta_log.commit_info(
            "WRITE", {"mode": mode}, {"numFiles": len(adds), "numOutputRows": rows}
        )
        delta_log.commit(table.path, table.version + 1, [info, *actions])
    return _affected(session, affected=rows, inserted=rows)


# --- changes of existing rows ---


def _change(
    session: Session,
    name: TableName,
    operation: str,
    parameters: dict[str, str],
    change: Any,
) -> Result:
    """Applies ``change(stage)`` → counts to a copy of the table, and commits the copy."""

    def work() -> Result:
        table = session.store.writable(name)
        with writing.staged(session, table.fields) as stage:
            session.cursor.execute(f"INSERT INTO {stage} {table.scan()}")
            counts: dict[str, int] = change(stage, table)
            if counts["affected"]:
                adds = writing.write_files(session, stage, table.path, table.partition_columns)
                metrics = {f"numTargetRows{k.title()}": v for k, v in counts.items()}
                info = delta_log.commit_info(operation, parameters, metrics)
                actions = [info, *table.removals(), *adds]
                delta_log.commit(table.path, table.version + 1, actions)
        return _affected(session, **counts)

    return writing.with_retries(session, name, work)


def _retarget(table: exp.Table, stage: str, name: TableName) -> exp.Table:
    """The stage in the target's place, going by the alias or the table's own name."""
    alias = table.alias or name.name
    return exp.Table(
        this=exp.to_identifier(stage.strip('"'), quoted=True),
        alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)),
    )


def _run(session: Session, node: exp.Expression, table: Snapshot, name: TableName) -> list[Any]:
    _unqualify(node, name)
    return session.cursor.execute(binding.to_duckdb(session, node)).fetchall()


def _unqualify(node: exp.Expression, name: TableName) -> None:
    parts = (name.catalog, name.schema, name.name)
    for column in node.find_all(exp.Column):
        given = tuple(p.name.lower() for p in column.parts[:-1])
        if len(given) > 1 and parts[-len(given) :] == given:
            column.set("db", None)
            column.set("catalog", None)


def update(session: Session, node: exp.Update) -> Result:
    """UPDATE … SET … [WHERE …]."""
    _only(node, frozenset({"this", "expressions", "where"}))
    name = _target(session, node.this)

    def change(stage: str, table: Snapshot) -> dict[str, int]:
        copy = node.copy()
        copy.set("this", _retarget(node.this, stage, name))
        for assignment in copy.expressions:
            _assign(assignment, table)
        return {"affected": int(_run(session, copy, table, name)[0][0])}

    where = node.args.get("where")
    parameters = {"predicate": where.this.sql("databricks")} if where else {}
    return _change(session, name, "UPDATE", parameters, change)


def _assign(assignment: exp.Expression, table: Snapshot) -> None:
    """Checks and simplifies one ``column = value``; the value is stored as INSERT stores it."""
    target = assignment.this
    if not isinstance(assignment, exp.EQ) or not isinstance(target, exp.Column):
        raise unsupported(f"'{assignment.sql('databricks')}' in SET")
    field = table.field(target.name)
    target.replace(exp.to_identifier(field["name"], quoted=True))
    if field["type"] in ("long", "integer", "short", "byte"):
        value = assignment.expression
        kind = exp.DataType.build(_SQL_WHOLE[field["type"]], dialect="databricks")
        if not isinstance(value, exp.Literal | exp.Null):
            assignment.set("expression", exp.Cast(this=value.copy(), to=kind))


_SQL_WHOLE = {"long": "BIGINT", "integer": "INT", "short": "SMALLINT", "byte": "TINYINT"}


def delete(session: Session, node: exp.Delete) -> Result:
    """DELETE FROM … [WHERE …]; without a condition the table is emptied without reading it."""
    _only(node, frozenset({"this", "where"}))
    name = _target(session, node.this)
    if not node.args.get("where"):
        return _empty(session, name, "DELETE")

    def change(stage: str, table: Snapshot) -> dict[str, int]:
        copy = node.copy()
        copy.set("this", _retarget(node.this, stage, name))
        return {"affected": int(_run(session, copy, table, name)[0][0])}

    return _change(session, name, "DELETE", {"predicate": node.args["where"].this.sql()}, change)


def truncate(session: Session, node: exp.TruncateTable) -> Result:
    """TRUNCATE TABLE."""
    _only(node, frozenset({"expressions"}))
    (table,) = node.expressions
    _empty(session, _target(session, table), "TRUNCATE")
    return session.nothing()


def _empty(session: Session, name: TableName, operation: str) -> Result:
    def work() -> Result:
        table = session.store.writable(name)
        counted = session.cursor.execute(f"SELECT count(*) FROM ({table.scan()})").fetchone()
        rows = int(counted[0]) if counted else 0
        if table.files:
            info = delta_log.commit_info(operation, {}, {"numDeletedRows": rows})
            delta_log.commit(table.path, table.version + 1, [info, *table.removals()])
        return _affected(session, affected=rows)

    return writing.with_retries(session, name, work)


# --- MERGE ---


def merge(session: Session, node: exp.Merge) -> Result:
    """MERGE INTO … USING … ON … WHEN [NOT] MATCHED [BY SOURCE] …"""
    _only(node, frozenset({"this", "using", "on", "whens", "with_"}))
    name = _target(session, node.this)

    def change(stage: str, table: Snapshot) -> dict[str, int]:
        copy = node.copy()
        copy.set("this", _retarget(node.this, stage, name))
        for when in copy.args["whens"].expressions:
            _when(session, when, copy, table)
        copy.set("returning", None)
        _unqualify(copy, name)
        sql = binding.to_duckdb(session, copy) + " RETURNING merge_action"
        session.cursor.execute(sql)
        actions: Counter[str] = Counter()
        while batch := session.cursor.fetchmany(10_000):
            actions.update(row[0] for row in batch)
        updated, deleted, inserted = (actions[a] for a in ("UPDATE", "DELETE", "INSERT"))
        return {
            "affected": updated + deleted + inserted,
            "updated": updated,
            "deleted": deleted,
            "inserted": inserted,
        }

    return _change(session, name, "MERGE", {"predicate": node.args["on"].sql()}, change)


def _when(session: Session, when: exp.When, merge_: exp.Merge, table: Snapshot) -> None:
    then = when.args["then"]
    match then:
        case exp.Update():
            if any(isinstance(e, exp.Star) for e in then.expressions) or not then.expressions:
                then.set("expressions", _by_name(session, merge_, table, update=True))
            for assignment in then.expressions:
                _assign(assignment, table)
        case exp.Insert():
            if isinstance(then.this, exp.Star) or then.this is None:
                pairs = _by_name(session, merge_, table, update=False)
                names = [p.this.copy() for p in pairs]
                then.set(
                    "this",
                    exp.Tuple(expressions=[exp.to_identifier(n.name, quoted=True) for n in names]),
                )
                then.set("expression", exp.Tuple(expressions=[p.expression.copy() for p in pairs]))
            else:
                columns = [table.field(c.name)["name"] for c in then.this.expressions]
                then.this.set("expressions", [exp.to_identifier(c, quoted=True) for c in columns])
        case exp.Var() if then.name.upper() == "DELETE":
            pass
        case _:
            raise unsupported(f"'{then.sql('databricks')}' in MERGE")


def _by_name(session: Session, merge_: exp.Merge, table: Snapshot, *, update: bool) -> list[exp.EQ]:
    """``*`` spelt out: every target column from the source's column of that name."""
    source = merge_.args["using"]
    alias = source.alias or source.name
    query = exp.select("*").from_(source.copy())
    if merge_.args.get("with_"):
        query.set("with_", merge_.args["with_"].copy())
    given = {c.name.lower() for c in session.columns_of(binding.to_duckdb(session, query))}
    for name in table.column_names:
        if name.lower() not in given:
            raise SqlError(
                "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
                f"The MERGE source has no column `{name}`, which * needs.",
            )
    return [
        exp.EQ(
            this=exp.column(name, quoted=True),
            expression=exp.column(name, table=alias, quoted=True),
        )
        for name in table.column_names
    ]
