"""Travelling units: the people who are never split (R02, R03, R06), and what they need.

From here on the planner knows needs, not flags.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sojourn.relocation.planner.bound import (
    Kind,
    PairLink,
    away_from_risk,
    bind,
    kind_of,
    pairs_between,
)
from sojourn.relocation.site.site import (
    NOT_ASKED,
    AgeSource,
    Case,
    Consent,
    Fitness,
    Mobility,
    Person,
    Presence,
    Sex,
    Site,
)

__all__ = ["Kind", "PairLink", "Unit", "Units", "age_band", "form_units"]

OLDER_FROM = 60  # years; UNHCR's definition of an older person
AGE_BANDS = ((0, "0-11"), (12, "12-17"), (18, "18-34"), (35, "35-59"), (OLDER_FROM, "60+"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """People who are placed and travel together.

    Attributes
    ----------
    id : str
        The smallest case id.
    points : tuple of (str, int)
        Allowed region to wish points (2 for a first, 1 for a second wish) summed over persons;
        ``any`` allows every other region with 0 points.
    wished : tuple of str
        Regions that are a first or second wish of every case in the unit.
    groups : tuple of (str, int)
        ``dimension=group`` to persons, for the group floor L4.
    languages : tuple of (str, int)
        Main language to persons.
    related : tuple of str
        Places of verified relatives (R15).
    blocked : tuple of str
        Rules that forbid every place; empty for most.
    singular : bool
        Has links to other units, so that it is never counted together with units like it.
    disputed : bool
        Children alone of whom the age of one is disputed or unknown: they ride apart from known children.
    size : int
        Persons.
    """

    id: str
    cases: tuple[str, ...]
    persons: tuple[str, ...]
    kind: Kind
    tier: int
    weight: int
    needs: frozenset[str]
    points: tuple[tuple[str, int], ...]
    wished: tuple[str, ...]
    groups: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    related: tuple[str, ...]
    blocked: tuple[str, ...]
    singular: bool
    girls: bool
    children: int
    alone_older: int
    alone_young: int
    school_primary: int
    school_secondary: int
    wheelchairs: int
    stretchers: int
    medical_escort: bool
    disputed: bool = False
    size: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.persons))  # asked for millions of times

    @property
    def alone(self) -> bool:
        """Whether the unit is made of children without an adult."""
        return self.kind is Kind.CHILDREN

    @property
    def adapted(self) -> bool:
        """Whether the unit travels in an adapted vehicle."""
        return bool(self.wheelchairs or self.stretchers or self.medical_escort)


@dataclass(frozen=True, slots=True)
class Units:
    """All units of a site, in canonical order, and the links between them."""

    units: tuple[Unit, ...]
    links: tuple[PairLink, ...]


def form_units(site: Site) -> Units:
    """Form the travelling units of everyone who is present and has not declined."""
    members: dict[str, list[Person]] = defaultdict(list)
    for person in site.persons:
        if person.presence is Presence.PRESENT:
            members[person.case_id].append(person)
    cases = {c.id: c for c in site.cases if members.get(c.id) and c.consent is not Consent.DECLINED}
    case_of = {p.id: p.case_id for c in cases for p in members[c]}
    child = {p.id: p.counts_as_child(site.rules.operation.departure) for p in site.persons}
    links = [k for k in site.links if k.a in case_of and k.b in case_of]
    root, barred = bind(site, cases, members, child, links)
    grouped: dict[str, list[str]] = defaultdict(list)
    for case in sorted(cases):
        grouped[root[case]].append(case)
    unit_of = {p: root[c] for p, c in case_of.items()}
    pairs = list(
        dict.fromkeys(
            (*pairs_between(links, unit_of), *away_from_risk(site, links, members, unit_of))
        )
    )
    singular = {end for pair in pairs for end in (pair.a, pair.b)}
    related = defaultdict(list)
    for relative in site.relatives:
        if relative.status in ("verified", "reunification accepted") and site.rules.on("R15"):
            related[relative.person].append(relative.place_or_country)
    known = {p.id for p in site.places}
    builder = _Builder(site, child, related, known)
    units = [
        builder.unit(
            [cases[c] for c in ids],
            [p for c in ids for p in members[c]],
            singular=name in singular,
            blocked=barred.get(name, ()),
        )
        for name, ids in sorted(grouped.items())
    ]
    return Units(tuple(units), tuple(pairs))


class _Builder:
    """Turns the people of a unit into what the planner may know of them."""

    def __init__(
        self,
        site: Site,
        child: Mapping[str, bool],
        related: Mapping[str, Sequence[str]],
        places: set[str],
    ) -> None:
        self.site = site
        self.day = site.rules.operation.departure
        self.child = child
        self.related = related
        self.places = places
        self.young_below = site.rules["R05"].number("young_below")

    def unit(
        self,
        cases: Sequence[Case],
        people: Sequence[Person],
        *,
        singular: bool,
        blocked: tuple[str, ...],
    ) -> Unit:
        """Build one unit."""
        kind = kind_of(people, self.child)
        tier, weight, needs = self._needs(people, kind)
        points, wished = self._wishes(cases, people)
        ages = [p.age_on(self.day) for p in people]
        young = sum(a is not None and a < self.young_below for a in ages)
        alone = kind is Kind.CHILDREN
        school = [a or 0 for p, a in zip(people, ages, strict=True) if self.child[p.id]]
        in_family = kind is Kind.FAMILY
        return Unit(
            id=cases[0].id,
            cases=tuple(c.id for c in cases),
            persons=tuple(p.id for p in people),
            kind=kind,
            tier=tier,
            weight=weight,
            needs=needs,
            points=points,
            wished=wished,
            groups=self._groups(people),
            languages=_counted(p.languages[0] for p in people if p.languages),
            related=tuple(
                sorted({r for p in people for r in self.related.get(p.id, ())} & self.places)
            ),
            blocked=tuple(sorted({*blocked, *self._blocked(cases, people, kind)})),
            singular=singular,
            girls=alone and any(p.sex is not Sex.MALE for p in people),
            children=sum(self.child[p.id] for p in people),
            alone_older=len(people) - young if alone else 0,
            alone_young=young if alone else 0,
            school_primary=sum(6 <= a < 12 for a in school) if in_family else 0,
            school_secondary=sum(12 <= a < 18 for a in school) if in_family else 0,
            wheelchairs=sum(p.mobility is Mobility.WHEELCHAIR for p in people),
            stretchers=sum(p.mobility is Mobility.STRETCHER for p in people),
            medical_escort=self.site.rules.on("R10")
            and any(p.fit_to_travel is Fitness.WITH_ESCORT for p in people),
            disputed=alone and any(self._uncertain(p) for p in people),
        )

    def _uncertain(self, person: Person) -> bool:
        """Whether nobody knows for certain that a person is a child."""
        return person.age_source is AgeSource.DISPUTED or person.age_on(self.day) is None

    def _needs(self, people: Sequence[Person], kind: Kind) -> tuple[int, int, frozenset[str]]:
        """Tier, weight and needs: from flags by the needs map, and from the situation."""
        flags = {f for p in people for f in p.flags} | set(self._situations(people, kind))
        rows = [self.site.needs[f] for f in flags]
        tier = min((r.tier for r in rows), default=3)
        weight = max((r.weight for r in rows if r.tier == tier), default=1)
        return tier, weight, frozenset(n for r in rows for n in r.needs)

    def _situations(self, people: Sequence[Person], kind: Kind) -> list[str]:
        found = []
        adults = [p for p in people if not self.child[p.id]]
        if kind is Kind.CHILDREN:
            found.append("derived:unaccompanied_child")
        if adults and all(p.sex is Sex.FEMALE for p in adults):
            found.append("derived:woman_alone")
        if len(adults) == 1 and len(people) > 1:
            found.append("derived:single_parent")
        if any((p.age_on(self.day) or 0) >= OLDER_FROM for p in people):
            found.append("derived:older_person")
        if any(p.mobility in (Mobility.WHEELCHAIR, Mobility.STRETCHER) for p in people):
            found.append("derived:reduced_mobility")
        return found

    def _wishes(
        self, cases: Sequence[Case], people: Sequence[Person]
    ) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
        """Work out the allowed regions (R14), their wish points, and wishes that all share."""
        allowed: set[str] | None = None
        for case in cases:
            mine = set(case.offered_regions) | set(case.wishes)
            if "any" in mine:
                mine |= {p.region for p in self.site.places}
            allowed = mine if allowed is None else allowed & mine
        points: dict[str, int] = dict.fromkeys(sorted((allowed or set()) - {"any"}), 0)
        wished = set(points)
        for case in cases:
            size = sum(p.case_id == case.id for p in people)
            for rank, region in enumerate(case.wishes[:2]):
                if region in points:
                    points[region] += size * (2 - rank)
            wished &= set(points) if "any" in case.wishes[:2] else set(case.wishes[:2])
        return tuple(points.items()), tuple(sorted(wished))

    def _groups(self, people: Sequence[Person]) -> tuple[tuple[str, int], ...]:
        """Count the groups of the floor L4: sex, age band, disability, main language."""
        return _counted(label for p in people for label in labels_of(self.site, p))

    def _blocked(
        self, cases: Sequence[Case], people: Sequence[Person], kind: Kind
    ) -> Iterator[str]:
        """Name the rules that forbid the move wherever it would go."""
        rules = self.site.rules
        if rules.on("R10") and any(p.fit_to_travel is Fitness.NO for p in people):
            yield "R10"
        unclear = any(c.consent is Consent.PENDING or not _dated(c, self.day) for c in cases)
        unsigned = kind is Kind.CHILDREN and not all(c.best_interest_signed for c in cases)
        if rules.on("R14") and (unclear or unsigned):
            yield "R14"


def _dated(case: Case, departure: date) -> bool:
    """Whether who consented and when are both known or both not told, and not after the departure."""
    whole = bool(case.consent_by) == bool(case.consent_on)
    return whole and (case.consent_on is None or case.consent_on <= departure)


def labels_of(site: Site, person: Person) -> Iterator[str]:
    """Yield the groups in which a person is counted: sex, age band, disability, main language."""
    yield f"sex={person.sex.value}"
    yield f"age={age_band(person.age_on(site.rules.operation.departure))}"
    needs = {n for f in person.flags for n in site.needs[f].needs}
    moves = person.mobility is Mobility.NONE and "step_free" not in needs
    none = "unknown" if NOT_ASKED in person.flags else "no"
    yield f"disability={none if moves else 'yes'}"
    yield f"main language={person.languages[0] if person.languages else 'unknown'}"


def age_band(age: int | None) -> str:
    """Name the age band of an age.

    >>> age_band(17), age_band(60), age_band(None)
    ('12-17', '60+', 'unknown')
    """
    if age is None:
        return "unknown"
    return [name for low, name in AGE_BANDS if age >= low][-1]


def _counted(labels: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = defaultdict(int)
    for label in labels:
        counts[label] += 1
    return tuple(sorted(counts.items()))
