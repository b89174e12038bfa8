"""Compares the new version with the champion, and nominates it as `challenger` if it is no worse.

Both are measured here, on the same rows: on the base data, which is the whole holdout, and on the
recent data, which are the customers who came last (`featurization` says which). The new version is
nominated if its area under the ROC curve is at least the champion's on both, or if there is no
champion. Accuracy and f1 are recorded beside it; the promotion gate holds the figures against its
own bounds, and the gate alone makes a champion.

A version that is not nominated is a result like any other: the task says so, with the figures, and
succeeds.
"""

import inspect
import json
import sys
from pathlib import Path

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.arguments import TaskParser, table_name, whole_number
from mlops.connect import connect_tables
from mlops.tables import Tables
from mlops.task import run, say
from mlops.task_values import report
from mlops.validation import load_boosted, rows_for
from telco.data import KEY, LABEL

OTHERWISE = "run featurization first"

TASK_VALUE = "nominated"
"""Tells whoever runs the job whether there is a new challenger: `true` or `false`."""


def transition(
    tables: Tables, *, model: str, version: int, holdout: str, recent: str
) -> tuple[bool, dict[str, float]]:
    """Measures, records it all with the new version, and sets the alias if it is no worse.

    The champion is looked up once, so that one promoted meanwhile is not credited with these
    figures. The metrics are those of `comparison.compare`, logged to the new version's run.

    Returns:
        Whether the version was nominated, and the metrics as logged.

    Raises:
        TaskError: When the version does not exist or came from no run, or when a table is empty,
            lacks a column that one of the models takes, or has customers of one class only.
            Nothing is logged then.
    """
    from mlflow.tracking import MlflowClient

    from mlops.datasets import dataset
    from mlops.evidence import record, run_of
    from mlops.registry import CHALLENGER, champion, readable
    from telco.comparison import compare, drawbacks, summary

    client = MlflowClient()
    best = champion(client, model)
    with readable(f"{model} version {version}"):
        candidate = client.get_model_version(model, str(version))
    run_of(candidate)
    new = load_boosted(candidate)
    old = load_boosted(best) if best else None
    compared = f"version {best.version}" if best else "none"
    say(f"comparing {model} version {version} with the champion, {compared}")
    models = [new, old] if old else [new]
    data = {
        kind: rows_for(tables, table, models, key=KEY, label=LABEL, otherwise=OTHERWISE)
        for kind, table in (("val", holdout), ("recent", recent))
    }
    metrics = compare(new, old, data)
    for line in summary(metrics):
        say(line)
    worse = drawbacks(metrics)

    record(
        client,
        candidate,
        metrics=metrics,
        data={
            "validation": dataset(data["val"], table=holdout, label=LABEL),
            "recent": dataset(data["recent"], table=recent, label=LABEL),
        },
        champion=best,
        tags={"nomination": "; ".join(worse) or "no worse"},
    )
    if not worse:
        with readable(f"{model} version {version}"):
            client.set_registered_model_alias(model, CHALLENGER, candidate.version)
    verdict = f"not nominated: {'; '.join(worse)}" if worse else f"nominated as {CHALLENGER}"
    say(f"{model} version {version} is {verdict}")
    say(json.dumps({"model": model, "version": version, "nominated": not worse, **metrics}))
    return not worse, metrics


def main() -> None:
    """Reads the arguments, compares, and reports whether there is a new challenger."""
    parser = TaskParser("Compares a version with the champion, and nominates it if it is no worse.")
    parser.add_argument(
        "--model", type=table_name, required=True, help="registered model, catalog.schema.name"
    )
    parser.add_argument(
        "--holdout", type=table_name, required=True, help="table of all customers held back"
    )
    parser.add_argument(
        "--recent", type=table_name, required=True, help="table of those of them who came last"
    )
    parser.add_argument(
        "--version",
        type=whole_number(1, 999_999_999),
        required=True,
        help="the version to compare; in a job {{tasks.training.values.model_version}}",
    )
    args = parser.parse_args()
    nominated, _ = transition(
        connect_tables(),
        model=args.model,
        version=args.version,
        holdout=args.holdout,
        recent=args.recent,
    )
    report({TASK_VALUE: str(nominated).lower()})


if __name__ == "__main__":
    run(main)
