"""Travelling units: the people who are never split (R02, R03, R06), and what they need.

From here on the planner knows needs, not flags.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sojourn.plan.site import (
    Case,
    Consent,
    Fitness,
    Link,
    LinkStrength,
    Mobility,
    Person,
    Presence,
    Sex,
    Site,
)

OLDER_FROM = 60  # years; UNHCR's definition of an older person
AGE_BANDS = ((0, "0-11"), (12, "12-17"), (18, "18-34"), (35, "35-59"), (OLDER_FROM, "60+"))
FAMILY_TYPES = {"spouse", "parent", "child", "sibling", "guardian", "other relative"}


class Kind(StrEnum):
    """Who a unit is made of, which decides the rooms it may have."""

    CHILDREN = "children"
    MEN = "men"
    WOMEN = "women"
    FAMILY = "family"
    OTHER = "other"


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
    blocked : str
        A rule that forbids every place, or empty.
    singular : bool
        Has links to other units, so that it is never counted together with units like it.
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
    blocked: str
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

    @property
    def size(self) -> int:
        """Persons."""
        return len(self.persons)

    @property
    def alone(self) -> bool:
        """Whether the unit is made of children without an adult."""
        return self.kind is Kind.CHILDREN

    @property
    def adapted(self) -> bool:
        """Whether the unit travels in an adapted vehicle."""
        return bool(self.wheelchairs or self.stretchers or self.medical_escort)


@dataclass(frozen=True, slots=True)
class PairLink:
    """A link between two units."""

    a: str
    b: str
    strength: LinkStrength


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
    root = _closure(site, cases, members, child, links, case_of)
    grouped: dict[str, list[str]] = defaultdict(list)
    for case in sorted(cases):
        grouped[root[case]].append(case)
    pairs = _pairs(links, {p: root[c] for p, c in case_of.items()})
    singular = {end for pair in pairs for end in (pair.a, pair.b)}
    improper = _improper(links, child, members, case_of, root)
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
            blocked="R05" if name in improper else "",
        )
        for name, ids in sorted(grouped.items())
    ]
    return Units(tuple(units), tuple(pairs))


class _Forest:
    """Union-find over case ids; the root of a tree is its smallest id."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._root = {i: i for i in ids}

    def find(self, one: str) -> str:
        """Return the smallest id bound to this one."""
        while self._root[one] != one:
            self._root[one] = self._root[self._root[one]]
            one = self._root[one]
        return one

    def join(self, one: str, two: str) -> None:
        """Bind two ids."""
        low, high = sorted((self.find(one), self.find(two)))
        self._root[high] = low


def _closure(
    site: Site,
    cases: Mapping[str, Case],
    members: Mapping[str, Sequence[Person]],
    child: Mapping[str, bool],
    links: Iterable[Link],
    case_of: Mapping[str, str],
) -> dict[str, str]:
    """Map each case to the smallest case id of its unit."""
    forest = _Forest(cases)
    for link in links:
        same = link.strength is LinkStrength.SAME_PLACE and site.rules.on("R03")
        apart = link.strength in (LinkStrength.SEPARATE, LinkStrength.NOT_MEET)
        siblings = link.type == "sibling" and (child[link.a] or child[link.b]) and not apart
        if same or (siblings and site.rules.on("R06")):
            forest.join(case_of[link.a], case_of[link.b])
    if site.rules.on("R03") and site.rules["R03"].parameters["keep_parties"]:
        for ids in _parties(cases, members, child):
            for other in ids[1:]:
                forest.join(ids[0], other)
    return {c: forest.find(c) for c in cases}


def _parties(
    cases: Mapping[str, Case],
    members: Mapping[str, Sequence[Person]],
    child: Mapping[str, bool],
) -> list[list[str]]:
    """Travel parties that can share rooms: of men, of women, or of children alone."""
    parties: dict[str, list[str]] = defaultdict(list)
    for case in cases.values():
        if case.travel_party_id:
            parties[case.travel_party_id].append(case.id)
    kinds = {k: {_kind(members[c], child) for c in ids} for k, ids in parties.items()}
    return [
        sorted(ids)
        for k, ids in sorted(parties.items())
        if len(kinds[k]) == 1 and Kind.FAMILY not in kinds[k]
    ]


def _pairs(links: Iterable[Link], unit_of: Mapping[str, str]) -> list[PairLink]:
    """Links between different units, each once, in canonical order."""
    found = {
        PairLink(min(unit_of[k.a], unit_of[k.b]), max(unit_of[k.a], unit_of[k.b]), k.strength)
        for k in links
        if unit_of[k.a] != unit_of[k.b] and k.strength is not LinkStrength.SAME_PLACE
    }
    return sorted(found, key=lambda pair: (pair.a, pair.b, pair.strength.value))


def _improper(
    links: Iterable[Link],
    child: Mapping[str, bool],
    members: Mapping[str, Sequence[Person]],
    case_of: Mapping[str, str],
    root: Mapping[str, str],
) -> set[str]:
    """Units in which a link that is not of family would bind children alone to an adult."""
    found = set()
    for link in links:
        if link.type in FAMILY_TYPES or link.strength is not LinkStrength.SAME_PLACE:
            continue
        alone = [all(child[p.id] for p in members[case_of[end]]) for end in (link.a, link.b)]
        if alone[0] != alone[1]:
            found.add(root[case_of[link.a]])
    return found


def _kind(people: Sequence[Person], child: Mapping[str, bool]) -> Kind:
    """Tell who a set of people is made of."""
    adults = [p for p in people if not child[p.id]]
    if not adults:
        return Kind.CHILDREN
    sexes = {p.sex for p in adults}
    if len(adults) < len(people) or {Sex.FEMALE, Sex.MALE} <= sexes:
        return Kind.FAMILY
    if sexes == {Sex.MALE}:
        return Kind.MEN
    return Kind.WOMEN if sexes == {Sex.FEMALE} else Kind.OTHER


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
        self, cases: Sequence[Case], people: Sequence[Person], *, singular: bool, blocked: str
    ) -> Unit:
        """Build one unit."""
        kind = _kind(people, self.child)
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
            blocked=blocked or self._blocked(cases, people, kind),
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
        )

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

        def labels() -> Iterable[str]:
            for p in people:
                yield f"sex={p.sex.value}"
                yield f"age={age_band(p.age_on(self.day))}"
                needs = {n for f in p.flags for n in self.site.needs[f].needs}
                moves = p.mobility is Mobility.NONE and "step_free" not in needs
                yield f"disability={'no' if moves else 'yes'}"
                yield f"main language={p.languages[0] if p.languages else 'unknown'}"

        return _counted(labels())

    def _blocked(self, cases: Sequence[Case], people: Sequence[Person], kind: Kind) -> str:
        """Name a rule that forbids the move wherever it would go."""
        rules = self.site.rules
        if rules.on("R10") and any(p.fit_to_travel is Fitness.NO for p in people):
            return "R10"
        if rules.on("R14"):
            if any(c.consent is Consent.PENDING for c in cases):
                return "R14"
            if kind is Kind.CHILDREN and not all(c.best_interest_signed for c in cases):
                return "R14"
        return ""


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
