"""A fact goes on from its heading, a change of lower bounds is conditional, a difference has sense."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
import read_back

from sojourn.factsheet.figures.compared import Compared
from sojourn.factsheet.figures.comparison import REVISED
from sojourn.factsheet.figures.figure import BOUND, EARLY, FigureValue, figure, silent_places
from sojourn.factsheet.figures.opened import (
    _same,
    changed,
    evaluator,
    newest_day,
    verdicts,
    vintages,
)
from sojourn.factsheet.figures.pairs import pair
from sojourn.factsheet.figures.printed_series import movements
from sojourn.factsheet.pages.changes import _pair_row
from sojourn.factsheet.pages.document import Page
from sojourn.factsheet.pages.front import render_front
from sojourn.factsheet.pages.problems import problems
from sojourn.factsheet.pages.topic_solutions import solutions
from sojourn.factsheet.pages.topic_work import by_sex, work
from sojourn.publish import (
    Change,
    ChangesTable,
    Facts,
    Section,
    catalogue,
    languages,
    render_report,
    spoken,
)
from sojourn.query.opening import open_data
from sojourn.vocab.observation import EditionId


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


def test_a_millionth_of_money_is_no_revision() -> None:
    """The World Bank, 2017: 32,809.770496 and 32,809.770434 million US dollars for the Philippines."""
    money = [
        value("top_remittances", 1e6 * n, unit="USD")
        for n in (32809.770496, 32809.77043390869, 32809.9)
    ]
    assert _same(money[0], money[1])
    assert not _same(money[0], money[2])
    people = [replace(v, unit="PERSONS") for v in money]
    assert not _same(people[0], people[1])


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        (-992_152.0, -1_015_843.0, ["−992,152", "−1,015,843"]),
        (627_958.0, 1_231_770.0, ["+627,958", "+1,231,770"]),
        (1_364_898.0, 1_132_381.0, ["+1.4\u00a0million", "+1.1\u00a0million"]),
        (-3_000.0, 4_000.0, ["−3,000", "+4,000"]),
        (900_000.0, 52_000_000.0, ["+900,000", "+52.0\u00a0million"]),
    ],
)
def test_two_changes_stand_in_one_form_with_their_signs(
    then: float, now: float, told: list[str]
) -> None:
    def change(number: float, day: str) -> FigureValue:
        edition = f"idmc.gidd@{day}"
        parts = tuple(
            value("idps_conflict", n, time_period=y, edition=edition)
            for n, y in ((60e6 + number, "2015"), (60e6, "2014"))
        )
        return replace(value("idps_conflict_change", number, edition=edition), parts=parts)

    made = _pair_row(page_of(), change(then, "2019-05-10"), change(now, "2025-05-13"), Compared())
    assert [spoken(made.then), spoken(made.now)] == told


@pytest.mark.parametrize("language", languages())
def test_amounts_of_money_leave_the_names_their_room_on_paper(language: str) -> None:
    """Of 2017 the names stood one word a line, and the amounts over them."""
    page = page_of(language)
    rows = tuple(
        _pair_row(
            page,
            value("remittances_world", n, unit="USD", edition="a.table@2018-12-08"),
            value("remittances_world", n + step, unit="USD"),
            Compared(),
        )
        for n, step in ((624_836_797_779.0, 15.6e9), (24_885_137_216.0, -589_360.0), (1e12, 2e5))
    )
    documents = read_back.documents(page.ev.store, 2015, language)
    for made, written in (("factsheet", render_front), ("what-changed", render_report)):
        sections = tuple(
            replace(s, blocks=tuple(_with(b, rows) for b in s.blocks))
            for s in documents[made].sections
            if s.id != "lineage"
        )
        paper = written(replace(documents[made], sections=sections))
        assert read_back.laid_over(paper) == []


def _with(block: object, rows: tuple[Change, ...]) -> object:
    return replace(block, changes=rows) if isinstance(block, ChangesTable) else block


# ------------------------------------------------------------------ as known on a day


@pytest.mark.parametrize("day", ["2016-04-30", "2016-12-31", "2017-03-01"])
def test_what_came_out_later_was_not_known(day: str) -> None:
    """As of March 2017 Germany's first applications were "revised": the edition is of May 2017."""
    store, _ = open_data(None)
    ev = evaluator(store, 2015, date.fromisoformat(day))
    found = verdicts(ev)
    assert found
    assert max(v.published.published_on for v in found) <= day
    moved = movements(found, lambda p: vintages(ev, p), day)
    seen = [v.evidence.edition for v in found if v.evidence is not None]
    seen += [v.edition for one in moved for v in one.editions]
    assert max(EditionId.of(e).vintage for told in seen for e in told.split(" + ")) <= day
    assert max((p.published_on for one in moved for p in one.printings), default="") <= day
    assert [v for v in found if v.verdict == REVISED and v.ours.value is None] == []


def test_a_pair_that_came_out_later_is_not_unprinted() -> None:
    """UNHCR's download of 2024 prints Syria and Türkiye of 2015; nothing held of 2017 does."""
    later = "no edition released by 2017-03-01 is held; the earliest here is unhcr.population@2024-06-13"
    ev = SimpleNamespace(
        rows=lambda *_, **__: ([], later), empty=lambda *told, **_: SimpleNamespace(reason=told[2])
    )
    told = pair(ev, figure("refugees_by_origin_and_host"), 2015, "760>792")  # type: ignore[arg-type]
    assert told.reason == later


@pytest.mark.parametrize(("both", "key"), [(True, "lacked"), (False, "unheld")])
def test_a_ratio_needs_an_edition_of_each_of_its_tables(both: bool, key: str) -> None:
    """Of 2017 the remittances of 2018 were held, the GDP of that time was not."""
    name = "top_remittances_share_of_gdp"
    edition = "worldbank.remittances@{} + worldbank.wdi@{}"
    now = [
        value(name, n, area=a, rank=i + 1, edition=edition.format("2023-12-18", "2023-07-25"))
        for i, (a, n) in enumerate((("776", 34.5), ("417", 32.3)))
    ]
    old = [
        value("remittances_world", 6e11, unit="USD", edition="worldbank.remittances@2018-12-08"),
        *([replace(now[1], edition=edition.format("2018-12-08", "2018-11-01"))] if both else []),
    ]
    new = [replace(old[0], edition="worldbank.remittances@2023-12-18"), *now]

    def known(values: list[FigureValue]) -> SimpleNamespace:
        def one(figure_id: str, *, sex: str, area: str) -> FigureValue:
            key = (figure_id, sex, area)
            found = [v for v in values if (v.figure_id, v.sex, v.area) == key]
            return found[0] if found else value(figure_id, None, area=area)

        manifest = SimpleNamespace(covered=lambda _: None)
        return SimpleNamespace(
            values=lambda figure_id: [v for v in values if v.figure_id == figure_id],
            one=one,
            store=SimpleNamespace(manifest=manifest),
        )

    found = changed(known(old), known(new), ["remittances_world", name])  # type: ignore[arg-type]
    assert {v.area for v in getattr(found, key)} == ({"776"} if both else {"776", "417"})
