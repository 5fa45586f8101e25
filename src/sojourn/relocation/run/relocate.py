"""A site in, a proposal out: tables, one database, pages; all of it or nothing."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.errors import Misasked, PlanError, PlanMismatch, PlanRefused, TableRefused
from sojourn.files import Folder, check_folder, new_folder
from sojourn.relocation.audit.audit import Check, Violation, audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import (
    NOT_PROVEN,
    PROVEN,
    Bound,
    Event,
    Outcome,
    Proposal,
)
from sojourn.relocation.proposal.reasons import figure
from sojourn.relocation.run.fairness import fairness_of
from sojourn.relocation.run.tables import plan_json, tables_of, write_tables
from sojourn.relocation.run.written import (
    README,
    differing,
    lists_of,
    not_looked_at,
    plan_digest,
    readme_of,
)
from sojourn.relocation.site.example import make_example
from sojourn.relocation.site.private import make_private
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.seal import plain_bytes
from sojourn.relocation.site.site import Site
from sojourn.relocation.site.write import write_example

if TYPE_CHECKING:
    from sojourn.relocation.run.reread import Lists

PLAN_FOLDER = "relocation plan"


def plan_site(folder: Path, out: Path) -> Proposal:
    """Plan a site, have it audited, and write it into a new folder.

    Raises
    ------
    SiteRefused
        A table is faulty; nothing is planned on it.
    PlanRefused
        The independent audit found a broken rule; nothing is written.
    """
    check_folder(out, error=PlanError)
    site = read_site(folder)
    proposal = make_plan(site)
    report = audited(site, proposal)
    proposal = with_proofs(proposal, report)
    write_plan(proposal, site, out, report)
    return proposal


def replan_site(folder: Path, before: Path, events: Sequence[Event], out: Path) -> Proposal:
    """Plan again after something happened, have it audited, and write it into a new folder.

    Raises
    ------
    PlanMismatch
        The earlier plan is of other inputs, or an event names something that is not there.
    PlanRefused
        The independent audit found a broken rule; nothing is written.
    """
    check_folder(out, error=PlanError)
    site, previous = read_site(folder), read_plan(before)
    if site.digest != previous.site_digest:
        raise PlanMismatch(f"{before}: made from other inputs", hint="name its own site")
    digest = plan_digest(plan_json(previous))
    proposal = replace(make_plan(site, previous, events), previous_digest=digest)
    report = audited(site, proposal, previous)
    proposal = with_proofs(proposal, report)
    write_plan(proposal, site, out, report)
    return proposal


def with_proofs(proposal: Proposal, report: Sequence[Check]) -> Proposal:
    """Return a proposal whose levels say what of them the audit proves by itself."""
    found = {p.level: p.entry for p in report[0].proofs}
    bounds = tuple(
        replace(b, status=found[b.level][0], audited=found[b.level][1]) if b.level in found else b
        for b in proposal.bounds
    )
    return replace(proposal, bounds=bounds)


def happened(plan_folder: Path, events: Iterable[str], ledger: Path | None = None) -> list[Event]:
    """Return what happened since a plan: as told, and who declined by the signed events of a ledger.

    Parameters
    ----------
    events : iterable of str
        Each ``kind:id``, as in ``place withdrawn:L1``.

    Raises
    ------
    Misasked
        Nothing is told, and no ledger named.
    PlanError
        The ledger says nothing that this plan does not know, or this machine knows none of its devices.
    """
    from sojourn.relocation.custody.declined import declined
    from sojourn.relocation.run.custody import read_ledger
    from sojourn.relocation.run.devices import known_devices

    told = [Event(kind=kind, id=name) for kind, _, name in (e.rpartition(":") for e in events)]
    if ledger is None:
        if not told:
            raise Misasked("nothing happened", hint="name an event, or a ledger")
        return told
    known, plan = known_devices(ledger), read_plan(plan_folder)
    if not known:
        raise PlanError(
            f"{ledger}: this machine keeps no record of its devices, so no event says who declined",
            hint="merge it into the ledger that is kept here: sojourn custody merge",
        )
    moved = {a.case_id for a in plan.assignments} - set(plan.frozen)
    cases = sorted(declined(read_ledger(ledger)[0], known) & moved)
    told += [Event(kind="case declined", id=case) for case in cases]
    if not told:
        raise PlanError(
            f"{ledger}: nobody whom {plan_folder} moves has declined by a signed event",
            hint="the plan stands as it is; --event says what else happened",
        )
    return list(dict.fromkeys(told))


def audited(site: Site, proposal: Proposal, previous: Proposal | None = None) -> tuple[Check, ...]:
    """Return the audit of a proposal in which every rule is kept.

    Raises
    ------
    PlanRefused
        The independent audit found a broken rule.
    """
    report = audit(site, proposal, previous)
    broken = [v for check in report for v in check.violations]
    if broken:
        listed = "; ".join(f"{v.rule}: {v.witness}" for v in broken[:5])
        raise PlanRefused(
            f"the audit found {len(broken)} broken rules ({listed})",
            hint="this is a fault of the planner, not of the site: report it; no plan was written",
        )
    return report


def write_plan(proposal: Proposal, site: Site, out: Path, report: Sequence[Check]) -> None:
    """Write a proposal as JSON, CSV and SQLite into a new folder, all of it or nothing.

    Raises
    ------
    PlanError
        The folder exists and is not empty, or cannot be written.
    """
    check_folder(out, error=PlanError)  # a plan is never written over another
    with new_folder(out, PLAN_FOLDER, error=PlanError) as folder:
        _write(proposal, site, folder, report)
        make_private(folder.path)
    make_private(out)


def _write(proposal: Proposal, site: Site, folder: Folder, report: Sequence[Check]) -> None:
    text = plan_json(proposal)
    folder.write("plan.json", text)
    write_tables(tables_of(proposal, report, fairness_of(site, proposal)), folder)
    folder.write(README, readme_of(proposal))


def read_plan(folder: Path) -> Proposal:
    """Read a written plan.

    Raises
    ------
    PlanMismatch
        It is not there, or was changed.
    """
    from sojourn.relocation.proposal.read import proposal_of

    path = folder / "plan.json"
    try:
        return proposal_of(json.loads(plain_bytes(path).decode()))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise PlanMismatch(
            f"{path}: is no plan ({error})", hint="name the folder that sojourn relocate plan wrote"
        ) from None


def audit_plan(
    site_folder: Path,
    plan_folder: Path,
    ledger: Path | None = None,
    *,
    before: Path | None = None,
    papers: bool | None = None,
) -> tuple[list[Any], Proposal]:
    """Audit a written plan on the raw inputs, and what it says happened since.

    Parameters
    ----------
    ledger : Path, optional
        A custody ledger: who declined is then held against its signed events.
    before : Path, optional
        The plan from which this one was made again: what is frozen and what changed is held against it.
    papers : bool, optional
        Whether printed papers (PDF) are made anew and compared; by default those of a few people are.

    Raises
    ------
    PlanMismatch
        The plan was made from other inputs, or from another plan.
    """
    site, proposal = read_site(site_folder), read_plan(plan_folder)
    if site.digest != proposal.site_digest:
        raise PlanMismatch(
            f"{plan_folder}: made from inputs {proposal.site_digest[:12]}, these are {site.digest[:12]}",
            hint="audit the plan with the tables it was made from, or plan again",
        )
    previous = None if before is None else _before(proposal, plan_folder, before)
    report = audit(site, proposal, previous)
    try:
        strange = [Violation("R00", w) for w in differing(site, proposal, report, plan_folder)]
    except TableRefused as refused:  # a place that is not there, or counts that were changed
        strange = [
            Violation("R00", f"its counts by group contradict its places: {refused.args[0]}")
        ]
    left = [*not_proven(proposal, before)]
    if others := not_looked_at(plan_folder):
        left.append(f"not looked at, for no plan has such files: {', '.join(others)}")
    if (
        not strange
        and not any(check.violations for check in report)
        and (paths := lists_of(plan_folder))
    ):
        lists = _lists(site_folder, plan_folder, site, proposal, paths, papers)
        strange += [Violation("R00", w) for w in lists.otherwise()]
        left += [] if strange else lists.unread()
    if ledger is not None:
        strange += [Violation("R00", w) for w in _declined(ledger, proposal)]
    first = replace(report[0], violations=(*report[0].violations, *strange), unproven=tuple(left))
    return [first, *report[1:]], proposal


def _lists(
    site_folder: Path,
    folder: Path,
    site: Site,
    plan: Proposal,
    paths: Sequence[Path],
    papers: bool | None,  # noqa: FBT001 - as `audit_plan` was asked
) -> "Lists":
    """Return what was printed of a plan; what sets it is loaded for it alone."""
    from sojourn.relocation.run.reread import PAPERS_UP_TO, Lists

    few = len(plan.manifest) <= PAPERS_UP_TO
    return Lists(site_folder, folder, site, plan, paths, few if papers is None else papers)


def _before(proposal: Proposal, plan_folder: Path, before: Path) -> Proposal:
    """Return the plan from which another was made again."""
    previous = read_plan(before)
    digest = plan_digest(plan_json(previous))
    if digest != proposal.previous_digest:
        said = proposal.previous_digest[:12] or "none"
        raise PlanMismatch(
            f"{plan_folder}: made again from plan {said}, {before} is {digest[:12]}",
            hint="name the folder that sojourn relocate replan was given",
        )
    return previous


def _declined(ledger: Path, proposal: Proposal) -> list[str]:
    """Return where a plan says otherwise of who declined than the signed events of a ledger."""
    from sojourn.relocation.custody.declined import against_plan
    from sojourn.relocation.run.custody import read_ledger
    from sojourn.relocation.run.devices import known_devices

    out = {o.case_id for o in proposal.out_of_plan if o.outcome is Outcome.DECLINED}
    placed = {a.case_id for a in proposal.assignments}
    return against_plan(read_ledger(ledger)[0], known_devices(ledger), out, placed)


def write_example_site(folder: Path, *, people: int, seed: int, places: int | None = None) -> int:
    """Write a synthetic site; return how many people it has.

    Raises
    ------
    SiteRefused
        The folder exists and is not empty, or the numbers are impossible.
    """
    tables = make_example(persons=people, seed=seed, places=places)
    write_example(tables, folder)
    return len(tables.person)


def by_whom(bound: Bound) -> str:
    """Say of a level's bound whether the audit proves it, or the planner alone states it.

    >>> by_whom(Bound(level="L5", name="", unit="", sense="most", value=3, bound=3, gap=0, gap_share=0, method=""))
    'not proven by the audit'
    """
    if bound.status == PROVEN or bound.audited is None:
        return bound.status or NOT_PROVEN
    than = "as good above has less" if bound.sense == "least" else "has more"
    return f"{NOT_PROVEN}, which proves: no plan {than} than {figure(bound.audited)}"


def level_in_words(bound: Bound) -> str:
    """Return a level, its value and its bound as they are printed when a plan is made."""
    few = "less" if bound.sense == "least" else "more"
    than = f"no plan has {few}" if not bound.gap else f"bound {figure(bound.bound)}, {bound.method}"
    worth = f"{figure(bound.value)} {bound.unit}"
    return f"{bound.level} {bound.name}: {worth} ({than}: {by_whom(bound)})"


def not_proven(proposal: Proposal, before: Path | None = None) -> Iterator[str]:
    """Yield what of a plan the audit does not prove, beside bounds."""
    if any(b.level == "L9" for b in proposal.bounds) and before is None:
        yield "L9 is not worked out anew: name the earlier plan with --before"
    if proposal.price_of_fairness:
        yield f"price of fairness {figure(proposal.price_of_fairness)}: {NOT_PROVEN}"
    if proposal.bounds:
        yield f"solver, threads and method of the bounds: as the plan says, {NOT_PROVEN}"


def summary(proposal: Proposal) -> dict[str, Any]:
    """Return what a plan says in a few numbers."""
    return {
        "synthetic": proposal.synthetic,
        "assigned": sum(a.persons for a in proposal.assignments),
        "unplaced": sum(u.persons for u in proposal.unplaced),
        "out_of_plan": len(proposal.out_of_plan),
        "trips": len(proposal.trips),
        "bounds": [asdict(b) for b in proposal.bounds],
        "levels": [level_in_words(b) for b in proposal.bounds],
        "price_of_fairness": proposal.price_of_fairness,
        "unproven": list(proposal.unproven),
        "warnings": list(proposal.warnings),
        "site": proposal.site_digest,
    }
