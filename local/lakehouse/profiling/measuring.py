"""The rows of both metric tables, as a refresh collects them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lakehouse.profiling.groups import Group, Subject
from lakehouse.profiling.spec import Spec, Window

Check = Callable[[], None]
"""Raises when the refresh has been cancelled."""
Groups = dict[Subject, Group]


@dataclass
class Measuring:
    """Collects the rows of both tables."""

    spec: Spec
    version: int | None
    """The Delta version of the monitored table."""
    check: Check
    profile: list[dict[str, Any]] = field(default_factory=list)
    drift: list[dict[str, Any]] = field(default_factory=list)

    def add_profile(self, log_type: str, where: Window | None, groups: Groups) -> None:
        """What the groups are like."""
        for subject, group in groups.items():
            self.check()
            head = {
                **self._head(where, subject),
                "log_type": log_type,
                "logging_table_commit_version": self.version if log_type == "INPUT" else None,
            }
            self.profile += [
                {**head, "column_name": name, **metrics}
                for name, metrics in group.profile(self.spec)
            ]

    def add_drift(
        self, kind: str, where: Window, groups: Groups, before: Window | None, reference: Groups
    ) -> None:
        """How the groups differ from those of the reference."""
        for subject, group in groups.items():
            self.check()
            # The baseline belongs to no model version: each is compared with all of it.
            other = reference.get(subject if kind == "CONSECUTIVE" else (None, *subject[1:]))
            if other is None:
                continue
            head = {**self._head(where, subject), "window_cmp": _struct(before), "drift_type": kind}
            self.drift += [
                {**head, "column_name": name, **metrics} for name, metrics in group.drift(other)
            ]

    def _head(self, where: Window | None, subject: Subject) -> dict[str, Any]:
        model, key, value = subject
        column = self.spec.model_column
        return {
            "window": _struct(where),
            "granularity": where.granularity if where else None,
            "monitor_version": self.spec.monitor_version,
            **({} if column is None else {column: model}),
            "slice_key": key,
            "slice_value": value,
        }


def _struct(where: Window | None) -> dict[str, Any] | None:
    # Arrow takes whole numbers for timestamps of its own unit, microseconds.
    return None if where is None else {"start": where.start_us, "end": where.end_us}
