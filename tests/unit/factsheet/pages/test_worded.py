"""What a page says of numbers that are alike, that are bounds, that nobody counted, or that are one."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import twins

import sojourn
from sojourn.errors import ForbiddenSum, counted
from sojourn.factsheet.figures.compared import Compared
from sojourn.factsheet.figures.comparison import published_values
from sojourn.factsheet.figures.detected import _bound
from sojourn.factsheet.figures.difference import Difference, difference
from sojourn.factsheet.figures.evaluate import _OPERATIONS
from sojourn.factsheet.figures.figure import BOUND, FigureValue, figures, silent_places
from sojourn.factsheet.figures.opened import evaluator, newest_day
from sojourn.factsheet.figures.statement import statements
from sojourn.factsheet.pages.card import _status
from sojourn.factsheet.pages.changes import _pair_row, _without_group
from sojourn.factsheet.pages.document import Page
from sojourn.factsheet.pages.overview import card, world_map
from sojourn.factsheet.pages.ranks import rank_note
from sojourn.factsheet.run import files
from sojourn.publish import Number, catalogue, languages, spoken
from sojourn.query.opening import open_data

#: Operations whose number may leave out places that belong to it.
MAY_LACK = ("sum", "add", "reported")
LEADS = {"en": "at least ", "fr": "au moins ", "es": "al menos "}


def page_of(language: str = "en") -> Page:
    store, _ = open_data(None)
    return Page(
        evaluator(store, 2015, newest_day(store)), catalogue(language), store.manifest.files
    )


def value(number: float | None, **more: str | int) -> FigureValue:
    given: dict[str, str | int] = {
        "figure_id": "migrant_stock",
        "time_period": "2015",
        "sex": "_T",
        "area": "900",
        "unit": "PERSONS",
        "as_of": "2021-01-15",
        "edition": "undesa.ims@2020-12-31",
    }
    return FigureValue(**{**given, **more}, value=number)  # type: ignore[arg-type]


# ------------------------------------------------------------------ lower bounds


@pytest.mark.parametrize("language", languages())
def test_a_lower_bound_is_said_as_one_in_every_statement(language: str) -> None:
    """Each number that may lack places is marked so in turn: "at least" once, and no "the at least"."""
    page, seen = page_of(language), 0
    may = {f.id for f in figures().values() if f.op in MAY_LACK}
    for figure_id in may:
        page.ev.kept[(figure_id, 2015)] = [
            replace(v, mark=f"{BOUND}{silent_places(1, 9)}") if v.value is not None else v
            for v in page.ev.values(figure_id)
        ]
    for key, one in statements().items():
        bound = [n for n, b in one.bind.items() if b.figure in may and not b.rank]
        if not bound or any(b.given for b in one.bind.values()):
            continue
        before = len(page.said)
        text = page.claim(key)
        if not text or page.said[-1].statement.key != key or len(page.said) == before:
            continue
        asked = [n for n in bound if f"{{{n}}}" in page.words.messages[key]]
        told = text.casefold().count(LEADS[language])
        assert told == len(asked), text
        assert text[0] == text[0].upper(), text
        assert not re.search(
            r"\b(de|les|des|el|los|las|del|the) a[ut]? ?(moins|menos|l?east)", text
        )
        seen += len(asked)
    assert seen >= 6


def test_french_has_no_preposition_before_a_bound() -> None:
    bound = value(21.0e6, mark=f"{BOUND}{silent_places(2, 9)}", figure_id="idps_conflict")
    page = page_of("fr")
    said = page.claim("displacement.stock_trend_finding", before=bound, now=bound, start="2005")
    assert said.startswith("Au moins 21,0\u00a0millions en 2005, au moins"), said


def test_a_card_of_a_lower_bound_says_so() -> None:
    page = page_of()
    [idps] = page.ev.values("idps_conflict")
    page.ev.kept[("idps_conflict", 2015)] = [replace(idps, mark="")]
    whole = card(page, "idps_conflict", "_T", "", 0)
    page.ev.kept[("idps_conflict", 2015)] = [replace(idps, mark=f"{BOUND}{silent_places(2, 9)}")]
    bound = card(page, "idps_conflict", "_T", "", 0)
    assert whole is not None
    assert bound is not None
    assert bound.label == f"{whole.label} (at least)"


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("", "summed from 52 cells"),
        (
            f"{BOUND}{silent_places(76, 128)}",
            "summed from 52 cells; lower bound: 76 of 128 places have no number",
        ),
        (
            f"rebuilt: its cells are not the publisher's; {BOUND}2 suppressed cells are left out",
            "summed from 52 cells; lower bound: 2 suppressed cells are left out",
        ),
        (_bound("", 11, 0), f"summed from 52 cells; {_bound('', 11, 0)}"),
    ],
)
def test_a_card_tells_what_its_number_lacks(mark: str, told: str) -> None:
    of = value(40e6, mark=mark, n_inputs=52, formula="sum of 52 cells")
    known = SimpleNamespace(words=catalogue("en"), keys={})
    assert _status(known, of) == told  # type: ignore[arg-type]


# ------------------------------------------------------------------ a count and its noun


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("n", [1, 2, 1234])
def test_a_mark_agrees_with_its_number(language: str, n: int) -> None:
    words = catalogue(language)
    cells = counted(n, "suppressed cell is", "suppressed cells are")
    marks = [
        f"{BOUND}{silent_places(n, 2000)}",
        silent_places(n, 2000),
        f"{BOUND}{cells} left out",
        f"{cells} left out",
        *_bound("", n, 0).split("; ")[1:],
        *_bound("", 0, n).split("; ")[1:],
    ]
    few = f"undesa.ims@2020 has numbers of {counted(n, 'country', 'countries')} for 2015, of up to 40 before"
    for mark in marks:
        told = words.mark(mark)
        assert (told == mark) == (language == "en"), mark
        assert ("1,234" in told) == (n == 1234 and language == "en")
    assert (words.reason(few) == few) == (language == "en")
    said = " ".join([*marks, few])
    plural = re.search(r"\b1 (?:\w+ )?(?:cells|countries|places have)|\b1 that contradict ", said)
    assert not plural


@pytest.mark.parametrize("language", languages())
def test_every_mark_that_counts_has_words_for_one(language: str) -> None:
    messages = catalogue(language).messages
    counting = [m for k, m in messages.items() if k.startswith("mark.") and "{n}" in m]
    assert counting
    assert [m for m in counting if "{n#one:" not in m] == []


# ------------------------------------------------------------------ numbers that read alike


@pytest.mark.parametrize("language", languages())
def test_two_numbers_set_against_each_other_read_differently(language: str) -> None:
    words = catalogue(language)
    for first, second, unit in (
        (3_214_000.0, 3_248_000.0, "PERSONS"),
        (3_200_001.0, 3_200_002.0, "PERSONS"),
        (12.34, 12.31, "PERCENT"),
        (581.2e9, 581.24e9, "USD"),
    ):
        digits = words.digits_apart(first, second, unit)
        assert words.number(first, unit, digits) != words.number(second, unit, digits)
        assert digits == 1 or words.number(first, unit, digits - 1) == words.number(
            second, unit, digits - 1
        )
    assert words.digits_apart(5.0e6, 5.0e6, "PERSONS") == 0


def test_a_row_of_what_changed_shows_the_change() -> None:
    page = page_of()
    then, now = value(3_214_000.0, edition="undesa.ims@2015-12-31"), value(3_248_000.0)
    row = _pair_row(page, then, now, Compared())
    assert spoken(row.then) != spoken(row.now)


def test_a_difference_has_the_digits_of_the_numbers_beside_it() -> None:
    """1.46 % and 1.51 % differ by 0.05 points; printed as 0.1 the row would contradict itself."""
    page = page_of()
    then = value(1.4595, unit="PERCENT", edition="undesa.ims@2015-12-01")
    row = _pair_row(page, then, value(1.5108, unit="PERCENT"), Compared())
    told = [spoken(cell) for cell in (row.then, row.now, row.difference)]
    assert told == ["1.46%", "1.51%", "+0.05 points"]


@pytest.mark.parametrize("language", languages())
def test_a_class_that_a_publisher_gave_up_is_named_beside_those_that_grew(language: str) -> None:
    """IOM counted 438 of 2019 at the border of the USA and Mexico, then in North America: 1, 421."""
    page = page_of(language)

    def region(area: str, number: float, day: str) -> FigureValue:
        whole = value(number, unit="DEATHS", area=area, edition=f"iom.missing-migrants@{day}")
        return replace(whole, figure_id="dead_and_missing_by_region")

    then, now = (region("North America", *n) for n in ((1.0, "2020-01-08"), (421.0, "2025-09-08")))
    gone = (
        region("Horn of Africa", 40.0, "2020-01-08"),
        region("US-Mexico Border", 438.0, "2020-01-08"),
    )
    reason = spoken(_pair_row(page, then, now, Compared(withdrawn=gone)).reason)
    assert "438" in reason
    assert page.words.text("region.us-mexico_border") in reason
    assert "438" not in spoken(_pair_row(page, then, now, Compared()).reason)
    other = value(1.0, edition="undesa.ims@2015-12-31")
    assert "438" not in spoken(_pair_row(page, other, other, Compared(withdrawn=gone)).reason)


@pytest.mark.parametrize("language", languages())
def test_money_behind_a_share_is_never_told_in_points(language: str) -> None:
    page = page_of(language)

    def share(edition: str, money: tuple[float, float]) -> FigureValue:
        names = ("remittances_developing", "remittances_world")
        parts = tuple(
            value(m, figure_id=n, unit="USD", edition=edition)
            for n, m in zip(names, money, strict=True)
        )
        whole = value(100 * money[0] / money[1], unit="PERCENT", edition=edition)
        return replace(whole, figure_id="remittances_developing_share", parts=parts)

    then = share("worldbank.remittances@2017-04-01", (442.6e9, 585.9e9))
    now = share("worldbank.remittances@2018-12-08", (449.0e9, 592.3e9))
    row = _pair_row(page, then, now, Compared())
    reason = spoken(row.reason)
    for size in (6.4e9, 6.4e9):
        assert page.words.change(size, "USD") in reason
    assert not re.search(r"point|punto", reason)
    assert re.search(r"point|punto", spoken(row.difference))


@pytest.mark.parametrize(("stocks", "told"), [((9.0, 10.0), 1), ((10.0, 9.0), 1)])
def test_growth_since_2000_is_told_once_in_2005(
    stocks: tuple[float, float], told: int, tmp_path: Path
) -> None:
    rows = [
        {"indicator": "migrant_stock", "ref_area": "900", "destination": "900"}
        | {"time_period": year, "obs_value": 1e6 * million}
        for year, million in zip(("2000", "2005"), stocks, strict=True)
    ]
    twins.store_of(tmp_path, "undesa.ims@2021-01-15", rows)
    store, _ = open_data(tmp_path)
    page = Page(evaluator(store, 2005, newest_day(store)), catalogue("en"), ())
    said = [page.say("stock.fact_change"), page.say("stock.fact_previous")]
    assert len([one for one in said if one]) == told
    assert "2000 and 2005" in spoken(said[0])


def test_a_difference_of_two_units_is_refused() -> None:
    shares = [value(v, unit="PERCENT") for v in (3.25, 3.5)]
    assert difference(*shares) == Difference(0.25, "PERCENTAGE_POINTS")
    with pytest.raises(ForbiddenSum, match="a difference of PERSONS and PERCENT"):
        difference(shares[0], value(3.0e6))


def test_every_published_number_is_in_the_unit_of_its_figure() -> None:
    """So that its difference from ours is one; where a figure is absent, nothing is compared."""
    for one in published_values():
        declared = figures()[one.figure_id]
        assert one.unit == declared.unit or declared.op == "absent", one.statement


def test_a_rank_moved_by_nothing_printed_says_the_number_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = page_of()
    before = value(3.2e6, rank=9, area="276", edition="undesa.ims@2015-12-31")

    def told(number: float) -> str:
        now = value(number, rank=8, area="276")
        kept = [type("Moved", (), {"now": now, "then": before})()]
        monkeypatch.setitem(rank_note.__globals__, "moved", lambda *_: kept)
        return spoken(rank_note(page, "top_destinations"))

    assert "with 3.2\u00a0million in both" in told(3.2e6)
    assert "with 3.21\u00a0million in" in told(3.21e6)
    assert "with 3.20\u00a0million in" in told(3.21e6)


# ------------------------------------------------------------------ what nobody counted


def test_an_edition_of_nothing_but_zeros_counts_nobody(tmp_path: Path) -> None:
    """UNHCR's download prints 0 stateless people for every country of 2000: nobody counted yet."""
    rows = [
        f"{year},Afghanistan,AFG,{host},4{i},60,{n},-,0,0,0"
        for year, n in ((2014, 7), (2015, 0))
        for i, host in enumerate(("Germany,DEU", "Lebanon,LBN", "Kenya,KEN"))
    ]
    sojourn.load([twins.unhcr_population(tmp_path / "p.csv", rows)], tmp_path / "data")
    data = sojourn.open(tmp_path / "data")
    [none] = data.figure("idps_of_concern", 2015)
    assert none.value is None
    assert "prints nothing but zeros for 2015: none, or not counted" in none.reason
    for language in set(languages()) - {"en"}:
        assert catalogue(language).reason(none.reason) != none.reason
    assert [v.value for v in data.figure("idps_of_concern", 2014)] == [21.0]


