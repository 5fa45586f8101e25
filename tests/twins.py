"""Small twins of the publishers' layouts, written by the tests; their numbers are synthetic."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

YEARS = (1990, 1995, 2000, 2005, 2010, 2015, 2020)
GROUPS = (("both sexes combined", 6), ("males", 13), ("females", 20))
# (M49, name, type of data, men, women): Eastern Africa and three of its members, synthetic.
PLACES = (
    ("108", "Burundi", "B R", 100, 120),
    ("404", "Kenya", "B R", 500, 480),
    ("646", "Rwanda", "C", 70, 60),
)
Change = Callable[[Worksheet], None]


def undesa_stock(
    path: Path,
    *,
    change: Change | None = None,
    revision: str = "2020",
    places: Sequence[tuple[str, str, str, int, int]] = PLACES,
    sheet: str = "Table 1",
) -> Path:
    """Write a workbook laid out like the UN stock by sex and destination; each year adds ten."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    page["E2"] = f"International Migrant Stock {revision}: Destination"
    page["E3"] = "Table 1: SYNTHETIC international migrant stock at mid-year by sex"
    page["E4"] = f"POP/DB/MIG/Stock/Rev.{revision}"
    page["E6"] = "Copyright © 2020 by United Nations (layout only; the numbers are synthetic)"
    titles = (
        "Region, development group, country or area",
        "Notes",
        "Location code",
        "Type of data",
    )
    for column, title in zip((2, 3, 4, 5), titles, strict=True):
        page.cell(11, column, title)
    for title, first in GROUPS:
        page.cell(8, first, f"International migrant stock at mid-year, {title}")
        for i, year in enumerate(YEARS):
            page.cell(11, first + i, year)
    for row, (code, name, kind, men, women) in enumerate(places, start=12):
        page.cell(row, 2, f"   {name}")
        page.cell(row, 4, int(code))
        page.cell(row, 5, kind)
        for i in range(len(YEARS)):
            m, w = men + 10 * i, women + 10 * i
            for first, value in ((6, m + w), (13, m), (20, w)):
                page.cell(row, first + i, value)
    if change is not None:
        change(page)
    book.save(path)
    return path


UNHCR_HEAD = (
    'Year,"Country of origin","Country of origin (ISO)","Country of asylum","Country of asylum '
    '(ISO)","Refugees under UNHCR\'s mandate",Asylum-seekers,"IDPs of concern to UNHCR","Other '
    'people in need of international protection","Stateless persons","Host Community","Others of '
    'concern"'
)
UNHCR_ROWS = (
    "2015,Afghanistan,AFG,Germany,DEU,40,60,0,-,0,0,0",
    '2015,"Syrian Arab Rep.",SYR,Germany,DEU,300,200,0,-,0,0,0',
    '2015,"Syrian Arab Rep.",SYR,Türkiye,TUR,2500,-,0,-,0,0,0',
    "2015,Iraq,IRQ,Türkiye,TUR,*,5,0,-,0,0,0",
)


def unhcr_population(
    path: Path, rows: Sequence[str] = UNHCR_ROWS, *, day: str = "13 June 2024"
) -> Path:
    """Write a file laid out like the Refugee Data Finder's population export."""
    preamble = ["Origin:,all", f'"Last updated:","{day}",SYNTHETIC'] if day else []
    path.write_text("\n".join([*preamble, UNHCR_HEAD, *rows]) + "\n", "utf-8")
    return path


def idmc_displacement(path: Path, rows: Sequence[Sequence[object]] | None = None) -> Path:
    """Write a workbook laid out like IDMC's displacement data, with its row of HXL tags."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Sheet1"
    page.append(
        [
            "ISO3",
            "Name",
            "Year",
            "Conflict Stock Displacement",
            "Conflict New Displacements",
            "Disaster New Displacements",
        ]
    )
    page.append(
        [
            "#country+code",
            "#country+name",
            "#date+year",
            "#affected+idps+ind+stock+conflict",
            "#affected+idps+ind+newdisp+conflict",
            "#affected+idps+ind+newdisp+disaster",
        ]
    )
    for row in rows or (
        ("SYR", "Syria", 2015, 6600, 1300, None),
        ("COL", "Colombia", 2015, 6270, 220, 3),
    ):
        page.append(list(row))
    book.save(path)
    return path


def missing_migrants(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write a file laid out like IOM's Missing Migrants download of 2020."""
    head = (
        "Web ID,Region of Incident,Reported Date,Reported Year,Reported Month,Number Dead,Minimum "
        "Estimated Number of Missing,Total Dead and Missing,Number of Survivors,Number of Females,"
        "Number of Males,Number of Children,Cause of Death,Location Description,Information Source,"
        "Location Coordinates,Migration Route,URL,UNSD Geographical Grouping,Source Quality"
    )
    names = head.split(",")
    lines = [",".join(row.get(name, "") for name in names) for row in rows]
    path.write_text("\n".join([head, *lines]) + "\n", "utf-8")
    return path


def of_few_countries(folder: Path, edition: str, text: str) -> Path:
    """Load a synthetic table of few countries as an edition; return the data directory."""
    import sojourn

    path = folder / f"{edition.partition('@')[0]}.csv"
    path.write_text(text, "utf-8")
    why = "a synthetic twin of few countries"
    sojourn.load([path], folder / "data", edition=edition, accept_coverage=why)
    return folder / "data"


def store_of(root: Path, edition: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write synthetic observations into a data directory, as if a publisher's file had been loaded."""
    from dataclasses import replace

    from sojourn.store.manifest import LoadedFile, write_manifest, writing
    from sojourn.store.observations import STAGED, connect, write_parquet
    from sojourn.vocab.observation import COLUMNS

    dataset, _, vintage = edition.partition("@")
    digest = edition.replace("@", "").replace(".", "").ljust(64, "0")
    defaults = {
        "dataflow": dataset,
        "sex": "_T",
        "age": "_T",
        "origin": "_T",
        "criterion": "_Z",
        "detail": "",
        "unit_measure": "PERSONS",
        "unit_mult": 0,
        "obs_status": "A",
        "comment": "SYNTHETIC",
        "edition": edition,
        "file": digest,
        "sheet": "Table 1",
        "col": 2,
    }
    entry = LoadedFile(
        sha256=digest,
        name=f"synthetic-{dataset}.csv",
        path="",
        dataset=dataset,
        edition=edition,
        vintage=vintage,
        title="synthetic",
        states="",
        publisher="synthetic",
        citation="Synthetic.",
        landing_page="",
        license="synthetic",
        redistribution="none",
        basis="declared",
        verified=True,
        layout="synthetic",
        observations=len(rows),
        parquet=f"{digest[:24]}.parquet",
    )
    with writing(root) as manifest:
        con = connect()
        for number, row in enumerate(rows, start=2):
            full = {**defaults, "row": number, **row}
            full.setdefault("ref_area", full["destination"])
            con.execute(
                f"INSERT INTO own VALUES ({', '.join('?' for _ in COLUMNS)})",
                [full.get(name) for name, _ in COLUMNS],
            )
        write_parquet(con, STAGED, root / "store" / "observations" / entry.parquet)
        write_manifest(replace(manifest, files=(*manifest.files, entry)))
