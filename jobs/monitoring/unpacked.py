"""What came of the captured requests, for the log."""

from dataclasses import dataclass, field

from mlops.tables import Tables, quoted
from mlops.task import say

EXAMPLES = 3


@dataclass
class Unpacked:
    """Counts of one run, and why the first requests of those that cannot be read cannot be."""

    rows: int = 0
    requests: int = 0
    malformed: int = 0
    examples: list[str] = field(default_factory=list)

    def misunderstood(self, why: str) -> None:
        """Counts a request that cannot be read; `why` names it."""
        self.malformed += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(why)

    def report(self, tables: Tables, payload: str) -> None:
        """Says what there was in the payload table and how much of it was read."""
        counts = tables.query(
            "SELECT count(*) AS captured, count_if(status_code = 200) AS answered "
            f"FROM {quoted(payload)}"
        )
        captured, answered = int(counts["captured"].iloc[0]), int(counts["answered"].iloc[0])
        say(
            f"{payload}: {captured:,} requests captured, {captured - answered:,} of them failed "
            f"and are left out; {self.requests:,} read, {self.malformed:,} cannot be understood"
        )
        for example in self.examples:
            say(f"  {example}")
