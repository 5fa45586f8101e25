"""The independent auditor: every hard rule checked on the raw tables and the plan, with witnesses.

It shares no code with the planner beyond the tables' readers and the form of a proposal; an import
contract proves it. A witness names cases, places and trips: pseudonyms, never a flag.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace

from sojourn.relocation.audit import people as audit_people
from sojourn.relocation.audit import places as audit_places
from sojourn.relocation.audit import travel as audit_travel
from sojourn.relocation.audit.events import as_it_is_now, unknown
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.method import proven_so
from sojourn.relocation.audit.order import order
from sojourn.relocation.audit.proof import Proof, ill, proofs, unsaid
from sojourn.relocation.audit.rows import rows
from sojourn.relocation.audit.since import since
from sojourn.relocation.audit.told import companies, told
from sojourn.relocation.audit.why import why
from sojourn.relocation.audit.worth import worth
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.proposal.reasons import rule_words
from sojourn.relocation.site.site import Site

Rule = Callable[[Facts], Iterator[str]]


@dataclass(frozen=True)
class Violation:
    """One broken rule, and who or what bears witness."""

    rule: str
    witness: str


@dataclass(frozen=True)
class Check:
    """One rule over the whole plan.

    Attributes
    ----------
    checked : int
        Assignments it was asked of; 0 where the rule is switched off.
    proofs : tuple of Proof
        Of R00, where nothing is violated: what is proven of each level.
    unproven : tuple of str
        Of R00: what of the plan, and of what is printed of it, was taken as it stands.
    """

    rule: str
    title: str
    checked: int
    violations: tuple[Violation, ...]
    proofs: tuple[Proof, ...] = ()
    unproven: tuple[str, ...] = ()


def _known(facts: Facts) -> tuple[Facts, list[str]]:
    """Leave out what names people, cases or places that are not there, and say so."""
    plan, people, cases, places = facts.plan, facts.people, facts.cases, facts.places
    strange: list[str] = []

    def there(what: str, name: str, known: Container[str]) -> bool:
        if name not in known:
            strange.append(f"{what} {name} is in the plan and not registered")
        return name in known

    kept = replace(
        plan,
        assignments=tuple(
            a
            for a in plan.assignments
            if there("case", a.case_id, cases) and there("place", a.place_id, places)
        ),
        trips=tuple(
            replace(t, stops=tuple(s for s in t.stops if there("place", s.place_id, places)))
            for t in plan.trips
        ),
        manifest=tuple(
            r
            for r in plan.manifest
            if there("person", r.person_id, people) and there("case", r.case_id, cases)
        ),
    )
    return replace(facts, plan=kept), sorted(set(strange))


def _everything(facts: Facts) -> Iterator[str]:
    yield from audit_people.everybody(facts)
    yield from audit_travel.means(facts)
    yield from told(facts)


RULES: tuple[tuple[str, Rule], ...] = (
    ("R00", _everything),
    ("R01", audit_places.capacity),
    ("R02", audit_people.whole_cases),
    ("R03", audit_people.together),
    ("R04", audit_places.children),
    ("R05", audit_travel.children),
    ("R06", audit_people.siblings),
    ("R07", audit_places.women),
    ("R08", audit_people.apart),
    ("R09", audit_places.compromised),
    ("R10", audit_places.medical),
    ("R11", audit_travel.wheelchairs),
    ("R12", audit_travel.pregnancy),
    ("R13", audit_places.schools),
    ("R14", audit_people.consent),
    ("R15", audit_people.relatives),
    ("R16", audit_travel.arrivals),
    ("R17", audit_travel.hours),
    ("R18", audit_travel.waiting),
    ("R19", audit_travel.interpreters),
    ("R20", audit_places.concentration),
    ("R21", audit_people.frozen),
)


def _title(rule: str) -> str:
    said = rule_words()[rule]
    return said[0].lower() + said[1:]


def audit(site: Site, plan: Proposal, previous: Proposal | None = None) -> tuple[Check, ...]:
    """Check every rule that is switched on.

    Parameters
    ----------
    site : Site
        The raw tables; what has happened since is read off the plan's events.
    previous : Proposal, optional
        The plan before, with which frozen decisions are compared (R21).
    """
    known, strange = _known(Facts(as_it_is_now(site, plan), plan, previous))
    strange += unknown(site, plan)
    checks = []
    for rule, check in RULES:
        on = rule == "R00" or site.rules.on(rule)
        said = [*strange, *check(known)] if rule == "R00" else check(known) if on else ()
        found = tuple(Violation(rule, w) for w in said)
        checks.append(Check(rule, _title(rule), len(plan.assignments) if on else 0, found))
    if not any(c.violations for c in checks):  # else its worth is that of another plan
        asked = (rows, order, since, proven_so, worth, why, companies, ill)
        of_itself = [said for ask in asked for said in ask(known)]
        untrue = tuple(Violation("R00", w) for w in of_itself)
        checks[0] = replace(checks[0], violations=untrue)
    if not any(c.violations for c in checks):
        proven = proofs(known)
        untrue = tuple(Violation("R00", w) for w in unsaid(known, proven))
        checks[0] = replace(checks[0], violations=untrue, proofs=() if untrue else proven)
    return tuple(checks)
