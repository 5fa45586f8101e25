"""UN DESA's stock in the layouts of five revisions; every number here is synthetic."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import twins
from reading import Reading, read, workbook

from sojourn.errors import EditionUnclear, LayoutChanged, UnknownArea
from sojourn.sources.classification import read_classification
from sojourn.sources.container import open_file
from sojourn.sources.declaration import registry
from sojourn.sources.recognise import recognise

Cells = list[list[Any]]
# M49, name, notes, type of data, stock of men and of women; each later date adds ten to both.
PLACES: tuple[tuple[int | str, str, str, str, int, int], ...] = (
    (900, "WORLD", "", "", 670, 660),
    ("", "Geographic regions", "", "", 0, 0),
    (910, "Eastern Africa", "b", "", 670, 660),
    (108, "Burundi", "", "B R", 100, 120),
    (404, "Kenya", "3", "B R", 500, 480),
    (646, "Rwanda", "", "CR", 70, 60),
)
YEARS_2017 = (1990, 1995, 2000, 2005, 2010, 2015, 2017)
YEARS_2024 = (1990, 1995, 2000, 2005, 2010, 2015, 2020, 2024)


def _numbers(years: Sequence[int], men: int, women: int, *, heading: bool) -> list[object]:
    if heading:
        return [".."] * (3 * len(years))
    steps = [10 * i for i in range(len(years))]
    both = [men + women + 2 * s for s in steps]
    return [*both, *(men + s for s in steps), *(women + s for s in steps)]


def total_2017(path: Path, change: Callable[[dict[str, Cells]], object] | None = None) -> Path:
    """Write a workbook laid out like Rev.2017: header rows 15-16, "Code", marks without brackets."""
    gap = [None] * (len(YEARS_2017) - 1)
    title = "International migrant stock at mid-year"
    rows: Cells = [[] for _ in range(4)]
    rows += [[None] * 4 + [t] for t in ("United Nations", "Population Division", "Department")]
    rows += [[], [None] * 4 + ["Trends in International Migrant Stock: The 2017 Revision"]]
    rows += [[None] * 4 + ["Table 1 - International migrant stock at mid-year, 1990-2017"]]
    rows += [[None] * 4 + ["POP/DB/MIG/Stock/Rev.2017"], [], [], []]
    rows += [
        [
            "Sort\norder",
            "Major area, region, country or area of destination",
            "Notes",
            "Code",
            "Type of data (a)",
            f"{title} (both sexes)",
            *gap,
            f"{title} (male)",
            *gap,
            f"{title} (female)",
            *gap,
        ],
        [None] * 5 + [*YEARS_2017] * 3,
    ]
    for i, (code, name, notes, kind, men, women) in enumerate(PLACES, start=1):
        numbers = _numbers(YEARS_2017, men, women, heading=code == "")
        rows.append([i, name, notes or None, code or None, kind or None, *numbers])
    annex: Cells = [[] for _ in range(15)]
    annex[8] = [None] * 5 + ["Workbook: UN_MigrantStockTotal_2017.xlsx"]
    annex.append(
        [
            "Index",
            "Region, subregion, country or area",
            "Notes",
            "Code",
            "Type of data",
            "More developed regions",
            "Less developed regions",
            "Least developed countries",
            "Lower-middle-income countries",
            "Low-income countries",
        ]
    )
    annex.append([1, "WORLD", None, 900])
    annex.append([4, "Burundi", None, 108, "B R", None, "Y", "Y", None, "Y"])
    annex.append([5, "Kenya", None, 404, "B R", None, "Y", None, "Y"])
    sheets = {"CONTENTS": [["Contents"]], "Table 1": rows, "ANNEX": annex, "NOTES": [["Notes"]]}
    if change is not None:
        change(sheets)
    return workbook(path, sheets)


def test_the_revision_of_2017_reads_by_its_labels(tmp_path: Path) -> None:
    found = read(total_2017(tmp_path / "stock.xlsx"))
    assert (found.layout, found.edition) == ("undesa.ims", "undesa.ims@2017-12-18")
    kenya = {"ref_area": "404", "time_period": "2017"}
    assert found.value(**kenya, sex="_T") == 1100
    assert found.value(**kenya, sex="M") == 560
    assert found.value(**kenya, sex="F") == 540
    place = found.find(ref_area="404", time_period="2017", sex="_T")[0]["place"]
    assert place == "Table 1!L21"
    assert {r["ref_area"] for r in found.rows} == {"900", "910", "108", "404", "646"}


def test_the_annex_of_2017_gives_its_groups(tmp_path: Path) -> None:
    path = total_2017(tmp_path / "stock.xlsx")
    book = open_file(path.name, path.read_bytes())[0]
    pairs = {(m.group, m.member) for m in read_classification(book, recognise(book, registry()))}
    assert pairs == {
        ("902", "108"),
        ("941", "108"),
        ("1500", "108"),
        ("902", "404"),
        ("1501", "404"),
    }


def _shift(sheets: dict[str, Cells]) -> None:
    sheets["Table 1"][:0] = [[], []]


def _rename(sheets: dict[str, Cells]) -> None:
    head = sheets["Table 1"][14]
    head[1], head[3], head[4] = (
        "Region, country or area of  destination",
        "Country codes",
        "Data type*",
    )


def _more_aggregates(sheets: dict[str, Cells]) -> None:
    sheets["Table 1"].append([9, "High-income countries", "c", 1503, None, *range(1, 22)])


@pytest.mark.parametrize("change", [_shift, _rename, _more_aggregates])
def test_moved_rows_and_renamed_headings_change_no_number(
    tmp_path: Path, change: Callable[[dict[str, Cells]], None]
) -> None:
    found = read(total_2017(tmp_path / "stock.xlsx", change))
    assert found.value(ref_area="404", time_period="2017", sex="F") == 540


def test_a_moved_header_is_told(tmp_path: Path) -> None:
    notes = read(total_2017(tmp_path / "stock.xlsx", _shift)).notes
    assert any("found in row 17" in note for note in notes)


def test_an_unknown_area_code_names_its_row(tmp_path: Path) -> None:
    def change(sheets: dict[str, Cells]) -> None:
        sheets["Table 1"].append([9, "New region", None, 4000, None, *range(1, 22)])

    with pytest.raises(UnknownArea, match=r"'4000' \('New region'\) in row 23"):
        read(total_2017(tmp_path / "stock.xlsx", change))


def test_a_revision_nobody_declares_asks_for_its_date(tmp_path: Path) -> None:
    def change(sheets: dict[str, Cells]) -> None:
        sheets["Table 1"][10] = [None] * 4 + ["POP/DB/MIG/Stock/Rev.2031"]

    path = total_2017(tmp_path / "stock.xlsx", change)
    with pytest.raises(EditionUnclear, match=r"states 'Rev\.2031'"):
        read(path)
    assert read(path, "undesa.ims@2031-12-01").edition == "undesa.ims@2031-12-01"


def long_2017(path: Path, sheets: Sequence[tuple[str, str, int]]) -> Path:
    """Write the origin-destination workbook since Rev.2017: one row a destination and year."""
    pages: dict[str, Cells] = {"CONTENTS": [["POP/DB/MIG/Stock/Rev.2017"]]}
    for name, title, base in sheets:
        rows: Cells = [[] for _ in range(9)]
        rows += [[None] * 5 + [f"{title} migrant stock at mid-year by origin and destination"]]
        rows += [[None] * 5 + ["POP/DB/MIG/Stock/Rev.2017"], [], [], []]
        rows += [
            [
                "Year",
                "Sort\norder",
                "Major area, region, country or area of destination",
                "Notes",
                "Code",
                "Type of data (a)",
                "Country or area of origin",
            ],
            [None] * 6
            + ["Total", "Other North", "Other South", "Burundi", "Kenya", "Côte d'Ivoire"],
        ]
        for year in (1990, 2017):
            for i, (code, place) in enumerate(((900, "WORLD"), (404, "Kenya")), start=1):
                total = base + year
                cells = [total, "..", 0, total - 7, "..", 7]
                rows.append([year, year * 1000 + i, place, "(b)", code, "B R", *cells])
        pages[name] = rows
    return workbook(path, pages)


def test_the_long_table_of_origins_gives_each_row_its_year(tmp_path: Path) -> None:
    sheets = (("Table 1", "Total", 100), ("Table 2", "Male", 60), ("Table 3", "Female", 40))
    found = read(long_2017(tmp_path / "od.xlsx", sheets))
    assert (found.layout, found.edition) == ("undesa.ims-od", "undesa.ims-od@2017-12-18")
    kenya = {"destination": "404", "time_period": "2017"}
    assert found.value(**kenya, origin="_T", sex="_T") == 2117
    assert found.value(**kenya, origin="108", sex="F") == 2050
    assert found.value(**kenya, origin="108", sex="M") == 2070
    assert found.find(**kenya, origin="404", sex="_T")[0]["status"] == "L"
    assert found.value(**kenya, origin="OTHER_SOUTH", sex="_T") == 0


def bilateral_2024(path: Path) -> Path:
    """Write the bilateral table of Rev.2024: coverage and data type beside the codes."""
    gap = [None] * (len(YEARS_2024) - 1)
    title = "International migrant stock at mid-year"
    rows: Cells = [[], [None] * 4 + ["International Migrant Stock 2024: Destination and origin"]]
    rows += [[], [None] * 4 + ["POP/DB/MIG/Stock/Rev.2024"], [], [], []]
    rows += [
        [None] * 7
        + [
            f"{title}, both sexes combined",
            *gap,
            f"{title}, males",
            *gap,
            f"{title}, females",
            *gap,
        ],
        [],
        [],
    ]
    rows += [
        [
            "Index",
            "Region, development group, country or area of destination",
            "Coverage",
            "Data type",
            "Location code of destination",
            "Region, development group, country or area of origin",
            "Location code of origin",
            *YEARS_2024,
            *YEARS_2024,
            *YEARS_2024,
        ]
    ]
    for place, code, origin, origin_code, men, women in (
        ("World", 900, "World", 900, 670, 660),
        ("   Kenya*", 404, "World", 900, 500, 480),
        ("   Kenya*", 404, "Burundi", 108, 300, 280),
        ("   Kenya*", 404, "Others", 2003, 10, 20),
    ):
        numbers = _numbers(YEARS_2024, men, women, heading=False)
        rows.append([1, place, "", "B R", code, origin, origin_code, *numbers])
    return workbook(path, {"Contents": [["Contents"]], "Table 1": rows, "Notes": [["Notes"]]})


def test_the_bilateral_table_of_2024_reads_three_sexes(tmp_path: Path) -> None:
    found = read(bilateral_2024(tmp_path / "od.xlsx"))
    assert (found.layout, found.edition) == ("undesa.ims-od-by-sex", "undesa.ims-od@2025-01-16")
    corridor = {"destination": "404", "origin": "108", "time_period": "2024"}
    assert found.value(**corridor, sex="F") == 350
    assert found.value(**corridor, sex="_T") == 720
    assert found.value(destination="404", origin="_T", time_period="1990", sex="M") == 500
    assert found.value(destination="404", origin="2003", time_period="1990", sex="F") == 20
    assert len(found.rows) == 4 * 24


def total_2024(path: Path, groups: Sequence[str]) -> Path:
    gap = [None] * (len(YEARS_2024) - 1)
    rows: Cells = [[], [None] * 4 + ["International Migrant Stock 2024: Destination"]]
    rows += [[] for _ in range(5)]
    rows += [[None] * 5 + [cell for g in groups for cell in (g, *gap)], [], []]
    rows += [
        [
            "Index",
            "Region, development group, country or area",
            "Coverage",
            "Data type",
            "Location code",
            *YEARS_2024,
            *YEARS_2024,
            *YEARS_2024,
        ]
    ]
    rows.append([1, "Kenya", "", "B", 404, *_numbers(YEARS_2024, 500, 480, heading=False)])
    return workbook(path, {"Table 1": rows})


def test_the_totals_of_2024_read_without_a_document_symbol(tmp_path: Path) -> None:
    path = total_2024(
        tmp_path / "s.xlsx", ("Stock (both sexes)", "Stock (males)", "Stock (females)")
    )
    found = read(path)
    assert (found.layout, found.edition) == ("undesa.ims", "undesa.ims@2025-01-16")
    assert found.value(time_period="2024", sex="F") == 550


def test_an_unknown_group_over_the_years_is_refused(tmp_path: Path) -> None:
    path = total_2024(
        tmp_path / "s.xlsx", ("Stock (both sexes)", "Stock (boys)", "Stock (females)")
    )
    with pytest.raises(LayoutChanged, match="unknown group title: 'Stock \\(boys\\)'"):
        read(path)


def matrix_of_one_date(path: Path) -> Path:
    head = [
        "Sort order",
        "Area of  Destination",
        "Note",
        "Country Codes",
        "Type of Data",
        "Total",
        "Other North",
        "Other South",
        "Burundi",
        "Kenya",
    ]
    rows: Cells = [head, [1, "WORLD", None, 900, None, 30, 1, 2, 20, 7]]
    rows.append([2, "Kenya", "(3)", 404, "B R", 20, None, 0, 20, None])
    return workbook(path, {"1995": rows})


def test_a_trimmed_matrix_takes_its_date_from_its_sheet(tmp_path: Path) -> None:
    found: Reading = read(matrix_of_one_date(tmp_path / "od.xlsx"))
    assert found.layout == "undesa.ims-od"
    assert found.value(destination="404", origin="108", time_period="1995") == 20
    assert found.find(destination="404", origin="404")[0]["status"] == "O"


def test_a_code_beside_the_name_of_another_country_is_told(tmp_path: Path) -> None:
    def change(sheets: dict[str, Cells]) -> None:
        sheets["Table 1"][20][3] = 804

    notes = read(total_2017(tmp_path / "stock.xlsx", change)).notes
    assert any(
        "row 21: the code '804' is Ukraine, the name beside it is 'Kenya'" in n for n in notes
    )


def test_emigrants_are_not_read_as_immigrants(tmp_path: Path) -> None:
    def change(sheets: dict[str, Cells]) -> None:
        sheets["Table 1"][9] = [None] * 4 + [
            "Table 1: Stock by sex and by region, country or area of origin, 1990-2017"
        ]
        sheets["Table 1"][14][1] = "Region, development group, country or area"

    found = read(total_2017(tmp_path / "stock.xlsx", change))
    assert found.layout == "undesa.ims-by-origin"
    assert found.value(origin="404", destination="900", time_period="2017", sex="_T") == 1100


@pytest.mark.parametrize("said", ["at end-year", "at the end of the year", "on 31 December"])
def test_a_stock_of_another_day_is_not_that_of_mid_year(tmp_path: Path, said: str) -> None:
    path = twins.undesa_stock(
        tmp_path / "t.xlsx",
        change=lambda page: page.cell(3, 5, f"Table 1: International migrant stock {said} by sex"),
    )
    with pytest.raises(LayoutChanged, match="is another table"):
        read(path)
