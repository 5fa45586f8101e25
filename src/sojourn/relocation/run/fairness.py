"""Fairness of a proposal by group, nationality among them: in the report, never in an objective."""

from collections import Counter

from sojourn.relocation.lists.fairness import FairnessCell, protected
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.proposal.proposal import GroupShare, Proposal
from sojourn.relocation.site.site import Site


def fairness_of(site: Site, proposal: Proposal) -> tuple[FairnessCell, ...]:
    """Return the protected table by group.

    Parameters
    ----------
    site : Site
        After the events that the proposal answers to.
    """
    return protected(groups_of(site, proposal))


def groups_of(site: Site, proposal: Proposal) -> tuple[GroupShare, ...]:
    """Return the counts by group as they are; they never leave the site's own machines."""
    return (*proposal.groups, *_by_nationality(site, proposal))


def _by_nationality(site: Site, proposal: Proposal) -> tuple[GroupShare, ...]:
    region = {p.id: p.region for p in site.places}
    goes_to = {a.case_id: region[a.place_id] for a in proposal.assignments}
    nationality = {p.id: p.nationality or "unknown" for p in site.persons}
    persons, placed, wished = Counter[str](), Counter[str](), Counter[str]()
    for unit in form_units(site).units:
        to = next((goes_to[c] for c in unit.cases if c in goes_to), None)
        hit = to is not None and dict(unit.points).get(to, 0) > 0
        for person in unit.persons:
            group = nationality[person]
            persons[group] += 1
            placed[group] += to is not None
            wished[group] += hit
    return tuple(
        GroupShare(
            dimension="nationality",
            group=g,
            persons=persons[g],
            placed=placed[g],
            first_or_second_wish=wished[g],
        )
        for g in sorted(persons)
    )
