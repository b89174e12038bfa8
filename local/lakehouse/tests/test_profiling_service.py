"""Refreshes as the workspace asks for them: over HTTP, and cancelled while they run."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from profiling_scene import Scene
from test_service import Service

from lakehouse.engine import Engine


@pytest.fixture
def scene(engine: Engine) -> Scene:
    """So many windows that a refresh takes a while."""
    made = Scene(engine, "at TIMESTAMP, amount DOUBLE, region STRING")
    made.sql(
        "INSERT INTO log SELECT timestamp_seconds(1781000000 + 300 * id), rand(), "
        "concat('r', id % 7) FROM (SELECT explode(sequence(1, 300)) AS id)"
    )
    return made


@pytest.fixture
def service(scene: Scene, tmp_path: Path) -> Iterator[Service]:
    """A process on the scene's folder."""
    started = Service(tmp_path / "lakehouse")
    yield started
    started.process.kill()
    started.process.wait()


def body(scene: Scene, **others: Any) -> dict[str, Any]:
    return scene.spec(granularities=["5 minutes"], **others).model_dump()


def test_a_refresh_answers_what_it_did(scene: Scene, service: Service) -> None:
    assert service.call("POST", "/refreshes/1", body(scene)) == (
        200,
        {"message": "Profiled 300 of 300 windows; the others have not changed."},
    )
    # Every window but the first has one right before it: a row for the table and each column.
    assert scene.sql("SELECT count(*) FROM drift") == [[str(299 * 4)]]


def test_a_refresh_is_refused_with_the_reason(scene: Scene, service: Service) -> None:
    status, refused = service.call("POST", "/refreshes/1", body(scene, baseline="ml.monitoring.x"))
    assert (status, refused["error_code"]) == (404, "TABLE_OR_VIEW_NOT_FOUND")
    status, _ = service.call("POST", "/refreshes/1", {**body(scene), "other": 1})
    assert status == 422


def test_a_cancelled_refresh_ends_soon_and_writes_nothing(scene: Scene, service: Service) -> None:
    answers: list[tuple[int, Any]] = []
    run = threading.Thread(
        target=lambda: answers.append(service.call("POST", "/refreshes/7", body(scene)))
    )
    run.start()
    for _ in range(500):
        if service.call("POST", "/refreshes/7/cancel")[1] == {"was_running": True}:
            break
        time.sleep(0.01)
    run.join(30)
    ((status, refused),) = answers
    assert (status, refused["error_code"]) == (400, "CANCELLED")
    assert scene.sql("SELECT count(*) FROM profile") == [["0"]]
    assert service.call("POST", "/refreshes/7/cancel") == (200, {"was_running": False})
