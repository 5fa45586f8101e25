"""Rows of what a place has besides beds: licence, arrivals, school places, concentration."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from sojourn.relocation.planner.eligibility import Eligibility, Pool, children_at
from sojourn.relocation.planner.features import Features
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.units import Unit
from sojourn.relocation.site.site import RoomType


def add_scarce(
    builder: Rows,
    f: Features,
    types: Sequence[Sequence[Unit]],
    pools: Sequence[Pool],
    eligible: Eligibility,
    column_type: np.ndarray,
    column_pool: np.ndarray,
) -> list[tuple[str, str]]:
    """Add a row for each scarce thing of a place that beds alone do not already limit.

    Returns
    -------
    list of (str, str)
        Of each row what is scarce, and the place.
    """
    named: list[tuple[str, str]] = []
    rules, n = eligible.rules, len(f.places)
    there = [eligible.places[p] for p in f.places]
    beds = np.bincount(f.place, weights=f.capacity * np.maximum(f.rooms, 1), minlength=n)
    at = f.place[column_pool]

    def limit(value: np.ndarray, most: np.ndarray, which: np.ndarray, what: str) -> None:
        """Limit a sum over those at a place, at some places."""
        kept = np.flatnonzero((value[column_type] != 0) & which[at])
        used, rows = np.unique(at[kept], return_inverse=True)
        low = np.full(len(used), -np.inf)
        builder.block(rows, kept, value[column_type[kept]].astype(float), low, most[used])
        named.extend((what, f.places[i]) for i in used.tolist())

    if rules.on("R04"):
        child = np.array([p.room_type is RoomType.CHILD for p in pools], dtype=float)
        child_beds = np.bincount(f.place, weights=f.capacity * child, minlength=n)
        licence = np.array([children_at(p) for p in there], dtype=float)
        limit(f.alone, licence, child_beds > licence, "children")
    if rules.on("R16"):
        arrivals = np.array(
            [p.max_arrivals_per_day * len(eligible.open_days(p)) for p in there], dtype=float
        )
        limit(f.size, arrivals, beds > arrivals, "arrivals")
    if rules.on("R13"):
        for level, what in enumerate(("primary", "secondary")):
            limit(f.school[:, level], f.schools[:, level], np.ones(n, dtype=bool), what)
    if rules.on("R20"):
        share = rules["R20"].number("max_share")
        total: dict[frozenset[str], int] = defaultdict(int)
        for alike in types:
            total[alike[0].needs] += alike[0].size * len(alike)
        for needs in sorted((x for x in total if x), key=sorted):
            alike_in = np.array([t[0].size * (t[0].needs == needs) for t in types], dtype=float)
            most = np.full(n, float(max(1, int(share * total[needs]))))
            limit(alike_in, most, np.ones(n, dtype=bool), "needs")
    return named
