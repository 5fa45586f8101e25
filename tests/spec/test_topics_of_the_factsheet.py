"""The topics of IOM's factsheet, held against numbers read by hand from the publishers' files."""

import csv
import html
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import sojourn
from sojourn.api import Data
from sojourn.errors import ForbiddenSum
from sojourn.factsheet.figures.figure import FigureValue, figures, refuse_wrong_sum

# (figure, year, sex, area): value
READ_BY_HAND: Mapping[tuple[str, int, str, str], float] = {
    ("returned_eu", 2015, "_T", "EU28"): 227_975,
    ("ordered_to_leave_eu", 2015, "_T", "EU28"): 533_395,
    ("refused_entry_eu", 2015, "_T", "EU28"): 297_860,
    ("asylum_decisions_eu", 2015, "_T", "EU28"): 592_680,
    ("asylum_decisions_positive_eu", 2015, "_T", "EU28"): 307_510,
    ("resettled", 2015, "_T", "900"): 106_997,
    ("top_resettled", 2015, "_T", "840"): 66_502,
    ("returned_refugees", 2015, "_T", "900"): 201_387,
    ("stateless", 2015, "_T", "900"): 3_687_759,
    ("irregular_crossings", 2015, "_T", "EU"): 1_822_102,
    ("irregular_crossings", 2014, "_T", "EU"): 282_873,
    ("irregular_crossings_by_route", 2015, "_T", "Western Balkan Route"): 764_033,
    ("students", 2013, "_T", "UIS: World"): 4_261_361,
    ("trafficking_victims", 2015, "_T", "900"): 23_955,
    ("trafficking_victims", 2015, "F", "900"): 14_212,
    ("trafficking_victims", 2015, "M", "900"): 7_017,
    ("trafficking_victims_children", 2015, "_T", "900"): 6_030,
    ("migrant_workers", 2013, "F", "900"): 66_600_000,
}
SHARES = {("776", 34.3), ("524", 27.6), ("762", 27.3)}
SENT_2014 = {("840", 57.2), ("682", 36.9), ("643", 32.6)}


@pytest.fixture(scope="module")
def topics(loaded_topics: Path) -> Data:
    return sojourn.open(loaded_topics)


@pytest.fixture(scope="module")
def full(loaded: Path) -> Data:
    return sojourn.open(loaded)


def one(data: Data, figure_id: str, year: int, sex: str, area: str) -> FigureValue:
    found = data.figure(figure_id, year)
    [value] = [v for v in found if (v.sex, v.area) == (sex, area)]
    return value


@pytest.mark.parametrize("key", READ_BY_HAND, ids=lambda k: f"{k[0]}.{k[1]}.{k[2]}")
def test_a_figure_reads_as_read_by_hand(full: Data, key: tuple[str, int, str, str]) -> None:
    figure_id, year, sex, area = key
    found = one(full, figure_id, year, sex, area)
    tolerance = 0.005 if figure_id in ("stateless", "returned_refugees", "resettled") else 1e-9
    assert found.value == pytest.approx(READ_BY_HAND[key], rel=tolerance)


def test_remittances_weigh_and_leave_as_read_by_hand(full: Data) -> None:
    first = full.figure("top_remittances_share_of_gdp", 2015)[:3]
    assert {(v.area, round(v.value or 0, 1)) for v in first} == SHARES
    assert all(len(v.inputs) == 2 and "countries that have both" in v.formula for v in first)
    sent = full.figure("top_remittances_sent", 2014)[:3]
    assert {(v.area, round((v.value or 0) / 1e9, 1)) for v in sent} == SENT_2014


def test_any_origin_in_any_host(full: Data) -> None:
    def asked(pair: str) -> list[FigureValue]:
        return list(full.figure("refugees_by_origin_and_host", 2015, area=pair))

    told = {}
    for host in ("TUR", "LBN", "JOR"):
        [found] = asked(f"SYR>{host}")
        told[host] = found.value
        assert found.inputs
    assert told == {"TUR": 2_503_549, "LBN": 1_062_690, "JOR": 628_223}
    [other] = asked("Somalia>404")
    assert other.value == pytest.approx(417_920)
    [nobody] = asked("ISL>TUV")
    assert nobody.value is None
    assert "prints this pair" in nobody.reason


@pytest.mark.parametrize("other", sorted(figures()))
def test_detections_and_constants_are_added_to_nothing(other: str) -> None:
    for alone in ("irregular_crossings", "migrant_workers", "internal_migrants"):
        for pair in ((alone, other), (other, alone)):
            with pytest.raises(ForbiddenSum):
                refuse_wrong_sum(pair)


def test_detections_carry_their_sentence_and_a_part_year_is_no_year(topics: Data) -> None:
    for figure_id in ("irregular_crossings", "irregular_crossings_by_route"):
        assert all("not persons" in v.mark for v in topics.figure(figure_id, 2015))
    [part] = topics.figure("irregular_crossings", 2025)
    assert part.value is None
    assert "4 of 12 months" in part.reason


