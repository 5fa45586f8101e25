"""Rows of links between units: apart, in one region, and softly together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

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
        self, links: Iterable[PairLink], next_column: int, meeting: int | None = None
    ) -> int:
        """Add the rows; return how many columns of kept soft links they use.

        Parameters
        ----------
        meeting : int, optional
            At how many places a soft link may be kept, spread evenly over those that both could have;
            all of them by default, 0 leaves soft links out.
        """
        keeps = 0
        for number, link in enumerate(links):
            a, b = self.columns[link.a], self.columns[link.b]
            if link.strength in APART and self.eligible.rules.on("R08"):
                self._apart(a, b)
            elif link.strength is LinkStrength.SAME_REGION and self.eligible.rules.on("R03"):
                self._one_region(a, b)
            elif link.strength is LinkStrength.PREFER:
                keeps += self._together(a, b, next_column + keeps, meeting, number)
        return keeps

    def _by(self, columns: np.ndarray, label: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for c in columns:
            place = self.pools[self.column_pool[c]].place
            key = place if label == "place" else getattr(self.eligible.places[place], label)
            found[key].append(int(c))
        return found

    def _apart(self, a: np.ndarray, b: np.ndarray) -> None:
        wider = self.eligible.rules["R08"].parameters["other_department"]
        label = "department" if wider else "place"
        mine, theirs = self._by(a, label), self._by(b, label)
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
