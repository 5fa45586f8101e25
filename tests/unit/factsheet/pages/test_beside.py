"""A fact goes on from its heading, a change of lower bounds is conditional, a difference has sense."""

from dataclasses import replace

import pytest

from sojourn.factsheet.figures.compared import Compared
from sojourn.factsheet.figures.figure import BOUND, EARLY, FigureValue, silent_places
from sojourn.factsheet.figures.opened import evaluator, newest_day
from sojourn.factsheet.pages.changes import _pair_row
from sojourn.factsheet.pages.document import Page
from sojourn.factsheet.pages.problems import problems
from sojourn.factsheet.pages.topic_solutions import solutions
from sojourn.factsheet.pages.topic_work import by_sex, work
from sojourn.publish import Facts, Section, catalogue, languages, spoken
from sojourn.query.opening import open_data


def page_of(language: str = "en") -> Page:
    store, _ = open_data(None)
    return Page(
        evaluator(store, 2015, newest_day(store)), catalogue(language), store.manifest.files
    )


def value(figure_id: str, number: float | None, **more: str | int) -> FigureValue:
    given: dict[str, str | int] = {
        "time_period": "2015",
        "sex": "_T",
        "area": "900",
        "unit": "PERSONS",
        "as_of": "2021-01-15",
        "edition": "a.table@2020-12-31",
    }
    return FigureValue(figure_id=figure_id, **{**given, **more}, value=number)  # type: ignore[arg-type]


def keep(page: Page, *values: FigureValue) -> None:
    """Give a page these values of their figures, and no others."""
    for name in {v.figure_id for v in values}:
        page.ev.kept[(name, 2015)] = [v for v in values if v.figure_id == name]


def facts_of(section: Section | None) -> list[str]:
    assert section is not None
    return [spoken(i) for b in section.blocks if isinstance(b, Facts) for i in b.items]


def victims(page: Page) -> None:
    name = "trafficking_victims"
    keep(page, *(value(name, n, sex=s) for s, n in (("_T", 900.0), ("F", 500.0), ("M", 300.0))))


@pytest.mark.parametrize("language", languages())
def test_a_fact_does_not_say_again_what_its_heading_says(language: str) -> None:
    page = page_of(language)
    world = {"area": "UIS: World"}
    keep(page, value("students", 5_416_030.0, **world))
    keep(page, value("students_change", 5.6, unit="PERCENT", **world))
    keep(page, value("resettled", 102_709.0))
    keep(page, value("top_resettled", 33_362.0, area="840", rank=1))
    studies, resettled = work(page), solutions(page)
    for section, number, more in (
        (studies, page.words.exact(5_416_030, ""), page.words.change(5.6, "PERCENT")),
        (resettled, page.words.exact(102_709, ""), page.words.exact(33_362, "")),
    ):
        told = facts_of(section)
        assert section is not None
        assert number in section.heading
        assert [fact for fact in told if number in fact] == []
        assert len([fact for fact in told if more in fact]) == 1


@pytest.mark.parametrize("language", languages())
def test_without_a_change_students_are_not_counted_twice(language: str) -> None:
    page = page_of(language)
    keep(page, value("students", 5_416_030.0, area="UIS: World"))
    keep(page, value("students_change", None, area="UIS: World"))
    told = facts_of(work(page))
    assert page.words.text("work.fact_students_said") in told
    assert not any("5" in fact and "416" in fact for fact in told)


@pytest.mark.parametrize("language", languages())
def test_victims_and_workers_go_on_from_their_own_headings(language: str) -> None:
    page = page_of(language)
    keep(page, value("students", None))
    victims(page)
    told = facts_of(work(page))
    assert not any("900" in fact for fact in told)
    assert len([fact for fact in told if "500" in fact and "300" in fact]) == 1
    keep(page, value("trafficking_victims", None))
    section = work(page)
    assert section is not None
    number = page.words.number(150.3e6, "PERSONS")
    assert number in section.heading
    assert number not in facts_of(section)[0]
    assert page.words.number(66.6e6, "PERSONS") in facts_of(section)[0]


