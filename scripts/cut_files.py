"""Cut CC BY editions small, for tests that run without the publishers' files.

    python scripts/cut_files.py DIR_WITH_PUBLISHER_FILES

Writes tests/fixtures/: of each file named in CUTS the heads and the rows of a few places, every row where
it stands in the publisher's file, so that the address of a cell is the same in both. Beside them
`cuts.toml` declares each cut as a part of its edition, with its terms and the digest of the file
that it was cut from, and SPOTCHECKS.tsv has the checks read by hand whose cells were kept.
"""

import csv
import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from python_calamine import CalamineWorkbook

from sojourn.sources.declaration import Edition, registry
from sojourn.vocab.area import AREAS, aliases, plain

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "tests" / "fixtures"
#: File: rows at its head that are always kept.
CUTS = {
    "undesa/2019/undesa_pd_2019_migrant_stock_total_dataset.xlsx": 17,
    "undesa/2020/undesa_pd_2020_ims_stock_by_sex_and_destination.xlsx": 11,
    "undesa/2020/undesa_pd_2020_ims_stock_by_sex_destination_and_origin.rebuilt.xlsx": 11,
    "idmc/2019/idmc_displacement_all_dataset.xlsx": 2,
    "iom/2026-05/MissingMigrants-Global-2026-05-06--19_42_11.csv": 40,
    "unhcr/2024-07/asylum-decisions.csv": 16,
    "unhcr/2024-07/population.csv": 16,
    "unhcr/2024-07/solutions.csv": 16,
    "worldbank/2018-04/WB_Bilateral_Estimates_Migrant_Stocks_2017.xlsx": 3,
    "worldbank/2018-04/WB_Bilateral_Remittance_Estimates_2017.xlsx": 3,
    "worldbank/2021-09/API_BM.TRF.PWKR.CD.DT_DS2_en_csv_v2_3012027.csv": 5,
    "wpp/2022/births.txt": 1,
    "wpp/2022/deaths.txt": 1,
    "wpp/2022/migration.txt": 1,
}
#: The world, its regions and development groups, and countries that the checks speak of.
PLACES = frozenset(
    [
        "900",
        "901",
        "902",
        "903",
        "904",
        "905",
        "908",
        "909",
        "935",
        "941",
        "934",
        "108",
        "4",
        "124",
        "231",
        "276",
        "250",
        "356",
        "404",
        "422",
        "484",
        "646",
        "682",
        "760",
        "792",
        "840",
    ]
)
LOOKED = 12  # columns in which the places of a row stand
CELL = re.compile(r"(?:.+![A-Z]+|line )(\d+)(?:, .+)?")


def names() -> dict[str, str]:
    """Return the areas by every spelling of theirs and by ISO3."""
    spelt = {plain(a.label).casefold(): a.area_id for a in aliases()}
    for area in AREAS.values():
        spelt[plain(area.names["en"]).casefold()] = area.area_id
        if area.iso3:
            spelt[area.iso3.casefold()] = area.area_id
    return spelt


NAMES = names()


def wanted(row: Sequence[object]) -> bool:
    """Whether every place that a row names is one of those kept, and it names one."""
    cells = [plain(str(c)).strip().casefold() for c in row[:LOOKED] if c != ""]
    found = {NAMES[c] for c in cells if c in NAMES}
    return bool(found) and found <= PLACES


def cut_text(content: bytes, head: int) -> bytes:
    """Return a text file with the lines that are not kept left empty."""
    lines = content.decode("utf-8-sig").splitlines(keepends=True)
    separator = "\t" if lines[0].count("\t") > 2 else ","
    out = []
    for number, line in enumerate(lines, 1):
        row = next(csv.reader([line], delimiter=separator), [])
        out.append(line if number <= head or wanted(row) else "\n")
    return ("".join(out).rstrip("\n") + "\n").encode("utf-8")


