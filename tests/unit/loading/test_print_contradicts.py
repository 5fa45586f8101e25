"""What a file prints beside its numbers and contradicts them: refused, or told."""

import re
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.errors import LayoutChanged, NotANumber
from sojourn.loading.outcome import Outcome

SDMX = (
    "DATAFLOW,LAST UPDATE,ACTION,freq,citizen,sex,age,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    "ESTAT:SYNTHETIC(1.0),03/03/25 11:00:00,{action},A,TOTAL,T,TOTAL,PER,EL,2023,15,\n"
    "ESTAT:{second}(1.0),03/03/25 11:00:00,{action},A,TOTAL,T,TOTAL,PER,DE,2023,25,\n"
)
WDI = (
    '"Data Source","World Development Indicators",\n\n"Last Updated Date","{day}",\n\n'
    '"Country Name","Country Code","Indicator Name","Indicator Code","2014","2015",\n'
    '"Aruba","ABW","{series}","{code}","164804.92","{cell}",\n'
)


def loaded(tmp_path: Path, text: str, name: str = "synthetic.csv") -> Outcome:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    [outcome] = sojourn.load([path], tmp_path / "data").outcomes
    return outcome


def wdi(
    series: str = "Personal remittances, paid (current US$)",
    code: str = "BM.TRF.PWKR.CD.DT",
    cell: str = "469273.74",
    day: str = "2021-10-15",
) -> str:
    return WDI.format(series=series, code=code, cell=cell, day=day)


def sdmx(action: str = "I", second: str = "SYNTHETIC") -> str:
    return SDMX.format(action=action, second=second)


@pytest.mark.parametrize("action", ["I", "A", "R", "M", "", "Replace"])
def test_a_message_that_holds_data_is_read(tmp_path: Path, action: str) -> None:
    assert loaded(tmp_path, sdmx(action)).observations == 2


@pytest.mark.parametrize("action", ["D", "Delete", "d"])
def test_rows_that_a_message_deletes_are_no_data(tmp_path: Path, action: str) -> None:
    with pytest.raises(LayoutChanged, match="taken away"):
        loaded(tmp_path, sdmx(action))
    assert not list((tmp_path / "data").rglob("*.parquet"))


def test_two_dataflows_are_no_table(tmp_path: Path) -> None:
    with pytest.raises(LayoutChanged, match="2 dataflows"):
        loaded(tmp_path, sdmx(second="OTHER"))


@pytest.mark.parametrize(
    ("series", "code"),
    [
        ("Personal remittances, paid (% of GDP)", "BM.TRF.PWKR.CD.DT"),
        ("Personal remittances, paid (current LCU)", "BM.TRF.PWKR.CD.DT"),
        ("Personal remittances, paid (US$ millions)", "BM.TRF.PWKR.CD.DT"),
        ("International migrant stock (% of population)", "SM.POP.TOTL"),
        ("Population, thousands", "SP.POP.TOTL"),
    ],
)
def test_a_series_whose_name_says_another_unit_is_refused(
    tmp_path: Path, series: str, code: str
) -> None:
    with pytest.raises(LayoutChanged, match=re.escape(series)):
        loaded(tmp_path, wdi(series, code))


def test_a_series_under_its_own_name_is_read(tmp_path: Path) -> None:
    outcome = loaded(tmp_path, wdi())
    assert outcome.observations == 2
    assert not any("has not come" in n or "fewer digits" in n for n in outcome.notes)


@pytest.mark.parametrize(
    ("cell", "short"), [("4.69E+05", True), ("4.6927374E+05", False), ("1e+05", False)]
)
def test_a_number_that_was_written_short_is_told(tmp_path: Path, cell: str, *, short: bool) -> None:
    notes = " ".join(loaded(tmp_path, wdi(cell=cell)).notes)
    assert (f"1 number is printed with fewer digits than they have ({cell})" in notes) is short


def test_an_edition_of_a_day_to_come_is_told(tmp_path: Path) -> None:
    assert "a day that has not come" in " ".join(loaded(tmp_path, wdi(day="2999-12-31")).notes)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('"Content type","End year totals (in thousands)"', "a size of 1,000"),
        ('"Content type","Mid-year stock population totals"', "another table"),
    ],
)
def test_a_preamble_that_is_not_of_these_numbers_is_refused(
    tmp_path: Path, said: str, why: str
) -> None:
    text = twins.unhcr_population(tmp_path / "twin.csv").read_text("utf-8")
    far_above = "".join(f'"note {n}","of nothing"\n' for n in range(8))
    assert loaded(tmp_path, far_above + text).status == "loaded"
    with pytest.raises(LayoutChanged, match=why):
        loaded(tmp_path, said + "\n" + far_above + text, "contradicted.csv")


def test_many_cells_that_are_no_numbers_are_refused_at_once(tmp_path: Path) -> None:
    """Each looked for its own column of the whole table: 48,000 cells took longer than minutes."""
    row = '2015,"Syrian Arab Rep.",SYR,Germany,DEU,"=""3""",200,0,-,0,0,0'
    path = twins.unhcr_population(tmp_path / "twin.csv", [row] * 20_000)
    with pytest.raises(NotANumber, match=r"20,000 cells are neither numbers .* and 19994 more"):
        sojourn.load([path], tmp_path / "data")
