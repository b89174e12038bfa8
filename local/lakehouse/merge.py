"""MERGE INTO."""

from __future__ import annotations

from collections import Counter

from sqlglot import exp

from lakehouse import binding, dml
from lakehouse.errors import SqlError, unsupported
from lakehouse.session import Result, Session
from lakehouse.snapshot import Snapshot

_PARTS = frozenset({"this", "using", "on", "whens", "with_"})


def merge(session: Session, node: exp.Merge) -> Result:
    """``MERGE INTO … USING … ON … WHEN [NOT] MATCHED [BY SOURCE] [AND …] THEN …``."""
    dml.refuse_others(node, _PARTS)
    name = dml.target(session, node.this)

    def change(stage: str, table: Snapshot) -> dml.Counts:
        copy = node.copy()
        for when in copy.args["whens"].expressions:
            _prepare(session, when.args["then"], copy, table)
        session.cursor.execute(dml.on_copy(session, copy, stage, name) + " RETURNING merge_action")
        actions: Counter[str] = Counter()
        while batch := session.cursor.fetchmany(10_000):
            actions.update(row[0] for row in batch)
        counts = {
            "updated": actions["UPDATE"],
            "deleted": actions["DELETE"],
            "inserted": actions["INSERT"],
        }
        return {"affected": sum(counts.values()), **counts}

    parameters = {"predicate": node.args["on"].sql("databricks")}
    return dml.rewrite(session, name, "MERGE", parameters, change)


def _prepare(session: Session, then: exp.Expr, node: exp.Merge, table: Snapshot) -> None:
    """Spells ``*`` out, and checks the columns."""
    match then:
        case exp.Update():
            if not then.expressions or isinstance(then.expressions[0], exp.Star):
                then.set("expressions", _by_name(session, node, table))
            for assignment in then.expressions:
                dml.assign(assignment, table)
        case exp.Insert():
            if then.this is None or isinstance(then.this, exp.Star):
                pairs = _by_name(session, node, table)
                then.set("this", _tuple([p.this for p in pairs]))
                then.set("expression", exp.Tuple(expressions=[p.expression for p in pairs]))
            else:
                for column in then.this.expressions:
                    table.field(column.name)
                then.set("this", _tuple(then.this.expressions))
        case exp.Var() if then.name.upper() == "DELETE":
            pass
        case _:
            raise unsupported(f"'{then.sql('databricks')}' in MERGE")


def _tuple(columns: list[exp.Expr]) -> exp.Tuple:
    return exp.Tuple(expressions=[exp.to_identifier(c.name, quoted=True) for c in columns])


def _by_name(session: Session, node: exp.Merge, table: Snapshot) -> list[exp.EQ]:
    """Every target column from the source's column of that name."""
    source = node.args["using"]
    alias = source.alias or source.name
    query = exp.select("*").from_(source.copy())
    if node.args.get("with_"):
        query.set("with_", node.args["with_"].copy())
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
