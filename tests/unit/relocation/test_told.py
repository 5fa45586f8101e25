"""What a plan says of itself: each kind of untruth is found by the auditor."""

import os
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NoReturn

import pytest

from sojourn.errors import PlanMismatch
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import Event, Proposal
from sojourn.relocation.run.manifests import write_manifests
from sojourn.relocation.run.relocate import read_plan, write_example_site, write_plan
from sojourn.relocation.run.written import differing, short_digest
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Proposal]:
    folder = tmp_path_factory.mktemp("told") / "SYNTHETIC"
    write_example_site(folder, people=150, seed=3)
    site = read_site(folder)
    return site, make_plan(site)


def of_first_trip(**new: object) -> Callable[[Proposal], Proposal]:
    return lambda plan: replace(
        plan,
        trips=(replace(plan.trips[0], **new), *plan.trips[1:]),  # type: ignore[arg-type]
    )


def of_first_row(**new: object) -> Callable[[Proposal], Proposal]:
    return lambda plan: replace(
        plan,
        manifest=(replace(plan.manifest[0], **new), *plan.manifest[1:]),  # type: ignore[arg-type]
    )


def of_first_bound(**new: object) -> Callable[[Proposal], Proposal]:
    return lambda plan: replace(
        plan,
        bounds=(replace(plan.bounds[0], **new), *plan.bounds[1:]),  # type: ignore[arg-type]
    )


def of_level(level: str, **new: object) -> Callable[[Proposal], Proposal]:
    return lambda plan: replace(
        plan,
        bounds=tuple(
            replace(b, **new) if b.level == level else b  # type: ignore[arg-type]
            for b in plan.bounds
        ),
    )


@pytest.mark.parametrize(
    "mutant",
    [
        of_first_trip(departure=60),
        of_first_trip(departure=23 * 60 + 50),
        of_first_trip(bay=99),
        of_first_trip(bay=0),
        of_first_trip(region="nowhere"),
        lambda plan: of_first_trip(
            group="children" if plan.trips[0].group == "general" else "general"
        )(plan),
        lambda plan: of_first_trip(stops=plan.trips[0].stops * 9)(plan),
        of_first_row(needs=("protected_place",)),
        of_first_row(needs=("torture",)),
        of_first_row(seat="stretcher"),
        of_first_bound(value=-1.0),
        of_first_bound(gap=17.0),
        of_level("L1", value=0.0, bound=0.0, gap=0.0),
        of_level("L3", value=7.0, bound=7.0, gap=0.0),
        of_level("L4", value=1.0, bound=1.0, gap=0.0),
        of_level("L5", value=999.0, bound=999.0, gap=0.0),
        of_level("L8", value=1.0, bound=1.0, gap=0.0),
        of_level("L1", value=float("nan"), bound=0.0, gap=0.0),
        lambda plan: replace(plan, groups=plan.groups[1:]),
        lambda plan: replace(plan, groups=(replace(plan.groups[0], placed=1), *plan.groups[1:])),
        lambda plan: replace(
            plan, groups=(replace(plan.groups[0], first_or_second_wish=1), *plan.groups[1:])
        ),
        lambda plan: replace(
            plan, groups=(*plan.groups, replace(plan.groups[0], group="of nobody"))
        ),
        lambda plan: replace(plan, events=(Event(kind="place withdrawn", id="ghost"),)),
        lambda plan: replace(plan, events=(Event(kind="miracle", id=plan.trips[0].id),)),
        lambda plan: replace(plan, events=(Event(kind="case no-show", id="ghost"),)),
    ],
)
def test_an_untruth_is_found(
    planned: tuple[Site, Proposal], mutant: Callable[[Proposal], Proposal]
) -> None:
    site, plan = planned
    assert not any(c.violations for c in audit(site, plan))
    broken = {c.rule for c in audit(site, mutant(plan)) if c.violations}
    assert "R00" in broken


@pytest.mark.parametrize(
    ("by", "on"), [("", date(2016, 10, 1)), ("a desk", None), ("a desk", date(2030, 1, 1))]
)
def test_consent_is_by_somebody_on_a_day_before_the_departure(
    planned: tuple[Site, Proposal], by: str, on: date | None
) -> None:
    site, plan = planned
    case = plan.assignments[0].case_id
    cases = tuple(
        replace(c, consent_by=by, consent_on=on) if c.id == case else c for c in site.cases
    )
    other = replace(site, cases=cases)
    assert "R14" in {c.rule for c in audit(other, plan) if c.violations}
    again = make_plan(other)
    assert case in {u.case_id for u in again.unplaced}
    assert not any(c.violations for c in audit(other, again))


def test_the_folder_of_a_plan_says_what_the_plan_says(
    planned: tuple[Site, Proposal], tmp_path: Path
) -> None:
    site, plan = planned
    folder = tmp_path / "plan"
    write_plan(plan, site, folder, audit(site, plan))
    write_manifests(folder, tmp_path / "lists", ["en"])

    def found() -> list[str]:
        return list(differing(site, plan, audit(site, plan), folder))

    assert found() == []
    kept = (folder / "manifest.csv").read_text()
    (folder / "manifest.csv").write_text(kept.replace(plan.manifest[3].place_id, "L99999", 1))
    assert any("manifest.csv, row" in f for f in found())
    (folder / "manifest.csv").write_text("\n".join(kept.splitlines()[:-1]) + "\n")
    assert any("manifest.csv has" in f for f in found())
    (folder / "manifest.csv").write_text(kept)
    with sqlite3.connect(folder / "plan.sqlite") as con:
        con.execute("UPDATE assignments SET persons = persons + 1")
    con.close()
    assert found() == ["plan.sqlite, table assignments, says other things than plan.json"]
    page = tmp_path / "lists" / "manifest.en.html"
    page.write_text(page.read_text().replace(short_digest(plan), "0" * 12))
    assert "manifest.en.html was printed of another plan" in found()


def test_a_view_in_place_of_a_table_is_told_and_not_asked(
    planned: tuple[Site, Proposal], tmp_path: Path
) -> None:
    """A view of somebody else's making can say the same, another thing tomorrow, or never end."""
    site, plan = planned
    folder = tmp_path / "plan"
    write_plan(plan, site, folder, audit(site, plan))
    with sqlite3.connect(folder / "plan.sqlite") as con:
        con.execute("ALTER TABLE assignments RENAME TO kept")
        con.execute("CREATE VIEW assignments AS SELECT * FROM kept")
    con.close()
    told = list(differing(site, plan, audit(site, plan), folder))
    assert told == [
        "plan.sqlite holds kept, which is no table of a plan",
        "plan.sqlite has no table assignments",
    ]


def test_a_pipe_in_place_of_a_plan_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    def late(*_: object) -> NoReturn:
        raise TimeoutError("it waits for somebody who writes")

    os.mkfifo(tmp_path / "plan.json")
    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    try:
        with pytest.raises(PlanMismatch, match="a pipe"):
            read_plan(tmp_path)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"\0" * 100, None])
def test_what_is_no_database_is_told(
    planned: tuple[Site, Proposal], tmp_path: Path, content: bytes | None
) -> None:
    site, plan = planned
    folder = tmp_path / "plan"
    write_plan(plan, site, folder, audit(site, plan))
    database = folder / "plan.sqlite"
    database.unlink()
    if content is None:
        database.mkdir()
    else:
        database.write_bytes(content)
    told = list(differing(site, plan, audit(site, plan), folder))
    assert "plan.sqlite cannot be read as a database" in told
