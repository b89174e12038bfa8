"""Decides whether a version may be deployed: by its figures, and by a person where that is asked.

Without approval the task fails, with the reason, and deployment does not run. A person approves by
setting the version's tag `approval` to `approved`, in Catalog Explorer or with
`MlflowClient.set_model_version_tag`, and then repairs the run. Any other value of the tag is a
refusal, also where nobody is asked. On Databricks a deployment job's Approve button sets the tag
that is named like its task, which this one's is:
https://docs.databricks.com/aws/en/mlflow/deployment-job
"""

import inspect
import math
import sys
from collections.abc import Mapping
from pathlib import Path

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.approval import APPROVAL_TAG, APPROVED, APPROVED_BY_TAG
from mlops.arguments import TaskParser, bounds, model_version, table_name
from mlops.task import TaskError, run, say


def approve(*, model: str, version: str, above: Mapping[str, float], ask: bool) -> str:
    """Approves a version, and notes on it who did.

    Args:
        model: Full name of the registered model.
        version: Number of the version.
        above: What each metric of the version's run must exceed.
        ask: Whether a person has to approve, too.

    Returns:
        Why it is approved.

    Raises:
        TaskError: Why it is not.
    """
    from mlflow.tracking import MlflowClient

    from mlops.registry import readable
    from mlops.versions import version_of

    client = MlflowClient()
    chosen = version_of(client, model, version)
    what = f"{model} version {chosen.version}"
    if APPROVED_BY_TAG in chosen.tags:
        with readable(what):  # an earlier approval is not one by today's figures
            client.delete_model_version_tag(model, chosen.version, APPROVED_BY_TAG)
    if not chosen.run_id:
        raise TaskError(f"{what} is not approved: it has no run with metrics")
    with readable(f"run {chosen.run_id}"):
        measured = client.get_run(chosen.run_id).data.metrics
    missed = [shortfall(name, measured.get(name), bound) for name, bound in above.items()]
    reasons = [reason for reason in missed if reason is not None]
    if reasons:
        raise TaskError(f"{what} is not approved: {'; '.join(reasons)}")
    said = chosen.tags.get(APPROVAL_TAG)
    if said is not None and said.lower() != APPROVED:
        raise TaskError(f"{what} is not approved: its tag {APPROVAL_TAG} is '{said}'")
    if ask and said is None:
        raise TaskError(
            f"{what} is not approved: it waits for a person; "
            f"set its tag {APPROVAL_TAG} to '{APPROVED}' and repair this run"
        )
    figures = "; ".join(f"{name} {measured[name]:g} > {bound:g}" for name, bound in above.items())
    by = "a person" if said is not None else "its figures"
    with readable(what):
        client.set_model_version_tag(model, chosen.version, APPROVED_BY_TAG, by)
    say(f"{what} is approved by {by}: {figures}")
    return figures


def shortfall(name: str, value: float | None, bound: float) -> str | None:
    """Says what is wrong with a metric; None if it is a number above the bound."""
    if value is None:
        return f"{name} was not measured, must be > {bound:g}"
    if not math.isfinite(value) or not value > bound:
        return f"{name} {value:g}, must be > {bound:g}"
    return None


def main() -> None:
    """Reads the arguments and decides."""
    parser = TaskParser("Approves a version of a model for deployment, or says why not.")
    parser.add_argument("--model-name", type=table_name, required=True, help="registered model")
    parser.add_argument(
        "--model-version", type=model_version, required=True, help="number of the version"
    )
    parser.add_argument(
        "--above",
        type=bounds,
        required=True,
        help="what metrics must exceed, e.g. val_accuracy=0.9,val_f1_macro=0.85",
    )
    parser.add_argument(
        "--approver",
        choices=("figures", "person"),
        required=True,
        help="whether good figures are enough, or a person has to approve, too",
    )
    args = parser.parse_args()
    approve(
        model=args.model_name,
        version=args.model_version,
        above=args.above,
        ask=args.approver == "person",
    )


if __name__ == "__main__":
    run(main)
