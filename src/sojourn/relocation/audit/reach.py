"""How good a plan can be on the levels of those who have a place, however many rooms and seats there were.

Each party is given the best that the rules leave it, as if it were alone: no lawful plan is better than all of
that together. Where rooms are short, plans come less near to it; it is true all the same. Of the way (L8) it is
the least that those travel who cannot be left behind, in any plan that leaves no more (weighted) people behind
than this one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.lawful import LEVELS, Key, Lawful
from sojourn.relocation.audit.open_rooms import Mask, Party
from sojourn.relocation.audit.since import rooms_before
from sojourn.relocation.audit.worth import (
    labels_of,
    left_behind,
    lowest,
    points_of,
    shared_by,
    soft_pairs,
)
from sojourn.relocation.site.site import Place

Whole = NDArray[np.int64]


class Reach:
    """The best that the rules leave each party, level by level."""

    def __init__(self, facts: Facts, lawful: Lawful) -> None:
        self.facts, self.lawful = facts, lawful
        self.places = lawful.open.places
        self._at: dict[Key, Mask] = {}
        self._in: dict[Key, frozenset[str]] = {}
        self._known: dict[object, Whole] = {}

    def of(self, level: str) -> float:
        """Return what no lawful plan does better than, on one of the levels from L4 on.

        Without the earlier plan, nothing is said of who changes (L9).
        """
        found: dict[str, Callable[[], float]] = {
            "L4": self.floor,
            "L5": self.wishes,
            "L6": self.links,
            "L7": self.services,
            "L8": self.travel,
            "L9": self.moves,
        }
        return float(found[level]())

    def at(self, root: str) -> Mask:
        """Tell of every place whether a party may have a room there."""
        key = self.lawful.of_root[root]
        if key not in self._at:
            found = np.zeros(len(self.places), dtype=bool)
            found[self.lawful.open.at[self.lawful.rooms[key]]] = True
            self._at[key] = found
        return self._at[key]

    def regions_of(self, root: str) -> frozenset[str]:
        """Return the regions in which a party may have a room."""
        key = self.lawful.of_root[root]
        if key not in self._in:
            self._in[key] = frozenset(self.places[n].region for n in np.flatnonzero(self.at(root)))
        return self._in[key]

    @cached_property
    def cases(self) -> dict[str, list[str]]:
        """The cases of each party."""
        found: dict[str, list[str]] = {root: [] for root in self.lawful.of_root}
        for case in sorted(self.facts.movable):
            found[self.facts.together[case]].append(case)
        return found

    def floor(self) -> float:
        """Return the highest that the lowest share of a group can be (L4)."""
        persons, wished = Counter[str](), Counter[str]()
        for root, cases in self.cases.items():
            for case in cases:
                labels = [x for p in self.facts.present[case] for x in labels_of(self.facts, p)]
                persons.update(labels)
                if shared_by(self.facts, case) & self.regions_of(root):
                    wished.update(labels)
        return lowest(persons, wished)

    def wishes(self) -> int:
        """Return the most wish points (L5)."""
        return sum(self._best_wish(root, cases) for root, cases in self.cases.items())

    def _best_wish(self, root: str, cases: list[str]) -> int:
        each = (
            sum(points_of(self.facts, case, region) for case in cases)
            for region in self.regions_of(root)
        )
        return max(each, default=0)

    def links(self) -> int:
        """Return the most soft links that can be kept (L6): those whose two ends may share a place."""
        ends = (sorted(pair) for pair in soft_pairs(self.facts))
        return sum(bool((self.at(one) & self.at(two)).any()) for one, two in ends)

    def services(self) -> int:
        """Return the most services that places can offer beyond the hard rules (L7)."""
        known: dict[object, int] = {}
        total = 0
        for root in self.cases:
            spoken = Counter(p.languages[0] for p in self.facts.unit(root) if p.languages)
            key = (self.lawful.of_root[root], frozenset(spoken.items()))
            if key not in known:
                offered = self._offered(key[0][0], spoken)[self.at(root)]
                known[key] = int(offered.max()) if len(offered) else 0
            total += known[key]
        return total

    def _offered(self, party: Party, spoken: Mapping[str, int]) -> Whole:
        """Return what each place offers a party: its main languages, care, legal aid, places at school."""
        found = np.zeros(len(self.places), dtype=np.int64)
        for language, persons in spoken.items():
            found += persons * self._each(("in", language), partial(_speaks, language))
        if "psychosocial" in party.needs:
            found += self._each("care", lambda p: "psychiatric" in p.medical)
        if "legal_aid" in party.needs:
            found += self._each("legal aid", lambda p: p.legal_aid)
        found += np.minimum(party.primary, self._each("primary", lambda p: p.school_primary))
        later = self._each("secondary", lambda p: p.school_secondary)
        return found + np.minimum(party.secondary, later)

    def _each(self, what: object, ask: Callable[[Place], int]) -> Whole:
        """Return what is asked of each place, shape (places,)."""
        if what not in self._known:
            self._known[what] = np.array([int(ask(p)) for p in self.places], dtype=np.int64)
        return self._known[what]

    def travel(self) -> int:
        """Return the fewest person-minutes (L8) of a plan that leaves no more people behind than this one."""
        left = {level: round(value) for level, value in left_behind(self.facts).items()}
        spared = {level: Counter[tuple[int, int]]() for level in LEVELS}
        total = 0
        for key, count in self.lawful.parties.items():
            party = key[0]
            level = f"L{min(party.tier, 3)}"
            rooms = self.lawful.open.at[self.lawful.rooms[key]]
            if len(rooms):
                minutes = party.size * int(self._minutes(party)[rooms].min())
                total += count * minutes
                spared[level][party.behind(level), minutes] += count
            else:
                left[level] -= count * party.behind(level)
        return total - sum(_most_spared(left[level], spared[level]) for level in LEVELS)

    def _minutes(self, party: Party) -> Whole:
        opened, young = self.lawful.open.opened, party.minor
        return self._each(("minutes", young), lambda p: opened.minutes_of(p, young=young))

    def moves(self) -> int:
        """Return the fewest people whose place changes (L9): those whose rooms are open to them no more."""
        number = {(r.place, r.kind, r.size): n for n, r in enumerate(self.lawful.open.rooms)}
        found = 0
        for root, was in rooms_before(self.facts).items():
            key = self.lawful.of_root[root]
            stays = was in number and bool(self.lawful.rooms[key][number[was]])
            found += 0 if stays else key[0].size
        return found


def _speaks(language: str, place: Place) -> bool:
    return language in place.languages


def _most_spared(left: int, parties: Mapping[tuple[int, int], int]) -> int:
    """Return the most person-minutes that leaving so many (weighted) people behind spares, in shares of parties.

    Parameters
    ----------
    parties : mapping of (weighted people, person-minutes) to int
        How many there are.
    """
    spared = Fraction(0)
    for behind, minutes, count in _dearest_first(parties):
        share = count if not behind else min(Fraction(count), Fraction(max(left, 0), behind))
        spared += share * minutes
        left -= int(share * behind)
    return int(spared)


def _dearest_first(parties: Mapping[tuple[int, int], int]) -> Iterator[tuple[int, int, int]]:
    """Yield parties by the minutes that each of the people counted for them spares."""
    free = [(b, m, n) for (b, m), n in parties.items() if not b]
    dear = [(b, m, n) for (b, m), n in parties.items() if b]
    yield from free
    yield from sorted(dear, key=lambda x: (-Fraction(x[1], x[0]), x))
