"""A site in, a proposal out: tables, one database, pages; all of it or nothing."""

import csv
import hashlib
import io
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sojourn.errors import PlanError, PlanMismatch, PlanRefused
from sojourn.plan.audit import audit
from sojourn.plan.proposal import Event, Proposal
from sojourn.plan.relocate.planner import make_plan
from sojourn.plan.relocate.replan import after
from sojourn.plan.site import Site
from sojourn.plan.site_example import make_example
from sojourn.plan.site_read import read_site
from sojourn.plan.site_write import write_example

FEW = 5  # persons; smaller groups are not told apart in a table that leaves the site
TABLES = (
    "assignments", "unplaced", "out_of_plan", "trips", "manifest", "bounds", "groups", "changes",
)  # fmt: skip


def plan_site(folder: Path, out: Path) -> Proposal:
    """Plan a site, have it audited, and write it into a new folder.

    Raises
    ------
    SiteRefused
        A table is faulty; nothing is planned on it.
    PlanRefused
        The independent audit found a broken rule; nothing is written.
    """
    site = read_site(folder)
    proposal = make_plan(site)
    _audited(site, proposal, out)
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
    site, previous = read_site(folder), read_plan(before)
    if site.digest != previous.site_digest:
        raise PlanMismatch(f"{before}: made from other inputs", hint="name its own site")
    proposal = make_plan(site, previous, events)
    _audited(after(site, previous, events)[0], proposal, out, previous)
    return proposal


def _audited(site: Site, proposal: Proposal, out: Path, previous: Proposal | None = None) -> None:
    report = audit(site, proposal, previous)
    broken = [v for check in report for v in check.violations]
    if broken:
        listed = "; ".join(f"{v.rule}: {v.witness}" for v in broken[:5])
        raise PlanRefused(
            f"the audit found {len(broken)} broken rules ({listed})",
            hint="this is a fault of the planner, not of the site: report it; no plan was written",
        )
    write_plan(proposal, site, out, report)


