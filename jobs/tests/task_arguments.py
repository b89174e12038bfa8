"""Arguments of each task that all are good."""

from importlib import import_module
from pathlib import Path

from telco_scene import EXPERIMENT, FEATURES, HOLDOUT, LABELS, RECENT, TABLES, VOLUME

IRIS_VOLUME = "/Volumes/ml/hp_iris_ml/hp_ml_vol"
_IRIS_MODEL = {"--model-name": "ml.hp_iris_ml.irisclassifierdemo"}
_IRIS_DATA = {"--volume-path": f"{IRIS_VOLUME}/data"}
_TELCO_MODEL = {"--model": "ml.models.telco_churn_model"}
_TELCO_TABLES = {f"--{name}": table for name, table in TABLES.items()}


def _of_scenes() -> dict[str, dict[str, str]]:
    """Collects the `TASKS` of the modules `*_scene` that have some."""
    scenes = sorted(path.stem for path in Path(__file__).parent.glob("*_scene.py"))
    found: dict[str, dict[str, str]] = {}
    for scene in scenes:
        found |= getattr(import_module(scene), "TASKS", {})
    return found


TASKS = {
    **_of_scenes(),
    "churn/load_bronze": {
        "--volume": "/Volumes/ml/bronze/landing",
        "--transactions": "ml.bronze.transactions",
        "--customers": "ml.bronze.customers",
    },
    "churn/make_labels": {
        "--transactions": "ml.bronze.transactions",
        "--customers": "ml.bronze.customers",
        "--labels": "ml.labels.churn_labels",
        "--holdout": "ml.validation.holdout_churn",
        "--as-of": "1998-03-31",
    },
    "churn/build_features": {
        "--transactions": "ml.bronze.transactions",
        "--customers": "ml.bronze.customers",
        "--features": "ml.features.customer_churn_features",
        "--as-of": "1998-03-31",
    },
    "churn/train": {
        "--features": "ml.features.customer_churn_features",
        "--labels": "ml.labels.churn_labels",
        "--experiment": "/Experiments/customer-churn",
        "--model": "ml.models.customer_churn_model",
    },
    "churn/validate": {
        "--holdout": "ml.validation.holdout_churn",
        "--model": "ml.models.customer_churn_model",
    },
    "monitoring/unpack_predictions": {
        "--payload": "ml.inference_logs.customer_churn_model_payload",
        "--predictions": "ml.inference_logs.customer_churn_model_predictions",
        "--features": "total_transactions,total_spend",
        "--label": "actual_label",
        "--labels-table": "ml.labels.churn_labels",
        "--labels-column": "churned",
        "--labels-key": "customer_id",
    },
    "monitoring/measure_canary": {
        "--model": "ml.models.customer_churn_model",
        "--payload": "ml.inference_logs.customer_churn_model_payload",
    },
    "monitoring/check_drift": {
        "--query": "SELECT 0.5 AS drift_score",
        "--training-job-id": "1001234567890123",
        "--retrain-job-id": "1009876543210987",
        "--cool-down-hours": "24",
    },
    "telco/setup": {
        "--volume": VOLUME,
        **_TELCO_TABLES,
        "--experiment": EXPERIMENT,
        **_TELCO_MODEL,
    },
    "telco/featurization": {**_TELCO_TABLES, "--recent-months": "12"},
    "telco/training": {
        **{"--features": FEATURES, "--labels": LABELS, "--experiment": EXPERIMENT, **_TELCO_MODEL},
        **{"--n-estimators": "50", "--max-depth": "3", "--learning-rate": "0.1"},
    },
    "telco/transition": {
        **_TELCO_MODEL,
        "--holdout": HOLDOUT,
        "--recent": RECENT,
        "--version": "1",
    },
    "iris/demo_source": {"--source-path": "/Volumes/ml/bronze/landing/iris"},
    "iris/ingestion": {
        "--source-path": "/Volumes/ml/bronze/landing/iris",
        **_IRIS_DATA,
        "--checkpoint-path": f"{IRIS_VOLUME}/checkpoints",
    },
    "iris/training": {
        "--pkl-path": "",
        "--experiment-path": "/Shared/ml/iris",
        **_IRIS_MODEL,
        **_IRIS_DATA,
        "--trusted-volume": IRIS_VOLUME,
    },
    "iris/evaluation": {
        **_IRIS_MODEL,
        "--model-version": "",
        "--default-version": "newest",
        **_IRIS_DATA,
    },
    "iris/approval": {
        **_IRIS_MODEL,
        "--model-version": "1",
        "--above": "val_accuracy=0.9",
        "--approver": "figures",
    },
    "iris/deployment": {
        **_IRIS_MODEL,
        "--model-version": "1",
        **_IRIS_DATA,
        "--reference": "ml.hp_iris_ml.reference",
    },
    "iris/batch_inference": {
        **_IRIS_MODEL,
        **_IRIS_DATA,
        "--predictions": "ml.hp_iris_ml.predictions",
        "--label": "species",
        "--scored-at": "2026-11-20T06:00:00",
    },
}
"""By file below `jobs/`, without its ending."""
