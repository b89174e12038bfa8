"""Command-line arguments of the tasks: one line for each mistake, nothing run before all are read.

Job parameters reach a task as strings, so every converter takes a string and says what it allows.
"""

import argparse
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NoReturn

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_-]*"


class TaskParser(argparse.ArgumentParser):
    """An argument parser whose errors are one line on stderr and exit code 1."""

    def __init__(self, description: str) -> None:
        """Takes what `--help` shows above the arguments."""
        super().__init__(
            description=description,
            allow_abbrev=False,
            formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        )

    def error(self, message: str) -> NoReturn:
        """Ends the process: the message names the argument, its value and what is allowed."""
        self.exit(1, f"error: {message}\n")


def table_name(value: str) -> str:
    """Accepts the full name of a Unity Catalog object, `catalog.schema.name`."""
    if not re.fullmatch(rf"{_NAME}\.{_NAME}\.{_NAME}", value):
        raise argparse.ArgumentTypeError(
            f"{value!r} is not a three-level name such as ml.bronze.transactions "
            "(letters, digits, _ and -)"
        )
    return value


def column_name(value: str) -> str:
    """Accepts the name of a table's column."""
    if not re.fullmatch(_NAME, value):
        raise argparse.ArgumentTypeError(
            f"{value!r} is not a column's name such as customer_id (letters, digits, _ and -)"
        )
    return value


def column_names(value: str) -> list[str]:
    """Accepts one or more names of columns with commas between them, each once."""
    names = [column_name(name) for name in value.split(",")]
    if len(set(names)) < len(names):
        raise argparse.ArgumentTypeError(f"{value!r} names a column twice")
    return names


def volume_folder(value: str) -> str:
    """Accepts a folder of a Unity Catalog volume, `/Volumes/catalog/schema/volume[/folder]`."""
    if not re.fullmatch(rf"/Volumes(/{_NAME}){{3,}}/?", value):
        raise argparse.ArgumentTypeError(
            f"{value!r} is not a folder of a volume such as /Volumes/ml/bronze/landing"
        )
    return value.rstrip("/")


def source_folder(value: str) -> str:
    """Accepts a folder of a volume, or `abfss://container@account.dfs.core.windows.net/folder`."""
    account = r"[a-z0-9]{3,24}\.dfs\.core\.[a-z.]+"
    if re.fullmatch(rf"abfss://[a-z0-9$-]{{3,63}}@{account}(/[^\s/]+)*/?", value):
        if {".", ".."} & set(value.split("/")):
            raise argparse.ArgumentTypeError(f"{value!r} must not have the parts . or ..")
        return value.rstrip("/")
    try:
        return volume_folder(value)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(
            f"{value!r} is neither a folder of a volume such as /Volumes/ml/bronze/landing nor "
            "abfss://container@account.dfs.core.windows.net/folder"
        ) from None


def workspace_path(value: str) -> str:
    """Accepts an absolute workspace path, e.g. of an experiment."""
    if not re.fullmatch(r"(/[^/\s][^/]*)+", value):
        raise argparse.ArgumentTypeError(
            f"{value!r} is not an absolute workspace path such as /Experiments/customer-churn"
        )
    return value


def iso_date(value: str) -> date:
    """Accepts a date as YYYY-MM-DD."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a date written as YYYY-MM-DD") from None


def git_commit(value: str) -> str | None:
    """Accepts a commit's hash of 7 to 64 hex digits; the empty string stands for none."""
    if value == "":
        return None
    if not re.fullmatch(r"[0-9a-f]{7,64}", value):
        raise argparse.ArgumentTypeError(
            f"{value!r} is not a commit hash of 7 to 64 lower-case hex digits"
        )
    return value


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Makes a converter for whole numbers from `least` to `most`, both included."""

    def convert(value: str) -> int:
        if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
            raise argparse.ArgumentTypeError(
                f"{value!r} is not a whole number from {least} to {most}"
            )
        return int(value)

    return convert


def number(above: float, most: float) -> Callable[[str], float]:
    """Makes a converter for finite numbers greater than `above` and at most `most`."""

    def convert(value: str) -> float:
        try:
            parsed = float(value)
        except ValueError:
            parsed = math.nan
        if not above < parsed <= most:
            raise argparse.ArgumentTypeError(
                f"{value!r} is not a number above {above:g} and at most {most:g}"
            )
        return parsed

    return convert


def model_version(value: str) -> str:
    """Accepts the number of a model's version; the empty string stands for none in particular."""
    if value and not re.fullmatch(r"[1-9]\d{0,8}", value):
        raise argparse.ArgumentTypeError(f"{value!r} is not the number of a model's version")
    return value


def version_or_newest(value: str) -> str:
    """Accepts the number of a model's version, or `newest`, which becomes the empty string."""
    if value == "":
        raise argparse.ArgumentTypeError("'' is neither the number of a model's version nor newest")
    return "" if value == "newest" else model_version(value)


def bounds(value: str) -> dict[str, float]:
    """Accepts metrics with what they must exceed, `val_accuracy=0.9,val_f1=0.8`; at least one."""
    found: dict[str, float] = {}
    for pair in value.split(","):
        name, _, bound = pair.partition("=")
        try:
            parsed = float(bound)
        except ValueError:
            parsed = math.nan
        if not re.fullmatch(_NAME, name) or name in found or not math.isfinite(parsed):
            raise argparse.ArgumentTypeError(
                f"{value!r} is not a list of metrics with bounds such as val_accuracy=0.9"
            )
        found[name] = parsed
    return found


def utc_time(value: str) -> datetime:
    """Accepts a time in UTC as YYYY-MM-DDTHH:MM:SS, which is how Databricks writes a run's."""
    try:
        if not re.fullmatch(r"[\d-]{10}T[\d:]{8}(\.\d+)?Z?", value):
            raise ValueError
        return datetime.fromisoformat(value[:19]).replace(tzinfo=UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{value!r} is not a time written as YYYY-MM-DDTHH:MM:SS"
        ) from None


def number_from_zero(most: float) -> Callable[[str], float]:
    """Makes a converter for finite numbers from 0 to `most`, both included."""

    def convert(value: str) -> float:
        try:
            parsed = float(value)
        except ValueError:
            parsed = math.nan
        if not 0 <= parsed <= most:
            raise argparse.ArgumentTypeError(f"{value!r} is not a number from 0 to {most:g}")
        return parsed

    return convert


def job_id(value: str) -> int:
    """Accepts the id of a Databricks job, a positive 64-bit number."""
    if not re.fullmatch(r"\d{1,19}", value) or not 0 < int(value) < 2**63:
        raise argparse.ArgumentTypeError(f"{value!r} is not the id of a job")
    return int(value)


def hours(value: str) -> float:
    """Accepts a number of hours from 0 to 8760, a year; with decimals if need be."""
    if not re.fullmatch(r"\d{1,4}(\.\d+)?", value) or float(value) > 8760:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of hours from 0 to 8760")
    return float(value)
