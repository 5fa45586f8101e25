"""The same people under another series, or under other codes: a memory that compares by names is blind to them.

Nothing in a table says whose it is. But counts of the same people agree: the same grand total, the same
numbers by sex whatever the codes are called, or but a few persons between two tables. Where that is
so, the question is asked before anything leaves.
"""

from collections.abc import Mapping, Sequence

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.ledger import PRIVATELY, Release, key_named

LEAST_TOTAL = 100  # persons: two totals that are smaller are often equal by chance
LEAST_CODES = 2  # of a margin, with somebody in them


def refuse_same_elsewhere(
    value: Mapping[str, float],
    totals: frozenset[str],
    releases: Sequence[Release],
    series: str,
    few: Mapping[int, float],
) -> None:
    """Refuse a table whose people seem to be known to the memory under other names.

    Parameters
    ----------
    value : mapping of str to float
        The cells of today, by name.
    totals : frozenset of str
        Cells that are totals of others of the same dimensions.
    few : mapping of int to float
        How many persons changed since some of the releases, by their place, at the least.

    Raises
    ------
    DisclosureRisk
        An earlier release has the same numbers: they are of one series, or the asker says ``--others``.
    """
    for place, one in enumerate(releases):
        if one.to or one.method == PRIVATELY or (one.noisy and not one.truth):
            continue
        known = {**one.published, **one.truth}
        here, there = _margins(value, totals), _margins(known, _totals(one))
        if one.series == series:
            _refuse_renamed(here, there, one)
        elif told := _alike(value, known, here, there, few.get(place)):
            raise DisclosureRisk(
                f"are these the people of series {one.series!r} (release of {one.day})? {told}",
                hint=f"--series {one.series} if they are, with the codes of that release; --others if not",
            )


def _alike(
    value: Mapping[str, float],
    known: Mapping[str, float],
    here: Mapping[str, Mapping[str, float]],
    there: Mapping[str, Mapping[str, float]],
    few: float | None,
) -> str:
    """Return what two tables have in common that other people rarely have; empty for nothing."""
    if value.get("_T", 0.0) == known.get("_T", -1.0) and value["_T"] >= LEAST_TOTAL:
        return "the grand totals are equal"
    for dimension, numbers in here.items():
        if match := next((d for d, n in there.items() if _numbers(n) == _numbers(numbers)), None):
            return f"the numbers by {dimension} are those by {match} there"
    if few is not None and value.get("_T", 0.0) >= LEAST_TOTAL:
        return "only a few persons differ"
    return ""


def _refuse_renamed(
    here: Mapping[str, Mapping[str, float]], there: Mapping[str, Mapping[str, float]], one: Release
) -> None:
    for dimension, numbers in here.items():
        if not numbers.keys().isdisjoint(there.get(dimension, {})):
            continue
        if match := next((d for d, n in there.items() if _numbers(n) == _numbers(numbers)), None):
            raise DisclosureRisk(
                f"the numbers by {dimension} are those by {match} in the release of {one.day}, under other codes: "
                "the memory cannot hold them against each other",
                hint="the names and codes of that release; --others if they only look alike",
            )


def _margins(value: Mapping[str, float], totals: frozenset[str]) -> dict[str, dict[str, float]]:
    """Return the numbers of each dimension alone by code, those above nought that are no totals."""
    found: dict[str, dict[str, float]] = {}
    for name, number in value.items():
        key = key_named(name)
        if len(key) == 1 and number > 0 and name not in totals:
            found.setdefault(key[0][0], {})[key[0][1]] = number
    return {d: n for d, n in found.items() if len(n) >= LEAST_CODES}


def _numbers(margin: Mapping[str, float]) -> list[float]:
    return sorted(margin.values())


def _totals(release: Release) -> frozenset[str]:
    """Return the cells of a release that are totals of others of the same dimensions."""
    named = ((one[0], one[1]) for one in release.sums)
    return frozenset(
        t for t, p in named if [d for d, _ in key_named(t)] == [d for d, _ in key_named(p)]
    )
