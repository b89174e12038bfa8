"""What a refresh is asked to measure, and the windows that time is cut into."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

US_PER_DAY = 86_400_000_000
_EPOCH = datetime.datetime(1970, 1, 1)


class Spec(BaseModel):
    """A monitor as a refresh needs it. Names of tables are full names."""

    model_config = ConfigDict(extra="forbid")

    object_id: str
    """The monitored table's id, under which is kept what has been profiled."""
    table: str
    profile_table: str
    drift_table: str
    monitor_version: int
    created_at_ms: int
    """When the monitor was made."""
    granularities: list[str] = []
    """Names such as ``1 day``; none for a snapshot."""
    timestamp_column: str | None = None
    model_column: str | None = None
    prediction_column: str | None = None
    label_column: str | None = None
    problem: Literal["classification", "regression"] | None = None
    slicing_exprs: list[str] = []
    baseline: str | None = None

    @property
    def digest(self) -> str:
        """Changes with everything that the metrics depend on, except for the data."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def first_day_us(self) -> int:
        """The first time that is profiled, in microseconds: 30 days before the monitor was made.

        That is Databricks' look-back. It begins with a whole day here, so that the first daily
        window is not cut; rows before it are never profiled, whenever they come.
        https://learn.microsoft.com/azure/databricks/data-quality-monitoring/data-profiling/create-monitor-api
        """
        created = self.created_at_ms * 1000
        return created - created % US_PER_DAY - 30 * US_PER_DAY


@dataclass(frozen=True)
class Granularity:
    """A length of windows.

    Windows up to a day begin with UTC's days. It is not documented where longer ones begin: here
    weeks begin on Mondays, several weeks count from Monday 2000-01-03, and months and years are
    those of the calendar, all as DuckDB's time_bucket has them.
    """

    name: str
    """As the metric tables write it, e.g. ``1 day``; also a DuckDB interval."""
    length: datetime.timedelta | None
    months: int = 0

    def shifted(self, start_us: int, windows: int) -> int:
        """The start of the window that is so many windows later."""
        if self.length is not None:
            return start_us + windows * (self.length // datetime.timedelta(microseconds=1))
        start = _EPOCH + datetime.timedelta(microseconds=start_us)
        month = start.year * 12 + start.month - 1 + windows * self.months
        moved = start.replace(year=month // 12, month=month % 12 + 1)
        return (moved - _EPOCH) // datetime.timedelta(microseconds=1)


GRANULARITIES = {
    one.name: one
    for one in (
        Granularity("5 minutes", datetime.timedelta(minutes=5)),
        Granularity("30 minutes", datetime.timedelta(minutes=30)),
        Granularity("1 hour", datetime.timedelta(hours=1)),
        Granularity("1 day", datetime.timedelta(days=1)),
        Granularity("1 week", datetime.timedelta(weeks=1)),
        Granularity("2 weeks", datetime.timedelta(weeks=2)),
        Granularity("3 weeks", datetime.timedelta(weeks=3)),
        Granularity("4 weeks", datetime.timedelta(weeks=4)),
        Granularity("1 month", None, 1),
        Granularity("1 year", None, 12),
    )
}


@dataclass(frozen=True)
class Window:
    """A stretch of time, in microseconds since 1970; of a snapshot the moment of its refresh."""

    granularity: str | None
    start_us: int
    end_us: int


def window(granularity: Granularity, start_us: int) -> Window:
    """The window that begins then."""
    return Window(granularity.name, start_us, granularity.shifted(start_us, 1))
