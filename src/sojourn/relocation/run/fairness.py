"""Fairness of a proposal by group, nationality among them: in the report, never in an objective."""

from collections import Counter
from collections.abc import Iterator

from sojourn.protect.audit.audit import AuditedTable
from sojourn.protect.table.equations import Key
from sojourn.relocation.audit.events import as_it_is_now
from sojourn.relocation.lists.fairness import (
    OUTCOME,
    TOTAL,
    Families,
    T,
    key_of,
    protected,
    with_those_of,
)
from sojourn.relocation.lists.regions import key_of_region, persons_by_region
from sojourn.relocation.planner.units import Unit, form_units, labels_of
from sojourn.relocation.proposal.proposal import GroupShare, Proposal
from sojourn.relocation.site.site import Site

NATIONALITY = "nationality"


def fairness_of(site: Site, proposal: Proposal) -> AuditedTable:
    """Return the protected table by group, of the people who take part after the plan's events."""
    return protected(groups_of(site, proposal), families_of(site, proposal)).audited


def groups_of(site: Site, proposal: Proposal) -> tuple[GroupShare, ...]:
    """Return the counts by group as they are; they never leave the site's own machines.

    Groups on the register of whom nobody takes part are there too, with nobody.
    """
    told = (*proposal.groups, *_by_nationality(site, proposal))
    return with_those_of(told, _on_the_register(site))


def _on_the_register(site: Site) -> Iterator[tuple[str, str]]:
    for person in site.persons:
        yield NATIONALITY, person.nationality or "unknown"
        for label in labels_of(site, person):
            dimension, _, group = label.partition("=")
            yield dimension, group


def families_of(site: Site, proposal: Proposal) -> Families:
    """Return who travels together and is most of a number, each with its people: they know their own.

    Of a number in which at least as many others are as may not be told, nobody learns by subtracting.
    """
    every, units = Counter[Key](), []
    for unit, own in _counted(site, proposal):
        every.update(own)
        if unit.size > 1:
            units.append(own)
    whole = _by_group(every)
    found = {
        tuple(sorted(own.items())): None
        for own in units
        if any(every[key] - n < T for key, n in own.items())
        or any(whole[group] - n < T for group, n in _by_group(own).items())
    }
    return [{key: float(n) for key, n in own} for own in found]


def region_families_of(site: Site, proposal: Proposal) -> Families:
    """Return who travels together and is most of a region's number, each with its people."""
    region = {p.id: p.region for p in site.places}
    goes_to = {a.case_id: region[a.place_id] for a in proposal.assignments}
    persons = persons_by_region(proposal, site.places)
    found = {
        (to, unit.size): None
        for unit in form_units(as_it_is_now(site, proposal)).units
        for to in [next((goes_to[c] for c in unit.cases if c in goes_to), None)]
        if to is not None and unit.size > 1 and persons[to] - unit.size < T
    }
    return [{key_of_region(to): float(size)} for to, size in found]


def _by_group(own: Counter[Key]) -> Counter[Key]:
    """Return people by group, whatever their outcome."""
    found = Counter[Key]()
    for key, count in own.items():
        found[tuple(pair for pair in key if pair[0] != OUTCOME)] += count
    return found


def _counted(site: Site, proposal: Proposal) -> Iterator[tuple[Unit, Counter[Key]]]:
    """Yield each unit with its people by group and outcome; whoever is alone is asked by the audit."""
    nationality = {p.id: p.nationality or "unknown" for p in site.persons}
    for unit, outcomes in _outcomes(site, proposal):
        finest = next(o for o in ("without", "elsewhere", "wished") if o in outcomes)
        people = Counter[Key]()
        for label, count in unit.groups:
            dimension, _, group = label.partition("=")
            people[key_of(dimension, group, finest)] += count
        people.update(key_of(NATIONALITY, nationality[p], finest) for p in unit.persons)
        yield unit, people


def _outcomes(site: Site, proposal: Proposal) -> Iterator[tuple[Unit, tuple[str, ...]]]:
    """Yield each unit with the numbers that it is counted in."""
    region = {p.id: p.region for p in site.places}
    goes_to = {a.case_id: region[a.place_id] for a in proposal.assignments}
    for unit in form_units(as_it_is_now(site, proposal)).units:
        to = next((goes_to[c] for c in unit.cases if c in goes_to), None)
        if to is None:
            yield unit, (TOTAL, "without", "not as wished")
        elif dict(unit.points).get(to, 0) > 0:
            yield unit, (TOTAL, "placed", "wished")
        else:
            yield unit, (TOTAL, "placed", "elsewhere", "not as wished")


def _by_nationality(site: Site, proposal: Proposal) -> tuple[GroupShare, ...]:
    nationality = {p.id: p.nationality or "unknown" for p in site.persons}
    counted = Counter[tuple[str, str]]()
    for unit, outcomes in _outcomes(site, proposal):
        counted.update((nationality[p], o) for p in unit.persons for o in outcomes)
    return tuple(
        GroupShare(
            dimension=NATIONALITY,
            group=g,
            persons=counted[g, TOTAL],
            placed=counted[g, "placed"],
            first_or_second_wish=counted[g, "wished"],
        )
        for g in sorted({g for g, _ in counted})
    )
