"""World Bank's remittances, matrices and indicators of several years; the numbers are synthetic."""

from pathlib import Path

import pytest
from reading import read, text, workbook

from sojourn.errors import EditionUnclear, LayoutChanged, NotANumber


def inflows(path: Path, *, title: str, years: tuple[object, ...], date: str = "") -> Path:
    rows: list[list[object]] = [
        [title, *years, None, "Remittances as a share of GDP in the last year (%)"],
        ["Mexico", *range(100, 100 + len(years)), None, 0.03],
        ["Cote d'Ivoire", *[None] * len(years), None, None],
        ["World", *range(500, 500 + len(years)), None, None],
        [],
        ["Source: World Bank staff calculation"],
    ]
    if date:
        rows.append([date])
    return workbook(path, {"Remittance inflows": rows})


def test_another_edition_of_the_inflows_is_dated_by_its_note(tmp_path: Path) -> None:
    path = inflows(
        tmp_path / "r.xlsx",
        title="Remittance inflows (US$ million)",
        years=(1970.0, 1971.0, "2022e"),
        date="Date: November 2022",
    )
    found = read(path)
    assert found.edition == "worldbank.remittances@2022-11-01"
    row = found.find(ref_area="484", time_period="2022")[0]
    assert (row["value"], row["unit"], row["mult"], row["status"]) == (102, "USD", 6, "E")
    assert found.find(ref_area="384", time_period="1970")[0]["status"] == "O"
    assert not found.find(value=0.03)


def test_an_older_edition_without_a_date_asks_for_it(tmp_path: Path) -> None:
    title, years = "Migrant remittance inflows (US$ million)", (*range(1970, 2014), "2014e")
    path = inflows(tmp_path / "r.xlsx", title=title, years=years)
    with pytest.raises(EditionUnclear, match="years 1970-2014 are those of none"):
        read(path)
    found = read(path, "worldbank.remittances@2014-10-01")
    assert found.find(ref_area="900", time_period="2014")[0]["status"] == "E"


def test_outflows_are_not_inflows(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Migrant remittance outflows (US$ million)", 2016, 2017],
        ["Mexico", 1, 2],
    ]
    path = workbook(tmp_path / "o.xlsx", {"Remittance outflows": rows})
    found = read(path, "worldbank.remittances-paid@2018-12-08")
    assert {r["indicator"] for r in found.rows} == {"remittances_paid"}


def test_the_matrix_of_remittances_runs_from_sender_to_receiver(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Bilateral Remittance Estimates for 2016 (US$ million)"],
        ["receiving (across) / sending (down) ", "Mexico", "India", "Pakistan", "WORLD"],
        ["United States", 30019.19, 11, 7, 30037.19],
        ["India", 1, 0, "-", 1],
        ["WORLD", 30020.19, 11, 7, 30038.19],
        [],
        ["Notes:"],
        ["Estimates"],
    ]
    path = workbook(tmp_path / "m.xlsx", {"Bilateral_Remittances_2016": rows})
    found = read(path, "worldbank.bilateral-remittances@2017-11-01")
    flow = found.find(origin="840", destination="484")[0]
    assert (flow["value"], flow["ref_area"], flow["time_period"]) == (30019.19, "484", "2016")
    assert found.find(origin="356", destination="586")[0]["status"] == "O"
    assert found.value(origin="_T", destination="_T") == 30038.19


def test_the_matrix_of_migrants_runs_the_other_way(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Bilateral Estimates of Migrant Stocks in 2013"],
        [None, "Mexico", "United States", "Other North", "World"],
        ["Mexico", 0, 11573, 2, 11575],
        ["Other South", 5, 6, 0, 11],
        ["World", 5, 11579, 2, 11586],
        [],
        ["Notes:"],
    ]
    path = workbook(tmp_path / "m.xlsx", {"Bilateral_Migration_2013": rows})
    with pytest.raises(EditionUnclear, match="years 2013-2013"):
        read(path)
    found = read(path, "worldbank.bilateral-stocks@2014-10-01")
    stock = found.find(origin="484", destination="840")[0]
    assert (stock["value"], stock["time_period"], stock["place"]) == (
        11573,
        "2013",
        "Bilateral_Migration_2013!C3",
    )
    assert found.value(origin="OTHER_SOUTH", destination="_T") == 11


WDI = (
    '"Data Source","World Development Indicators",',
    "",
    '"Last Updated Date","2024-05-30",',
    "",
    '"Country Name","Country Code","Indicator Name","Indicator Code","2021","2022","2023",',
)


def test_a_bulk_file_says_by_row_what_it_counts(tmp_path: Path) -> None:
    path = text(
        tmp_path / "w.csv",
        *WDI,
        '"Mexico","MEX","Personal remittances, received (current US$)","BX.TRF.PWKR.CD.DT","1","2","",',
        '"Mexico","MEX","International migrant stock, total","SM.POP.TOTL","","1200","",',
        '"World","WLD","Personal remittances, received (current US$)","BX.TRF.PWKR.CD.DT","7","8","9",',
    )
    found = read(path)
    assert found.edition == "worldbank.wdi@2024-05-30"
    money = found.find(ref_area="484", time_period="2022", indicator="remittances_received")[0]
    assert (money["value"], money["unit"], money["place"]) == (2, "USD", "line 6, column F")
    assert found.find(indicator="migrant_stock", time_period="2022")[0]["unit"] == "PERSONS"
    assert found.value(ref_area="900", time_period="2023") == 9


def test_the_same_download_as_a_workbook_reads_alike(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Data Source", "World Development Indicators"],
        [],
        ["Last Updated Date", "2024-05-30"],
        ["Country Name", "Country Code", "Indicator Name", "Indicator Code", "2022", "2023"],
        ["Mexico", "MEX", "Personal remittances, paid", "BM.TRF.PWKR.CD.DT", 5, None],
    ]
    sheets = {"Data": rows, "Metadata - Countries": [["Country Code", "Region"]]}
    found = read(workbook(tmp_path / "w.xlsx", sheets))  # type: ignore[arg-type] # rows of any cells
    assert found.value(indicator="remittances_paid", time_period="2022") == 5


def test_an_undeclared_series_is_refused(tmp_path: Path) -> None:
    row = '"Mexico","MEX","CO2","EN.ATM.CO2E.KT","1","2","3",'
    with pytest.raises(LayoutChanged, match=r"row 6 reads 'EN\.ATM\.CO2E\.KT'"):
        read(text(tmp_path / "w.csv", *WDI, row))


def test_a_decimal_comma_is_never_guessed(tmp_path: Path) -> None:
    path = text(
        tmp_path / "r.csv",
        "Migrant remittance inflows (US$ million);2016;2017;2018",
        "Mexico;1,5;2;3",
    )
    with pytest.raises(NotANumber, match="reads '1,5'"):
        read(path)
