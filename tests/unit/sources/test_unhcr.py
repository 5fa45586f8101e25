"""UNHCR's exports and annex in the layouts of several years; every number here is synthetic."""

from pathlib import Path

import pytest
from reading import read, text, workbook

from sojourn.errors import EditionUnclear, HarmonizeError, LayoutChanged

PEOPLE = "Year,Country of origin,Country of origin (ISO),Country of asylum,Country of asylum (ISO)"
FIGURES = "Refugees under UNHCR's mandate,Asylum-seekers,IDPs of concern to UNHCR,Stateless persons"


def population(path: Path, *rows: str, preamble: tuple[str, ...] = ()) -> Path:
    return text(path, *preamble, f"{PEOPLE},{FIGURES}", *rows)


ROW = "{year},Syrian Arab Rep.,SYR,Germany,DEU,300,200,0,-"


def test_an_export_of_other_years_is_dated_by_what_it_states(tmp_path: Path) -> None:
    rows = (ROW.format(year=2003), ROW.format(year=2025))
    path = population(tmp_path / "p.csv", *rows, preamble=('"Last updated:","12 June 2026"',))
    found = read(path)
    assert found.edition == "unhcr.population@2026-06-12"
    assert found.redistribution == "none"
    assert found.value(indicator="refugees", time_period="2003") == 300
    assert found.find(indicator="stateless", time_period="2003")[0]["status"] == "O"


def test_the_shorter_headings_of_the_interface_read_alike(tmp_path: Path) -> None:
    head = "Year,Country of Origin,Country of Origin ISO,Country of Asylum,Country of Asylum ISO,Refugees,Asylum-seekers,IDPs,OIP,Stateless,HST"
    found = read(text(tmp_path / "p.csv", head, "2016,Syria,SYR,Germany,DEU,300,200,0,7,0,0"))
    assert found.value(indicator="refugees", origin="760", destination="276") == 300
    assert found.value(indicator="other_in_need_of_protection") == 7


def test_a_year_the_edition_cannot_hold_is_refused(tmp_path: Path) -> None:
    rows = (ROW.format(year=2105), ROW.format(year=2015))
    with pytest.raises(HarmonizeError, match="implausible years: row 2: '2105'"):
        read(population(tmp_path / "p.csv", *rows))


DECISIONS = f"{PEOPLE},Authority,Stage of procedure,Cases / Persons,Recognized decisions,Complementary protection,Rejected decisions,Otherwise closed,Total decisions"


def test_cases_and_persons_keep_their_units(tmp_path: Path) -> None:
    path = text(
        tmp_path / "d.csv",
        DECISIONS,
        "2015,Iraq,IRQ,Australia,AUS,G,FI,C,1,2,3,4,10",
        "2015,Iraq,IRQ,Australia,AUS,G,NA,P,10,20,30,40,100",
    )
    found = read(path)
    assert found.layout == "unhcr.decisions"
    total = found.find(indicator="asylum_decisions")
    assert {(r["unit"], r["value"]) for r in total} == {("CASES", 10), ("PERSONS", 100)}
    assert found.find(unit="PERSONS")[0]["detail"] == "authority=G;stage=NA;counted=P"


def test_a_unit_nobody_declares_is_refused(tmp_path: Path) -> None:
    row = "2015,Iraq,IRQ,Australia,AUS,G,FI,F,1,2,3,4,10"
    with pytest.raises(LayoutChanged, match="row 2 reads 'F'"):
        read(text(tmp_path / "d.csv", DECISIONS, row))


def test_solutions_are_no_population(tmp_path: Path) -> None:
    head = f"{PEOPLE},Returned refugees,Returned IDPss,Resettlement arrivals,Naturalisation"
    stated = '"Last updated:","19/07/2025 10:55"'
    found = read(text(tmp_path / "s.csv", stated, head, "2022,Chad,TCD,Sudan,SDN,5,-,7,-"))
    assert found.edition == "unhcr.solutions@2025-07-19"
    assert found.value(indicator="resettlement_arrivals") == 7
    assert found.value(indicator="returned_idps") is None


def test_footnotes_hold_no_numbers(tmp_path: Path) -> None:
    head = "Footnote,Year,Country of origin (ISO),Country of asylum (ISO),Population type"
    found = read(text(tmp_path / "f.csv", head, '"Two\nlines",2016,,AGO,ASY'))
    assert (found.layout, found.rows) == ("unhcr.footnotes", [])
    assert "holds texts and no numbers" in found.notes[0]


PORTAL = "Year,Country of asylum or residence,Origin,Refugees,Asylum-seekers (pending cases),Total Population"


def test_parts_of_one_number_keep_their_rows(tmp_path: Path) -> None:
    rows = ("1951,Peru,Various/Unknown,,,60", "1951,Peru,Various/Unknown,2007,*,2007")
    found = read(text(tmp_path / "p.csv", PORTAL, *rows, "2014,Peru,Chile,5,,5"))
    totals = found.find(indicator="total_of_concern", time_period="1951")
    assert [(r["value"], r["detail"]) for r in totals] == [(60, ""), (2007, "part=2")]
    assert found.find(indicator="asylum_seekers", detail="part=2")[0]["status"] == "Q"


