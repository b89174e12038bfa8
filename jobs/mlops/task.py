"""How a task starts, reports and fails."""

import sys
from collections.abc import Callable


class TaskError(Exception):
    """Something the person who runs the task can put right; its message says what and how."""


def say(message: str) -> None:
    """Prints one line of progress at once, also where stdout is a file: it is the run's log."""
    print(message, flush=True)


def run(main: Callable[[], None]) -> None:
    """Runs a task's `main`; a `TaskError` becomes one line on stderr and exit code 1.

    Other exceptions keep their stack trace: they are defects or outages, and the trace is what
    helps. Success returns instead of exiting, because Databricks reports any SystemExit in a
    Python file task, even one with code 0, as a failure.
    """
    try:
        main()
    except TaskError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        raise SystemExit(1) from None
