"""Runs one Python file as a job's task, in this process: `run_task.py < REQUEST`.

The file finds what `python FILE ARG ...` would give it, with what differs on Databricks: the
working directory is the file's own folder (https://docs.databricks.com/en/files/cwd-dbr-14.html),
and on serverless compute `__file__` is not defined.
"""

import atexit
import ctypes
import json
import os
import signal
import sys
import threading
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import task_environment
import task_values

PR_SET_PDEATHSIG = 1

Request = dict[str, Any]


def run(request: Request, parent: int) -> int:
    """Turns this process into the task, runs it and gives its exit code.

    What the caller cannot see from outside, an exception and the values that were set, is written
    to the file `request["report"]` as JSON.
    """
    enter(request, parent)
    report: dict[str, Any] = {}
    try:
        problem = task_environment.problem(request["dependencies"], request["files"])
        if problem is not None:
            report.update(error=problem, environment=True)
            print(problem, file=sys.stderr)
            return 1
        values = task_values.install(request["values"])
        report["values"] = values
        return execute(request, report)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        Path(request["report"]).write_text(json.dumps(report), encoding="utf-8")


def enter(request: Request, parent: int) -> None:
    """Gives this process its own session, output, environment, folder and arguments."""
    os.setsid()
    if sys.platform == "linux":
        # Were the compute killed, nobody would be left to end this process.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(137)
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(log)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(Path(request["script"]).parent)
    # The tree of workspace files holds what was uploaded and nothing else.
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(request["script"]).parent))
    sys.argv = [request["script"], *request["arguments"]]
    seed()


def seed() -> None:
    """Gives numpy's global generator a state of its own; `random` sees to itself after a fork."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def execute(request: Request, report: dict[str, Any]) -> int:
    """Runs the file as `__main__`."""
    script = request["script"]
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    if not request["serverless"]:
        main.__file__ = script
    sys.modules["__main__"] = main
    try:
        # The file is read here and not imported, so that no stale compilation can be used.
        code = compile(Path(script).read_bytes(), script, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError) as error:
        return failed(error, None, request, report)
    try:
        exec(code, main.__dict__)
    except SystemExit as end:
        return exit_code(end, report)
    except BaseException as error:
        own = error.__traceback__
        return failed(error, own.tb_next if own else None, request, report)
    return 0


def exit_code(end: SystemExit, report: dict[str, Any]) -> int:
    """What the interpreter makes of `sys.exit(value)`, except that it is never a success.

    Databricks runs files within a session of its own, which takes any SystemExit for a failure.
    """
    code = end.code
    if isinstance(code, int) and code & 0xFF:
        return code & 0xFF
    if code is None or isinstance(code, int):
        report["error"] = f"SystemExit: {code}" if code is not None else "SystemExit"
        print(report["error"], file=sys.stderr)
    else:
        print(code, file=sys.stderr)
    return 1


def failed(
    error: BaseException,
    frames: types.TracebackType | None,
    request: Request,
    report: dict[str, Any],
) -> int:
    """Reports an exception without this file's frames, with the paths that the workspace knows."""

    def known(text: str) -> str:
        return text.replace(request["files"], "/Workspace")

    error = error.with_traceback(frames)
    report["error"] = known("".join(traceback.format_exception_only(error)).strip())
    report["error_trace"] = known("".join(traceback.format_exception(error)))
    hook: Callable[..., object] = sys.excepthook
    if hook is sys.__excepthook__:
        sys.stderr.write(report["error_trace"])
    else:
        hook(type(error), error, frames)
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def finish(code: int) -> NoReturn:
    """Ends this process as the interpreter does, except that it does not tear its modules down.

    That would touch, and so copy, all the memory that is shared with the compute: half a second.
    """
    try:
        threading._shutdown()  # type: ignore[attr-defined] # waits for threads that are no daemons
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.path.pop(0)
    finish(run(json.load(sys.stdin), os.getppid()))
