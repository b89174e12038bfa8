"""Registers versions of one small model, each from a run with metrics of its own.

`candidates.py MODEL EXPERIMENT NAME=JSON ...` prints `{NAME: version}` as its last line. The JSON
is `{"metrics": {...}, "options": {...}}`, as `candidates.ts` describes it; `"NaN"` and `"Infinity"`
stand for what JSON cannot write.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.models import ModelSignature, infer_signature
from mlflow.types import ColSpec, Schema
from sklearn.dummy import DummyClassifier

sys.path.insert(0, str(Path(__file__).parents[2] / "jobs"))

from mlops.signatures import signature_tags

COLUMNS = [
    "total_transactions",
    "total_spend",
    "avg_transaction_amount",
    "unique_categories",
    "spend_volatility",
    "days_since_signup",
    "days_since_last_transaction",
]
INPUTS = pd.DataFrame([[1.0] * len(COLUMNS), [2.0] * len(COLUMNS)], columns=COLUMNS)
COMMIT = "6c0ffee1f00d6c0ffee1f00d6c0ffee1f00d6c0f"


class Candidates:
    """Makes the versions."""

    def __init__(self, model: str, experiment: str, folder: Path) -> None:
        """Takes a folder for the models' files."""
        self.client = MlflowClient()
        self.model = model
        self.experiment = experiment
        self.folder = folder

    def register(self, name: str, metrics: dict[str, Any], options: dict[str, Any]) -> str:
        """Logs the run and registers the version."""
        client = self.client
        path, signature = self._saved(options.get("answer", 1))
        tags = {
            "mlflow.source.git.commit": COMMIT,
            **_noted(signature, options.get("signature", "own")),
            **options.get("runTags", {}),
        }
        experiment = self._experiment(options.get("experiment", self.experiment))
        run_id = client.create_run(experiment, run_name=name, tags=tags).info.run_id
        if digest := options.get("dataset", "holdout"):
            client.log_inputs(run_id, [_rows(digest)])
        # As many rows as the holdout really has.
        for measured in ({"val_rows": 4714, **metrics}, options.get("twice", {})):
            for metric, value in measured.items():
                client.log_metric(run_id, metric, float(value), step=0)
        client.set_terminated(run_id)
        # The service takes tags one by one, as training sets them.
        version = client.create_model_version(self.model, path, run_id).version
        for key, value in options.get("tags", {}).items():
            client.set_model_version_tag(self.model, version, key, value)
        if options.get("deleteRun"):
            client.delete_run(run_id)
        return str(version)

    def _experiment(self, path: str) -> str:
        found = self.client.get_experiment_by_name(path)
        return found.experiment_id if found else self.client.create_experiment(path)

    def _saved(self, answer: int) -> tuple[str, ModelSignature]:
        classifier = DummyClassifier(strategy="constant", constant=answer).fit(INPUTS, [0, 1])
        signature = infer_signature(INPUTS, classifier.predict(INPUTS))
        path = self.folder / str(answer)
        if not path.exists():
            mlflow.sklearn.save_model(
                classifier, path, signature=signature, pip_requirements=["scikit-learn"]
            )
        return str(path), signature


def _noted(signature: ModelSignature, which: str) -> dict[str, str]:
    if which == "none":
        return {}
    if which == "incompatible":
        more = [*signature.inputs, ColSpec("double", "age")]
        signature = ModelSignature(inputs=Schema(more), outputs=signature.outputs)
    return signature_tags(signature)


def _rows(digest: str) -> DatasetInput:
    name = "ml_local.validation.holdout_churn"
    source = json.dumps({"delta_table_name": name})
    rows = Dataset(name=name, digest=digest, source_type="delta_table", source=source)
    return DatasetInput(rows, [InputTag("mlflow.data.context", "validation")])


def main(model: str, experiment: str, candidates: list[str]) -> dict[str, str]:
    """Registers all candidates."""
    mlflow.set_tracking_uri("databricks")
    mlflow.set_registry_uri("databricks-uc")
    with tempfile.TemporaryDirectory() as folder:
        made = Candidates(model, experiment, Path(folder))
        pairs = (candidate.split("=", 1) for candidate in candidates)
        return {name: made.register(name, **json.loads(text)) for name, text in pairs}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], sys.argv[3:])))
