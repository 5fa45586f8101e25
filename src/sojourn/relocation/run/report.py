"""A written plan as a report to sign, a map and two tables, all of it or nothing."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sojourn.errors import PlanError, PlanMismatch
from sojourn.publish.page import render_html
from sojourn.publish.paper import render_pdf
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.lists.regions import by_region
from sojourn.relocation.lists.report import ReportInput, plan_report, report_map
from sojourn.relocation.planner.replan import after
from sojourn.relocation.run.fairness import fairness_of
from sojourn.relocation.run.printed import remember
from sojourn.relocation.run.relocate import plan_digest, read_plan
from sojourn.relocation.run.tables import tables_of, write_tables_csv
from sojourn.relocation.site.read import read_site


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
        regions=by_region(plan, site.places),
        start=(site.rules.operation.lon, site.rules.operation.lat),
        plan_digest=plan_digest((plan_folder / "plan.json").read_text("utf-8")),
    )


def write_report(
    site_folder: Path, plan_folder: Path, out: Path, languages: Sequence[str]
) -> list[Path]:
    """Write the report in each language, the map and the tables that may be shown.

    Raises
    ------
    PlanError
        The folder exists and is not empty, or cannot be written.
    PlanMismatch
        The plan was made from other inputs.
    PublishError
        A language has no words.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise PlanError(f"{out}: exists and is not an empty folder", hint="name a new folder")
    given = read_report(site_folder, plan_folder)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".report-") as made:
            inside = Path(made) / "report"
            inside.mkdir()
            _write(given, inside, languages)
            if out.exists():
                out.rmdir()
            shutil.move(str(inside), str(out))
    except OSError as error:
        raise PlanError(
            f"{out}: cannot be written ({error.strerror})", hint="check the folder"
        ) from None
    written = sorted(out.iterdir())
    remember(plan_folder, written)
    return written


def _write(given: ReportInput, folder: Path, languages: Sequence[str]) -> None:
    for language in languages:
        document = plan_report(given, language)
        (folder / f"report.{language}.html").write_text(render_html(document), "utf-8", newline="")
        (folder / f"report.{language}.pdf").write_bytes(render_pdf(document))
        chart = report_map(given, language)
        (folder / f"map.{language}.svg").write_text(chart.light, "utf-8", newline="")
    (folder / "map.csv").write_text(report_map(given, languages[0]).csv, "utf-8", newline="")
    tables = tables_of(given.plan, given.checks, given.fairness)
    write_tables_csv({"fairness": tables["fairness"]}, folder)
