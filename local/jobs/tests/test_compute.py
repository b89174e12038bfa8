"""The compute runs a file as `python FILE ARG ...` would, forked and as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parents[1] / "compute.py"


class Workspace:
    """Stands in for the workspace's end of the socket."""

    def __init__(self, folder: Path, library: str) -> None:
        """Starts a compute that imports `library`."""
        self.folder = folder
        self.files = folder / "files"
        self.files.mkdir()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(folder / "socket"))
        listener.listen()
        command = [sys.executable, "-u", str(PROGRAM), str(folder / "socket"), library]
        # What a parent has in its environment must not reach a task.
        environment = {**os.environ, "PYTHONPATH": str(folder), "PARENT_SECRET": "x"}
        self.process = subprocess.Popen(command, env=environment)
        self.connection, _ = listener.accept()
        self.lines = self.connection.makefile()
        self.ready = json.loads(self.lines.readline())
        self.count = 0

    def start(self, source: str, *arguments: str, **more: Any) -> str:
        """Starts a task and gives its id."""
        self.count += 1
        task = str(self.count)
        script = self.files / f"task{task}.py"
        script.write_text(source)
        request = {
            "id": task,
            "script": str(script),
            "arguments": arguments,
            "environment": {"PATH": os.environ["PATH"], "GIVEN": "y"},
            "dependencies": [],
            "serverless": True,
            "files": str(self.files),
            "values": {},
            "log": str(self.folder / f"{task}.log"),
            "report": str(self.folder / f"{task}.json"),
            **more,
        }
        self.send({"start": request})
        return task

    def run(self, source: str, *arguments: str, **more: Any) -> tuple[int, str, dict[str, Any]]:
        """Runs a task; gives its exit code, what it has printed and its report."""
        task = self.start(source, *arguments, **more)
        return self.end_of(task), self.log(task), self.report(task)

    def send(self, message: dict[str, Any]) -> None:
        """Sends a line."""
        self.connection.sendall(json.dumps(message).encode() + b"\n")

    def end_of(self, task: str) -> int:
        """Waits for a task's exit code."""
        answer = json.loads(self.lines.readline())
        assert answer["id"] == task
        return int(answer["exit"])

    def log(self, task: str) -> str:
        """Gives what a task has printed so far."""
        path = self.folder / f"{task}.log"
        return path.read_text() if path.exists() else ""

    def report(self, task: str) -> dict[str, Any]:
        """Gives what a task has reported, nothing if it could not."""
        path = self.folder / f"{task}.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def printed(self, task: str, seconds: float = 20) -> str:
        """Waits until a task has printed a line."""
        deadline = time.monotonic() + seconds
        while "\n" not in self.log(task):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return self.log(task)


@pytest.fixture(scope="module", params=["forked", "spawned"])
def workspace(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Workspace]:
    """Gives a compute that forks, and one whose library has started a thread, so it cannot."""
    folder = tmp_path_factory.mktemp("compute")
    (folder / "threaded.py").write_text(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n"
    )
    workspace = Workspace(folder, "numpy" if request.param == "forked" else "threaded")
    assert workspace.ready["warm"] is (request.param == "forked")
    yield workspace
    workspace.connection.shutdown(socket.SHUT_RDWR)
    assert workspace.process.wait(10) == 0


