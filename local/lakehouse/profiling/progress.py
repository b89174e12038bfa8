"""What has been profiled, so that a refresh only computes what has changed since."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lakehouse import delta_log


class Snapshots(BaseModel):
    """The last refresh of a snapshot monitor."""

    model_config = ConfigDict(extra="forbid")

    version: int
    time_us: int


class Progress(BaseModel):
    """What the metric tables hold; only true while they are as it says they are."""

    model_config = ConfigDict(extra="forbid")

    digest: str
    profile_table: tuple[str, int]
    """Id and version."""
    drift_table: tuple[str, int]
    baseline: str | None = None
    """The baseline table's fingerprint."""
    windows: dict[str, dict[int, str]] = {}
    """By granularity and start in microseconds: the fingerprint that was profiled."""
    snapshot: Snapshots | None = None


def read(folder: Path, object_id: str) -> Progress | None:
    """What is kept for a table; None when there is nothing that this version can read."""
    try:
        return Progress.model_validate_json(_path(folder, object_id).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def write(folder: Path, object_id: str, progress: Progress) -> None:
    """Keeps it; call it when the metric tables are written.

    Without it, as after a crash in between, the next refresh computes everything again and
    replaces what is there.
    """
    folder.mkdir(exist_ok=True)
    delta_log.write_durably(_path(folder, object_id), progress.model_dump_json())


def _path(folder: Path, object_id: str) -> Path:
    return folder / f"{object_id}.json"
