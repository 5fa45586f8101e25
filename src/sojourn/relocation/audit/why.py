"""Why a case has no place: each reason held against the rules, the rooms and who has them."""

from collections.abc import Iterator

from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.full import FullRooms
from sojourn.relocation.audit.opened import Opened
from sojourn.relocation.proposal.proposal import Unplaced
from sojourn.relocation.proposal.reasons import MORE_SEATS, NO_SEAT, forbidden, full_of
from sojourn.relocation.site.site import Fitness, Mobility

ROAD = ("R16", "R17")
SLOTS = ("R10", "R11")
GUARD = ("R05",)


def why(facts: Facts) -> Iterator[str]:
    """Ask that each case without a place is counted whole, and that its reason is true."""
    opened, full = Opened(facts), FullRooms(facts)
    for gone in facts.plan.unplaced:
        tell = {
            "conflict": _conflict,
            "capacity": lambda here, one: _capacity(here, full, one),
            "transport": _transport,
        }
        check = tell.get(gone.kind)
        said = "is of no kind that there is" if check is None else check(opened, gone)
        if said:
            yield f"case {gone.case_id} has no place, and the reason given {said}"
    yield from _whole(facts)


def _whole(facts: Facts) -> Iterator[str]:
    """Ask that those who stay together are counted once, as many as they are."""
    said = {u.case_id: u for u in facts.plan.unplaced}
    for case, gone in said.items():
        root = facts.together[case]
        size = len(facts.unit(root)) if case == root else 0
        if gone.persons != size or gone.short_by < 0:
            yield f"case {case} is said to be {gone.persons} people without a place, and {size} are counted with it"
        if root not in said:
            yield f"case {case} is without a place, and case {root}, with which it stays, is not named"


def _conflict(opened: Opened, gone: Unplaced) -> str:
    least, sets = opened.fewest(gone.case_id)
    if least == 0:
        return "is that rules forbid every place, and they leave it some"
    if frozenset(gone.conflict) not in sets or len(set(gone.conflict)) != len(gone.conflict):
        return (
            f"names rules that are not the fewest in the way: {', '.join(gone.conflict) or 'none'}"
        )
    if (gone.reason, gone.fix) != forbidden(gone.conflict):
        return "says other things in words than its rules"
    if not gone.minimal or gone.short_by:
        return "is not marked as the smallest, which it is, or names a number of beds"
    return ""


def _capacity(opened: Opened, full: FullRooms, gone: Unplaced) -> str:
    if not opened.leaves_some(gone.case_id):
        return "is that rooms are full, and rules forbid it every place"
    told = full_of(gone.reason)
    if told is None:
        return "has not the form of one"
    named = [tuple(c.rpartition(":")[::2]) for c in gone.conflict]
    kinds = {(r.place, r.kind) for r in opened.rooms}
    if not named or any(n not in kinds for n in named):
        return "names rooms that are not there"
    if {k for _, k in named} - {*told.kinds} or len(named) > told.pools or gone.minimal:
        return "names other rooms than it counts, or claims a proof that there is not"
    if told.apart and not _two_sorts(opened.facts, gone.case_id):
        return "is that rooms are held apart, and nobody is there whom this case may not share with"
    size = len(opened.facts.unit(gone.case_id))
    short = max(told.wanted - told.there, 0)
    if gone.short_by not in (short, max(short, 1)) or gone.fix != told.fix(gone.short_by, size):
        return f"is short by {gone.short_by}, and {told.wanted} are wanted where {told.there} are"
    return full.against(gone, told)


def _two_sorts(facts: Facts, case: str) -> bool:
    """Whether a case is of children alone, and there are others of whose age the tables say otherwise."""
    if not facts.alone(case) or not facts.site.rules.on("R04"):
        return False
    alone = {facts.together[c]: facts.unit(c) for c in facts.movable if facts.alone(c)}
    sorts = {any(facts.uncertain(p) for p in people) for people in alone.values()}
    return len(sorts) > 1


def _transport(opened: Opened, gone: Unplaced) -> str:
    if not opened.leaves_some(gone.case_id):
        return "is that no seat is free, and rules forbid it every place"
    people = opened.facts.unit(gone.case_id)
    moved = (Mobility.WHEELCHAIR, Mobility.STRETCHER)
    slot = any(p.mobility in moved or p.fit_to_travel is Fitness.WITH_ESCORT for p in people)
    asked = GUARD if opened.facts.alone(gone.case_id) else SLOTS if slot else ROAD
    if gone.conflict not in (asked, ROAD) or (gone.reason, gone.fix) != (NO_SEAT, MORE_SEATS):
        return "says other things in words than its rules, or names rules that do not concern it"
    return "claims a proof that there is not" if gone.minimal or gone.short_by else ""
