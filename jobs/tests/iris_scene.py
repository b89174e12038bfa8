"""An environment for the Iris tasks: volumes with samples, tables, a registered model."""

import pickle
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import mlflow
from mlflow.tracking import MlflowClient

from doubles import DuckDbTables
from files_double import FolderFiles
from iris.batch_inference import score
from iris.data import FEATURES, LABEL
from iris.demo_source import deliver, flowers
from iris.deployment import deploy
from iris.evaluation import evaluate
from iris.training import train

VOLUME = "/Volumes/ml/hp_iris_ml/hp_ml_vol"
DATA = f"{VOLUME}/data"
REFERENCE = "ml.hp_iris_ml.reference"
PREDICTIONS = "ml.hp_iris_ml.predictions"
EXPERIMENT = "/Experiments/iris"
MORNING = datetime(2026, 11, 20, 6, tzinfo=UTC)

_FEATURES_DDL = ", ".join(f"{name} DOUBLE" for name in FEATURES)
_SCHEMAS = [
    f"CREATE TABLE {REFERENCE} (sample_id BIGINT NOT NULL, {_FEATURES_DDL}, species INT)",
    f"CREATE TABLE {PREDICTIONS} (sample_id BIGINT NOT NULL, measurements STRING NOT NULL, "
    f"timestamp TIMESTAMP NOT NULL, model_version STRING NOT NULL, {_FEATURES_DDL}, "
    "prediction INT, species INT)",
]


@dataclass
class Iris:
    """What the Iris tasks work on, and the tasks with their usual arguments."""

    files: FolderFiles
    tables: Any
    client: MlflowClient
    model: str

    @staticmethod
    def make(folder: Path, client: MlflowClient, tables: Any = None) -> "Iris":
        """Makes an environment with the 150 flowers in the volume, and a model of its own."""
        model = f"ml.hp_iris_ml.iris_{uuid.uuid4().hex}"
        client.create_registered_model(model)
        tables = DuckDbTables(folder) if tables is None else tables
        iris = Iris(FolderFiles(folder), tables, client, model)
        for ddl in _SCHEMAS:
            iris.tables.create(ddl)
        deliver(iris.files, DATA, 0)
        if client.get_experiment_by_name(EXPERIMENT) is None:
            client.create_experiment(EXPERIMENT, (folder / "artifacts").as_uri())
        return iris

    def train(self, pkl_path: str = "", **more: Any) -> str:
        """Runs training, and returns the version's number."""
        places = {"trusted_volume": VOLUME, "volume_path": DATA, "experiment": EXPERIMENT}
        version = train(self.files, **{**places, **more}, pkl_path=pkl_path, model=self.model)
        return str(version.version)

    def pickle(self, name: str, content: Any) -> str:
        """Puts a pickle into the volume, and returns its path."""
        path = f"{VOLUME}/{name}"
        self.files.write(path, pickle.dumps(content))
        return path

    def evaluate(self, version: str = "") -> tuple[str, dict[str, float]]:
        """Runs evaluation."""
        return evaluate(self.files, volume_path=DATA, model=self.model, version=version)

    def deploy(self, version: str) -> bool:
        """Runs deployment."""
        places = {"volume_path": DATA, "reference": REFERENCE}
        return deploy(self.files, self.tables, model=self.model, version=version, **places)

    def score(self, at: datetime = MORNING) -> int:
        """Runs batch inference."""
        places = {"volume_path": DATA, "predictions": PREDICTIONS, "label": "species"}
        return score(self.files, self.tables, model=self.model, scored_at=at, **places)

    def crown(self, version: str) -> None:
        """Does what the promotion gate does."""
        self.client.set_registered_model_alias(self.model, "champion", version)

    def metrics(self, version: str) -> dict[str, float]:
        """Returns the metrics of a version's run."""
        run_id = self.client.get_model_version(self.model, version).run_id
        assert run_id is not None
        return dict(self.client.get_run(run_id).data.metrics)

    def aliases(self) -> dict[str, str]:
        """Returns the model's aliases with the versions' numbers."""
        found = self.client.get_registered_model(self.model).aliases
        return {name: str(number) for name, number in found.items()}

    def tags(self, version: str) -> dict[str, str]:
        """Returns a version's tags."""
        return dict(self.client.get_model_version(self.model, version).tags)


def fitted(estimator: Any) -> Any:
    """Fits an estimator on all flowers."""
    frame = flowers()
    return estimator.fit(frame[FEATURES], frame[LABEL])


def loaded(model: str, version: str) -> Any:
    """Loads a version as who scores with it does."""
    return mlflow.pyfunc.load_model(f"models:/{model}/{version}")
