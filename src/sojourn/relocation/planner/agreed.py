"""Copies of a site in which the people concerned agree to something that they have not agreed to yet.

What is changed is said in words; a clinician's or a guardian's word counts among it.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sojourn.relocation.planner.bound import APART
from sojourn.relocation.planner.units import Unit
from sojourn.relocation.site.site import Case, Consent, Fitness, LinkStrength, Place, Site


def _consented(
    site: Site, unit: Unit, place: Place, refused: Collection[str]
) -> tuple[Site, list[str]]:
    """Offer the place's region and let the case accept it, or let consent be given."""
    said, cases = list[str](), {*unit.cases}
    if "R14" in refused and place.region not in dict(unit.points):
        site = replace(
            site,
            cases=tuple(
                replace(c, offered_regions=(*c.offered_regions, place.region))
                if c.id in cases
                else c
                for c in site.cases
            ),
        )
        said.append(f"the case is offered {place.region} and accepts it")
    if "R14" in unit.blocked:
        site = replace(
            site,
            cases=tuple(
                _signed(c, site.rules.operation.departure, alone=unit.alone) if c.id in cases else c
                for c in site.cases
            ),
        )
        said.append(
            "consent is given" + (" and the best-interest sheet signed" if unit.alone else "")
        )
    return site, said


def agreed(
    site: Site, unit: Unit, place: Place, refused: Collection[str]
) -> tuple[Site, list[str]]:
    """Change what the unit agreed to, or a clinician or guardian said of it."""
    site, said = _consented(site, unit, place, refused)
    people = {*unit.persons}
    if "R10" in unit.blocked:
        fit = replace(
            site,
            persons=tuple(
                replace(p, fit_to_travel=Fitness.YES) if p.id in people else p for p in site.persons
            ),
        )
        site, said = fit, [*said, "a clinician finds the case fit to travel"]
    if "R05" in unit.blocked:
        site = replace(
            site,
            links=tuple(
                replace(k, strength=LinkStrength.PREFER)
                if {k.a, k.b} <= people and k.strength is LinkStrength.SAME_PLACE
                else k
                for k in site.links
            ),
        )
        said.append("the link of children alone to an unrelated adult does not bind")
    if "R08" in unit.blocked:
        site = _registered_apart(site, unit)
        said.append("those who must be kept apart are registered as cases that nothing binds")
    if "R15" in refused:
        site = replace(site, relatives=tuple(r for r in site.relatives if r.person not in people))
        said.append("the case agrees to live away from its relatives")
    return site, said


def _registered_apart(site: Site, unit: Unit) -> Site:
    """Give the second of each two who must be kept apart a case of their own; loosen what binds them."""
    people, case_of = {*unit.persons}, {p.id: p.case_id for p in site.persons}
    heads = {c.id: c.head for c in site.cases}
    pairs = [(k.a, k.b) for k in site.links if k.strength in APART and {k.a, k.b} <= people]
    moved = {b if heads[case_of[b]] != b else a for a, b in pairs if case_of[a] == case_of[b]}
    cases = {c.id: c for c in site.cases}
    more = tuple(
        replace(cases[case_of[p]], id=f"{p} apart", head=p, travel_party_id="")
        for p in sorted(moved)
    )
    return replace(
        site,
        cases=(
            *(replace(c, travel_party_id="") if c.id in unit.cases else c for c in site.cases),
            *more,
        ),
        persons=tuple(
            replace(p, case_id=f"{p.id} apart") if p.id in moved else p for p in site.persons
        ),
        links=tuple(
            replace(k, strength=LinkStrength.PREFER, type="other")
            if {k.a, k.b} <= people and k.strength not in APART
            else k
            for k in site.links
        ),
    )


def _signed(case: Case, departure: date, *, alone: bool) -> Case:
    """Return a case with consent: a note that says half of by whom and when, or a day to come, is none."""
    consent = Consent.EXPLICIT if case.consent is Consent.PENDING else case.consent
    signed = replace(case, consent=consent, best_interest_signed=alone or case.best_interest_signed)
    half = bool(case.consent_by) != bool(case.consent_on)
    if half or (case.consent_on is not None and case.consent_on > departure):
        return replace(signed, consent_by="", consent_on=None)
    return signed