def write_plan(proposal: Proposal, site: Site, out: Path, report: Sequence[Any]) -> None:
    """Write a proposal as JSON, CSV and SQLite into a new folder, all of it or nothing.

    Raises
    ------
    PlanError
        The folder exists and is not empty, or cannot be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise PlanError(f"{out}: exists and is not an empty folder", hint="name a new folder: a plan is never written over another")  # fmt: skip
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".plan-") as made:
            inside = Path(made) / "plan"
            inside.mkdir()
            _write(proposal, site, inside, report)
            if out.exists():
                out.rmdir()
            shutil.move(str(inside), str(out))
    except OSError as error:
        raise PlanError(f"{out}: cannot be written ({error.strerror})", hint="check the folder") from None  # fmt: skip


def _write(proposal: Proposal, site: Site, folder: Path, report: Sequence[Any]) -> None:
    plain = _plain(proposal)
    for bound in plain["bounds"]:
        bound.pop("seconds")  # the one thing that differs between two runs
    text = json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "plan.json").write_text(text + "\n", "utf-8", newline="")
    tables = {name: plain[name] for name in TABLES}
    tables["arrivals"] = _arrivals(proposal)
    tables["fairness"] = _fairness(proposal)
    tables["driver"] = [
        {k: row[k] for k in ("trip_id", "order", "person_id", "place_id", "seat")}
        for row in plain["manifest"]
    ]
    tables["audit"] = [
        {"rule": c.rule, "title": c.title, "checked": c.checked, "violated": len(c.violations)}
        for c in report
    ]
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(_csv(rows), "utf-8", newline="")
    _database(tables, folder / "plan.sqlite")
    marked = "SYNTHETIC: nobody in this site exists.\n" if proposal.synthetic else ""
    readme = f"{marked}{proposal.notice}\nInputs: {site.digest}\nPlan: {plan_digest(text)}\n"
    (folder / "README.txt").write_text(readme, "utf-8", newline="")


def plan_digest(text: str) -> str:
    """Return the digest of a written plan."""
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: _cell(v) for k, v in row.items()})
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return ";".join(json.dumps(v, sort_keys=True) if isinstance(v, dict) else str(v) for v in value)  # fmt: skip
    return value


def _database(tables: Mapping[str, Sequence[Mapping[str, Any]]], path: Path) -> None:
    with sqlite3.connect(path) as con:
        for name, rows in tables.items():
            if not rows:
                continue
            columns = list(rows[0])
            con.execute(f'CREATE TABLE "{name}" ({", ".join(f"{c!r}" for c in columns)})')
            marks = ", ".join("?" * len(columns))
            con.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})',  # noqa: S608 - names of ours
                [[_cell(row[c]) for c in columns] for row in rows],
            )
    con.close()


def _arrivals(proposal: Proposal) -> list[dict[str, Any]]:
    return [
        {"place_id": s.place_id, "day": t.day.isoformat(), "arrival": _clock(s.arrival), "trip_id": t.id, "persons": s.persons}
        for t in sorted(proposal.trips, key=lambda t: (t.day, t.departure, t.id))
        for s in t.stops
    ]  # fmt: skip


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _fairness(proposal: Proposal) -> list[dict[str, Any]]:
    """Return shares by group; groups too small to be told apart are put together."""
    rows: list[dict[str, Any]] = []
    for dimension in sorted({g.dimension for g in proposal.groups}):
        groups = [g for g in proposal.groups if g.dimension == dimension]
        small = [g for g in groups if g.persons < FEW]
        if small and len(groups) - len(small) >= 1:  # one small group alone could be subtracted
            rest = sorted(
                (g for g in groups if g.persons >= FEW), key=lambda g: (g.persons, g.group)
            )
            while rest and (len(small) < 2 or sum(g.persons for g in small) < FEW):
                small.append(rest.pop(0))
            groups = rest
        else:
            groups, small = (groups, []) if not small else ([], groups)
        rows += [
            {
                "dimension": dimension,
                "group": g.group,
                "persons": g.persons,
                "placed": g.placed,
                "first_or_second_wish": g.first_or_second_wish,
            }
            for g in groups
        ]
        if small:
            rows.append(
                {
                    "dimension": dimension,
                    "group": "others, put together",
                    "persons": sum(g.persons for g in small),
                    "placed": sum(g.placed for g in small),
                    "first_or_second_wish": sum(g.first_or_second_wish for g in small),
                }
            )
    return rows


def read_plan(folder: Path) -> Proposal:
    """Read a written plan.

    Raises
    ------
    PlanMismatch
        It is not there, or was changed.
    """
    from sojourn.plan.proposal_read import proposal_of

    path = folder / "plan.json"
    try:
        return proposal_of(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PlanMismatch(f"{path}: is no plan ({error})", hint="name the folder that sojourn relocate plan wrote") from None  # fmt: skip


def audit_plan(site_folder: Path, plan_folder: Path) -> tuple[list[Any], Proposal]:
    """Audit a written plan on the raw inputs, and what it says happened since.

    Raises
    ------
    PlanMismatch
        The plan was made from other inputs.
    """
    site, proposal = read_site(site_folder), read_plan(plan_folder)
    if site.digest != proposal.site_digest:
        raise PlanMismatch(
            f"{plan_folder}: made from inputs {proposal.site_digest[:12]}, these are {site.digest[:12]}",
            hint="audit the plan with the tables it was made from, or plan again",
        )
    if proposal.events:
        site, _ = after(site, proposal, proposal.events)
    return list(audit(site, proposal)), proposal


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


def summary(proposal: Proposal) -> dict[str, Any]:
    """Return what a plan says in a few numbers."""
    return {
        "synthetic": proposal.synthetic,
        "assigned": sum(a.persons for a in proposal.assignments),
        "unplaced": sum(u.persons for u in proposal.unplaced),
        "out_of_plan": len(proposal.out_of_plan),
        "trips": len(proposal.trips),
        "bounds": [asdict(b) for b in proposal.bounds],
        "warnings": list(proposal.warnings),
        "site": proposal.site_digest,
    }
