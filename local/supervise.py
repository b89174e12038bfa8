"""Runs a command that must not outlive its parent: `supervise.py COMMAND [ARG ...]`.

The parent holds this process's standard input open. When it closes, be it that the parent ended or
that it was killed without a chance to clean up, the command and everything it started are ended:
asked first, killed after three seconds. The command's exit code is passed on.
"""

import os
import signal
import subprocess
import sys
import threading

GRACE_SECONDS = 3.0


def end_group(child: "subprocess.Popen[bytes]") -> None:
    """Asks the command's process group to end, then kills what is left of it."""
    try:
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def main() -> int:
    """Starts the command and waits for its end or for the end of standard input."""
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)

    def watch() -> None:
        while os.read(0, 4096):
            pass
        end_group(child)

    threading.Thread(target=watch, daemon=True).start()
    # A Ctrl-C in the terminal reaches this process too; the parent decides what ends when.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: end_group(child))
    code = child.wait()
    # What the command left running in its group goes with it.
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
