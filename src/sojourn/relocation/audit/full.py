"""Rooms that are full, and everybody who wants them, counted once more from who is placed where."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.open_rooms import Mask, OpenRooms
from sojourn.relocation.proposal.proposal import Unplaced
from sojourn.relocation.proposal.reasons import Full

NAMED = 12  # rooms that a reason names, of all that it counts


@dataclass(frozen=True, slots=True)
class Closed:
    """Rooms that a case might have had, with all that those in them might have, and who wants them.

    Attributes
    ----------
    rooms : tuple of (place, kind)
    there : int
        Beds or rooms.
    least, most : int
        Beds or rooms wanted: where rooms of several sizes are open to a party, it takes so many or so many.
    """

    rooms: tuple[tuple[str, str], ...]
    there: int
    least: int
    most: int


class FullRooms:
    """Who wants which rooms, by what the rules leave them."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.open = facts, OpenRooms(facts)
        self._known: dict[bytes, Closed] = {}

    @cached_property
    def _masks(self) -> dict[str, Mask]:
        return {root: self.open.of(party) for root, party in self.open.parties.items()}

    @cached_property
    def _in(self) -> dict[int, set[str]]:
        """Room to the parties that are in it."""
        number = {(r.place, r.kind, r.size): n for n, r in enumerate(self.open.rooms)}
        found: dict[int, set[str]] = defaultdict(set)
        for case, a in self.facts.assigned.items():
            at = number.get((a.place_id, a.room_type, a.beds_per_room))
            if at is not None:
                found[at].add(self.facts.together[case])
        return found

    def against(self, gone: Unplaced, told: Full) -> str:
        """Say what of a reason is not so; nothing where somebody has rooms, and no seat, of whom no row says which."""
        if any(u.kind == "transport" for u in self.facts.plan.unplaced):
            most = sum(int(n) for n in self.open.there)
            return "" if told.there <= most else "counts more rooms than there are"
        found = self._closed(self._masks[self.facts.together[gone.case_id]])
        named = tuple(f"{place}:{kind}" for place, kind in found.rooms[:NAMED])
        kinds = tuple(sorted({kind for _, kind in found.rooms}))
        if (gone.conflict, told.kinds, told.pools) != (named, kinds, len(found.rooms)):
            return "names other rooms than those that it, and whoever is in them, might have"
        if told.there != found.there or not found.least <= told.wanted <= found.most:
            return f"counts {told.wanted} wanted and {told.there} there, of {found.most} and {found.there}"
        return ""

    def _closed(self, open_to: Mask) -> Closed:
        key = open_to.tobytes()
        if key not in self._known:
            self._known[key] = self._walked(open_to)
        return self._known[key]

    def _walked(self, open_to: Mask) -> Closed:
        """Walk from rooms to those in them and on to what they might have, until nothing is added."""
        seen, todo = open_to.copy(), [int(n) for n in np.flatnonzero(open_to)]
        inside = set[str]()
        while todo:
            for root in self._in.get(todo.pop(), set()) - inside:
                inside.add(root)
                more = self._masks[root] & ~seen
                seen |= more
                todo += [int(n) for n in np.flatnonzero(more)]
        placed = {self.facts.together[c] for c in self.facts.assigned}
        waiting = [r for r, mask in self._masks.items() if r not in placed and (mask & seen).any()]
        takes = Counter[str]()
        for root in (*inside, *waiting):
            each = self.open.takes(self.open.parties[root].size)[self._masks[root]]
            if len(each):
                takes["least"] += int(each.min())
                takes["most"] += int(each.max())
        rooms = sorted(
            (self.open.rooms[n].place, self.open.rooms[n].kind) for n in np.flatnonzero(seen)
        )
        there = int(self.open.there[seen].sum())
        return Closed(tuple(rooms), there, takes["least"], takes["most"])
