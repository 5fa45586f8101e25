"""Parts of tables, charts and asked words that each do one thing: synthetic twins, answers by hand."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import twins
from click.testing import CliRunner

import sojourn
from sojourn.api import Data
from sojourn.cli import cli
from sojourn.errors import NoSuchObservation
from sojourn.query.chart import MOST_BARS
from sojourn.query.observations import current
from sojourn.query.table_asked import periods
from sojourn.store.manifest import read_manifest
from sojourn.store.observations import open_store
from sojourn.vocab.area import AREAS

IMS, UNHCR = "undesa.ims@2021-01-15", "unhcr.population@2024-06-13"


def row(indicator: str, area: str, value: float, **more: object) -> dict[str, object]:
    base = {"indicator": indicator, "ref_area": area, "destination": area, "time_period": "2015"}
    return {**base, "obs_value": value, **more}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Refugees and population of three places, stock of two in two years: all synthetic."""
    root = tmp_path_factory.mktemp("parts") / "d"
    hosts = (("422", 1000.0), ("276", 2000.0), ("400", 3000.0))
    twins.store_of(
        root, UNHCR, [row("refugees", a, v, origin="760", criterion="_Z") for a, v in hosts]
    )
    people = (("422", 10_000.0), ("276", 100_000.0), ("400", 60_000.0))
    stock = (("276", "1990", 600.0), ("276", "2015", 1000.0), ("250", "2015", 800.0))
    rows = [row("population", a, v) for a, v in people]
    rows += [row("migrant_stock", a, v, time_period=p) for a, p, v in stock]
    rows += [row("net_migration", a, v, origin="_Z") for a, v in (("276", 90.0), ("250", -30.0))]
    twins.store_of(root, IMS, rows)
    return sojourn.open(root)


def test_the_ranks_of_a_ratio_are_those_of_the_ratio(data: Data) -> None:
    """Lebanon has the fewest refugees of the three, and by population the most."""
    found = data.table("refugees", period=2015, per="population", rank=True)
    per = "per 1,000 population"
    ranked = {(n.area, n.transform): n.rank for n in found.numbers if n.rank is not None}
    assert ranked == {("422", per): 1, ("400", per): 2, ("276", per): 3}
    assert [n.area for n in found.numbers if n.transform] == ["422", "400", "276"]


def test_one_number_is_asked_for_and_several_are_none(data: Data) -> None:
    found = data.table("migrant_stock", area="DEU,FRA", period=2015)
    assert found.value(area="276") == 1000.0
    with pytest.raises(LookupError, match="2 numbers"):
        found.value(period="2015")
    with pytest.raises(LookupError, match="0 numbers"):
        found.value(area="404")


def test_the_command_asks_for_the_year_that_it_was_given(data: Data) -> None:
    words = [
        "table",
        "migrant_stock",
        "--area",
        "DEU",
        "--json",
        "--data",
        str(data.store.manifest.root),
    ]
    told = CliRunner().invoke(cli, [*words, "--period", "1990"])
    assert json.loads(told.output)["rows"][0]["1990"] == 600.0
    told = CliRunner().invoke(cli, words)
    assert json.loads(told.output)["rows"][0]["2015"] == 1000.0


def test_fewer_than_no_rows_are_no_question(data: Data) -> None:
    words = ["observations", "--data", str(data.store.manifest.root), "--limit"]
    assert CliRunner().invoke(cli, [*words, "-1"]).exit_code == 2
    assert CliRunner().invoke(cli, [*words, "0"]).exit_code == 0


def test_a_dataset_that_is_not_loaded_is_no_dataset(data: Data) -> None:
    with pytest.raises(NoSuchObservation, match=r"no dataset 'undesa\.imz'"):
        data.observations(dataflow="undesa.imz")
    assert data.observations(dataflow="undesa.ims").count("276")


def test_each_run_of_an_estimate_has_a_newest_edition_of_its_own(tmp_path: Path) -> None:
    for edition in ("a.flows@2015-01-01+one", "a.flows@2016-01-01+one", "a.flows@2015-01-01+two"):
        twins.store_of(tmp_path, edition, [row("migrant_stock", "276", 1.0)])
    store = open_store(read_manifest(tmp_path))
    assert sorted(current(store)) == ["a.flows@2015-01-01+two", "a.flows@2016-01-01+one"]


def test_what_a_ranking_leaves_out_is_said_before_its_sources(tmp_path: Path) -> None:
    places = [a for a, known in AREAS.items() if known.kind == "country"][: MOST_BARS + 3]
    twins.store_of(tmp_path, IMS, [row("migrant_stock", a, 9.0 + i) for i, a in enumerate(places)])
    drawn = sojourn.open(tmp_path).chart("ranking", "migrant_stock", period=2015)
    lines = [t for t in ElementTree.fromstring(drawn.light).itertext() if t.strip()]
    at = next(i for i, t in enumerate(lines) if t.startswith("Shown: the first"))
    assert lines[at + 1] == f"{MOST_BARS + 3} of {MOST_BARS + 3} areas have a number"


def test_a_map_has_colours_of_two_signs_only_where_there_are_two(data: Data) -> None:
    both = data.chart("map", "net_migration", period=2015).svg
    one = data.chart("map", "migrant_stock", period=2015).svg
    assert "var(--sj-d" in both
    assert "var(--sj-d" not in one
    assert "var(--sj-r" in one


def test_a_range_of_years_may_be_one_year_and_three_hundred_but_no_slip_of_the_hand() -> None:
    assert periods("2015-2015").listed == ("2015",)
    assert periods("1990..1992").listed == ("1990", "1991", "1992")
    assert len(periods("1715-2015").listed) == 301
    with pytest.raises(NoSuchObservation, match=r"1714-2015: the range is longer than 300 years"):
        periods("1714-2015")
    with pytest.raises(NoSuchObservation, match="2015-2014: the range ends before it begins"):
        periods("2015-2014")


def test_a_screen_shows_forty_rows_and_says_so_a_limit_of_none_shows_all(tmp_path: Path) -> None:
    places = [a for a, known in AREAS.items() if known.kind == "country"][:43]
    twins.store_of(tmp_path, IMS, [row("migrant_stock", a, 9.0 + i) for i, a in enumerate(places)])
    words = ["observations", "--indicator", "migrant_stock", "--data", str(tmp_path)]
    told = {n: CliRunner().invoke(cli, [*words, *n]) for n in ((), ("--limit", "0"))}
    shown = {n: t.stdout.count(IMS) for n, t in told.items()}
    assert shown == {(): 40, ("--limit", "0"): 43}
    assert told[()].stderr == "… and more: --limit 0 prints all, --out FILE writes all\n"
    assert told["--limit", "0"].stderr == ""


def test_indicators_are_found_by_all_words_that_are_given_and_listed_without_any() -> None:
    lines = {
        words: CliRunner().invoke(cli, ["indicators", *words]).stdout.splitlines()
        for words in ((), ("migrants",), ("migrants", "women"), ("migrants", "zzz"))
    }
    found = {words: {t.split()[0] for t in told[::3]} for words, told in lines.items()}
    assert found[()] > found["migrants",] > found["migrants", "women"] > found["migrants", "zzz"]
    assert "migrant_stock" in found["migrants",]
    assert not found["migrants", "zzz"]
