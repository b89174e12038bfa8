"""A small real model for the tests of MLflow and of serving."""

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression


def data() -> tuple[pd.DataFrame, pd.Series]:
    """Gives the measurements and the species, as numbers."""
    features, target = load_iris(return_X_y=True, as_frame=True)
    return features, target


def register(name: str, experiment: str, *, signed: bool = True) -> ModelVersion:
    """Trains, logs and registers a model with MLflow's client for Databricks."""
    mlflow.set_tracking_uri("databricks")
    mlflow.set_registry_uri("databricks-uc")
    features, target = data()
    model = LogisticRegression(max_iter=500).fit(features, target)
    mlflow.set_experiment(experiment)
    with mlflow.start_run():
        mlflow.log_param("max_iter", 500)
        mlflow.log_metric("accuracy", model.score(features, target))
        mlflow.log_dict({"rows": len(features)}, "data/summary.json")
        info = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=mlflow.models.infer_signature(features, model.predict(features))
            if signed
            else None,
            pip_requirements=["scikit-learn"],
        )
    return mlflow.register_model(info.model_uri, name)
