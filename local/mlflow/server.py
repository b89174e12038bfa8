"""Runs MLflow's tracking server in this process: `server.py DATABASE ARTIFACTS`.

It is the application that `mlflow server` runs, without that command's second process: the command
imports MLflow to read its options and then starts Python again to serve, which takes twice the time
and memory. Prints one line `{"port": N}` on standard output when it accepts requests.
"""

import json
import os
import socket
import sys
from pathlib import Path

# Read while MLflow is imported: no usage statistics, and no workers for jobs that nobody submits.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"

import uvicorn
from mlflow.server import constants

# Longer than Node keeps an idle connection, so that no request meets one that is being closed.
KEEP_ALIVE_SECONDS = 60
ARTIFACT_ROOT = "mlflow-artifacts:/"


def configure(database: Path, artifacts: Path) -> str:
    """Sets what `mlflow server` would take from its options; returns the store's URI."""
    store = f"sqlite:///{database}"
    os.environ[constants.BACKEND_STORE_URI_ENV_VAR] = store
    os.environ[constants.REGISTRY_STORE_URI_ENV_VAR] = store
    os.environ[constants.ARTIFACT_ROOT_ENV_VAR] = ARTIFACT_ROOT
    os.environ[constants.SERVE_ARTIFACTS_ENV_VAR] = "true"
    os.environ[constants.ARTIFACTS_DESTINATION_ENV_VAR] = str(artifacts)
    return store


def main() -> None:
    """Migrates an older database, then serves on a free port of the loopback interface."""
    store = configure(Path(sys.argv[1]), Path(sys.argv[2]))
    # These modules read the settings above when they are imported.
    from mlflow.server.fastapi_app import app
    from mlflow.server.handlers import initialize_backend_stores

    initialize_backend_stores(store, store, ARTIFACT_ROOT)
    # With the protocol named, asyncio turns Nagle's algorithm off; else each answer takes 40 ms more.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    config = uvicorn.Config(app, log_level="warning", timeout_keep_alive=KEEP_ALIVE_SECONDS)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
