"""Real files that were refused, lost columns or led astray: each loads whole or is refused truly."""

from pathlib import Path

import pytest
from reading import Reading, read, text

import sojourn
from sojourn.errors import EditionUnclear, UnreadableFile


@pytest.fixture(scope="module")
def more(publisher_files: Path) -> Path:
    folder = publisher_files / "more"
    if not folder.is_dir():
        pytest.skip("no publisher files that were refused")
    return folder


#: File to its layout, edition, and the number of its cells.
SEEN = {
    "unhcr-2025-download-one-origin.csv": ("unhcr.population-2025", "", 2_992),
    "unhcr-2025-download-all-origins-as-dash.csv": ("unhcr.population-2025", "", 3_400),
    "eurostat-asyappctzm-monthly_1_Data.csv": (
        "eurostat.asyapp-2008-monthly",
        "eurostat.asyappctzm@2015-07-31",
        3_026,
    ),
    "eurostat-eirtn_1_Data.csv": ("eurostat.eirtn-2008", "eurostat.eirtn@2017-07-31", 476),
    "eurostat-eipre-sdmx-csv-labels-only.csv": ("sdmx-csv:eurostat.migr_eipre", "", 2_535),
    "eurostat-resfirst-sdmx-csv-labels-only.csv": (
        "sdmx-csv:eurostat.tps00170",
        "eurostat.tps00170@2025-03-03",
        387,
    ),
    "idmc-gidd-idps-one-country.csv": ("idmc.gidd-service", "", 64),
    "idmc-gidd-disasters-one-country.csv": ("idmc.disasters-service", "", 1_560),
    "inward_remittance_flows_december_2023_1.xlsx": (
        "worldbank.remittances",
        "worldbank.remittances@2023-12-18",
        5_184,
    ),
    "API_NY.GDP.PCAP.CD_DS2_en_excel_v2_5871574.xls": (
        "worldbank.wdi",
        "worldbank.wdi@2023-09-19",
        16_758,
    ),
    "WPP2017_MIGR_F01_NET_MIGRATION_RATE.xlsx": (
        "undesa.wpp-workbook-net-migration-rate",
        "undesa.wpp-workbooks@2017-06-21",
        7_230,
    ),
    "unhcr_popstats_export_time_series_2015_07_09_172031.csv": (
        "unhcr.popstats-series",
        "unhcr.popstats-series@2015-07-09",
        7_410,
    ),
}


@pytest.mark.parametrize("name", SEEN)
def test_the_file_is_read_whole(more: Path, name: str) -> None:
    layout, edition, cells = SEEN[name]
    found = read(more / name)
    assert found.layout == layout
    assert len(found.rows) == cells
    assert edition in ("", found.edition)


def test_text_kept_as_in_excel_95_is_refused_with_the_way_out(more: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"Excel 5\.0/95") as error:
        read(more / "eurostat-resvalid-biff5.xls")
    assert "save as xlsx" in error.value.hint


def test_macao_under_two_names_keeps_both_rows_and_is_told(more: Path, tmp_path: Path) -> None:
    path = more / "unhcr_popstats_export_time_series_2015_07_09_172031.csv"
    (outcome,) = sojourn.load([path], tmp_path).outcomes
    assert outcome.observations == 7_410
    assert any("6 keys stand under two names" in note and "Macao" in note for note in outcome.notes)


HEAD = "Country / territory of asylum/residence,Origin,Population type,Value"


def test_two_names_of_one_place_are_two_rows(tmp_path: Path) -> None:
    rows = ('Spain,"China, Macao SAR",Refugees,7', 'Spain,"Macao SAR, China",Refugees,9')
    path = text(tmp_path / "synthetic_time_series_2015_07_08_111111.csv", HEAD, *rows)
    found = read(path)
    assert found.edition == "unhcr.popstats-series@2015-07-08"
    assert [(r["origin"], r["value"], r["detail"]) for r in found.rows] == [
        ("446", 7.0, "printed=China, Macao SAR"),
        ("446", 9.0, "printed=Macao SAR, China"),
    ]


UNHCR_2025 = (
    'Year,"Country of Asylum","Country of Origin","Country of Asylum ISO","Country of Origin ISO",'
    'Refugees,"Returned Refugees","Asylum Seekers",IDPs,"Returned IDPs",Stateless,HST,OOC'
)


def test_the_headings_of_2025_and_the_dash_for_all_origins(tmp_path: Path) -> None:
    rows = ("2015,Austria,-,AUT,-,5,1,2,0,0,3,0,4", "2015,Latvia,-,LVA,,6,1,2,0,0,3,0,4")
    found = read(text(tmp_path / "synthetic.csv", UNHCR_2025, *rows))
    assert {r["origin"] for r in found.rows} == {"_T"}
    assert len(found.rows) == 16
    assert found.value(indicator="others_of_concern", ref_area="040") == 4


WPP = "SortOrder,LocID,Notes,ISO3_code,LocTypeID,Location,VarID,Variant,Time,TPopulation1July"


def projections(path: Path, *years: int) -> Reading:
    return read(text(path, WPP, *(f"1,900,,,1,World,2,Medium,{y},{y}" for y in years)))


def test_projections_follow_the_estimates_of_their_own_edition(tmp_path: Path) -> None:
    name = "WPP{}_Demographic_Indicators_Medium.csv"
    for edition, last in ((2022, 2021), (2024, 2023)):
        found = projections(tmp_path / name.format(edition), 1950, last, last + 1, 2100)
        assert found.edition.startswith(f"undesa.wpp@{edition}")
        assert [r["status"] for r in found.rows] == ["A", "A", "F", "F"]


@pytest.mark.parametrize("name", ["WPP2024_estimates_only.csv", "downloaded.csv"])
def test_a_series_that_several_revisions_print_has_no_edition(tmp_path: Path, name: str) -> None:
    with pytest.raises(EditionUnclear, match="may be those of undesa"):
        projections(tmp_path / name, 1990, 2020, 2021)
