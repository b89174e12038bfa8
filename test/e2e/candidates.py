"""Registers versions of one small model, each from a run with metrics of its own.

`candidates.py MODEL EXPERIMENT NAME=JSON ...` prints `{NAME: version}` as its last line. The values
are what was measured; `"NaN"` and `"Infinity"` stand for what JSON cannot write.
"""

import json
import sys
import tempfile
from pathlib import Path

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.models import infer_signature
from sklearn.dummy import DummyClassifier

COLUMNS = [
    "total_transactions",
    "total_spend",
    "avg_transaction_amount",
    "unique_categories",
    "spend_volatility",
    "days_since_signup",
    "days_since_last_transaction",
]


def main(model: str, experiment: str, candidates: list[str]) -> dict[str, str]:
    """Logs the runs and registers the versions."""
    mlflow.set_tracking_uri("databricks")
    mlflow.set_registry_uri("databricks-uc")
    inputs = pd.DataFrame([[1.0] * len(COLUMNS), [2.0] * len(COLUMNS)], columns=COLUMNS)
    classifier = DummyClassifier(strategy="constant", constant=1).fit(inputs, [0, 1])
    client = MlflowClient()
    found = client.get_experiment_by_name(experiment)
    assert found is not None
    versions = {}
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model")
        signature = infer_signature(inputs, classifier.predict(inputs))
        mlflow.sklearn.save_model(
            classifier, path, signature=signature, pip_requirements=["scikit-learn"]
        )
        for name, text in (candidate.split("=", 1) for candidate in candidates):
            run = client.create_run(found.experiment_id, run_name=name)
            for metric, value in json.loads(text).items():
                client.log_metric(run.info.run_id, metric, float(value))
            client.set_terminated(run.info.run_id)
            versions[name] = client.create_model_version(model, path, run.info.run_id).version
    return versions


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], sys.argv[3:])))
