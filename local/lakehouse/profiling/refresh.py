"""One refresh of a monitor: reads what has changed, measures it, writes the metric tables."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lakehouse.errors import SqlError
from lakehouse.profiling import metric_tables, progress
from lakehouse.profiling.groups import groups_of
from lakehouse.profiling.measuring import Check, Groups, Measuring
from lakehouse.profiling.metric_tables import Replacement
from lakehouse.profiling.progress import Progress, Snapshots
from lakehouse.profiling.rows import Loader, Rows
from lakehouse.profiling.source import Source, fingerprint, fingerprints, open_source
from lakehouse.profiling.spec import GRANULARITIES, Spec, Window, window
from lakehouse.session import Session


@dataclass
class Measured:
    """What a refresh has computed."""

    profile: Replacement
    drift: Replacement
    message: str


def refresh(session: Session, spec: Spec, check: Check) -> str:
    """Brings the metric tables up to date; returns what was done, in a sentence.

    Computed are the windows with rows that came, went or changed since the last refresh, all of
    them when the monitor has changed; their rows replace those that were there. A baseline with
    other rows than before counts from then on: how far windows were from what the model had learnt
    when they were measured is history, which a retrained model does not rewrite. Windows whose
    rows are all gone keep their metrics. Raises SqlError when a table or column is gone; the metric
    tables are as they were then.
    """
    source = open_source(session, spec.table, spec.slicing_exprs)
    for name, role in (
        (spec.timestamp_column, "timestamp column"),
        (spec.model_column, "model id column"),
        (spec.prediction_column, "prediction column"),
        (spec.label_column, "label column"),
    ):
        if name is not None:
            source.require(name, role)
    folder = session.store.layout.root / "profiles"
    before = progress.read(folder, spec.object_id)
    after = Progress(
        digest=spec.digest,
        profile_table=metric_tables.version_of(session, spec.profile_table),
        drift_table=metric_tables.version_of(session, spec.drift_table),
        snapshot=before.snapshot if before else None,
    )
    if before is not None and not _same(before, after):
        before = None
    baseline = None
    if spec.baseline is not None:
        baseline = open_source(session, spec.baseline, spec.slicing_exprs, lenient=True)
        after.baseline = fingerprint(session, baseline)
    run = _Run(session, spec, source, baseline, before, after, check)
    measured = run.windows() if spec.timestamp_column is not None else run.snapshot()
    check()
    after.profile_table = metric_tables.put(session, spec.profile_table, measured.profile)
    after.drift_table = metric_tables.put(session, spec.drift_table, measured.drift)
    progress.write(folder, spec.object_id, after)
    return measured.message


def _same(one: Progress, other: Progress) -> bool:
    """Whether the monitor is the same, and nobody else has written its tables."""
    return (one.digest, one.profile_table, one.drift_table) == (
        other.digest,
        other.profile_table,
        other.drift_table,
    )


@dataclass
class _Run:
    session: Session
    spec: Spec
    source: Source
    baseline: Source | None
    before: Progress | None
    after: Progress
    check: Check

    @property
    def rebased(self) -> bool:
        """Whether the baseline is another than that of the last refresh."""
        return self.before is None or self.before.baseline != self.after.baseline

    def windows(self) -> Measured:
        """Time series and inference logs."""
        spec, after = self.spec, self.after
        after.windows = fingerprints(self.session, self.source, spec)
        changed = {name: self._changed(name) for name in spec.granularities}
        # What changed is also what the following window is compared with.
        affected = {
            name: starts | (_shifted(name, starts, 1) & after.windows[name].keys())
            for name, starts in changed.items()
        }
        needed = {
            name: starts | (_shifted(name, starts, -1) & after.windows[name].keys())
            for name, starts in affected.items()
        }
        measuring = Measuring(spec, self.source.version, self.check)
        count = sum(len(starts) for starts in changed.values())
        if count > 0 or self.rebased:
            loader = Loader(self.session, spec)
            reference = self._reference(loader)
            if reference is not None and self.rebased:
                measuring.add_profile("BASELINE", None, reference)
            data = loader.windows(self.source, [needed[name] for name in spec.granularities])
            for place, name in enumerate(spec.granularities):
                groups = self._split(data, place, needed[name])
                for start in sorted(changed[name]):
                    measuring.add_profile("INPUT", _window(name, start), groups[start])
                for start in sorted(affected[name]):
                    self._drift(measuring, name, start, groups, reference)
        return Measured(
            Replacement(measuring.profile, _all(changed), baseline=self.rebased),
            Replacement(measuring.drift, _all(affected)),
            self._said(count),
        )

    def _changed(self, granularity: str) -> set[int]:
        known = self.before.windows.get(granularity, {}) if self.before else {}
        found = self.after.windows[granularity]
        return {start for start, text in found.items() if known.get(start) != text}

    def _split(self, data: Rows, place: int, wanted: Iterable[int]) -> dict[int, Groups]:
        starts = data.starts[place]
        order = np.argsort(starts, kind="stable")
        ordered = starts[order]
        found = {}
        for start in wanted:
            first, last = np.searchsorted(ordered, [start, start + 1])
            found[start] = groups_of(data, order[first:last], self.spec)
        return found

    def _drift(
        self,
        measuring: Measuring,
        name: str,
        start: int,
        groups: dict[int, Groups],
        reference: Groups | None,
    ) -> None:
        where = _window(name, start)
        previous = GRANULARITIES[name].shifted(start, -1)
        if previous in groups:
            measuring.add_drift(
                "CONSECUTIVE", where, groups[start], _window(name, previous), groups[previous]
            )
        if reference is not None:
            measuring.add_drift("BASELINE", where, groups[start], None, reference)

    def _reference(self, loader: Loader) -> Groups | None:
        if self.baseline is None:
            return None
        rows = loader.whole(self.baseline)
        return groups_of(rows, np.arange(rows.count), self.spec, models=False)

    def _said(self, count: int) -> str:
        total = sum(len(starts) for starts in self.after.windows.values())
        if total == 0:
            first = datetime.datetime(1970, 1, 1) + datetime.timedelta(
                microseconds=self.spec.first_day_us
            )
            return f"{self.source.name} has no rows since {first:%Y-%m-%d}."
        return f"Profiled {count} of {total} windows; the others have not changed."

    def snapshot(self) -> Measured:
        """The whole table as it is now: a window of its own at each refresh."""
        spec, source = self.spec, self.source
        now = time.time_ns() // 1_000_000 * 1000
        where = Window(None, now, now)
        measuring = Measuring(spec, source.version, self.check)
        loader = Loader(self.session, spec)
        reference = self._reference(loader)
        if reference is not None and self.rebased:
            measuring.add_profile("BASELINE", None, reference)
        groups = self._whole(loader, source)
        measuring.add_profile("INPUT", where, groups)
        last = self.after.snapshot
        if last is not None and (previous := self._at(last.version)) is not None:
            old = Window(None, last.time_us, last.time_us)
            measuring.add_drift("CONSECUTIVE", where, groups, old, self._whole(loader, previous))
        if reference is not None:
            measuring.add_drift("BASELINE", where, groups, None, reference)
        if source.version is not None:
            self.after.snapshot = Snapshots(version=source.version, time_us=now)
        windows = frozenset([where])
        return Measured(
            Replacement(measuring.profile, windows, baseline=self.rebased),
            Replacement(measuring.drift, windows),
            f"Profiled {sum(len(g.rows) for s, g in groups.items() if s[1] is None)} rows.",
        )

    def _whole(self, loader: Loader, source: Source) -> Groups:
        rows = loader.whole(source)
        return groups_of(rows, np.arange(rows.count), self.spec)

    def _at(self, version: int) -> Source | None:
        """The table as the last refresh saw it; None when that cannot be read any more."""
        try:
            return open_source(
                self.session,
                self.spec.table,
                self.spec.slicing_exprs,
                version=version,
                lenient=True,
            )
        except SqlError:
            return None


def _shifted(granularity: str, starts: Iterable[int], windows: int) -> set[int]:
    return {GRANULARITIES[granularity].shifted(start, windows) for start in starts}


def _window(granularity: str, start: int) -> Window:
    return window(GRANULARITIES[granularity], start)


def _all(starts: dict[str, set[int]]) -> frozenset[Window]:
    return frozenset(_window(name, one) for name, found in starts.items() for one in found)
