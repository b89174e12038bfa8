"""Warm compute for job tasks: `compute.py SOCKET LIBRARY ...`.

Imports the libraries once and forks for every task, so that a task starts in a moment. It connects
to the workspace's socket and reads one JSON object from each line: `{"start": {"id": ..., ...}}` as
`run_task` takes it, or `{"end": id}`. It answers `{"ready": ...}` once, then
`{"id": ..., "exit": code}` for every task. When the socket closes, or on SIGTERM, it ends the tasks
and itself.

Where forking is not safe, that is when an import has started a thread, or elsewhere than on Linux,
tasks are started as processes of their own: slower, otherwise the same.
"""

import ctypes
import gc
import importlib
import importlib.metadata
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

import run_task
from run_task import Request

GRACE_SECONDS = 2.0

PR_SET_CHILD_SUBREAPER = 36

# jemalloc, inside of pyarrow, looks after its own thread when the process forks.
HARMLESS_THREADS = {"jemalloc_bg_thd"}


class Compute:
    """The tasks that run, and the connection to the workspace."""

    def __init__(self, connection: socket.socket, warm: bool) -> None:
        """Takes over a connection; `warm` says whether tasks are forked."""
        self.connection = connection
        self.warm = warm
        self.tasks: dict[int, str] = {}
        self.asked_to_end: dict[int, float] = {}
        self.unread = b""
        # A signal must wake `select`: https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
        self.wake, self.woken = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self.woken, False)
        self.stopping = False

    def serve(self) -> Request | None:
        """Starts and ends tasks until told to stop; in a forked task, gives what it shall run."""
        signal.set_wakeup_fd(self.woken)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self.stop)
        while not self.stopping:
            timeout = 0.2 if self.asked_to_end else None
            socket_number = self.connection.fileno()
            readable, _, _ = select.select([socket_number, self.wake], [], [], timeout)
            if self.wake in readable:
                os.read(self.wake, 4096)
            self.reap()
            self.insist()
            if socket_number in readable:
                data = self.connection.recv(65536)
                if not data:
                    break
                self.unread += data
                while b"\n" in self.unread and not self.stopping:
                    line, _, self.unread = self.unread.partition(b"\n")
                    request = self.handle(json.loads(line))
                    if request is not None:
                        return request
        self.end_all()
        return None

    def stop(self, *_: object) -> None:
        """Makes `serve` return."""
        self.stopping = True

    def handle(self, message: dict[str, Any]) -> Request | None:
        """Does what a line asks for; in a forked task, gives what it shall run."""
        if "end" in message:
            for pid, task in self.tasks.items():
                if task == message["end"] and pid not in self.asked_to_end:
                    signal_task(pid, signal.SIGTERM)
                    self.asked_to_end[pid] = time.monotonic()
            return None
        request: Request = message["start"]
        pid = os.fork() if self.warm else self.spawn(request)
        if pid == 0:
            self.leave()
            return request
        self.tasks[pid] = request["id"]
        return None

    def spawn(self, request: Request) -> int:
        """Starts a task as a process of its own."""
        command = [sys.executable, "-u", str(Path(__file__).with_name("run_task.py"))]
        process = subprocess.Popen(command, stdin=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
        process.returncode = 0  # `reap` waits for it
        return process.pid

    def leave(self) -> None:
        """Lets go of what belongs to the compute, in a forked task."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self.connection.close()
        os.close(self.wake)
        os.close(self.woken)

    def reap(self) -> None:
        """Reports the tasks that have ended, with all that they had started."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            task = self.tasks.pop(pid, None)
            self.asked_to_end.pop(pid, None)
            if task is not None:
                signal_group(pid, signal.SIGKILL)
                code = os.waitstatus_to_exitcode(status)
                self.send({"id": task, "exit": code if code >= 0 else 128 - code})

    def insist(self) -> None:
        """Kills the tasks that were asked to end and have not."""
        for pid, since in self.asked_to_end.items():
            if time.monotonic() - since > GRACE_SECONDS:
                signal_task(pid, signal.SIGKILL)

    def end_all(self) -> None:
        """Ends all tasks: asks them, waits a second, kills them."""
        for pid in self.tasks:
            signal_task(pid, signal.SIGTERM)
        deadline = time.monotonic() + 1.0
        while self.tasks and time.monotonic() < deadline:
            time.sleep(0.02)
            self.reap()
        for pid in self.tasks:
            signal_task(pid, signal.SIGKILL)

    def send(self, message: dict[str, Any]) -> None:
        """Sends one line; a workspace that is gone is noticed by `serve`."""
        try:
            self.connection.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            self.stopping = True


def signal_task(pid: int, number: int) -> None:
    """Signals a task and all it has started; the task alone while it has no group of its own."""
    if not signal_group(pid, number):
        os.kill(pid, number)


def signal_group(pid: int, number: int) -> bool:
    """Signals the processes of a group; says whether there were any."""
    try:
        os.killpg(pid, number)
        return True
    except ProcessLookupError:
        return False


def forkable() -> bool:
    """Whether a fork of this process is whole."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    names = [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]
    return len([name for name in names if name not in HARMLESS_THREADS]) == 1


def warm_up(libraries: list[str]) -> bool:
    """Imports the libraries that are installed; says whether tasks can be forked then."""
    # The pool that OpenBLAS makes when it is imported would not survive the fork whole.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    for name in libraries:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"{name}: {error}", file=sys.stderr)
    del os.environ["OPENBLAS_NUM_THREADS"]
    # The first look-up of a version reads the names of all packages.
    importlib.metadata.version("packaging")
    # What is here now is never collected, so its memory stays shared with the tasks.
    gc.collect()
    gc.freeze()
    return forkable()


def adopt_orphans() -> None:
    """Makes what tasks leave behind children of this process, which collects them."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def widen_pools() -> None:
    """Gives OpenBLAS back the threads that `warm_up` has kept it from making."""
    try:
        threadpoolctl = importlib.import_module("threadpoolctl")
    except ImportError:
        return
    threadpoolctl.threadpool_limits(os.cpu_count(), user_api="blas")


def main() -> NoReturn:
    """Serves the workspace whose socket is named."""
    sys.path.pop(0)
    address, *libraries = sys.argv[1:]
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    adopt_orphans()
    started = time.monotonic()
    warm = warm_up(libraries)
    compute = Compute(connection, warm)
    compute.send({"ready": True, "warm": warm, "seconds": time.monotonic() - started})
    parent = os.getpid()
    request = compute.serve()
    if request is None:
        sys.exit(0)
    widen_pools()
    run_task.finish(run_task.run(request, parent))


if __name__ == "__main__":
    main()
