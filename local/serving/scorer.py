"""Serves one model for scoring: `scorer.py MODEL_FOLDER`.

The application is MLflow's own scoring server, the one that `mlflow models serve` runs, in a single
process with the packages of this interpreter. Prints one line `{"port": N}` on standard output when
the model is loaded and requests are accepted.
"""

import json
import socket
import sys

import mlflow.pyfunc
import uvicorn
from mlflow.pyfunc import scoring_server

# Longer than Node keeps an idle connection, so that no request meets one that is being closed.
KEEP_ALIVE_SECONDS = 60


def main() -> None:
    """Loads the model, then serves it on a free port of the loopback interface."""
    app = scoring_server.init(mlflow.pyfunc.load_model(sys.argv[1]))
    # With the protocol named, asyncio turns Nagle's algorithm off; else each answer takes 40 ms more.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    config = uvicorn.Config(app, log_level="warning", timeout_keep_alive=KEEP_ALIVE_SECONDS)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
