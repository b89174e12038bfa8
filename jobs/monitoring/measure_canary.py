"""Measures the traffic that a candidate answers on its canary, and logs it to the candidate's run.

The promotion gate leads a candidate through steps of traffic. It notes the one that it is at in the
version's tag `mlops_gate_canary`, as JSON:

    step     number of the step, from 0
    percent  share of the requests that the candidate answers
    since    when it got this share, RFC 3339

What is logged, of the requests since then, for a share of 10 percent:

    canary_10_requests          how many the candidate answered
    canary_10_error_rate        share of them with a status of 400 or more
    canary_10_latency_p95_ms    what 95 of 100 did not exceed
    canary_10_prediction_drift  population stability index of its predictions against the champion's
    canary_10_labelled          predictions whose outcome is known by now, and on these
    canary_10_accuracy          and canary_10_f1, or canary_10_f1_macro of more than two classes;
                                of numbers, canary_10_rmse and canary_10_mae

What cannot be said is left out: an error rate without requests, a drift without predictions of
both. The task decides nothing; the gate reads the metrics at the next update. All metrics of one
measurement have one step, the minute since 1970, and the time at which it began, so that what was
measured before the gate moved on counts for nothing after it.
"""

import inspect
import json
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.arguments import TaskParser, column_name, table_name
from mlops.connect import connect_tables
from mlops.tables import Tables, quoted, text
from mlops.task import TaskError, run, say
from monitoring.canary_quality import PROBLEMS, quality
from monitoring.canary_traffic import COLUMNS, Answers, CanaryTraffic, moment
from monitoring.prediction_drift import population_stability_index

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

CANARY_TAG = "mlops_gate_canary"


@dataclass(frozen=True)
class Step:
    """Where a candidate is on its canary."""

    percent: int
    since: datetime


@dataclass(frozen=True)
class Outcomes:
    """Where predictions and their outcomes are."""

    table: str
    label: str
    problem: str


def measure(
    tables: Tables, *, model: str, payload: str, outcomes: Outcomes | None, now_ms: int
) -> dict[str, float]:
    """Measures and logs; without a candidate on a canary it says so, and does nothing.

    Returns:
        The metrics as logged.

    Raises:
        TaskError: When the tag cannot be read, the candidate came from no run, a table lacks a
            column, or MLflow refuses.
    """
    from mlflow.entities import Metric
    from mlflow.tracking import MlflowClient

    from mlops.evidence import run_of
    from mlops.registry import CHALLENGER, aliased, champion, readable
    from mlops.versions import version_of

    client = MlflowClient()
    nominated = aliased(client, model, CHALLENGER)
    candidate = version_of(client, model, str(nominated.version)) if nominated else None
    step = step_of(candidate) if candidate else None
    if candidate is None or step is None:
        say(f"{model}: no candidate is on a canary; nothing to measure")
        return {}
    run_id, number = run_of(candidate), str(candidate.version)
    say(f"{model} version {number} has {step.percent} % of the requests since {step.since}")
    best = champion(client, model)
    metrics: dict[str, float] = {"requests": 0.0}
    if tables.exists(payload):
        tables.require(payload, COLUMNS)
        traffic = CanaryTraffic(tables, payload, step.since)
        metrics = figures(traffic.of(number), traffic.of(str(best.version)) if best else None)
    else:
        say(f"{payload} does not exist: the endpoint has captured nothing yet")
    if outcomes is not None:
        metrics |= _quality(tables, outcomes, number, step.since)
    named = {f"canary_{step.percent}_{name}": value for name, value in metrics.items()}
    minute = now_ms // 60_000
    with readable(f"run {run_id}"):
        logged = [Metric(name, value, now_ms, minute) for name, value in named.items()]
        # Not by reopening the run, which would change when it ended.
        client.log_batch(run_id, metrics=logged)
    say(json.dumps({"model": model, "version": int(number), **named}))
    return named


def step_of(candidate: "ModelVersion") -> Step | None:
    """Reads where a version is on its canary; None if it is on none.

    Raises:
        TaskError: When the tag is there and says something else.
    """
    note = candidate.tags.get(CANARY_TAG)
    if not note:
        return None
    try:
        read = json.loads(note)
        percent, since = read["percent"], datetime.fromisoformat(read["since"])
        if type(percent) is not int or not 0 < percent < 100 or since.tzinfo is None:
            raise ValueError
    except (ValueError, TypeError, KeyError):
        raise TaskError(
            f"{candidate.name} version {candidate.version}: its tag {CANARY_TAG} is {note!r}, "
            'not such as {"step": 0, "percent": 10, "since": "2026-11-21T12:00:00Z"}'
        ) from None
    return Step(percent, since)


def figures(candidate: Answers, champion: Answers | None) -> dict[str, float]:
    """Says what can be said of the candidate's requests."""
    import numpy as np

    found = {"requests": float(candidate.requests)}
    if candidate.requests:
        found["error_rate"] = candidate.failed / candidate.requests
    if candidate.latencies_ms:
        found["latency_p95_ms"] = float(
            np.quantile(candidate.latencies_ms, 0.95, method="inverted_cdf")
        )
    if champion is not None and candidate.predictions and champion.predictions:
        found["prediction_drift"] = population_stability_index(
            candidate.predictions, champion.predictions
        )
    return found


def _quality(tables: Tables, outcomes: Outcomes, version: str, since: datetime) -> dict[str, float]:
    label = quoted(outcomes.label)
    tables.require(outcomes.table, ["model_version", "timestamp", "prediction", outcomes.label])
    rows = tables.query(
        f"SELECT prediction, {label} AS outcome FROM {quoted(outcomes.table)} "
        f"WHERE model_version = {text(version)} AND `timestamp` >= {moment(since)} "
        f"AND prediction IS NOT NULL AND {label} IS NOT NULL"
    )
    return quality(outcomes.problem, rows["outcome"], rows["prediction"])


def main() -> None:
    """Reads the arguments and measures."""
    parser = TaskParser("Measures the traffic of a candidate on its canary.")
    parser.add_argument(
        "--model", type=table_name, required=True, help="registered model, catalog.schema.name"
    )
    parser.add_argument(
        "--payload", type=table_name, required=True, help="inference table of the endpoint to read"
    )
    parser.add_argument(
        "--predictions", type=table_name, default=None, help="table of predictions with outcomes"
    )
    parser.add_argument(
        "--label", type=column_name, default="actual_label", help="its column with the outcome"
    )
    parser.add_argument(
        "--problem", choices=PROBLEMS, default=PROBLEMS[0], help="what a prediction is"
    )
    args = parser.parse_args()
    outcomes = Outcomes(args.predictions, args.label, args.problem) if args.predictions else None
    measure(
        connect_tables(),
        model=args.model,
        payload=args.payload,
        outcomes=outcomes,
        now_ms=int(time.time() * 1000),
    )


if __name__ == "__main__":
    run(main)
