"""An environment for the telco tasks: the tables as the stack declares them, and real data."""

from typing import Any

from mlops.tables import Tables
from telco.data import CATEGORIES, KEY, LABEL, MODEL_INPUTS
from telco.featurization import featurize
from telco.setup import load

VOLUME = "/Volumes/ml/bronze/landing"
EXPERIMENT = "/Experiments/telco-churn"
CUSTOMERS = "ml.bronze.telco_customers"
FEATURES = "ml.features.telco_churn_features"
LABELS = "ml.labels.telco_churn_labels"
HOLDOUT = "ml.validation.telco_churn_holdout"
RECENT = "ml.validation.telco_churn_recent"

TABLES = {
    "customers": CUSTOMERS,
    "features": FEATURES,
    "labels": LABELS,
    "holdout": HOLDOUT,
    "recent": RECENT,
}

_FLAGS = ["female", "senior_citizen", "partner", "dependents", "phone_service", "paperless_billing"]
_BRONZE = ", ".join(
    [
        f"{KEY} STRING NOT NULL",
        *(f"{name} INT NOT NULL" for name in [*_FLAGS, "tenure"]),
        "monthly_charges DOUBLE NOT NULL, total_charges DOUBLE",
        *(f"{name} STRING NOT NULL" for name in CATEGORIES),
    ]
)
_FEATURES = ", ".join(
    f"{name} {'DOUBLE' if name.endswith('_charges') else 'INT'}" for name in MODEL_INPUTS
)
SCHEMAS = [
    f"CREATE TABLE {CUSTOMERS} ({_BRONZE})",
    f"CREATE TABLE {FEATURES} ({KEY} STRING NOT NULL, {_FEATURES})",
    f"CREATE TABLE {LABELS} ({KEY} STRING NOT NULL, {LABEL} INT NOT NULL)",
    f"CREATE TABLE {HOLDOUT} ({KEY} STRING NOT NULL, {_FEATURES}, {LABEL} INT NOT NULL)",
    f"CREATE TABLE {RECENT} ({KEY} STRING NOT NULL, {_FEATURES}, {LABEL} INT NOT NULL)",
]


def create(tables: Any) -> None:
    """Makes the tables, all empty."""
    for ddl in SCHEMAS:
        tables.create(ddl)


def prepare(tables: Tables, recent_months: int = 12) -> None:
    """Runs set-up and featurization."""
    load(tables, VOLUME, CUSTOMERS)
    encode(tables, recent_months)


def encode(tables: Tables, recent_months: int = 12) -> None:
    """Runs featurization."""
    featurize(tables, **TABLES, recent_months=recent_months)


def count(tables: Tables, table: str) -> int:
    """Counts the rows of a table."""
    return int(tables.query(f"SELECT count(*) AS n FROM {table}")["n"].iloc[0])
