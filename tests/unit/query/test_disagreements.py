"""Every count stays; a declared rule chooses; the spread is what it says."""

import json
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner

import sojourn
from sojourn.api import Data
from sojourn.cli import cli
from sojourn.errors import BadDeclaration, NoSuchObservation
from sojourn.query.disagreements import Comparison, disagreements
from sojourn.query.quantities import quantities, read_quantities

DEU, TUR = "276", "792"


def row(area: str, value: float | None, **more: object) -> dict[str, object]:
    base = {"indicator": "refugees", "ref_area": area, "destination": area, "time_period": "2015"}
    status = {"obs_status": "Q"} if value is None else {}
    return {**base, "obs_value": value, **status, **more}


@pytest.fixture
def data(tmp_path: Path) -> Data:
    """UNHCR's data by origin, its printed totals, and UN DESA's refugees: all synthetic."""
    root = tmp_path / "d"
    parts = [
        row(DEU, 40.0, origin="004", row=2),
        row(DEU, 300.0, origin="760", row=3),
        row(TUR, 2500.0, origin="760", row=4),
        row(TUR, None, origin="368", row=5),
    ]
    twins.store_of(root, "unhcr.population@2024-06-13", parts)
    totals = [row(DEU, 345.0, origin="_T", row=9), row(TUR, 2500.0, origin="_T", row=10)]
    twins.store_of(root, "unhcr.global-trends@2016-06-20", totals)
    desa = [row(DEU, 200.0, indicator="refugee_stock_in_migrant_stock", origin="_T", row=7)]
    twins.store_of(root, "undesa.ims@2015-12-01", desa)
    return sojourn.open(root)


def refugees(data: Data, **asked: object) -> Comparison:
    [found] = disagreements(data.store, indicator="refugees", **asked)  # type: ignore[arg-type]
    return found


def test_each_count_stands_with_its_cell_and_the_first_declared_is_chosen(data: Data) -> None:
    found = refugees(data)
    assert (found.compared, found.agree) == (2, 1)
    first = found.largest[0]
    assert (first.area, first.spread) == (DEU, 145.0)
    assert first.share == pytest.approx(145 / 345)
    assert [(c.edition, c.value, c.parts) for c in first.counts] == [
        ("unhcr.population@2024-06-13", 340.0, 2),
        ("unhcr.global-trends@2016-06-20", 345.0, 1),
        ("undesa.ims@2015-12-01", 200.0, 1),
    ]
    assert first.counts[1].cell == "unhcr.global-trends@2016-06-20#Table 1!B9"


def test_a_sum_over_suppressed_cells_says_that_it_is_a_lower_bound(data: Data) -> None:
    turkiye = next(d for d in refugees(data).largest if d.area == TUR)
    assert [c.missing for c in turkiye.counts] == [1, 0]
    assert turkiye.spread == 0


def test_as_of_a_day_later_editions_are_unknown(data: Data) -> None:
    from datetime import date

    found = refugees(data, as_of=date(2016, 12, 31))
    assert found.editions == ("undesa.ims@2015-12-01", "unhcr.global-trends@2016-06-20")
    assert found.largest[0].counts[0].value == 345.0


def test_a_place_and_a_ranking_can_be_asked_for(data: Data) -> None:
    assert [d.area for d in refugees(data, area="TUR").largest] == [TUR]
    assert [d.area for d in refugees(data, by="share").largest] == [DEU, TUR]
    with pytest.raises(NoSuchObservation, match="refugee_camps"):
        disagreements(data.store, indicator="refugee_camps")


def test_the_size_of_a_disagreement_is_kept_as_an_observation(data: Data, tmp_path: Path) -> None:
    from sojourn.query.disagreements_kept import keep

    found = disagreements(data.store, limit=0)
    edition = keep(tmp_path / "d", found)
    assert edition == "sojourn.disagreements@2024-06-13"
    assert keep(tmp_path / "d", found) == edition
    rows = sojourn.open(tmp_path / "d").sql(
        "SELECT value, lower, upper, unit_measure, comment FROM observation "
        "WHERE indicator = 'refugees_disagreement' AND ref_area = '276'"
    )
    [(value, lower, upper, unit, comment)] = rows.fetchall()
    assert (value, lower, upper, unit) == (145.0, 200.0, 345.0, "PERSONS")
    assert "unhcr.global-trends@2016-06-20#Table 1!B9 = 345" in comment


@pytest.mark.usefixtures("data")
def test_the_command_writes_table_page_and_json(tmp_path: Path) -> None:
    out, page = tmp_path / "all.csv", tmp_path / "page.html"
    asked = ["disagreements", "--indicator", "refugees", "--data", str(tmp_path / "d")]
    ran = CliRunner().invoke(cli, [*asked, "--out", str(out), "--page", str(page), "--json"])
    assert ran.exit_code == 0
    [told] = json.loads(ran.stdout)
    assert told["largest"][0]["spread"] == 145.0
    assert len(out.read_text("utf-8").splitlines()) == 1 + 3 + 2
    shown = page.read_text("utf-8")
    assert "undesa.ims@2015-12-01#Table 1!B7" in shown
    assert "345" in shown


def test_every_declared_quantity_has_its_words_and_reason() -> None:
    from sojourn.publish.text import catalogue, languages

    for quantity in quantities():
        assert quantity.reason
        for language in languages():
            for group in ("quantity", "quantity_reason"):
                assert catalogue(language).text(f"{group}.{quantity.id}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[x]\nunit = "P"\nreason = "r"\n', "counts"),
        ('[x]\nunit = "P"\nreason = " "\ncounts = []\n', "no reason given"),
        (
            '[x]\nunit = "P"\nreason = "r"\ncounts = [{ dataset = "a", indicator = "b", says = "c", where = { colour = "red" } }]\n',
            "colour",
        ),
        (
            '[x]\nunit = "P"\nreason = "r"\ncounts = [{ dataset = "a", indicator = "b", says = "c", some = 1 }]\n',
            "some",
        ),
    ],
)
def test_a_wrong_declaration_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadDeclaration, match=said):
        read_quantities(text, where="mine.toml")


@pytest.mark.usefixtures("data")
def test_the_page_says_of_each_count_whether_it_is_one_cell_a_sum_or_a_bound(
    tmp_path: Path,
) -> None:
    page = tmp_path / "page.html"
    asked = ["disagreements", "--indicator", "refugees", "--data", str(tmp_path / "d")]
    assert CliRunner().invoke(cli, [*asked, "--page", str(page)]).exit_code == 0
    shown = page.read_text("utf-8")
    germany, turkiye = (
        next(part for part in shown.split("<tr") if f">{name}<" in part)
        for name in ("Germany", "Türkiye")
    )
    assert "B2 (sum of 2 cells); 345 unhcr.global-trends@2016-06-20#Table 1!B9; 200 " in germany
    bound = "(sum of 2 cells, a lower bound: 1 of them suppressed or missing); 2,500 "
    assert f"2,500 unhcr.population@2024-06-13#Table 1!B4 {bound}" in turkiye
    assert "#Table 1!B10</td>" in turkiye