SERIES = "Country / territory of asylum/residence,Origin,Population type,Value"


def test_a_table_without_a_year_asks_for_its_release(tmp_path: Path) -> None:
    path = text(tmp_path / "s.csv", SERIES, "Peru,Chile,Asylum-seekers,17", "Peru,Chile,Refugees,*")
    with pytest.raises(EditionUnclear, match="holds no plausible year"):
        read(path)
    found = read(path, "unhcr.popstats-series@2013-07-01")
    assert found.value(indicator="asylum_seekers", time_period="2012") == 17
    assert found.find(indicator="refugees")[0]["status"] == "Q"


def annex(path: Path, year: int) -> Path:
    """Write three tables laid out like the annex of Global Trends; headings broken over rows."""
    people = [
        "Refugees2",
        "People in refugee-like situations3",
        "Total refugees and people in refugee-like situations",
        "Asylum-seekers (pending cases)4",
    ]
    first = [
        [f"Table 1. Refugees and others by country/territory of asylum, end-{year}"],
        ["All data are provisional"],
        [None, "REFUGEES"],
        ["Country/ territory of asylum1", *people, "IDPs of concern to UNHCR7"],
        ["Turkey36", 90, 10, 100, 5, 0],
        ["Algeria10", 9, 1, 10, "*", 0],
        ["Total", 99, 11, 110, 5, 0],
        [],
        ["UNHCR-Bureaux"],
        ["Africa", 9, 1, 10, 5, 0],
    ]
    second = [
        [f"Table 2. Refugees and others by origin, end-{year}"],
        ["Origin1", *people],
        ["Iraq19", 90, 10, 100, 5],
        ["Total", 99, 11, 110, 5],
        [],
        ["UNHCR-Bureaux"],
    ]
    tenth = [
        [f"Table 10. Asylum applications by country and level in the procedure, {year}"],
        ["Country/"],
        ["territory", "Type", "Cases/", None, None, None, None, "Applied"],
        ["of", "of", "Persons2", None, "Procedure", None, "Pending", "during"],
        ["asylum", "applic.1", "App.", "Dec.", "T3", "L4", "Total", year],
        ["Germany", "N", "P", "P", "G", "NA", 1, 441],
        ["United States of America", "N", "C", "C", "G", "IN", 1, 90],
        ["Total", None, None, None, None, None, 2, 531],
        [],
        ["Notes"],
    ]
    sheets = {"ToC": [["Contents"]], "Tab1": first, "Tab2": second, "Tab10": tenth}
    return workbook(path, sheets)  # type: ignore[arg-type] # rows of cells of any kind


def test_the_annex_reads_its_tables_each_in_its_own_way(tmp_path: Path) -> None:
    found = read(annex(tmp_path / "a.xlsx", 2015))
    assert found.edition == "unhcr.global-trends@2016-06-20"
    assert found.value(indicator="refugees", ref_area="792", time_period="2015") == 100
    assert found.find(indicator="asylum_seekers", ref_area="012")[0]["status"] == "Q"
    assert found.value(indicator="refugees", origin="368") == 100
    applied = found.find(indicator="asylum_applications_by_procedure")
    assert {(r["ref_area"], r["value"], r["unit"], r["place"]) for r in applied} == {
        ("276", 441, "PERSONS", "Tab10!H6"),
        ("840", 90, "CASES", "Tab10!H7"),
    }


def test_the_annex_of_a_later_year_is_another_edition(tmp_path: Path) -> None:
    found = read(annex(tmp_path / "a.xlsx", 2016))
    assert found.edition == "unhcr.global-trends@2017-06-30"
    assert any("dated 2017-06-30" in note for note in found.notes)
    assert found.value(indicator="refugees", ref_area="792", time_period="2016") == 100


def test_the_annex_of_an_earlier_year_asks_for_its_release(tmp_path: Path) -> None:
    path = annex(tmp_path / "a.xlsx", 2013)
    with pytest.raises(EditionUnclear, match="years 2013-2013 are those of none"):
        read(path)
    assert read(path, "unhcr.global-trends@2014-06-20").find(time_period="2013")


def test_the_portal_of_later_years_states_its_day(tmp_path: Path) -> None:
    path = text(
        tmp_path / "p.csv",
        '"Extracted from the UNHCR Population Statistics Reference Database"',
        '"Date extracted: 2018-11-06 13:24:53 +0200"',
        "",
        "Year,Country / territory of asylum/residence,Origin,Refugees (incl. refugee-like situations),Asylum-seekers (pending cases),Stateless persons",
        "2016,Peru,Various/Unknown,17,*,",
    )
    found = read(path)
    assert (found.layout, found.edition) == ("unhcr.popstats", "unhcr.popstats@2018-11-06")
    assert found.value(indicator="refugees", time_period="2016") == 17
