"""The report says that a level is never traded only where that is so."""

from dataclasses import replace
from pathlib import Path

import pytest

from sojourn.relocation.lists.fairness import protected
from sojourn.relocation.lists.report import plan_report
from sojourn.relocation.proposal.methods import BEDS_ALONE
from sojourn.relocation.proposal.proposal import GroupShare
from sojourn.relocation.run.relocate import plan_site, write_example_site
from sojourn.relocation.run.report import read_report


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_bounds_without_seats_are_said_to_be_such(tmp_path: Path, language: str) -> None:
    site, plan = tmp_path / "SYNTHETIC", tmp_path / "P"
    write_example_site(site, people=60, seed=1)
    plan_site(site, plan)
    given = read_report(site, plan)
    first = replace(given.plan.bounds[0], gap=2.0, method=f"all columns, {BEDS_ALONE}")
    bounds = (first, *given.plan.bounds[1:])
    short = replace(given, plan=replace(given.plan, bounds=bounds))
    one, other = (repr(plan_report(g, language)) for g in (given, short))
    assert one != other
    assert ("never traded" in one) == (language == "en")
    assert "never traded" not in other


def test_the_lowest_share_is_withheld_beside_tables_of_an_earlier_report(tmp_path: Path) -> None:
    """It is today's: beside yesterday's tables it would tell of whom the lowest group lost or won somebody."""
    site, plan = tmp_path / "SYNTHETIC", tmp_path / "P"
    write_example_site(site, people=60, seed=1)
    plan_site(site, plan)
    large = [
        GroupShare(dimension="sex", group=g, persons=3_000, placed=2_000, first_or_second_wish=w)
        for g, w in (("F", 1_200), ("M", 1_000))
    ]
    open_to_all = replace(read_report(site, plan), fairness=protected(large).audited)
    told = [repr(plan_report(replace(open_to_all, again=a), "en")) for a in (False, True)]
    assert ["L4 is marked Q here" in t for t in told] == [False, True]
