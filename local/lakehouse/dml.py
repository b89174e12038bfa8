"""What the statements that change rows share.

A change of existing rows happens in DuckDB on a temporary copy of the table; the copy's files then
replace the table's in one commit, so that a statement takes effect as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from lakehouse import binding, delta_log, writing
from lakehouse.delta_types import INTEGRAL, type_text
from lakehouse.errors import unsupported
from lakehouse.names import TableName
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot

Counts = dict[str, int]


def refuse_others(node: exp.Expr, allowed: frozenset[str]) -> None:
    """Raises UNSUPPORTED for a clause that is not among those the statement's code reads."""
    for key, value in node.args.items():
        if value and key not in allowed:
            raise unsupported(f"{key.strip('_').upper()} in {node.key.upper()}")


def target(session: Session, table: exp.Expr) -> TableName:
    """The table that a statement changes."""
    if not isinstance(table, exp.Table):
        raise unsupported(f"'{table.sql('databricks')}' as a target")
    binding.resolve_identifier(table)
    refuse_others(table, frozenset({"this", "db", "catalog", "alias"}))
    return session.name(table)


def affected(session: Session, counts: Counts) -> Result:
    """The one row that tells how many rows a statement changed."""
    columns = [(f"num_{name}_rows", "long") for name in counts]
    return session.rows(columns, [list(counts.values())])


def rewrite(
    session: Session,
    name: TableName,
    operation: str,
    parameters: dict[str, str],
    change: Callable[[str, Snapshot], Counts],
) -> Result:
    """Applies ``change`` to a copy of the table, whose name it gets, and commits the copy."""

    def work() -> Result:
        table = session.store.writable(name)
        with writing.staged(session, table.fields) as stage:
            session.cursor.execute(f"INSERT INTO {stage} {table.scan()}")
            counts = change(stage, table)
            if counts["affected"]:
                adds = writing.write_files(session, stage, table.path, table.partition_columns)
                metrics = {f"numTargetRows{k.title()}": v for k, v in counts.items()}
                info = delta_log.commit_info(operation, parameters, metrics)
                actions = [info, *table.removals(), *adds]
                delta_log.commit(table.path, table.version + 1, actions)
        return affected(session, counts)

    return writing.with_retries(session, name, work)


def on_copy(session: Session, node: exp.Expr, stage: str, name: TableName) -> str:
    """The DuckDB text of a statement with the copy in the target's place.

    The copy goes by the target's alias, or by the table's own name.
    """
    node.set(
        "this",
        exp.Table(
            this=exp.to_identifier(stage.strip('"'), quoted=True),
            alias=exp.TableAlias(this=exp.to_identifier(node.this.alias or name.name, quoted=True)),
        ),
    )
    parts = (name.catalog, name.schema, name.name)
    for column in node.find_all(exp.Column):
        given = tuple(p.name.lower() for p in column.parts[:-1])
        if len(given) > 1 and parts[-len(given) :] == given:
            column.set("db", None)
            column.set("catalog", None)
    return binding.to_duckdb(session, node)


def assign(assignment: exp.Expr, table: Snapshot) -> None:
    """Checks one ``column = value`` of SET; the value is stored as INSERT would store it."""
    column = assignment.this
    if not isinstance(assignment, exp.EQ) or not isinstance(column, exp.Column):
        raise unsupported(f"'{assignment.sql('databricks')}' in SET")
    field = table.field(column.name)
    column.replace(exp.to_identifier(field["name"], quoted=True))
    value = assignment.expression
    kind = field["type"]
    if isinstance(kind, str) and kind in INTEGRAL and not isinstance(value, exp.Null):
        to = exp.DataType.build(type_text(kind), dialect="databricks")
        assignment.set("expression", exp.Cast(this=value.copy(), to=to))