def test_a_suppressed_count_is_left_out_and_said(topics: Data) -> None:
    both, women, men = topics.figure("trafficking_victims", 2015)
    assert "11 countries with fewer than five, suppressed, are left out" in both.mark
    for value in (both, women, men):
        assert "lower bound" in value.mark
        assert all(i.value is not None for i in value.inputs)
    assert (women.value or 0) + (men.value or 0) < (both.value or 0)


def test_a_constant_is_of_its_year_and_known_from_the_day_it_was_printed(topics: Data) -> None:
    assert all(v.value is None for v in topics.figure("migrant_workers", 2015))
    assert all(v.value is None for v in topics.figure("migrant_workers", 2013, as_of="2015-12-14"))
    for value in topics.figure("migrant_workers", 2013):
        assert "cited" in value.mark
        assert "ILO" in value.formula


@pytest.mark.parametrize(
    "declared", [f for f in figures().values() if f.op == "cited"], ids=lambda f: f.id
)
def test_a_constant_has_source_day_and_evidence(declared) -> None:  # type: ignore[no-untyped-def]
    assert declared.cited_source
    assert declared.cited_on
    assert declared.evidence
    assert not declared.datasets


def test_minors_are_read_where_a_file_by_age_is_loaded(tmp_path: Path) -> None:
    """A synthetic twin of Eurostat's SDMX-CSV by age; no genuine file by age was seen."""
    head = "DATAFLOW,LAST UPDATE,freq,unit,citizen,sex,applicant,age,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
    start = "ESTAT:MIGR_ASYAPPCTZA(1.0),02/05/18 11:00:00,A,PER,EXT_EU28"
    cells = {("T", "TOTAL"): 1000, ("T", "Y_LT18"): 290, ("F", "TOTAL"): 300, ("F", "Y_LT18"): 110}
    rows = [f"{start},{sex},FRST,{age},EU28,2015,{n}," for (sex, age), n in cells.items()]
    path = tmp_path / "synthetic.csv"
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    sojourn.load([path], tmp_path / "data")
    data = sojourn.open(tmp_path / "data")
    found = {v.sex: v.value for v in data.figure("first_time_applicants_minors_eu_share", 2015)}
    assert found["_T"] == pytest.approx(29.0)
    assert found["F"] == pytest.approx(100 * 110 / 300)
    assert found["M"] is None


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("english") / "out"
    sojourn.open().factsheet(2015, out, language=["en"])
    return out


def words_of(page: Path) -> str:
    text = re.sub(r"<[^>]+>", " ", page.read_text("utf-8"))
    return re.sub(r"\s+", " ", html.unescape(text)).replace("\u00a0", " ")


def test_a_reader_is_told_that_editions_rank_differently(english: Path) -> None:
    text = words_of(english / "factsheet-2015.en.html")
    then, now = "undesa.ims@2015-12-01", "undesa.ims@2021-01-15"
    told = f"Germany in 2015 is number 4 with 10.2 million in {now}, number 2 with 12(.0)? million in {then}"
    assert re.search(told, text.replace(" ,", ",").replace("million  in", "million in"))


def test_the_deaths_of_a_year_are_told_printing_by_printing(english: Path) -> None:
    text = words_of(english / "factsheet-2015.en.html")
    table = text[text.index("IOM against IOM") :]
    counts = ["5,350", "5,417", "5,411", "5,400", "5,700", "6,107", "6,584"]
    places = [table.index(n) for n in counts]
    assert places == sorted(places)
    assert "No source confirms either share of minors" in text


def test_detections_stand_with_their_sentence_in_print(english: Path) -> None:
    text = words_of(english / "factsheet-2015.en.html")
    for found in re.finditer("1,822,102 ", text):
        around = text[found.start() : found.start() + 400]
        assert "not persons" in around


def test_every_statement_is_written_with_its_verdict(english: Path) -> None:
    rows = list(csv.DictReader((english / "published.csv").read_text("utf-8").splitlines()))
    assert len(rows) == 45
    assert all(r["verdict"] and r["reason"] and r["evidence"] for r in rows)
    verdict = {(r["figure_id"], r["area"], r["published_value"]): r for r in rows}
    qatar = verdict[("top_share_of_host_population", "634", "75.7")]
    assert qatar["verdict"] == "cannot be reproduced"
    assert "undesa.ims@2015-12-01" in qatar["reason"]
    assert "75.49" in qatar["reason"]
    russia = verdict[("top_destinations", "643", "11900000")]
    assert russia["verdict"] == "cannot be reproduced"
    assert "11,643,276" in russia["reason"]
    jordan = verdict[("refugees_by_origin_and_host", "760>400", "630000")]
    assert jordan["verdict"] == "within rounding"
