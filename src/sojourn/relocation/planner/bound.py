"""Who is bound to whom (R03, R06), and which bonds no place can honour (R05, R08)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sojourn.relocation.site.site import Case, Link, LinkStrength, Person, Sex, Site

FAMILY_TYPES = {"spouse", "parent", "child", "sibling", "guardian", "other relative"}
APART = (LinkStrength.SEPARATE, LinkStrength.NOT_MEET)


class Kind(StrEnum):
    """Who a unit is made of, which decides the rooms it may have."""

    CHILDREN = "children"
    MEN = "men"
    WOMEN = "women"
    FAMILY = "family"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PairLink:
    """A link between two units."""

    a: str
    b: str
    strength: LinkStrength


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


def bind(
    site: Site,
    cases: Mapping[str, Case],
    members: Mapping[str, Sequence[Person]],
    child: Mapping[str, bool],
    links: Sequence[Link],
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Bind cases to units.

    Parameters
    ----------
    members : mapping of case id to its people
    child : mapping of person id to whether hard rules treat the person as a child
    links : sequence of Link
        Between people of these cases.

    Returns
    -------
    dict, dict
        Case to the smallest case of its unit; unit to the rules that its bonds would break.
    """
    case_of = {p.id: c for c in cases for p in members[c]}
    apart = {frozenset((k.a, k.b)) for k in links if k.strength in APART and site.rules.on("R08")}
    kin, units = _Forest(cases), _Forest(cases)
    for link in links:
        same = link.strength is LinkStrength.SAME_PLACE and site.rules.on("R03")
        decided = link.strength in APART or frozenset((link.a, link.b)) in apart
        siblings = link.type == "sibling" and (child[link.a] or child[link.b]) and not decided
        if same or (siblings and site.rules.on("R06")):
            units.join(case_of[link.a], case_of[link.b])
            if link.type in FAMILY_TYPES:
                kin.join(case_of[link.a], case_of[link.b])
    kind = _kinds(kin, cases, members, child)
    strange = {
        units.find(case_of[k.a])
        for k in links
        if k.strength is LinkStrength.SAME_PLACE
        and site.rules.on("R03")
        and site.rules.on("R05")
        and (kind[case_of[k.a]] is Kind.CHILDREN) != (kind[case_of[k.b]] is Kind.CHILDREN)
    }
    if site.rules.on("R03") and site.rules["R03"].parameters["keep_parties"]:
        enemies = {frozenset(case_of[p] for p in pair) for pair in apart}
        _keep_parties(units, cases, _kinds(units, cases, members, child), enemies)
    root = {c: units.find(c) for c in cases}
    barred = defaultdict[str, set[str]](set)
    for one in strange:
        barred[root[one]].add("R05")
    for pair in apart:
        ends = {root[case_of[p]] for p in pair}
        if len(ends) == 1:
            barred[ends.pop()].add("R08")
    return root, {unit: tuple(sorted(rules)) for unit, rules in barred.items()}


def _kinds(
    forest: _Forest,
    cases: Iterable[str],
    members: Mapping[str, Sequence[Person]],
    child: Mapping[str, bool],
) -> dict[str, Kind]:
    """Tell of each case who it and those bound to it are."""
    people: dict[str, list[Person]] = defaultdict(list)
    for case in cases:
        people[forest.find(case)] += members[case]
    kinds = {root: kind_of(mine, child) for root, mine in people.items()}
    return {case: kinds[forest.find(case)] for case in cases}


def _keep_parties(
    units: _Forest,
    cases: Mapping[str, Case],
    kinds: Mapping[str, Kind],
    enemies: set[frozenset[str]],
) -> None:
    """Bind travel parties that can share rooms: of men, of women, or of children alone.

    Who a case is made of is asked with those it is bound to: a child who travels with a grown
    brother is no child alone, and his friends are strangers to it (R05). A party in which two must
    be kept apart is not kept.
    """
    parties: dict[str, list[str]] = defaultdict(list)
    for case in cases.values():
        if case.travel_party_id:
            parties[case.travel_party_id].append(case.id)
    for _, ids in sorted(parties.items()):
        bound = {units.find(c) for c in ids}
        at_odds = any(all(units.find(c) in bound for c in pair) for pair in enemies)
        found = {kinds[c] for c in ids}
        if len(found) == 1 and Kind.FAMILY not in found and not at_odds:
            for other in ids[1:]:
                units.join(ids[0], other)


def pairs_between(links: Iterable[Link], unit_of: Mapping[str, str]) -> list[PairLink]:
    """Return links between different units, each once, in canonical order."""
    found = {
        PairLink(min(unit_of[k.a], unit_of[k.b]), max(unit_of[k.a], unit_of[k.b]), k.strength)
        for k in links
        if unit_of[k.a] != unit_of[k.b] and k.strength is not LinkStrength.SAME_PLACE
    }
    return sorted(found, key=lambda pair: (pair.a, pair.b, pair.strength.value))


def away_from_risk(
    site: Site,
    links: Iterable[Link],
    members: Mapping[str, Sequence[Person]],
    unit_of: Mapping[str, str],
) -> list[PairLink]:
    """Return whom R09 keeps apart: units that need a protected place, and people under R08 who do not.

    Parameters
    ----------
    members : mapping of case id to its people
    unit_of : mapping of person id to unit
    """
    if not (site.rules.on("R08") and site.rules.on("R09")):
        return []
    at_risk = {
        unit_of[p.id]
        for people in members.values()
        for p in people
        if p.id in unit_of and any("protected_place" in site.needs[f].needs for f in p.flags)
    }
    under = {unit_of[p] for k in links if k.strength in APART for p in (k.a, k.b)} - at_risk
    return [
        PairLink(min(one, two), max(one, two), LinkStrength.SEPARATE)
        for one in sorted(at_risk)
        for two in sorted(under)
    ]


def kind_of(people: Iterable[Person], child: Mapping[str, bool]) -> Kind:
    """Tell who a set of people is made of."""
    people = list(people)
    adults = [p for p in people if not child[p.id]]
    if not adults:
        return Kind.CHILDREN
    sexes = {p.sex for p in adults}
    if len(adults) < len(people) or {Sex.FEMALE, Sex.MALE} <= sexes:
        return Kind.FAMILY
    if sexes == {Sex.MALE}:
        return Kind.MEN
    return Kind.WOMEN if sexes == {Sex.FEMALE} else Kind.OTHER
