"""The process: secret, readiness, refusals over HTTP, and that it ends with its parent."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

SECRET = "s" * 32
LOCAL = Path(__file__).parents[2]


class Service:
    """The engine as a process."""

    def __init__(self, root: Path) -> None:
        """Starts it and waits until it is ready."""
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lakehouse", "--root", str(root)],
            cwd=LOCAL,
            env={**os.environ, "LAKEHOUSE_SECRET": SECRET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{json.loads(self.process.stdout.readline())['port']}"
        self.seconds = time.monotonic() - begun

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer."""
        headers = {"x-lakehouse-secret": SECRET}
        answer = requests.request(method, self.url + path, json=body, headers=headers, timeout=60)
        return answer.status_code, answer.json()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    started = Service(tmp_path)
    yield started
    started.process.kill()
    started.process.wait()


def test_it_is_ready_soon_and_wants_its_secret(service: Service) -> None:
    assert service.seconds < 10  # about 1 on an idle machine
    assert requests.get(service.url + "/tables/a.b.c", timeout=10).status_code == 401
    wrong = {"x-lakehouse-secret": "x" * 32}
    answer = requests.post(service.url + "/execute", json={}, headers=wrong, timeout=10)
    assert answer.status_code == 401


def test_statements_and_tables(service: Service) -> None:
    assert service.call("PUT", "/schemas/ml/features") == (200, {})
    statement = {"statement": "CREATE TABLE t (id INT NOT NULL)", "catalog": "ml"}
    assert service.call("POST", "/execute", {**statement, "schema": "features"})[0] == 200
    assert service.call("POST", "/execute", statement)[1]["error_code"] == (
        "TABLE_OR_VIEW_NOT_FOUND"
    )
    key = {"primary_key_constraint": {"name": "pk", "child_columns": ["id"]}}
    path = "/tables/ml.features.t"
    assert service.call("PUT", f"{path}/constraints/pk", key) == (200, key)
    assert service.call("GET", path)[1]["table_constraints"] == [key]
    assert service.call("DELETE", f"{path}/constraints/pk") == (200, {})
    assert service.call("DELETE", f"{path}/constraints/pk")[0] == 404
    assert "table_constraints" not in service.call("GET", path)[1]
    listed = service.call("GET", "/tables?catalog_name=ml&schema_name=features")[1]["tables"]
    assert [t["full_name"] for t in listed] == ["ml.features.t"]
    assert service.call("DELETE", "/schemas/ml/features")[1]["error_code"] == "SCHEMA_NOT_EMPTY"
    assert service.call("DELETE", path) == (200, {})
    assert service.call("GET", path)[0] == 404
    assert service.call("DELETE", "/schemas/ml/features") == (200, {})
    assert service.call("DELETE", "/schemas/ml/features")[1]["error_code"] == "SCHEMA_NOT_FOUND"


def test_unknown_fields_are_refused(service: Service) -> None:
    assert service.call("POST", "/execute", {"statement": "SELECT 1", "what": 1})[0] == 422


def test_cancelling_a_statement(service: Service, tmp_path: Path) -> None:
    slow = "SELECT count(*) FROM range(1000000) a JOIN range(1000000) b ON a.id * b.id % 7 = 3"
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(service.call("POST", "/statements/s1", {"statement": slow}))
    )
    thread.start()
    deadline = time.monotonic() + 10
    while not service.call("POST", "/statements/s1/cancel")[1]["was_running"]:
        assert time.monotonic() < deadline
    thread.join(10)
    assert answers[0][1]["error_code"] == "CANCELLED"
    assert not (tmp_path / "results" / "s1").exists()
    assert service.call("POST", "/statements/s1/cancel")[1] == {"was_running": False}


def test_it_ends_when_its_parent_does(service: Service) -> None:
    assert service.process.stdin is not None
    service.process.stdin.close()
    assert service.process.wait(5) == 0


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-m', 'lakehouse', '--root', sys.argv[1]],"
        " stdin=subprocess.PIPE)\n"
        "print(p.pid, flush=True)\n"
        "p.wait()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=LOCAL,
        env={**os.environ, "LAKEHOUSE_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.stdout.readline()  # the port: it is ready
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists():
        assert time.monotonic() < deadline, "the engine outlived its parent"
        time.sleep(0.05)


def test_without_a_secret_it_does_not_start(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "LAKEHOUSE_SECRET"}
    ended = subprocess.run(
        [sys.executable, "-m", "lakehouse", "--root", str(tmp_path)],
        cwd=LOCAL,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == "lakehouse: LAKEHOUSE_SECRET must be set to at least 16 characters.\n"
