"""``python -m lakehouse --root DIR``: serves the SQL engine on a free port of loopback.

Prints ``{"port": N}`` when it is ready. If its standard input is a pipe, it ends when that closes:
so it never outlives the process that started it, however that one ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import socket
import stat
import sys
import threading
from pathlib import Path

import uvicorn

from lakehouse.app import create_app
from lakehouse.engine import Engine


class _Server(uvicorn.Server):
    """Announces the port once requests are answered."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets:
            print(json.dumps({"port": sockets[0].getsockname()[1]}), flush=True)


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    # Not a clean exit on purpose: a statement in progress is as good as killed, which the
    # commits are made for, and nothing may keep the process alive.
    os._exit(0)


def main() -> None:
    """Runs until standard input closes."""
    parser = argparse.ArgumentParser(prog="lakehouse", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder of tables and volumes")
    arguments = parser.parse_args()
    secret = os.environ.get("LAKEHOUSE_SECRET", "")
    if len(secret) < 16:
        sys.exit("lakehouse: LAKEHOUSE_SECRET must be set to at least 16 characters.")
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=_end_with_parent, daemon=True).start()
    app = create_app(Engine(arguments.root), secret)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    asyncio.run(_Server(config).serve([listener]))


if __name__ == "__main__":
    main()
