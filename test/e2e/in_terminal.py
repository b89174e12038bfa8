"""Runs a command in a pseudo-terminal, and types when it asks.

in_terminal.py STEPS COMMAND …: STEPS is JSON, a list of [text to wait for, keys to press]. Prints what
the terminal shows and ends as the command does, or with 99 if it asks for nothing of the kind.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

SECONDS = 60


def main() -> int:
    """Starts the command and follows the steps."""
    steps = json.loads(sys.argv[1])
    pid, terminal = pty.fork()
    if pid == 0:
        # What starts here has no size yet, and would write each letter on a line of its own.
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        os.execvp(sys.argv[2], sys.argv[2:])
    shown, seen, deadline = b"", 0, time.monotonic() + SECONDS
    while True:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:  # so Linux says that the other side is closed
                chunk = b""
            if not chunk:
                break
            shown += chunk
        if steps and (found := shown.find(steps[0][0].encode(), seen)) >= 0:
            seen = found + len(steps[0][0].encode())
            time.sleep(0.2)  # what asks begins to listen
            os.write(terminal, steps.pop(0)[1].encode())
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            break
    sys.stdout.write(shown.decode(errors="replace"))
    status = os.waitpid(pid, 0)[1]
    return 99 if steps else os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