@pytest.mark.parametrize("language", languages())
def test_under_another_heading_a_fact_is_whole(language: str) -> None:
    """The page on women and girls has a heading of its own: workers and victims stand in full."""
    page = page_of(language)
    keep(page, value("students", None))
    victims(page)
    workers, found = (spoken(fact) for fact in by_sex(page))
    assert page.words.number(150.3e6, "PERSONS") in workers
    assert "900" in found


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("by", ["a.table@2020-12-31", "a.table@2019-12-31"])
@pytest.mark.parametrize("moved", [508_252.0, -508_252.0])
def test_a_change_of_lower_bounds_says_what_it_is_of(language: str, by: str, moved: float) -> None:
    """IDMC, ends of 2016 and 2017: 2 of 57 and 3 of 56 places have no number, not the same ones."""
    page = page_of(language)
    condition = page.words.messages["displacement.fact_change_part"].partition(", ")[2]
    for mark, conditional in (("", False), (f"{BOUND}{silent_places(3, 56)}", True)):
        now = value("idps_conflict", 39_426_065.0, mark=mark)
        before = value("idps_conflict", now.value - moved, time_period="2014")  # type: ignore[operator]
        change = value("idps_conflict_change", moved, edition=by)
        keep(page, now, replace(change, parts=(now, before)))
        said = page.claim("displacement.fact_change")
        assert page.words.number(508_252, "PERSONS") in said
        assert said.endswith(condition) == conditional, said
        assert (by in said) == (by != now.edition)


@pytest.mark.parametrize("language", languages())
def test_a_share_of_an_early_estimate_is_one(language: str) -> None:
    page = page_of(language)
    told = page.words.messages["money.heading_early"].rpartition(", ")[2].casefold()
    for mark in ("", EARLY):
        keep(page, value("remittances_developing_share", 76.6, unit="PERCENT", mark=mark))
        assert (told in page.claim("weight.fact_developing").casefold()) == bool(mark)


def test_where_no_table_is_behind_a_page_no_contradiction_is_looked_for() -> None:
    page = page_of()
    page.printed.append(value("migrant_workers", 150.3e6, edition="cited.2015-12-15"))
    assert problems(page) is None
    page.printed.append(page.ev.one("migrant_stock"))
    assert problems(page) is not None


# ------------------------------------------------------------------ what changed


def row(then: FigureValue, now: FigureValue) -> tuple[str, str]:
    made = _pair_row(page_of(), then, now, Compared())
    return spoken(made.difference), spoken(made.reason)


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        (68_967_176_891.0, 68_967_175_174.86655, "−US$ 1,716"),
        (32_809_770_487.1, 32_809_770_425.0087, "−US$ 62.09"),
        (24_890e6 + 589_360.1, 24_890e6, "−US$ 589,360"),
        (13_498_000_000.0, 13_501_701_000.0, "+US$ 3.701\u00a0million"),
    ],
)
def test_a_difference_of_billions_has_no_decimals_of_its_own(
    then: float, now: float, told: str
) -> None:
    day = {"edition": "a.table@2018-12-08"}
    old, new = (
        value("remittances_world", then, unit="USD", **day),
        value("remittances_world", now, unit="USD"),
    )
    assert row(old, new)[0] == told


def test_two_years_whose_revisions_differ_read_differently() -> None:
    """IDMC, 2023 and 2025: 2022 and 2021 were both revised by −1.2 million, the change by −74,156."""

    def change(now: float, before: float, edition: str) -> FigureValue:
        parts = tuple(
            value("idps_conflict", n, time_period=y, edition=edition)
            for n, y in ((now, "2015"), (before, "2014"))
        )
        whole = value("idps_conflict_change", now - before, edition=edition)
        return replace(whole, parts=parts)

    then = change(62_476_118.0, 53_245_908.0, "idmc.gidd@2023-05-11")
    now = change(61_243_034.0, 52_086_980.0, "idmc.gidd@2025-05-13")
    difference, reason = row(then, now)
    assert difference == "−74,156"
    assert "2015: −1.23\u00a0million" in reason
    assert "2014: −1.16\u00a0million" in reason
