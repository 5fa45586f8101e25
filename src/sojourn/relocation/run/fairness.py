"""Fairness of a proposal by group, nationality among them: in the report, never in an objective."""

from collections import Counter
from collections.abc import Iterator

from sojourn.protect.audit.audit import AuditedTable
from sojourn.relocation.lists.fairness import TOTAL, Units, protected
from sojourn.relocation.planner.units import Unit, form_units
from sojourn.relocation.proposal.proposal import GroupShare, Proposal
from sojourn.relocation.site.site import Site

NATIONALITY = "nationality"


def fairness_of(site: Site, proposal: Proposal) -> AuditedTable:
    """Return the protected table by group.

    Parameters
    ----------
    site : Site
        After the events that the proposal answers to.
    """
    return protected(groups_of(site, proposal), units_of(site, proposal)).audited


def groups_of(site: Site, proposal: Proposal) -> tuple[GroupShare, ...]:
    """Return the counts by group as they are; they never leave the site's own machines."""
    return (*proposal.groups, *_by_nationality(site, proposal))


def units_of(site: Site, proposal: Proposal) -> Units:
    """Return how many who travel together the people of each number are: a family knows its own."""
    found = Counter[tuple[str, str, str]]()
    nationality = {p.id: p.nationality or "unknown" for p in site.persons}
    for unit, outcomes in _outcomes(site, proposal):
        labels = {tuple(label.split("=", 1)) for label, _ in unit.groups}
        labels |= {(NATIONALITY, nationality[p]) for p in unit.persons}
        for dimension, group in labels:
            for outcome in outcomes:
                found[dimension, group, outcome] += 1
    return found


def _outcomes(site: Site, proposal: Proposal) -> Iterator[tuple[Unit, tuple[str, ...]]]:
    """Yield each unit with the numbers that it is counted in."""
    region = {p.id: p.region for p in site.places}
    goes_to = {a.case_id: region[a.place_id] for a in proposal.assignments}
    for unit in form_units(site).units:
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
