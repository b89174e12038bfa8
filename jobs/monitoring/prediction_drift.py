"""How far the predictions of one version lie from those of another."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

FEW = 20
"""So many different answers are compared one by one; numbers of more kinds, by their deciles."""

# Added to every bin's count, so that an empty one does not make the index infinite. One half is the
# Jeffreys prior of a proportion, and weighs the less the more predictions there are.
_PRIOR = 0.5


def population_stability_index(current: Sequence[object], reference: Sequence[object]) -> float:
    """Returns `sum((p - q) * ln(p / q))`, `p` and `q` the shares of either side in each bin.

    0.1 is a moderate shift and 0.25 a large one. Two samples of n predictions of one kind have an
    index around twice their bins by n, so that a few dozen say little. Both need at least one.
    """
    ours, theirs = _binned(current, reference)
    bins = set(ours) | set(theirs)

    def share(counts: Counter[object], one: object) -> float:
        return (counts[one] + _PRIOR) / (counts.total() + _PRIOR * len(bins))

    pairs = [(share(ours, one), share(theirs, one)) for one in bins]
    return math.fsum((p - q) * math.log(p / q) for p, q in pairs)


def _binned(
    current: Sequence[object], reference: Sequence[object]
) -> tuple[Counter[object], Counter[object]]:
    """Counts either side's predictions in each bin."""
    numbers, others = _numbers(current), _numbers(reference)
    few = len({*current, *reference}) <= FEW
    if few or numbers is None or others is None:
        return Counter(current), Counter(reference)
    others.sort()
    deciles = {others[math.ceil(tenths * len(others) / 10) - 1] for tenths in range(1, 10)}
    # What lies below all of the reference has a bin of its own.
    ends = sorted({math.nextafter(others[0], -math.inf), *deciles})
    ours, theirs = ([bisect_left(ends, one) for one in side] for side in (numbers, others))
    return Counter(ours), Counter(theirs)


def _numbers(values: Sequence[object]) -> list[float] | None:
    """Returns the values; None if they are not all finite numbers."""
    found = [float(one) for one in values if isinstance(one, int | float) and math.isfinite(one)]
    return found if len(found) == len(values) else None
