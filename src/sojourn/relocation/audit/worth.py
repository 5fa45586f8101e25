"""What a plan says it is worth, worked out anew from the raw tables: levels, and shares of groups."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sojourn.relocation.audit.facts import OLDER, Facts
from sojourn.relocation.audit.travel import course_of
from sojourn.relocation.site.site import LinkStrength, Mobility, Person

SMALL_GROUP = 10  # persons; smaller groups of one kind count together in L4
BANDS = ((OLDER, "60+"), (35, "35-59"), (18, "18-34"), (12, "12-17"), (0, "0-11"))


def worth(facts: Facts) -> Iterator[str]:
    """Ask that the levels and the groups are as the plan says."""
    found = left_behind(facts) | _of_the_placed(facts)
    for b in facts.plan.bounds:
        if b.level in found and abs(b.value - found[b.level]) > 1e-6:
            yield f"level {b.level} is said to be {b.value:g} and is {found[b.level]:g}"
    yield from _groups(facts)


def left_behind(facts: Facts) -> dict[str, float]:
    """Return the weighted persons of each tier without a place."""
    found = {"L1": 0.0, "L2": 0.0, "L3": 0.0}
    for case in sorted(facts.movable - facts.assigned.keys()):
        tier, weight = facts.tier(case), facts.weight(case)
        size = len(facts.present[case])
        found[f"L{min(tier, 3)}"] += size * (weight if tier < 3 else 1)
    return found


def _of_the_placed(facts: Facts) -> dict[str, float]:
    """Return wish points, the lowest share of wishes, services and travel."""
    wished = Counter[str]()
    persons = Counter[str]()
    points = minutes = 0.0
    for case in sorted(facts.movable):
        people = facts.present[case]
        labels = [label for p in people for label in labels_of(facts, p)]
        persons.update(labels)
        if case not in facts.assigned:
            continue
        place = facts.places[facts.assigned[case].place_id]
        young = any(facts.child(p) for p in facts.unit(case))
        minutes += len(people) * _minutes(facts, place.id, young=young)
        points += points_of(facts, case, place.region)
        if place.region in shared_by(facts, case):
            wished.update(labels)
    found = {"L5": points, "L6": _kept(facts), "L7": _services(facts), "L8": minutes}
    if persons:
        found["L4"] = lowest(persons, wished)
    return found


def _kept(facts: Facts) -> float:
    """Return how many soft links between people who travel apart are kept: they go to one place."""
    at = {facts.together[c]: a.place_id for c, a in facts.assigned.items()}
    ends = (sorted(pair) for pair in soft_pairs(facts))
    return float(sum(one in at and at[one] == at.get(two) for one, two in ends))


def soft_pairs(facts: Facts) -> set[frozenset[str]]:
    """Return the pairs of parties, each by its smallest case, of whom some would like to share a place."""
    return {
        frozenset((facts.together[a], facts.together[b]))
        for k, a, b in facts.live_links
        if k.strength is LinkStrength.PREFER and facts.together[a] != facts.together[b]
    }


def _services(facts: Facts) -> float:
    """Return what places offer beyond the hard rules: language, care, legal aid, school."""
    day = facts.site.rules.operation.departure
    found = 0
    for root in sorted({facts.together[c] for c in facts.assigned}):
        people, needs = facts.unit(root), facts.asked(root)
        place = facts.places[facts.assigned[people[0].case_id].place_id]
        found += sum(p.languages[0] in place.languages for p in people if p.languages)
        found += "psychosocial" in needs and "psychiatric" in place.medical
        found += "legal_aid" in needs and place.legal_aid
        if facts.kind(people) == "family":
            ages = [p.age_on(day) or 0 for p in people if facts.child(p)]
            found += min(sum(6 <= a < 12 for a in ages), place.school_primary)
            found += min(sum(12 <= a < 18 for a in ages), place.school_secondary)
    return float(found)


def lowest(persons: Mapping[str, int], wished: Mapping[str, int]) -> float:
    """Return the lowest share over the groups, the small ones of a kind together."""
    size, hit = Counter[str](), Counter[str]()
    for label, count in persons.items():
        name = label if count >= SMALL_GROUP else label.partition("=")[0] + "=other"
        size[name] += count
        hit[name] += wished.get(label, 0)
    return min(hit[name] / size[name] for name in size)


def labels_of(facts: Facts, person: Person) -> Iterator[str]:
    """Yield the groups that count a person."""
    age = person.age_on(facts.site.rules.operation.departure)
    band = "unknown" if age is None else next(name for low, name in BANDS if age >= low)
    moves = person.mobility is Mobility.NONE and "step_free" not in facts.needs(person)
    yield f"sex={person.sex.value}"
    yield f"age={band}"
    unasked = "NOT_ASKED" in person.flags
    yield f"disability={'yes' if not moves else 'unknown' if unasked else 'no'}"
    yield f"main language={person.languages[0] if person.languages else 'unknown'}"


def _cases(facts: Facts, case: str) -> list[str]:
    """Return the cases that stay with a case."""
    return sorted({p.case_id for p in facts.unit(case)})


def _accepted(facts: Facts, case: str) -> set[str]:
    """Return the regions that all who stay together accept."""
    found: set[str] | None = None
    for one in _cases(facts, case):
        mine = {*facts.cases[one].offered_regions, *facts.cases[one].wishes}
        mine = mine | facts.regions if "any" in mine else mine
        found = mine if found is None else found & mine
    return (found or set()) - {"any"}


def shared_by(facts: Facts, case: str) -> set[str]:
    """Return the regions that are a first or second wish of all who stay together."""
    found = _accepted(facts, case)
    for one in _cases(facts, case):
        first = set(facts.cases[one].wishes[:2])
        found = found if "any" in first else found & first
    return found


def points_of(facts: Facts, case: str, region: str) -> int:
    """Return the wish points of a case with a place in a region."""
    if region not in _accepted(facts, case):
        return 0
    wishes = facts.cases[case].wishes[:2]
    return sum(
        len(facts.present[case]) * (2 - rank) for rank, wish in enumerate(wishes) if wish == region
    )


def _minutes(facts: Facts, place: str, *, young: bool) -> int:
    """Return the minutes of a trip to one place, rests included."""
    rule, operation = facts.site.rules["R17"], facts.site.rules.operation
    given = facts.given.get(place)
    leg = (
        facts.minutes((operation.lat, operation.lon), facts.places[place])
        if given is None
        else given
    )
    every = int(rule.number("rest_every_minutes_child" if young else "rest_every_minutes"))
    arrivals, _ = course_of([leg], every, int(rule.number("rest_minutes")), operation.stop_minutes)
    return arrivals[0]


def _groups(facts: Facts) -> Iterator[str]:
    """Ask that the counts by group are those of the people."""
    persons, placed, hit = Counter[str](), Counter[str](), Counter[str]()
    for case in sorted(facts.movable):
        labels = [label for p in facts.present[case] for label in labels_of(facts, p)]
        persons.update(labels)
        if case in facts.assigned:
            placed.update(labels)
            region = facts.places[facts.assigned[case].place_id].region
            mates = _cases(facts, case)
            if any(points_of(facts, one, region) for one in mates):
                hit.update(labels)
    said = {f"{g.dimension}={g.group}": g for g in facts.plan.groups}
    for label in sorted(persons.keys() | said.keys()):
        mine = (persons[label], placed[label], hit[label])
        group = said.get(label)
        if group is None or mine != (group.persons, group.placed, group.first_or_second_wish):
            yield f"the group {label} is counted as other people than there are"


def known_events(facts: Facts, registered: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Ask that what is said to have happened happened to something that is there."""
    for event in facts.plan.events:
        if event.id not in registered.get(event.kind, ()):
            yield f"the plan says {event.kind!r} of {event.id}, which is not there"
