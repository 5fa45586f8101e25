"""Rows of links between units: apart, in one region, and softly together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import product

import numpy as np

from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.units import PairLink, Unit
from sojourn.relocation.site.site import LinkStrength

APART = (LinkStrength.SEPARATE, LinkStrength.NOT_MEET)


class Links:
    """Rows of links between units: apart, in one region, and softly together."""

    def __init__(
        self,
        builder: Rows,
        types: Sequence[Sequence[Unit]],
        pools: Sequence[Pool],
        eligible: Eligibility,
        column_type: np.ndarray,
        column_pool: np.ndarray,
    ) -> None:
        self.builder = builder
        self.eligible = eligible
        self.pools, self.column_pool = pools, column_pool
        type_of = {alike[0].id: t for t, alike in enumerate(types) if alike[0].singular}
        order = np.argsort(column_type, kind="stable")
        first = np.searchsorted(column_type[order], np.arange(len(types) + 1))
        self.columns = {u: order[first[t] : first[t + 1]] for u, t in type_of.items()}

    def add_rows(
        self,
        links: Sequence[PairLink],
        next_column: int,
        meeting: int | None = None,
        *,
        pairs: bool = False,
    ) -> tuple[int, int]:
        """Add the rows; return how many columns they use: of kept soft links, then of sides.

        Parameters
        ----------
        meeting : int, optional
            At how many places a soft link may be kept, spread evenly over those that both could have;
            all of them by default, 0 leaves soft links out.
        pairs : bool
            Each row that keeps apart is about two units, so that it can be lifted alone.
        """
        keeps = 0
        for number, link in enumerate(links):
            a, b = self.columns[link.a], self.columns[link.b]
            if link.strength is LinkStrength.SAME_REGION and self.eligible.rules.on("R03"):
                self._one_region(a, b)
            elif link.strength is LinkStrength.PREFER:
                keeps += self._together(a, b, next_column + keeps, meeting, number)
        return keeps, self._keep_apart(links, next_column + keeps, pairs=pairs)

    def _keep_apart(self, links: Iterable[PairLink], column: int, *, pairs: bool) -> int:
        """Keep apart (R08, R09): return how many columns tell which of two sides a place holds."""
        if not self.eligible.rules.on("R08"):
            return 0
        left = {(k.a, k.b): None for k in links if k.strength in APART}
        sides = 0
        for ours, others in () if pairs else two_sides(left):
            sides += self._one_side(ours, others, column + sides)
            for pair in product(ours, others):
                left.pop((min(pair), max(pair)), None)
        for a, b in left:
            self._apart(self.columns[a], self.columns[b])
        return sides

    def _one_side(self, ours: Sequence[str], others: Sequence[str], column: int) -> int:
        """Let every place hold one side only, by one column and one row a unit; as tight as a row a pair."""
        mine, theirs = (self._each_by_place(side) for side in (ours, others))
        shared = sorted(mine.keys() & theirs.keys())
        for offset, key in enumerate(shared):
            for own in mine[key]:
                self.builder.add(
                    [*own, column + offset], np.append(np.ones(len(own)), -1.0), -np.inf, 0.0
                )
            for own in theirs[key]:
                self.builder.add([*own, column + offset], 1.0, -np.inf, 1.0)
        return len(shared)

    def _each_by_place(self, side: Sequence[str]) -> dict[str, list[list[int]]]:
        found: dict[str, list[list[int]]] = defaultdict(list)
        for unit in side:
            for key, own in self._by(self.columns[unit], self._label).items():
                found[key].append(own)
        return found

    @property
    def _label(self) -> str:
        """What those kept apart may not share."""
        wider = self.eligible.rules["R08"].parameters["other_department"]
        return "department" if wider else "place"

    def _by(self, columns: np.ndarray, label: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for c in columns:
            place = self.pools[self.column_pool[c]].place
            key = place if label == "place" else getattr(self.eligible.places[place], label)
            found[key].append(int(c))
        return found

    def _apart(self, a: np.ndarray, b: np.ndarray) -> None:
        mine, theirs = self._by(a, self._label), self._by(b, self._label)
        for key in sorted(mine.keys() & theirs.keys()):
            self.builder.add(mine[key] + theirs[key], 1.0, -np.inf, 1.0)

    def _one_region(self, a: np.ndarray, b: np.ndarray) -> None:
        mine, theirs = self._by(a, "region"), self._by(b, "region")
        for region in sorted(mine):
            elsewhere = [c for r, cs in theirs.items() if r != region for c in cs]
            self.builder.add(mine[region] + elsewhere, 1.0, -np.inf, 1.0)

    def _together(
        self, a: np.ndarray, b: np.ndarray, column: int, meeting: int | None, number: int
    ) -> int:
        mine, theirs = self._by(a, "place"), self._by(b, "place")
        shared = sorted(mine.keys() & theirs.keys())
        if meeting == 0:
            return 0
        if meeting is not None and len(shared) > meeting:
            step = len(shared) // meeting
            shared = shared[number % step :: step][:meeting]
        for offset, place in enumerate(shared):
            for own in (mine[place], theirs[place]):
                values = np.array([-1.0] * len(own) + [1.0])
                self.builder.add([*own, column + offset], values, -np.inf, 0.0)
        return len(shared)


def two_sides(
    pairs: Collection[tuple[str, str]],
) -> Sequence[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return sides of which every one is kept apart from all others, where that takes fewer rows.

    Parameters
    ----------
    pairs : collection of (unit id, unit id)
        The smaller id first.
    """
    near: dict[str, set[str]] = defaultdict(set)
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for unit in sorted(near):
        alike[tuple(sorted(near[unit]))].append(unit)
    found, left = [], set(pairs)
    for others, ours in sorted(alike.items(), key=lambda x: (-len(x[0]) * len(x[1]), x[0])):
        both = {(min(p), max(p)) for p in product(ours, others)} & left
        if len(both) > len(ours) + len(others):
            found.append((tuple(ours), others))
            left -= both
    return found
