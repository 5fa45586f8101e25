"""Every label the publishers print in their own files names an area."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from sojourn.errors import UnknownArea
from sojourn.vocab.area import from_code, resolve, resolve_many

#: What stands in a column of names and is no name: notes, headings, the missing mark of R.
NOT_A_NAME = re.compile(
    r"(?:NA|0\.0|Notes?:?|Source.*|UN major regions|UNHCR-Bureaux|\*.*|\d+ .*|.{90,}"
    r"|World Bank staff.*|These .*)"
)


def grid(path: Path, sheet: str) -> list[list[object]]:
    return (
        CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    )


def column(path: Path, sheet: str, index: int, first: int, last: int | None = None) -> list[str]:
    """Labels of a column (counted from 0) in the rows (counted from 1) of a sheet."""
    return [str(row[index]) for row in grid(path, sheet)[first - 1 : last] if len(row) > index]


def records(path: Path, header: int, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    lines = path.read_text(encoding).split("\n", header - 1)
    return list(csv.DictReader(io.StringIO(lines[-1])))


def unresolved(labels: Iterable[str], publisher: str) -> list[str]:
    names = sorted({label for label in labels if label.strip()})
    names = [label for label in names if not NOT_A_NAME.fullmatch(label.strip())]
    assert names, "the file gave no label at all"
    found = resolve_many(names, publisher=publisher)
    return [label for label, area in zip(names, found, strict=True) if area is None]


def undesa_2015(root: Path) -> list[str]:
    total = root / "undesa/2015/UN_MigrantStockTotal_2015.xlsx"
    both = root / "undesa/2015/UN_MigrantStockByOriginAndDestination_2015.xlsx"
    origins = [str(cell) for cell in grid(both, "Table 16")[15][5:]]
    flows = root / "undesa/2015/undesa_pd_2015_migration_flow_totals.xlsx"
    return [
        *column(total, "Table 1", 1, 17, 281),
        *column(total, "ANNEX", 1, 16, 247),
        *column(both, "Table 16", 1, 17, 281),
        *origins,
        *column(flows, "Totals", 0, 18, 246),
    ]


def undesa_older_origins(root: Path) -> list[str]:
    labels = []
    for year in (1990, 1995, 2000, 2005, 2010):
        cells = grid(
            root / f"undesa/2015/UN_MigrantStockByOriginAndDestination_{year}.xlsx", str(year)
        )
        labels += [str(row[1]) for row in cells[1:266]] + [str(cell) for cell in cells[0][6:240]]
    return [label for label in labels if label != "Total"]


def undesa_2019(root: Path) -> list[str]:
    path = root / "undesa/2019/undesa_pd_2019_migrant_stock_total_dataset.xlsx"
    return column(path, "Table 1", 1, 17, 299)


def undesa_2020(root: Path) -> list[str]:
    folder = root / "undesa/2020"
    stock = column(
        folder / "undesa_pd_2020_ims_stock_by_sex_and_destination.xlsx", "Table 1", 1, 12, 294
    )
    annex = grid(folder / "aggregates_correspondence_table_2020_1.xlsx", "Annex")[11:294]
    groups = [str(row[i]) for row in annex for i in (1, 10, 12, 14, 16)]
    return [label.strip().rstrip("*") for label in stock + groups]


def wpp(root: Path) -> list[str]:
    labels = []
    for path in sorted(root.glob("wpp/*/UNlocations.txt")):
        rows = csv.DictReader(io.StringIO(path.read_text("utf-8")), delimiter="\t")
        labels += [row["name"] for row in rows]
    table = root / "wpp/2022/WPP2022_Demographic_Indicators_Medium.rebuilt.csv"
    return labels + [row["Location"] for row in records(table, 1)]


def unhcr_finder(root: Path) -> list[str]:
    rows = records(root / "unhcr/2024-07/population.csv", 15)
    rows += records(root / "unhcr/2024-07/asylum-decisions.csv", 1)
    return [label for row in rows for label in list(row.values())[1:4:2] if label]


def unhcr_portal(root: Path) -> list[str]:
    rows = records(root / "unhcr/2015-07/unhcr_popstats_export_persons_of_concern_all_data.csv", 1)
    return [label for row in rows for label in list(row.values())[1:3]]


def unhcr_annex(root: Path) -> list[str]:
    path = root / "unhcr/2016-06/15-WRD-tab_v3.xlsx"
    labels = column(path, "Tab1", 0, 5, 222) + column(path, "Tab2", 0, 5, 236)
    return [re.sub(r"\d+$", "", label) for label in labels]  # the footnote digits declared there


def idmc(root: Path) -> list[str]:
    return [
        *column(root / "idmc/2019/idmc_displacement_all_dataset.xlsx", "Sheet1", 1, 3),
        *column(root / "idmc/2019/idmc_disaster_all_dataset.xlsx", "Sheet1", 1, 3),
    ]


def worldbank(root: Path) -> list[str]:
    folder = root / "worldbank"
    remittances = folder / "2018-12/Remittancedatainflows(Dec.2018).xls"
    matrix = folder / "2018-04/WB_Bilateral_Remittance_Estimates_2017.xlsx"
    stocks = folder / "2018-04/WB_Bilateral_Estimates_Migrant_Stocks_2017.xlsx"
    wdi = folder / "2021-09/API_BM.TRF.PWKR.CD.DT_DS2_en_csv_v2_3012027.csv"
    return [
        *column(remittances, "Remittance inflows", 0, 2, 216),
        *column(matrix, "Bilateral_Remittances_2017", 0, 3, 217),
        *column(stocks, "Bilateral_Migration_2017", 0, 3, 219),
        *column(folder / "2022-07/OGHIST.xlsx", "Country Analytical History", 1, 12, 238),
        *[row["Country Name"] for row in records(wdi, 5)],
    ]


def who(root: Path) -> list[str]:
    burden = records(root / "who/2024-06/TB_burden_countries_2024-06-23.csv", 1)
    notified = records(root / "who/2024-06/TB_notifications_2024-06-23.csv", 1)
    dimension = records(root / "who/2022-12/country_metadata.csv", 1)
    return [row["country"] for row in burden + notified] + [
        row["DisplayString"] for row in dimension
    ]


def eurostat(root: Path) -> list[str]:
    labels = []
    for path in sorted(root.glob("eurostat/2017/*.csv")):
        try:
            rows = records(path, 1)
        except UnicodeDecodeError:
            rows = records(path, 1, "latin-1")
        labels += [row[key] for row in rows for key in ("GEO", "CITIZEN") if key in row]
    newer = records(root / "eurostat/2025/sdmxcsv_asylum_applicants_total.csv", 1)
    return labels + [row["Country of citizenship"] for row in newer]


def iom(root: Path) -> list[str]:
    older = records(root / "iom/2020-01/MissingMigrants-Global-2020-01-08T14-05-32.csv", 1)
    return [row[k] for row in older for k in ("Region of Incident", "UNSD Geographical Grouping")]


@pytest.mark.parametrize(
    "read",
    [
        undesa_2015,
        undesa_older_origins,
        undesa_2019,
        undesa_2020,
        wpp,
        unhcr_finder,
        unhcr_portal,
        unhcr_annex,
        idmc,
        worldbank,
        who,
        eurostat,
        iom,
    ],
)
def test_every_label_of_the_publishers_files_names_an_area(
    read: Callable[[Path], list[str]], publisher_files: Path
) -> None:
    assert unresolved(read(publisher_files), read.__name__.split("_")[0]) == []


def test_names_and_codes_printed_side_by_side_agree(publisher_files: Path) -> None:
    disagree = set()
    pairs = [("idmc", "iso3", *row[:2]) for row in _idmc_rows(publisher_files)]
    finder = records(publisher_files / "unhcr/2024-07/population.csv", 15)
    for row in finder:
        _, origin, origin_iso, asylum, asylum_iso, *_ = row.values()
        pairs += [("unhcr", "iso3", origin_iso, origin), ("unhcr", "iso3", asylum_iso, asylum)]
    stock = grid(
        publisher_files / "undesa/2020/undesa_pd_2020_ims_stock_by_sex_and_destination.xlsx",
        "Table 1",
    )
    for row in stock[11:294]:
        code = f"{int(str(row[3]).removesuffix('.0')):03d}"
        pairs.append(("undesa", "m49", code, str(row[1]).strip().rstrip("*")))
    for publisher, scheme, code, label in set(pairs):
        if label.strip() and code:
            try:
                if from_code(str(code), scheme=scheme) != resolve(label, publisher=publisher):
                    disagree.add((publisher, code, label))
            except UnknownArea:
                disagree.add((publisher, code, label))
    assert disagree == {
        # One name for the major area and for the SDG region.
        ("undesa", "1830", "Latin America and the Caribbean"),
        # Errors of the publisher in the workbook of disasters: the code is right, the name is not.
        ("idmc", "COK", "Ukraine"),
        ("idmc", "MTQ", "Ukraine"),
        ("idmc", "TKL", "Ukraine"),
    }


def _idmc_rows(root: Path) -> list[tuple[str, str]]:
    rows = grid(root / "idmc/2019/idmc_displacement_all_dataset.xlsx", "Sheet1")[2:]
    rows += grid(root / "idmc/2019/idmc_disaster_all_dataset.xlsx", "Sheet1")[2:]
    return [(str(row[0]), str(row[1])) for row in rows]
