"""A written plan as a report to sign, a map and two tables, all of it or nothing."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sojourn.errors import PlanError, PlanMismatch
from sojourn.files import MARKER, Folder, check_folder, new_folder
from sojourn.protect.run.publishable import Memory
from sojourn.publish import render_html, render_pdf
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.lists.regions import persons_by_region, protected_regions
from sojourn.relocation.lists.report import ReportInput, plan_report, report_map
from sojourn.relocation.planner.replan import after
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.fairness import (
    fairness_of,
    families_of,
    groups_of,
    region_families_of,
)
from sojourn.relocation.run.printed import remember
from sojourn.relocation.run.releases import MEMORY, Shown, beside_earlier, follow
from sojourn.relocation.run.releases import remember as remember_shown
from sojourn.relocation.run.relocate import read_plan
from sojourn.relocation.run.tables import tables_of, write_tables_csv
from sojourn.relocation.run.written import plan_digest
from sojourn.relocation.site.private import make_private
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.seal import plain_bytes

#: Sections of a report whose numbers were protected on the day it was printed, beside those shown before.
PROTECTED = ("map", "fairness")
_SECTION = re.compile(r'(?=<section id=")')
_DRAWN = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


def other_sections(given: ReportInput, page: Path) -> Iterator[str]:
    """Yield the sections of a printed report that this version would print otherwise, but for the protected ones.

    Raises
    ------
    PublishError
        Its name is of a language without words.
    """
    found = _sections(page.read_text("utf-8"))
    language = page.name.split(".")[1]
    either = [
        _sections(render_html(plan_report(given, language, floor_hidden=hidden)))
        for hidden in (False, True)
    ]
    for name in dict.fromkeys([*found, *either[0]]):
        if name not in PROTECTED and found.get(name) not in [one.get(name) for one in either]:
            yield name


def _sections(html: str) -> dict[str, str]:
    """Return the parts of a page by the name of their section; what stands before them is its head."""
    head, *parts = _SECTION.split(html)
    found = {"head": _DRAWN.sub("", head)}
    for part in parts:
        name = part.split('"', 2)[1]
        found[name] = found.get(name, "") + part
    return found


def read_report(site_folder: Path, plan_folder: Path) -> ReportInput:
    """Audit a written plan again and gather what its report says.

    Raises
    ------
    PlanMismatch
        The plan was made from other inputs.
    """
    site, plan = read_site(site_folder), read_plan(plan_folder)
    if site.digest != plan.site_digest:
        raise PlanMismatch(
            f"{plan_folder}: made from inputs {plan.site_digest[:12]}, these are {site.digest[:12]}",
            hint="name the site that the plan was made from",
        )
    if plan.events:
        site, _ = after(site, plan, plan.events)
    return ReportInput(
        plan=plan,
        checks=audit(site, plan),
        fairness=fairness_of(site, plan),
        regions=protected_regions(
            persons_by_region(plan, site.places), region_families_of(site, plan)
        ).audited,
        places=site.places,
        start=(site.rules.operation.lon, site.rules.operation.lat),
        plan_digest=plan_digest(plain_bytes(plan_folder / "plan.json").decode()),
    )


def write_report(
    site_folder: Path,
    plan_folder: Path,
    out: Path,
    languages: Sequence[str],
    *,
    scheduled: bool = False,
    after: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write the report in each language, the map and the tables that may be shown.

    Parameters
    ----------
    scheduled : bool
        The report follows a fixed schedule; else it is refused where only a few people changed since
        an earlier one.
    after : Path, optional
        The site folder of the report before, where it was another: what was shown from it is remembered here.
    tell : callable, optional
        Is told that no earlier report is remembered here.

    Raises
    ------
    SiteRefused
        ``after`` remembers no report, or this site remembers some already.
    PlanError
        The folder exists and is not empty, or cannot be written.
    PlanMismatch
        The plan was made from other inputs.
    PublishError
        A language has no words.
    DisclosureRisk
        Beside an earlier report this one would tell who changed; nothing is written.
    """
    check_folder(out, error=PlanError)
    given = read_report(site_folder, plan_folder)
    if after is not None:
        follow(site_folder, after)
    elif not (site_folder / MEMORY).exists():
        tell(
            f"{site_folder}: remembers no earlier report; if one was made of these people from another folder, "
            "remove this one and name that folder with --after: two reports tell by their difference who changed"
        )
    shown = _shown(site_folder, given.plan, scheduled=scheduled)
    given = replace(given, fairness=shown.table, regions=shown.regions, again=shown.again)
    with new_folder(out, "relocation report", error=PlanError) as folder:
        _write(given, folder, languages)
        make_private(folder.path)
        remember_shown(site_folder, shown)
    make_private(out)
    written = sorted(p for p in out.iterdir() if p.name != MARKER)
    remember(plan_folder, written)
    return written


def _shown(site_folder: Path, plan: Proposal, *, scheduled: bool) -> Shown:
    """Return the tables by group and by region that may be shown beside those of earlier reports."""
    site = read_site(site_folder)
    if plan.events:
        site, _ = after(site, plan, plan.events)
    day, groups = datetime.now(UTC).date(), groups_of(site, plan)
    families = families_of(site, plan)
    people = (persons_by_region(plan, site.places), region_families_of(site, plan))
    memory = Memory(site_folder / MEMORY, plan.name, day, scheduled)
    return beside_earlier(memory, groups, families, *people)


def _write(given: ReportInput, folder: Folder, languages: Sequence[str]) -> None:
    for language in languages:
        document = plan_report(given, language)
        folder.write(f"report.{language}.html", render_html(document))
        folder.write(f"report.{language}.pdf", render_pdf(document))
        chart = report_map(given, language)
        folder.write(f"map.{language}.svg", chart.light)
    folder.write("map.csv", report_map(given, languages[0]).csv)
    tables = tables_of(given.plan, given.checks, given.fairness)
    write_tables_csv({"fairness": tables["fairness"]}, folder)
