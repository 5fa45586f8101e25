"""A proposal: who may go where, when, with whom; and how good it is proven to be.

A proposal is not a decision. A named person signs it, and everyone in it may still decline.
Every person of the site is in exactly one of: assigned, unplaced with a reason, declined,
left or absent, deceased or other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

NOTICE = (
    "A proposal for a voluntary, assisted move, to be signed by a named person. Everyone may "
    "decline without penalty. Nationality, religion, means and chance of asylum play no part."
)
#: What of a plan nobody can work out from the tables: by the path in its JSON.
UNPROVEN = ("price_of_fairness", "bounds[].method", "solver", "threads")
PROVEN, NOT_PROVEN = "proven by the audit", "not proven by the audit"


class Outcome(StrEnum):
    """What a proposal says of a case; there is no other possibility."""

    ASSIGNED = "assigned"
    UNPLACED = "unplaced"
    DECLINED = "declined"
    LEFT = "left or absent"
    OTHER = "deceased or other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A case's proposed place.

    Attributes
    ----------
    beds_per_room : int
        With ``place_id`` and ``room_type``, names the rooms of the place.
    rooms : int
        Rooms taken as a whole (family units), 0 where single beds are taken.
    trip_id : str
        The coach.
    """

    case_id: str
    persons: int
    place_id: str
    room_type: str
    beds_per_room: int
    rooms: int
    day: date
    trip_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A case without a place: why, and what would change it.

    Attributes
    ----------
    kind : str
        ``conflict`` (no place allowed by the rules), ``capacity`` or ``transport``.
    conflict : tuple of str
        The smallest set found: rule ids and attributes, or the rooms that are short.
    short_by : int
        Persons (or family rooms) beyond capacity within the closed set; 0 for a conflict.
    """

    case_id: str
    persons: int
    kind: str
    reason: str
    conflict: tuple[str, ...]
    minimal: bool
    fix: str
    short_by: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfPlan:
    """A case or person outside the plan: declined, left or absent, deceased or other."""

    person_id: str
    case_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place where people leave the vehicle; minutes after midnight of the day of departure."""

    place_id: str
    arrival: int
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One vehicle's journey.

    Attributes
    ----------
    group : str
        ``children``, ``general``, ``adapted`` or ``adapted children``; ``disputed children`` where an age
        is disputed or unknown.
    call, departure : int
        Minutes after midnight: people are called to board, the vehicle leaves.
    rests : tuple of int
        Minutes after midnight at which rest stops begin.
    tier : int
        The most protected tier on board.
    """

    id: str
    day: date
    vehicle_id: str
    group: str
    region: str
    bay: int
    call: int
    departure: int
    stops: tuple[Stop, ...]
    rests: tuple[int, ...]
    escorts: tuple[str, ...]
    tier: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """One person on one trip: the consequence of needs only, never a flag.

    Attributes
    ----------
    order : int
        Boarding order.
    seat : str
        ``seat``, ``wheelchair slot`` or ``stretcher``.
    """

    trip_id: str
    order: int
    person_id: str
    case_id: str
    place_id: str
    seat: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One level of the objective: its value and the proof that goes with it.

    Attributes
    ----------
    value : float
        Of the proposal; a whole number except L4 (a share).
    bound : float
        No plan can do better, the levels above being equal to their own bounds.
    gap : float
        ``|value - bound|`` in the level's unit.
    gap_share : float
        The gap as a share: of the persons who take part (L1 to L3, L7), of twice as many (L5), of 1 (L4), else
        of the value.
    audited : float or None
        What the audit proves by itself: no lawful plan does better. None before it was asked.
    status : str
        Whether that proves ``bound`` too: ``proven by the audit``, or ``not proven by the audit`` but by the
        planner alone. Empty before it was asked.
    seconds : float
        Time spent; left out of the stored proposal, which is the same to the byte each time.
    """

    level: str
    name: str
    unit: str
    sense: str
    value: float
    bound: float
    gap: float
    gap_share: float
    method: str
    seconds: float = 0.0
    audited: float | None = None
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price on something scarce, by which anybody can prove a level's bound without a solver.

    Whatever the prices are, no plan does better than what everybody would pay for their cheapest lawful
    place (or for staying behind), less what all that is scarce would bring in. Wrong prices prove less,
    never too much.

    Attributes
    ----------
    level : str
        ``L1`` to ``L3``.
    what : str
        ``rooms``, ``children``, ``arrivals``, ``primary``, ``secondary`` of a place; ``stops`` of a place
        and company; ``seats``, ``slots``, ``lying``, ``guards``, ``ride``, ``nurses`` of a region and
        company; ``guards a day``, ``nurses a day``, ``departures`` of a day; ``held`` of a level above.
    at, of : str
        Place, region, day or level; kind of room, or company.
    size : int
        Beds of a room that is taken whole.
    millionths : int
        In millionths of the level's unit.
    """

    level: str
    what: str
    at: str
    of: str = ""
    size: int = 0
    millionths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """Share of a group's people who are offered their first or second wish.

    Attributes
    ----------
    dimension : str
        ``sex``, ``age``, ``disability``, ``main language``; ``nationality`` in the report only.
    """

    dimension: str
    group: str
    persons: int
    placed: int
    first_or_second_wish: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between a proposal and the one before it."""

    case_id: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened after a proposal: the reason for a re-plan.

    ``kind`` is ``place withdrawn``, ``vehicle withdrawn``, ``case declined``, ``case absent``,
    ``case no-show`` or ``trip departed``; ``id`` names the place, vehicle, case or trip. Who did not
    come to a trip that left (a no-show) is planned again; who is absent is out of the plan.
    """

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A complete proposal.

    Attributes
    ----------
    site_digest : str
        Of the inputs.
    frozen : tuple of str
        Case ids whose assignment may never change (departed, signed).
    price_of_fairness : float
        Wish points given up to lift the lowest group share (L4), as the planner reckons.
    unproven : tuple of str
        What of the plan no audit can work out anew (``UNPROVEN``).
    warnings : tuple of str
        What a reader has to know before signing.
    """

    name: str
    synthetic: bool
    site_digest: str
    assignments: tuple[Assignment, ...]
    unplaced: tuple[Unplaced, ...]
    out_of_plan: tuple[OutOfPlan, ...]
    trips: tuple[Trip, ...]
    manifest: tuple[ManifestRow, ...]
    bounds: tuple[Bound, ...]
    groups: tuple[GroupShare, ...]
    price_of_fairness: float = 0.0
    frozen: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    changes: tuple[Change, ...] = ()
    prices: tuple[Price, ...] = ()
    previous_digest: str = ""
    threads: int = 1
    solver: str = ""
    warnings: tuple[str, ...] = field(default=())
    unproven: tuple[str, ...] = UNPROVEN
    notice: str = NOTICE


#: The tables of a proposal, in the order in which they are written, and what a row of each is.
ROWS: Mapping[str, type] = {
    "assignments": Assignment,
    "unplaced": Unplaced,
    "out_of_plan": OutOfPlan,
    "trips": Trip,
    "manifest": ManifestRow,
    "bounds": Bound,
    "groups": GroupShare,
    "changes": Change,
    "events": Event,
    "prices": Price,
}