def cut_workbook(content: bytes, head: int) -> bytes:
    """Return a workbook with the rows that are not kept left empty; values only."""
    source = CalamineWorkbook.from_filelike(io.BytesIO(content))
    book = openpyxl.Workbook(write_only=False)
    book.remove(book.active)  # type: ignore[arg-type]
    for name in source.sheet_names:
        page = book.create_sheet(name)
        rows = source.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for number, row in enumerate(rows, 1):
            if number <= head or wanted(row):
                for column, value in enumerate(row, 1):
                    if value != "":
                        page.cell(number, column, _clean(value))
    stream = io.BytesIO()
    book.save(stream)
    return dateless(stream.getvalue())


def _clean(value: object) -> object:
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value


def dateless(content: bytes) -> bytes:
    """Return a workbook whose bytes do not tell when it was written."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist()):
            text = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"2000-01-01T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def declared(edition: Edition, files: Iterable[tuple[str, str, str]]) -> str:
    """Return the entry of an edition of which cuts were made."""
    layouts = {new: edition.tables[old] for new, old, _ in files if old in edition.tables}
    told = {new: f"{name}" for new, _, name in files}
    lines = [
        "[[edition]]",
        f'dataset = "{edition.dataset}"',
        f"vintage = {edition.vintage.isoformat()}",
        'holds = "part"',
        f'title = "{edition.title}; cut to {len(PLACES)} places"',
        f'states = "{edition.states}"',
        f'license = "{edition.license}"',
        f'redistribution = "{edition.redistribution}"',
        f'note = "cut from {", ".join(old for _, old, _ in files)}"',
        "files = { " + ", ".join(f'"{d}" = "{n}"' for d, n in told.items()) + " }",
    ]
    if edition.layout:
        lines.append(f'layout = "{edition.layout}"')
    if layouts:
        lines.append("tables = { " + ", ".join(f'"{d}" = "{n}"' for d, n in layouts.items()) + " }")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Cut, declare, and keep the checks whose cells were kept."""
    folder, known = Path(sys.argv[1]), registry()
    cuts: dict[str, list[tuple[str, str, str]]] = {}
    for name, head in CUTS.items():
        content = (folder / name).read_bytes()
        cut = (cut_workbook if name.endswith(".xlsx") else cut_text)(content, head)
        target = FIXTURES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(cut)
        digests = [hashlib.sha256(c).hexdigest() for c in (cut, content)]
        edition = known.by_digest(digests[1])
        if edition is None or edition.redistribution != "attribution":
            sys.exit(f"{name}: no declared edition that may be shipped")
        cuts.setdefault(edition.id, []).append((digests[0], digests[1], target.name))
        sys.stdout.write(f"{len(cut):>9}  {name}  {edition.id}\n")
    entries = [declared(known.editions[i], files) for i, files in cuts.items()]
    text = (
        "# Made by scripts/cut_files.py: the cuts of this folder, each a part of its edition.\n\n"
    )
    (FIXTURES / "cuts.toml").write_text(text + "\n".join(entries), "utf-8")
    checks(folder)


def checks(folder: Path) -> None:
    """Write the checks read by hand whose row was kept."""
    with (folder / "SPOTCHECKS.tsv").open(encoding="utf-8", newline="") as stream:
        rows = [r for r in csv.DictReader(stream, delimiter="\t") if r["path"] in CUTS]
    kept = []
    for row in rows:
        path, cell = FIXTURES / row["path"], CELL.fullmatch(row["where"])
        if cell is not None and held(path, row["where"], int(cell[1])):
            kept.append(row)
    with (FIXTURES / "SPOTCHECKS.tsv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(kept[0]), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    sys.stdout.write(f"{len(kept)} of {len(rows)} checks kept\n")


def held(path: Path, where: str, number: int) -> bool:
    """Whether a row of a cut is not empty."""
    if path.suffix != ".xlsx":
        return bool(path.read_text("utf-8").splitlines()[number - 1].strip())
    book = openpyxl.load_workbook(path, read_only=True)
    return any(c.value is not None for c in book[where.partition("!")[0]][number])


if __name__ == "__main__":
    main()
