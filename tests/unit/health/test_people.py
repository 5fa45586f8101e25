"""Who is notified: a zero is no count where migrants contradict it, and who is not counted is said."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from twins import of_few_countries

import sojourn
from sojourn.health.brief.brief import Brief, Fact, brief_document
from sojourn.health.engine.parameters import parameters
from sojourn.health.inputs.notified import notified
from sojourn.health.run.people import doubt, facts
from sojourn.publish.page import render_html
from sojourn.publish.text import languages
from sojourn.query.opening import open_data


@pytest.mark.parametrize(
    ("part", "whole", "migrants", "said"),
    [
        (0, 64, 88.1, "contradicted"),  # none beside nearly everybody
        (0, 2_255_641, 0.35, "contradicted"),  # few migrants, and thousands to be expected
        (0, 26, 2.0, "none"),  # an island: none can be
        (0, 26, None, "zero"),  # nothing tells whether it can be
        (1, 64, 88.1, "contradicted"),  # almost none
        (74, 435_890, 0.2, ""),
        (3663, 4716, 13.8, ""),
        (0, 0, 88.1, "none"),
    ],
)
def test_a_zero_is_a_count_only_where_few_are_to_be_expected(
    part: float, whole: float, migrants: float | None, said: str
) -> None:
    assert doubt(part, whole, migrants) == said


def page(fact: Fact, language: str = "en") -> str:
    from datetime import date

    made = Brief("tb", "784", (), (fact,), {}, parameters("tb"), date(2026, 1, 1), ())
    html = render_html(brief_document(made, language))
    return html[html.index("<main") :]  # after the styles


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("note", ["contradicted", "zero", "none"])
def test_what_is_contradicted_is_no_share_of_nought(note: str, language: str) -> None:
    fact = Fact("foreign_born_notified", 0.0, 2022, count=(0.0, 64.0), note=note, migrants=88.1)
    html = page(fact, language)
    assert "64" in html
    assert not re.search(r"\b0[.,]0\s?%", html)
    assert ("88.1" in html or "88,1" in html) == (note == "contradicted")


def test_a_share_too_small_to_round_is_told_as_a_count() -> None:
    html = page(Fact("foreign_born_notified", 100 * 74 / 435_890, 2022, count=(74.0, 435_890.0)))
    assert "74 of 435,890" in html
    assert "0.0%" not in html


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", ["women_notified", "foreign_born_notified"])
@pytest.mark.parametrize(("part", "whole"), [(1.0, 1.0), (3.0, 19.0), (19.0, 19.0), (5.0, 20.0)])
def test_no_share_is_told_of_few_people(
    name: str, part: float, whole: float, language: str
) -> None:
    html = page(Fact(name, 100 * part / whole, 2023, count=(part, whole), counted=90.0), language)
    assert bool(re.search(r"\d\s?%", html)) == (whole >= 20)
    assert ("—" in html) == (whole < 20)


@pytest.mark.parametrize("language", languages())
def test_where_a_share_would_read_as_all_it_is_said_of_how_many_nothing_is_told(
    language: str,
) -> None:
    """WHO's Philippines of 2023: 575,770 notified, the sex of 80 of them is not told."""
    women, told, every = 209_898.0, 575_690.0, 575_770.0
    fact = Fact("women_notified", 100 * women / told, 2023, count=(women, told))
    html = page(replace(fact, counted=100 * told / every), language)
    assert re.search(r"\b80\b", html)
    assert not re.search(r"100[.,]0", html)
    assert re.search(r"100[.,]0", page(replace(fact, counted=100.0), language))
    born = Fact("foreign_born_notified", 100 * 9_999 / 10_000, 2023, count=(9_999.0, 10_000.0))
    assert re.search(r"9.?999\D+10.?000", page(born, language))


TWIN = (
    '"country","iso2","iso3","iso_numeric","g_whoregion","year","c_newinc","notif_foreign",'
    '"newrel_m014","newrel_f014","newrel_m15plus","newrel_f15plus"\n'
    '"France","FR","FRA","250","EUR",2017,200,50,10,10,100,60\n'
    '"Germany","DE","DEU","276","EUR",2017,400,0,10,10,100,80\n'
)


def test_a_zero_that_is_no_count_is_left_out_of_the_world_and_said(tmp_path: Path) -> None:
    store, _ = open_data(of_few_countries(tmp_path, "who.tb-notifications@2018-06-01", TWIN))
    world = {f.id: f for f in facts(store, "tb", "900")}
    born = world["foreign_born_notified"]
    assert born.value == pytest.approx(25.0)  # France alone: Germany's nought is no count
    assert born.out == ("276",)
    assert born.countries == (1, 2)
    # the sex of 380 of the 600 notified is told
    assert world["women_notified"].counted == pytest.approx(100 * 380 / 600)
    assert "63.3%" in page(world["women_notified"])
    germany = {f.id: f for f in facts(store, "tb", "276")}["foreign_born_notified"]
    assert (germany.note, germany.count) == ("zero", (0.0, 400.0))


def test_who_was_treated_before_is_on_both_sides_of_the_share_born_abroad(tmp_path: Path) -> None:
    """CDC's United States of 2017: 9,105 new and relapsed, 70.1 per cent born abroad with those treated before."""
    head = TWIN.splitlines()[0].replace('"notif_foreign"', '"ret_nrel","notif_foreign"')
    row = '"France","FR","FRA","250","EUR",2017,900,100,250,10,10,100,60'
    (tmp_path / "notified.csv").write_text(f"{head}\n{row}\n", "utf-8")
    sojourn.load(
        [tmp_path / "notified.csv"],
        tmp_path / "data",
        edition="who.tb-notifications@2018-06-01",
        accept_coverage="a synthetic twin of one country",
    )
    store, _ = open_data(tmp_path / "data")
    born = {f.id: f for f in facts(store, "tb", "250")}["foreign_born_notified"]
    assert (born.count, born.value) == ((250.0, 1000.0), pytest.approx(25.0))
    assert not born.most


def test_notifications_are_told_by_sex_with_who_is_in_neither(tmp_path: Path) -> None:
    later = TWIN + '"France","FR","FRA","250","EUR",2018,210,50,10,,100,60\n'
    store, _ = open_data(of_few_countries(tmp_path, "who.tb-notifications@2019-06-01", later))
    told = {n.area: n for n in notified(store, ["250", "900", "056"], {})}
    # 2018 lacks girls: a sum without them is none
    assert (told["250"].year, told["250"].women, told["250"].men) == (2017, 70.0, 110.0)
    assert told["250"].untold == 20.0
    assert told["250"].children == 20.0
    assert (told["900"].women, told["900"].total, told["900"].countries) == (160.0, 600.0, (2, 2))
    assert "056" not in told
