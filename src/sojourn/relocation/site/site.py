"""A site: the people, the places, the means of travel and the rules of one relocation.

The rows of the tables an operator hands in. Nothing here is computed beyond what one row states:
households, needs and eligibility are worked out by the planner and, separately, by the auditor.
People carry pseudonyms; names stay in a table no planning code reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

ADULT_AGE = 18  # Convention on the Rights of the Child, article 1
NOT_ASKED = "NOT_ASKED"  # in place of a flag: nobody was asked about needs, which is not none


class Sex(StrEnum):
    """Sex as registered at the desk."""

    FEMALE = "F"
    MALE = "M"
    X = "X"
    UNKNOWN = "unknown"


class AgeSource(StrEnum):
    """How the age is known."""

    DOCUMENT = "document"
    DECLARED = "declared"
    ASSESSED = "assessed"
    DISPUTED = "disputed"


class Mobility(StrEnum):
    """How a person moves."""

    NONE = "none"
    WALKING_AID = "walks with aid"
    WHEELCHAIR = "wheelchair"
    STRETCHER = "stretcher"


class Fitness(StrEnum):
    """Whether a clinician finds the person fit to travel."""

    YES = "yes"
    WITH_ESCORT = "yes with escort"
    NO = "no"
    UNKNOWN = "unknown"


class Consent(StrEnum):
    """Consent to the move; declining has no consequence other than not being moved."""

    EXPLICIT = "explicit"
    IMPLICIT = "implicit"
    PROXY = "proxy"
    DECLINED = "declined"
    PENDING = "pending"


class LinkStrength(StrEnum):
    """What a link between two people asks of the plan."""

    SAME_PLACE = "must_same_place"
    SAME_REGION = "must_same_region"
    PREFER = "prefer"
    SEPARATE = "must_separate"
    NOT_MEET = "must_not_meet_in_transit"


class RoomType(StrEnum):
    """Who a room is for."""

    SINGLE_MEN = "single men"
    WOMEN_ONLY = "women only"
    FAMILY = "family unit"
    CHILD = "child"
    ISOLATION = "isolation"
    MIXED = "mixed"


class Certainty(StrEnum):
    """How sure it is that the place will open."""

    CONFIRMED = "confirmed"
    PROMISED = "promised"
    WITHDRAWN = "withdrawn"


class Presence(StrEnum):
    """Whether the person is there to be moved."""

    PRESENT = "present"
    LEFT = "left or absent"
    DECEASED_OR_OTHER = "deceased or other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person.

    Attributes
    ----------
    birth : str
        ``2001-03-04``, ``2001`` (year only), ``age:16`` or ``unknown``.
    languages : tuple of str
        ISO 639 codes, the main language first.
    flags : tuple of str
        Codes of the needs map; ``NOT_ASKED`` where nobody was asked. Never printed, never logged.
    """

    id: str
    case_id: str
    sex: Sex
    birth: str
    age_source: AgeSource
    nationality: str = ""
    languages: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    mobility: Mobility = Mobility.NONE
    fit_to_travel: Fitness = Fitness.YES
    presence: Presence = Presence.PRESENT

    def age_on(self, day: date) -> int | None:
        """Completed years on a day; the lower of two when only the year is known.

        >>> p = Person(id="p", case_id="c", sex=Sex.MALE, birth="1998", age_source="declared")
        >>> p.age_on(date(2016, 10, 24))
        17
        """
        if self.birth == "unknown":
            return None
        if self.birth.startswith("age:"):
            return int(self.birth[4:])
        if len(self.birth) == len("2001"):
            return day.year - int(self.birth) - 1
        born = date.fromisoformat(self.birth)
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def counts_as_child(self, day: date) -> bool:
        """Whether hard rules treat the person as a child.

        A disputed or unknown age counts as one: that mistake costs a bed, the other a child's safety.
        """
        age = self.age_on(day)
        return age is None or age < ADULT_AGE or self.age_source is AgeSource.DISPUTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A household, a child alone or a person alone: what registers together.

    Attributes
    ----------
    offered_regions, wishes : tuple of str
        At most two, offered at the desk and accepted; in order of preference (``any``: every region).
    best_interest_signed : bool
        For a child alone: the best-interest sheet is signed.
    """

    id: str
    head: str
    offered_regions: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    consent: Consent = Consent.PENDING
    consent_by: str = ""
    consent_on: date | None = None
    travel_party_id: str = ""
    best_interest_signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What binds, or must keep apart, two people."""

    a: str
    b: str
    type: str
    strength: LinkStrength
    evidence: str = "one declares"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeElsewhere:
    """A relative who is already at a place, or in another country."""

    person: str
    place_or_country: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Rooms of one type and size at one place."""

    place_id: str
    room_type: RoomType
    rooms: int
    beds_per_room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A reception place.

    Attributes
    ----------
    lat, lon : float
        Degrees, for travel time alone; not published of child-safe or women-safe places.
    children_per_staff, child_staff : float, int or None
        Their product limits children alone beside the licence; None where nobody has told.
    max_arrivals_per_day : int
        Persons.
    latest_arrival : float
        Hour of the day, local time, after which nobody is received.
    school_primary, school_secondary : int
        Free school places for ages 6 to 11 and 12 to 17.
    """

    id: str
    region: str
    department: str
    lat: float
    lon: float
    opens: date | None = None
    closes: date | None = None
    child_safe: bool = False
    child_licence: str = ""
    max_children: int = 0
    children_per_staff: float | None = None
    child_staff: int | None = None
    women_safe: bool = False
    step_free: bool = False
    medical: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    school_primary: int = 0
    school_secondary: int = 0
    legal_aid: bool = False
    max_arrivals_per_day: int = 50
    latest_arrival: float = 22.0
    certainty: Certainty = Certainty.CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A vehicle that makes one trip on each of its days, after so many minutes from its depot."""

    id: str
    type: str
    seats: int
    wheelchair_slots: int = 0
    drivers: int = 1
    days: tuple[date, ...] = ()
    depot: str = ""
    depot_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escort:
    """Someone who travels along: general, child protection, medical or ``interpreter:xx``."""

    id: str
    kind: str
    days: tuple[date, ...] = ()
    max_children: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelTime:
    """Driving minutes from the site to a place, rest stops excluded."""

    place_id: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One row of the needs map: what a flag asks of a place, and its tier.

    Attributes
    ----------
    flag : str
        A specific-needs code, or ``derived:`` and a situation read from the registration.
    needs : tuple of str
        Consequences only: ``gp``, ``hospital``, ``women_safe``, ``step_free`` and so on.
    tier : int
        1 (most protected) to 3.
    weight : int
        Of each person in levels L1 and L2; public.
    """

    flag: str
    needs: tuple[str, ...]
    tier: int
    weight: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A hard rule: on or off, its parameters, and who approved them."""

    id: str
    on: bool = True
    approved_by: str = ""
    parameters: Mapping[str, float | str | bool | tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def number(self, name: str) -> float:
        """Return a numeric parameter."""
        value = self.parameters[name]
        assert isinstance(value, int | float)  # noqa: S101 - the reader has checked the type
        return float(value)

    def names(self, name: str) -> tuple[str, ...]:
        """Return a parameter that lists ids."""
        value = self.parameters[name]
        assert isinstance(value, tuple)  # noqa: S101 - the reader has checked the type
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """When and from where people leave.

    Attributes
    ----------
    departure : date
        The first day; ages are taken on it.
    days : int
        Days of departure.
    first_departure, last_departure : float
        Hours of the day.
    boarding_minutes : int
        Between two departures from one bay.
    bays : int
        Coaches boarding at the same time.
    """

    name: str
    synthetic: bool
    departure: date
    days: int
    lat: float
    lon: float
    first_departure: float
    last_departure: float
    boarding_minutes: int
    bays: int
    speed_kmh: float
    detour_factor: float
    stop_minutes: int
    max_stops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """``rules.toml``: the operation and its hard rules."""

    operation: Operation
    rules: Mapping[str, Rule]
    level_order: tuple[str, ...]

    def on(self, rule: str) -> bool:
        """Whether a rule is switched on."""
        return self.rules[rule].on

    def __getitem__(self, rule: str) -> Rule:
        return self.rules[rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything a plan is made from.

    Attributes
    ----------
    needs : mapping
        Flag to :class:`Need`.
    digest : str
        sha256 of the input files; a plan carries that of the files that it was made from.
    """

    persons: tuple[Person, ...]
    cases: tuple[Case, ...]
    links: tuple[Link, ...]
    relatives: tuple[RelativeElsewhere, ...]
    places: tuple[Place, ...]
    rooms: tuple[Room, ...]
    vehicles: tuple[Vehicle, ...]
    escorts: tuple[Escort, ...]
    travel: tuple[TravelTime, ...]
    needs: Mapping[str, Need]
    rules: Rules
    digest: str = ""
