"""Units, days, orders and drawn words of the numbers of a table: synthetic twins, answers by hand."""

import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
import twins
from click.testing import CliRunner

import sojourn
from sojourn.api import Data
from sojourn.cli import cli
from sojourn.errors import NoSuchObservation
from sojourn.query.chart import class_breaks
from sojourn.query.disagreements import disagreements
from sojourn.query.disagreements_kept import keep
from sojourn.query.table import table
from sojourn.vocab.area import AREAS

IMS, UNHCR = "undesa.ims@2021-01-15", "unhcr.population@2024-06-13"


def row(indicator: str, area: str, value: float | None, **more: object) -> dict[str, object]:
    base = {"indicator": indicator, "ref_area": area, "destination": area, "time_period": "2015"}
    return {**base, "obs_value": value, **more}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Migrants in three countries: of France and Germany in two years, of Italy in the first alone."""
    root = tmp_path_factory.mktemp("said") / "d"
    stock = {
        ("276", "1990"): 600.0,
        ("276", "2015"): 1234.56,
        ("250", "1990"): 700.0,
        ("250", "2015"): 12.5,
        ("380", "1990"): 900.0,
    }
    rows = [row("migrant_stock", a, v, time_period=p) for (a, p), v in stock.items()]
    rows += [row("population", a, 10_000.0) for a in ("276", "250")]
    twins.store_of(root, IMS, rows)
    refugees = [row("refugees", "276", v, origin=o) for o, v in (("004", 40.0), ("760", 300.0))]
    twins.store_of(root, UNHCR, refugees)
    return sojourn.open(root)


def test_a_change_is_in_people_and_a_growth_in_per_cent(data: Data) -> None:
    found = data.table("migrant_stock", area="DEU", period="1990,2015", change=True, growth=True)
    made = {n.transform: (n.value, n.unit) for n in found.numbers if n.transform}
    assert made["change since 1990"] == (pytest.approx(634.56), "PERSONS")
    assert made["growth since 1990"] == (pytest.approx(105.76), "PERCENT")


@pytest.mark.parametrize(
    ("scale", "unit"),
    [(1.0, "RATIO"), (100.0, "PERCENT"), (1000.0, "PER_1000"), (100_000.0, "PER_100000")],
)
def test_a_ratio_is_in_the_unit_of_its_scale(data: Data, scale: float, unit: str) -> None:
    found = data.table("migrant_stock", area="FRA", period=2015, per="population", scale=scale)
    [made] = [n for n in found.numbers if n.transform]
    assert (made.value, made.unit) == (pytest.approx(0.00125 * scale), unit)


@pytest.mark.parametrize("scale", [float("inf"), float("nan"), -1.0])
def test_no_ratio_is_of_endless_or_negative_scale(data: Data, scale: float) -> None:
    with pytest.raises(NoSuchObservation, match="no scale of a ratio"):
        data.table("migrant_stock", area="FRA", period=2015, per="population", scale=scale)


def test_an_edition_is_known_from_the_day_it_was_published(data: Data) -> None:
    asked = {"area": "DEU", "period": 1990}
    assert data.table("migrant_stock", as_of=date(2021, 1, 15), **asked).numbers[0].value == 600.0
    before = data.table("migrant_stock", as_of=date(2021, 1, 14), **asked)
    assert [n.value for n in before.numbers if n.value is not None] == []


def test_a_ranked_table_is_in_the_order_of_its_newest_year(data: Data) -> None:
    """Italy leads in 1990, but has no number in 2015."""
    found = data.table("migrant_stock", area=["FRA", "ITA", "DEU"], period="1990,2015", rank=True)
    assert list(dict.fromkeys(n.area for n in found.numbers)) == ["276", "250", "380"]
    first = {n.area: n.rank for n in found.numbers if n.period == "1990"}
    assert first == {"380": 1, "250": 2, "276": 3}


def words(drawn: str) -> set[str]:
    return {t.strip() for t in ElementTree.fromstring(drawn).itertext()}


def test_a_ranking_draws_its_newest_year_with_digits_that_can_be_read(data: Data) -> None:
    drawn = words(data.chart("ranking", "migrant_stock", period="1990,2015").light)
    assert {"Germany", "France", "1,235", "12.5"} <= drawn
    assert not {"600", "700", "900"} & drawn


def test_of_numbers_of_two_signs_zeros_are_no_distance_from_zero() -> None:
    far = [-40.0, 10.0, 30.0, 31.0]  # half of them within 30.5, 85 in 100 within 36
    assert class_breaks([*far, *[0.0] * 9]) == class_breaks(far) == (-40.0, -30.0, 0.0, 30.0, 40.0)


def test_a_reader_is_told_of_twelve_notes_and_how_many_more(tmp_path: Path) -> None:
    places = [a for a, known in AREAS.items() if known.kind == "country"][:15]
    rows = [row("migrant_stock", a, 9.0) for a in places]
    twins.store_of(tmp_path, IMS, [*rows, row("population", places[0], 99.0)])
    found = sojourn.open(tmp_path).table(
        "migrant_stock", area=places, period=2015, per="population"
    )
    assert len(found.notes) == 14
    told = found.text().splitlines()
    assert sum(note in line for note in found.notes for line in told) == 12
    assert any(line.startswith("… more notes: 2 ") for line in told)


def test_members_of_a_group_have_their_days_and_those_of_a_year_are_its_members() -> None:
    """The United Kingdom left the European Union on 31 January 2020; Croatia came in July 2013."""
    ever = {m["iso3"]: m["dates"] for m in sojourn.areas(members="EU")}
    assert ever["GBR"].endswith("/2020-01-31")
    assert ever["HRV"] == "2013-07-01/"
    of = {y: {m["iso3"] for m in sojourn.areas(members="EU", period=y)} for y in (2015, 2021)}
    assert of[2015] - of[2021] == {"GBR"}
    assert (len(of[2015]), len(of[2021])) == (28, 27)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_one_count_alone_is_nothing_to_compare(data: Data, form: list[str]) -> None:
    asked = ["disagreements", "--indicator", "refugees", "--data", str(data.store.manifest.root)]
    told = CliRunner().invoke(cli, [*asked, *form])
    assert told.exit_code == 0
    if form:
        [found] = json.loads(told.stdout)
        assert (found["compared"], found["median_share"]) == (0, None)
    else:
        assert told.stdout == f"refugees: only {UNHCR}; nothing to compare\n"


def test_what_is_kept_of_a_disagreement_says_which_counts_are_sums(tmp_path: Path) -> None:
    root = tmp_path / "d"
    parts = [row("refugees", "276", v, origin=o) for o, v in (("004", 40.0), ("760", 300.0))]
    twins.store_of(root, UNHCR, parts)
    whole = [row("refugees", "276", 345.0, origin="_T", row=9)]
    twins.store_of(root, "unhcr.global-trends@2016-06-20", whole)
    keep(root, disagreements(sojourn.open(root).store, limit=0))
    [(comment,)] = (
        sojourn.open(root)
        .sql("SELECT comment FROM observation WHERE indicator = 'refugees_disagreement'")
        .fetchall()
    )
    one, other = comment.removeprefix("counts: ").split("; ")
    assert one.endswith("= 340 (first of 2 cells added)")
    assert other.endswith("#Table 1!B9 = 345")


def test_the_words_for_a_sex_are_taken_of_sexes_alone(data: Data) -> None:
    assert data.observations(sex="both").count("276")
    with pytest.raises(NoSuchObservation, match="men"):  # M is a status, and another thing
        data.observations(obs_status="men")


def test_a_number_names_its_first_cell_and_all_of_them_where_asked(data: Data) -> None:
    asked = {"area": "DEU", "period": 2015}
    [first] = data.table("refugees", **asked).numbers
    [every] = data.table("refugees", cells=True, **asked).numbers
    assert table(data.store, "refugees", **asked).numbers == (first,)
    assert first.value == every.value == 340.0
    assert first.cells == every.cells[:1]
    assert len(every.cells) == 2


def test_groups_are_compared_only_where_they_are_named(tmp_path: Path) -> None:
    trends = "unhcr.global-trends@2016-06-20"
    for edition, n, origin in ((UNHCR, 340.0, "760"), (trends, 345.0, "_T")):
        rows = [row("refugees", a, n, origin=origin) for a in ("276", "903")]
        twins.store_of(tmp_path, edition, rows)
    data = sojourn.open(tmp_path)

    def compared(area: str | None = None) -> set[str]:
        [found] = disagreements(data.store, indicator="refugees", area=area)
        return {d.area for d in found.largest}

    assert compared() == {"276"}
    assert compared(area="DEU") == {"276"}
    assert compared(area="Africa") == {"903"}
