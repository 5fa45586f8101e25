"""Safe offers at the desk: regions where a case leaves a place to every protected person to come.

A region may be offered if the whole register, planned with this case in that region, leaves no
more people of tiers 1 and 2 without a place than it would with the case anywhere. Whoever has not been
asked yet counts with every region that their needs allow: they can still be offered any of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sojourn.errors import NoSuchCase, PlanError
from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.units import Units, form_units
from sojourn.relocation.proposal.reasons import in_words
from sojourn.relocation.site.site import Case, Consent, Site
from sojourn.terminal.one_line import OneLine

PROTECTED = 2  # levels, the first ones: people of tiers 1 and 2 without a place
ENOUGH = 2  # regions; a choice of one is none


@dataclass(frozen=True)
class Offers(OneLine):
    """What may be offered to a case.

    Attributes
    ----------
    safe : tuple of str
        Regions, in canonical order.
    refused : mapping of str to str
        Region to the reason why it is not offered.
    reason : str
        Why fewer than two regions are safe; empty otherwise.
    note : str
        What has to be there before the case travels: consent, a best-interest sheet; empty otherwise.
    """

    case_id: str
    safe: tuple[str, ...]
    refused: Mapping[str, str]
    reason: str
    note: str = ""


def safe_offers(site: Site, case_id: str) -> Offers:
    """Find the regions that may be offered to a case.

    Raises
    ------
    NoSuchCase
        The site knows no such case, or it declined or is absent.
    """
    note = _lacking(site, case_id)
    site = everybody_asked(site)
    formed, eligible = form_units(site), Eligibility(site)
    if not any(case_id in u.cases for u in formed.units):
        raise NoSuchCase(
            f"case {case_id!r} is not among those to be planned",
            hint="see case.csv: it may have declined or be absent",
        )
    units = _who_counts(formed, case_id, eligible)
    regions = sorted({p.region for p in site.places})
    anywhere = _protected(
        _asked(site, units, case_id, tuple(regions)), eligible, case_id, placed=False
    )
    safe: list[str] = []
    refused: dict[str, str] = {}
    for region in regions:
        there = _protected(_asked(site, units, case_id, (region,)), eligible, case_id, placed=True)
        if there is None:
            refused[region] = _no_place(_asked(site, units, case_id, (region,)), eligible, case_id)
        elif anywhere is not None and there > anywhere:
            refused[region] = "its place there is the last one for a more protected person"
        else:
            safe.append(region)
    reason = "" if len(safe) >= ENOUGH else _reason(len(safe), refused)
    return Offers(case_id, tuple(safe), refused, reason, note)


def everybody_asked(site: Site) -> Site:
    """Return the site as if all who have not been asked accepted every region, with papers signed.

    Asked is who consented and was offered regions, or wished for some.
    """

    def asked(case: Case) -> Case:
        if case.consent is Consent.DECLINED:
            return case
        told = case.consent is not Consent.PENDING and (case.wishes or case.offered_regions)
        if told:
            return replace(case, best_interest_signed=True)
        return replace(
            case,
            consent=Consent.EXPLICIT,
            best_interest_signed=True,
            offered_regions=("any",),
            wishes=(),
        )

    return replace(site, cases=tuple(map(asked, site.cases)))


def _lacking(site: Site, case_id: str) -> str:
    """Say which papers the case and those with it still lack."""
    formed = next((u for u in form_units(site).units if case_id in u.cases), None)
    if formed is None:
        return ""
    cases = [c for c in site.cases if c.id in formed.cases]
    said = []
    if any(c.consent is Consent.PENDING for c in cases):
        said.append("consent is pending")
    if formed.alone and not all(c.best_interest_signed for c in cases):
        said.append("the best-interest sheet is not signed")
    return " and ".join(said)


def _no_place(units: Units, eligible: Eligibility, case_id: str) -> str:
    """Say what closes a region to the case: a rule wherever it goes, rules there, or beds."""
    unit = next(u for u in units.units if case_id in u.cases)
    if unit.blocked:
        verb = "forbids" if len(unit.blocked) == 1 else "forbid"
        told = " and ".join(map(in_words, unit.blocked))
        return f"{told} {verb} the move wherever it goes"
    region = dict(unit.points)
    there = [p for p in eligible.pools if eligible.places[p.place].region in region]
    if eligible.allowed(unit):
        return "no place there that rules and beds allow this case: all are needed by those bound there"
    rules = min(
        (sorted({*eligible.refusals(unit, p)}) for p in there),
        key=lambda r: (len(r), r),
        default=["R01"],
    )
    told = ", ".join(map(in_words, rules))
    return f"no place there that rules and beds allow this case: {told}"


def _reason(count: int, refused: Mapping[str, str]) -> str:
    said = sorted(set(refused.values()))
    return f"{count} of {count + len(refused)} regions are safe: {'; '.join(said) or 'there are no others'}"


def _asked(site: Site, units: Units, case_id: str, regions: tuple[str, ...]) -> Units:
    """Return the units as if the case and those with it had been offered these regions only."""
    mine = next(u for u in units.units if case_id in u.cases)
    people = tuple(p for p in site.persons if p.id in mine.persons)
    inside = {p.id for p in people}
    cases = tuple(
        replace(c, offered_regions=regions, wishes=()) for c in site.cases if c.id in mine.cases
    )
    links = tuple(k for k in site.links if k.a in inside and k.b in inside)
    alone = form_units(replace(site, persons=people, cases=cases, links=links)).units
    asked = next(u for u in alone if u.id == mine.id)
    return replace(
        units,
        units=tuple(
            replace(u, points=asked.points, wished=asked.wished) if u is mine else u
            for u in units.units
        ),
    )


def _who_counts(formed: Units, case_id: str, eligible: Eligibility) -> Units:
    """Return the case and the protected units; the others can always stay out of their way.

    Without a place they cost these levels nothing. R20 counts them, and so does a plan under it.
    """
    everybody = eligible.rules.on("R20")
    kept = tuple(
        replace(u, singular=True) if case_id in u.cases else u
        for u in formed.units
        if everybody or u.tier <= PROTECTED or case_id in u.cases
    )
    ids = {u.id for u in kept}
    return Units(kept, tuple(k for k in formed.links if k.a in ids and k.b in ids))


def _protected(
    units: Units, eligible: Eligibility, case_id: str, *, placed: bool
) -> tuple[int, ...] | None:
    """Return the protected levels' values; None when the case must have a place and has none."""
    unit = next(u for u in units.units if case_id in u.cases)
    if placed and not eligible.allowed(unit):
        return None
    model = build_model(units, eligible)
    mine = next(t for t, alike in enumerate(model.types) if case_id in alike[0].cases)
    if placed:
        upper = model.programme.upper.copy()
        upper[model.slack.start + mine] = 0.0
        model = replace(model, programme=replace(model.programme, upper=upper))
    levels = model.levels[:PROTECTED]
    try:
        solved = solve(replace(model, levels=levels))
    except PlanError:
        return None
    return tuple(int(np.rint(level.cost @ solved.x)) for level in levels)
