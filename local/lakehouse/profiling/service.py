"""Refreshes over HTTP; each can be cancelled while it runs."""

from __future__ import annotations

import threading
from typing import Any

from fastapi import FastAPI

from lakehouse.engine import Engine
from lakehouse.errors import SqlError
from lakehouse.profiling.spec import Spec


def add_refreshes(app: FastAPI, engine: Engine) -> None:
    """Adds the calls to the internal interface."""
    running: dict[str, threading.Event] = {}

    @app.post("/refreshes/{refresh_id}")
    def run(refresh_id: str, spec: Spec) -> dict[str, Any]:
        """Brings a monitor's metric tables up to date; answers when they are."""
        # Not at the start: it loads SciPy, which most workspaces need late or never.
        from lakehouse.profiling.refresh import refresh

        cancelled = running.setdefault(refresh_id, threading.Event())

        def check() -> None:
            if cancelled.is_set():
                raise SqlError("CANCELLED", "The refresh was cancelled.")

        try:
            with engine.session(statement_id=_statement(refresh_id)) as session:
                return {"message": refresh(session, spec, check)}
        finally:
            running.pop(refresh_id, None)

    @app.post("/refreshes/{refresh_id}/cancel")
    def cancel(refresh_id: str) -> dict[str, bool]:
        """Ends a refresh at its next step; whether it was running."""
        found = running.get(refresh_id)
        if found is None:
            return {"was_running": False}
        found.set()
        engine.cancel(_statement(refresh_id))
        return {"was_running": True}


def _statement(refresh_id: str) -> str:
    return f"refresh-{refresh_id}"
