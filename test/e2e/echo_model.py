"""A small model whose answers tell who gave them, and which can be told to take its time.

As a script, `echo_model.py MODEL VERSIONS`, it registers that many versions: version 1 answers with
`x`, version 2 with twice `x`, and so on. It waits until the file `wait_for` exists, if it is named.
"""

import sys
import tempfile
import time
from pathlib import Path

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.models import infer_signature
from mlflow.pyfunc import PythonModel, PythonModelContext


class Echo(PythonModel):
    """Multiplies `x` by its version."""

    def predict(self, context: PythonModelContext, model_input: pd.DataFrame) -> list[float]:
        """Waits, then answers."""
        while any(name and not Path(name).exists() for name in model_input["wait_for"]):
            time.sleep(0.05)
        factor = context.model_config["version"]
        return [float(x) * factor for x in model_input["x"]]


def main(name: str, versions: int) -> None:
    """Registers the versions."""
    mlflow.set_tracking_uri("databricks")
    mlflow.set_registry_uri("databricks-uc")
    rows = pd.DataFrame({"x": [1.0], "wait_for": [""]})
    client = MlflowClient()
    client.create_registered_model(name)
    for version in range(1, versions + 1):
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "model")
            mlflow.pyfunc.save_model(
                path,
                python_model=__file__,
                model_config={"version": version},
                signature=infer_signature(rows, [1.0]),
                pip_requirements=["mlflow"],
            )
            client.create_model_version(name, path)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
else:
    mlflow.models.set_model(Echo())