def alive(pid: int) -> bool:
    """Says whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def ends(pid: int) -> bool:
    """Says whether a process ends within five seconds: the kernel takes its time after a kill."""
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def test_arguments_environment_and_folder(workspace: Workspace) -> None:
    code, log, _ = workspace.run(
        "import os, sys, inspect\n"
        "print(sys.argv[1:], __name__, sys.modules['__main__'].__dict__ is globals())\n"
        "print(sorted(set(os.environ) - {'LC_CTYPE'}), os.getcwd() == sys.path[0])\n"
        "print(inspect.getfile(lambda: None) == sys.argv[0], '__file__' in globals())\n"
        "print([n for n in ('compute', 'run_task') if n in dir()], sys.stdin.read())\n",
        "a b",
        "--c",
    )
    assert (code, log) == (
        0,
        "['a b', '--c'] __main__ True\n['GIVEN', 'PATH'] True\nTrue False\n[] \n",
    )


def test_file_is_known_on_a_cluster(workspace: Workspace) -> None:
    _, log, _ = workspace.run("print(__file__.rsplit('/')[-1][:4])\n", serverless=False)
    assert log == "task\n"


@pytest.mark.parametrize(
    ("source", "expected", "printed"),
    [
        ("raise SystemExit(3)", 3, ""),
        ("raise SystemExit('why')", 1, "why\n"),
        ("import os; os._exit(4)", 4, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", 143, ""),
        ("import atexit; atexit.register(print, 'last'); raise SystemExit(5)", 5, "last\n"),
        (
            "import threading, time\n"
            "threading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()\n",
            0,
            "thread\n",
        ),
        ("print('no newline', end='')", 0, "no newline"),
        ("import sys; print('out'); print('err', file=sys.stderr)", 0, "out\nerr\n"),
    ],
)
def test_ends_as_the_interpreter_does(
    workspace: Workspace, source: str, expected: int, printed: str
) -> None:
    code, log, report = workspace.run(source)
    assert (code, log) == (expected, printed)
    assert "error" not in report


@pytest.mark.parametrize(
    ("source", "error"),
    [("raise SystemExit", "SystemExit"), ("import sys; sys.exit(0)", "SystemExit: 0")],
)
def test_exit_without_an_error_is_a_failure_too(
    workspace: Workspace, source: str, error: str
) -> None:
    code, log, report = workspace.run(source)
    assert (code, log, report["error"]) == (1, f"{error}\n", error)


def test_tells_an_exception_without_its_own_frames(workspace: Workspace) -> None:
    code, log, report = workspace.run(
        "def f():\n    try:\n        1 / 0\n    except ZeroDivisionError:\n        {}['key']\nf()\n"
    )
    task = f"/Workspace/task{workspace.count}.py"
    assert code == 1
    assert report["error"] == "KeyError: 'key'"
    assert report["error_trace"] == log
    assert "run_task" not in log
    frames = [line.strip() for line in log.splitlines() if line.startswith("  File")]
    assert frames == [
        f'File "{task}", line 3, in f',
        f'File "{task}", line 6, in <module>',
        f'File "{task}", line 5, in f',
    ]


def test_tells_a_syntax_error(workspace: Workspace) -> None:
    code, _, report = workspace.run("def f(:\n    pass\n")
    assert code == 1
    assert "SyntaxError" in report["error"]
    assert "run_task" not in report["error_trace"]


def test_two_tasks_do_not_share_random_numbers(workspace: Workspace) -> None:
    source = "import random, numpy\nprint(random.random(), numpy.random.rand())\n"
    first, second = (workspace.run(source)[1].split() for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_what_one_task_changes_the_next_does_not_see(workspace: Workspace) -> None:
    change = "import os, sys, json\nos.environ['A'] = 'b'\nsys.path.append('x')\njson.y = 1\n"
    workspace.run(change)
    look = "import os, sys, json\nprint('A' in os.environ, 'x' in sys.path, hasattr(json, 'y'))\n"
    assert workspace.run(look)[1] == "False False False\n"


def test_tasks_run_side_by_side(workspace: Workspace) -> None:
    slow = workspace.start("import time\nprint('on', flush=True)\ntime.sleep(600)\n")
    workspace.printed(slow)
    assert workspace.run("print('done')\n")[1] == "done\n"
    workspace.send({"end": slow})
    assert workspace.end_of(slow) == 128 + signal.SIGTERM


def test_end_reaches_all_that_a_task_has_started(workspace: Workspace) -> None:
    task = workspace.start(
        "import signal, subprocess, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen(['sleep', '600']).pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    child = int(workspace.printed(task))
    assert alive(child)
    workspace.send({"end": task})
    assert workspace.end_of(task) == 128 + signal.SIGKILL
    assert ends(child)


def test_what_a_task_leaves_running_ends_with_it(workspace: Workspace) -> None:
    source = "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid)\n"
    code, log, _ = workspace.run(source)
    assert code == 0
    time.sleep(0.2)
    assert ends(int(log))


def test_sets_and_gets_task_values(workspace: Workspace) -> None:
    source = (
        "import sys\n"
        "from databricks.sdk.dbutils import _JobsUtil\n"
        "values = _JobsUtil().taskValues\n"
        "print(values.get('before', 'score'), values.get('before', 'none', default='?'))\n"
        "values.set('list', [1, 'a'])\n"
        "values.set('big', 'x' * 50_000)\n"
    )
    code, log, report = workspace.run(source, values={"before": {"score": "0.5"}})
    assert code == 1
    assert log.startswith("0.5 ?\n")
    assert report["values"] == {"list": '[1, "a"]'}
    assert report["error"] == "ValueError: The task value 'big' is larger than 48 KiB."


def test_checks_the_environment(workspace: Workspace) -> None:
    (workspace.files / "requirements.txt").write_text("# none\nnumpy>=1 # has it\nno-such-thing\n")
    wanted = ["-r /Workspace/requirements.txt", "numpy==0.0.1", "x @ https://example.com/x.whl"]
    code, _, report = workspace.run("print('ran')", dependencies=wanted)
    assert (code, report["environment"]) == (1, True)
    for reason in ("no-such-thing is not installed", "'numpy==0.0.1' is asked for", "names a URL"):
        assert reason in report["error"]


def test_tasks_end_with_the_compute(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, "json")
    task = workspace.start("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)\n")
    pid = int(workspace.printed(task))
    workspace.process.kill()
    workspace.process.wait()
    deadline = time.monotonic() + 5
    while alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)
