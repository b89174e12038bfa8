"""What an endpoint captured of the requests that one version answered since a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlops.tables import Tables, quoted, text
from mlops.task import say
from monitoring.payloads import MalformedError, predictions
from monitoring.versions import Versions

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "databricks_request_id",
    "request_time",
    "status_code",
    "execution_duration_ms",
    "response",
    "served_entity_id",
]
NEWEST = 20_000
"""So many of a version's requests are looked into for latency and predictions, the newest ones."""


def moment(time: datetime) -> str:
    """Writes a time as a SQL literal."""
    return f"TIMESTAMP'{time.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00:00'"


@dataclass(frozen=True)
class Answers:
    """A version's requests."""

    requests: int
    failed: int
    """Those with a status of 400 or more, or with none."""
    latencies_ms: list[float]
    predictions: list[object]


class CanaryTraffic:
    """The payload table since a moment, by version."""

    def __init__(self, tables: Tables, payload: str, since: datetime) -> None:
        """Looks up which versions have answered."""
        self._tables = tables
        self._payload = payload
        self._since = since
        # Capture is best effort and may repeat itself.
        bad = "CASE WHEN status_code < 400 THEN NULL ELSE databricks_request_id END"
        counted = tables.query(
            "SELECT served_entity_id, count(DISTINCT databricks_request_id) AS requests, "
            f"count(DISTINCT {bad}) AS failed FROM {quoted(payload)} "
            f"WHERE request_time >= {moment(since)} AND served_entity_id IS NOT NULL "
            "GROUP BY served_entity_id"
        )
        versions = Versions(tables, payload)
        versions.look_up(counted["served_entity_id"])
        self._counted = counted.assign(
            version=[versions.version(entity) for entity in counted["served_entity_id"]]
        )
        for _, row in self._counted.iterrows():
            version, asked, failed = row["version"], row["requests"], row["failed"]
            say(f"version {version}: {asked:,} requests, {failed:,} of them failed")

    def of(self, version: str) -> Answers:
        """Reads what a version answered."""
        mine = self._counted[self._counted["version"] == version]
        newest = self._newest(mine["served_entity_id"])
        known = newest["execution_duration_ms"].dropna()
        return Answers(
            requests=int(mine["requests"].sum()),
            failed=int(mine["failed"].sum()),
            latencies_ms=[float(one) for one in known],
            predictions=_predictions(newest.loc[newest["status_code"] < 400, "response"]),
        )

    def _newest(self, entities: "pd.Series") -> "pd.DataFrame":
        names = ", ".join(text(str(one)) for one in entities) or "NULL"
        return self._tables.query(
            f"SELECT databricks_request_id, status_code, execution_duration_ms, response "
            f"FROM {quoted(self._payload)} WHERE request_time >= {moment(self._since)} "
            f"AND served_entity_id IN ({names}) ORDER BY request_time DESC LIMIT {NEWEST}"
        ).drop_duplicates("databricks_request_id")


def _predictions(responses: Iterable[object]) -> list[object]:
    found: list[object] = []
    for response in responses:
        try:
            answered = predictions(response)
        except MalformedError:
            continue  # the unpacking counts them
        found += [one for one in answered if one is not None]
    return found
