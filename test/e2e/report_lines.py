"""A pytest plugin: writes each test's outcome as a line of JSON to the file that REPORT_LINES names."""

import json
import os

import pytest


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Notes the test itself, and set-up and tear-down when they fail."""
    if report.when != "call" and report.passed:
        return
    line = {"test": report.nodeid, "outcome": report.outcome, "message": report.longreprtext}
    with open(os.environ["REPORT_LINES"], "a") as lines:
        lines.write(f"{json.dumps(line)}\n")