def test_what_is_compared_with_unhcr_needs_a_number_of_unhcr() -> None:
    page = page_of()
    assert "UNHCR and IDMC" in page.claim("displacement.note_idps")
    page.ev.kept[("idps_of_concern", 2015)] = [value(None, figure_id="idps_of_concern")]
    assert page.claim("displacement.note_idps") == ""


def test_a_figure_never_answers_with_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that gives a total and no place: a ranked list of it is absent, with the reason."""
    page = page_of()
    page.ev.pack = None
    for one in figures().values():
        page.ev.kept.pop((one.id, 2015), None)
        monkeypatch.setitem(_OPERATIONS, one.op, lambda *_: [])
        [none] = page.ev.values(one.id, 2015)
        assert none.value is None
        assert none.reason


# ------------------------------------------------------------------ other things said


def test_no_fewer_migrants_than_inhabitants_is_told_beside_the_map(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = page_of()

    def shares(_: object, figure_id: str) -> tuple[dict[str, float], list[FigureValue]]:
        held = {"535": 100.0, "276": 99.99} if "share" in figure_id else {"535": 14e3, "276": 9e6}
        unit = "PERCENT" if "share" in figure_id else "PERSONS"
        made = [value(n, figure_id=figure_id, area=a, unit=unit) for a, n in held.items()]
        return held, made

    monkeypatch.setitem(world_map.__globals__, "by_country", shares)
    [block] = world_map(page)
    told = spoken(block.caption)
    assert told.startswith(
        "undesa.ims@2020-12-31 prints at least as many migrants as inhabitants for:"
    )
    assert "Bonaire" in told
    assert "Germany" not in told


def test_origins_without_a_group_are_told_with_a_number_that_opens() -> None:
    """In the embedded edition too: the edition's own cell of the world."""
    page = page_of()
    [now] = [v for v in page.ev.values("south_south") if v.sex == "_T"]
    assert "origin 'Others'" in now.formula
    numbers = [run for run in _without_group(page, now) if isinstance(run, Number)]
    assert [n.lineage_id for n in numbers] == [f"migrants_of_others.2015._T.900.{page.ev.as_of}"]
    assert numbers[0].amount


def test_a_report_beyond_its_pages_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = b"/Type /Page\n" * (files.MOST + 1)
    monkeypatch.setattr(files, "render_report", lambda *_: made)
    monkeypatch.setattr(files, "leaves", lambda paper: paper.count(b"/Page"))
    writer = files.Writer(None, 2015)  # type: ignore[arg-type]
    writer._report("report-2015.en.pdf", None)  # type: ignore[arg-type]
    writer.close()
    assert writer.told == [
        f"report-2015.en.pdf has {files.MOST + 1} pages at its closest setting, more than {files.MOST}"
    ]
