"""Serves the model in the folder `model` beside this file, on `HOST` and `PORT`.

The application is MLflow's own scoring server: `POST /invocations` takes what a Databricks serving
endpoint takes, `GET /ping` says whether the model is loaded. With `--check` it asks a running
server for the latter, and fails if it does not answer.
"""

import os
import sys
import urllib.request
from pathlib import Path

MODEL = Path(__file__).resolve().with_name("model")


def check(port: int) -> None:
    """Raises an error unless the server of this machine answers within four seconds."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=4):
        pass


def serve(host: str, port: int) -> None:
    """Loads the model and serves it until SIGTERM, which lets the running requests end."""
    import mlflow.pyfunc
    import uvicorn
    from mlflow.pyfunc import scoring_server

    app = scoring_server.init(mlflow.pyfunc.load_model(str(MODEL)))
    uvicorn.run(app, host=host, port=port, log_level="warning")


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        check(int(os.environ["PORT"]))
    else:
        serve(os.environ["HOST"], int(os.environ["PORT"]))
