"""Workspaces with data, and a real MLflow on a database file."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import mlflow
import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

import telco_scene
from churn.build_features import build_features
from churn.load_bronze import load
from churn.make_labels import make_labels
from churn_tables import AS_OF, FEATURES, HOLDOUT, LABELS, SCHEMAS, SOURCES
from doubles import DuckDbTables


def empty_workspace(folder: Path) -> DuckDbTables:
    """Makes a workspace with S1's tables, all empty."""
    tables = DuckDbTables(folder)
    for ddl in SCHEMAS:
        tables.create(ddl)
    return tables


@pytest.fixture
def empty(tmp_path: Path) -> DuckDbTables:
    """A workspace with empty tables."""
    return empty_workspace(tmp_path)


@pytest.fixture(scope="session")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> DuckDbTables:
    """A workspace set up with the real data: bronze, labels, holdout, features. Read only."""
    tables = empty_workspace(tmp_path_factory.mktemp("volumes"))
    load(tables, "/Volumes/ml/bronze/landing", **SOURCES)
    make_labels(tables, **SOURCES, labels=LABELS, holdout=HOLDOUT, as_of=AS_OF, horizon_days=90)
    build_features(tables, **SOURCES, features=FEATURES, as_of=AS_OF)
    return tables


def purchases(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    """Makes purchases by hand: customer, day, amount, category."""
    frame = pd.DataFrame(
        rows, columns=["customer_id", "transaction_date", "amount", "product_category"]
    )
    frame["transaction_date"] = [date.fromisoformat(day) for day in frame["transaction_date"]]
    return frame.assign(quantity=1)


def customers(*rows: tuple[str, str]) -> pd.DataFrame:
    """Makes customers by hand: number, day of signing up."""
    frame = pd.DataFrame(rows, columns=["customer_id", "signup_date"])
    frame["signup_date"] = [date.fromisoformat(day) for day in frame["signup_date"]]
    return frame.assign(region="north")


@pytest.fixture(scope="session")
def tracking(tmp_path_factory: pytest.TempPathFactory) -> MlflowClient:
    """A real MLflow: tracking and registry in a database file of its own."""
    folder = tmp_path_factory.mktemp("mlflow")
    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    mlflow.set_registry_uri(f"sqlite:///{folder}/mlflow.db")
    client = MlflowClient()
    client.create_experiment("/Experiments/customer-churn", (folder / "artifacts").as_uri())
    return client


@pytest.fixture(scope="session")
def telco(tracking: MlflowClient, tmp_path_factory: pytest.TempPathFactory) -> DuckDbTables:
    """A workspace set up with the real telco customers, and the experiment. Read only."""
    folder = tmp_path_factory.mktemp("telco")
    tables = DuckDbTables(folder)
    telco_scene.create(tables)
    telco_scene.prepare(tables)
    tracking.create_experiment(telco_scene.EXPERIMENT, (folder / "artifacts").as_uri())
    return tables


@pytest.fixture
def dbutils(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The task values that are set: a double of dbutils, as the SDK's own keeps none here."""
    values: dict[str, str] = {}
    task_values = SimpleNamespace(set=values.__setitem__)
    double = SimpleNamespace(jobs=SimpleNamespace(taskValues=task_values))
    monkeypatch.setattr("mlops.task_values.sign_in", lambda: SimpleNamespace(dbutils=double))
    return values


@pytest.fixture
def model(tracking: MlflowClient, request: pytest.FixtureRequest) -> str:
    """A registered model without versions, named after the test."""
    name = f"ml.models.{request.node.originalname}"
    tracking.create_registered_model(name)
    return name
