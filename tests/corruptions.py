"""Good files of every reader, ways to spoil them, and a second way to see what they say.

A spoilt file may still be a file: a digit that became another digit is what is printed now. So
the question is not whether the numbers are the old ones, but whether each number that was read
stands in its cell, beside the place that its row names.
"""

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import twins
from reading import Reading, Row, read, text, workbook

from sojourn.errors import SojournError
from sojourn.vocab.area import AREAS, resolve_many
from sojourn.vocab.observation import column_number

OLD = '"TIME","GEO","CITIZEN","SEX","AGE","ASYL_APP","UNIT","Value","Flag and Footnotes"'
NEW = "STRUCTURE,STRUCTURE_ID,freq,citizen,sex,unit,age,asyl_app,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
DECISIONS = "Year,Country of origin,Country of origin (ISO),Country of asylum,Country of asylum (ISO),Authority,Stage of procedure,Cases / Persons,Recognized decisions,Complementary protection,Rejected decisions,Otherwise closed,Total decisions"
PORTAL = "Year,Country of asylum or residence,Origin,Refugees,Asylum-seekers (pending cases),Returned refugees,Total Population"
WDI = '"Country Name","Country Code","Indicator Name","Indicator Code","2014","2015","2016",'
MALARIA = '"","Estimated number of malaria cases","Estimated number of malaria cases"'


def _texts(folder: Path) -> list[Path]:
    people = [
        f"2015,{o},{i},{a},{c},{n},{n + 1},0,-,7,0,0"
        for n, (o, i) in enumerate((("Afghanistan", "AFG"), ("Iraq", "IRQ"), ("Chad", "TCD")), 410)
        for a, c in (("Germany", "DEU"), ("Sudan", "SDN"))
    ]
    german = '"{y}","Germany (until 1990 former territory of the FRG)","Syria","Total","Total","{w}","Person","{n}","{f}"'
    flow = "dataflow,ESTAT:MIGR_ASYAPPCTZA(1.0),A,SY,T,PER,TOTAL,ASY_APP,{g},{y},{n},"
    return [
        twins.unhcr_population(folder / "population.csv", people),
        text(
            folder / "decisions.csv",
            DECISIONS,
            *(
                f"2015,Iraq,IRQ,Australia,AUS,G,{s},{u},1,2,3,4,10"
                for s in ("FI", "AR", "NA")
                for u in "PC"
            ),
        ),
        text(
            folder / "portal.csv",
            PORTAL,
            *(
                f"2014,{a},Chile,{n},*,,{n}"
                for n, a in enumerate(("Peru", "Brazil", "Germany"), 500)
            ),
        ),
        text(
            folder / "eurostat_old.csv",
            OLD,
            *(
                german.format(y=y, w=w, n="1,235", f=f)
                for y, f in ((2014, ""), (2015, "p"))
                for w in ("Asylum applicant", "First time applicant")
            ),
        ),
        text(
            folder / "eurostat_new.csv",
            NEW,
            *(flow.format(g=g, y=y, n=1235) for g in ("EL", "AT") for y in (2014, 2015)),
        ),
        text(
            folder / "wdi.csv",
            '"Data Source","World Development Indicators",',
            "",
            '"Last Updated Date","2017-05-30",',
            "",
            WDI,
            '"Mexico","MEX","Remittances, paid","BM.TRF.PWKR.CD.DT","1100","2200.5","",',
            '"World","WLD","Remittances, paid","BM.TRF.PWKR.CD.DT","9100","9200.5","9300",',
        ),
        text(
            folder / "malaria.csv",
            MALARIA,
            '"Countries, territories and areas"," 2016"," 2015"',
            '"Angola","1 200 [1 000-1 450]","1 100 [900-1 300]"',
            '"Algeria","0",""',
        ),
        twins.missing_migrants(
            folder / "incidents.csv",
            [
                {
                    "Web ID": str(n),
                    "Region of Incident": "Europe",
                    "Reported Year": "2015",
                    "Number Dead": "3",
                    "Minimum Estimated Number of Missing": "4",
                    "Total Dead and Missing": "7",
                }
                for n in range(4)
            ],
        ),
    ]


def _workbooks(folder: Path) -> list[Path]:
    money: list[list[object]] = [
        ["Migrant remittance inflows (US$ million)", 2016.0, 2017.0, "2018e"],
        ["Mexico", 23188.5, 24802, 26233],
        ["India", 62744, 68967, 79490],
        ["World", 85932.5, 93769, 105723],
        [],
        ["Date: December 2018"],
    ]
    matrix: list[list[object]] = [
        ["Bilateral Estimates of Migrant Stocks in 2017"],
        [None, "Mexico", "United States", "Other North", "World"],
        ["Mexico", 0, 11573, 2, 11575],
        ["India", 5, 6, 0, 11],
        ["World", 5, 11579, 2, 11586],
        [],
        ["Notes:"],
    ]
    annex: list[list[object]] = [
        ["Table 1. Refugees by country/territory of asylum, end-2015"],
        ["Country/territory of asylum1", "Refugees 2", "Asylum-seekers (pending cases)4"],
        ["Turkey36", 90, 5],
        ["Algeria10", 9, "*"],
        ["UNHCR-Bureaux"],
    ]
    return [
        twins.undesa_stock(folder / "stock.xlsx"),
        twins.idmc_displacement(folder / "idmc.xlsx"),
        workbook(folder / "remittances.xlsx", {"Remittance inflows": money}),
        workbook(folder / "matrix.xlsx", {"Bilateral_Migration_2017": matrix}),
        workbook(folder / "annex.xlsx", {"ToC": [["Contents"]], "Tab1": annex}),
    ]


def good_files(folder: Path) -> list[Path]:
    """Write one small good file for each of the readers' shapes."""
    return [*_texts(folder), *_workbooks(folder)]


# ------------------------------------------------------------------------------ spoiling


def one_byte(content: bytes, rng: random.Random) -> bytes:
    """Change one byte."""
    at = rng.randrange(len(content))
    new = rng.choice([rng.randrange(256), rng.choice(b'0123456789,;"\n .-*ABCabc\x00')])
    return content[:at] + bytes([new]) + content[at + 1 :]


def cut(content: bytes, rng: random.Random) -> bytes:
    """Lose the end."""
    return content[: rng.randrange(len(content))]


def lost_piece(content: bytes, rng: random.Random) -> bytes:
    """Lose some bytes in the middle."""
    at = rng.randrange(len(content))
    return content[:at] + content[at + rng.randint(1, 40) :]


def doubled_piece(content: bytes, rng: random.Random) -> bytes:
    """Write some bytes twice."""
    at = rng.randrange(len(content))
    end = at + rng.randint(1, 40)
    return content[:end] + content[at:end] + content[end:]


def lines_moved(content: bytes, rng: random.Random) -> bytes:
    """Lose, double or swap lines."""
    lines = content.split(b"\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    what = rng.randrange(3)
    if what == 0:
        del lines[i]
    elif what == 1:
        lines.insert(j, lines[i])
    else:
        lines[i], lines[j] = lines[j], lines[i]
    return b"\n".join(lines)


def fields_moved(content: bytes, rng: random.Random) -> bytes:
    """Lose, double or swap fields of one line."""
    lines = content.split(b"\n")
    at = rng.randrange(len(lines))
    fields = lines[at].split(b",")
    i, j = rng.randrange(len(fields)), rng.randrange(len(fields))
    what = rng.randrange(3)
    if what == 0:
        del fields[i]
    elif what == 1:
        fields.insert(j, fields[i])
    else:
        fields[i], fields[j] = fields[j], fields[i]
    lines[at] = b",".join(fields)
    return b"\n".join(lines)


def recoded(content: bytes, rng: random.Random) -> bytes:
    """Write the text in another encoding, with other line ends or another separator."""
    words = content.decode("utf-8")
    return rng.choice(
        [
            lambda: words.encode("utf-16"),
            lambda: b"\xef\xbb\xbf" + content,
            lambda: content.replace(b"\n", b"\r\n"),
            lambda: content.replace(b"\n", b"\r"),
            lambda: content.replace(b",", b";"),
            lambda: content.replace(b",", b"\t"),
            lambda: words.encode("cp037", "replace"),
        ]
    )()


def _rezipped(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            new.writestr(member.filename, change(member.filename, old.read(member)))
    return out.getvalue()


def part_spoilt(content: bytes, rng: random.Random) -> bytes:
    """Change one byte inside a part of a workbook, and pack it again with a right checksum."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = [m for m in book.namelist() if "sheet" in m or "shared" in m or "workbook" in m]
    victim = rng.choice(parts)
    spoil = rng.choice([one_byte, one_byte, lost_piece, doubled_piece])
    return _rezipped(content, lambda name, part: spoil(part, rng) if name == victim else part)


def cells_moved(content: bytes, rng: random.Random) -> bytes:
    """Lose, insert or blank a row or a column, or swap two cells, as a person would by mistake."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = rng.choice(book.worksheets)
    row, column = rng.randint(1, page.max_row), rng.randint(1, page.max_column)
    here = page.cell(row, column)
    there = page.cell(rng.randint(1, page.max_row), rng.randint(1, page.max_column))
    what = rng.randrange(6)
    if what < 4:
        change = (page.delete_rows, page.insert_rows, page.delete_cols, page.insert_cols)[what]
        change(row if what < 2 else column)
    elif what == 4:
        here.value, there.value = there.value, here.value
    else:
        here.value = rng.choice([None, "..", "n/a", "1 050", "2020e", -5, 0.5, "=SUM(A1:A2)", True])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


Spoil = Callable[[bytes, random.Random], bytes]
TEXT_SPOILS: tuple[Spoil, ...] = (
    one_byte,
    one_byte,
    cut,
    lost_piece,
    doubled_piece,
    lines_moved,
    fields_moved,
    recoded,
)
BOOK_SPOILS: tuple[Spoil, ...] = (one_byte, cut, lost_piece, part_spoilt, part_spoilt, cells_moved)


# ------------------------------------------------------------------------------ judging

Cells = dict[tuple[str, int, int], object]


def cells_of(content: bytes) -> Cells | None:
    """Return the cells of a file by another way than the readers'; None when that way is shut."""
    if content.startswith(b"PK"):
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
            return {
                (page.title, cell.row, cell.column): cell.value
                for page in book.worksheets
                for row in page.iter_rows()
                for cell in row
            }
        except Exception:  # noqa: BLE001 - whatever it is, the other way is shut
            return None
    for encoding in (
        ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "latin-1")
    ):
        try:
            words = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return None
    for separator in (",", ";", "\t"):
        reader = csv.reader(io.StringIO(words, newline=""), delimiter=separator)
        out: Cells = {}
        line = 0
        for fields in reader:
            out |= {("", line + 1, c): f for c, f in enumerate(fields, start=1)}
            line = reader.line_num
        if any(c > 2 for _, _, c in out):
            return out
    return None


def _address(place: str) -> tuple[str, int, int]:
    if (found := re.fullmatch(r"line (\d+), column ([A-Z]+)", place)) is not None:
        return "", int(found[1]), column_number(found[2])
    found = re.fullmatch(r"(.*)!([A-Z]+)(\d+)", place)
    assert found is not None, place
    return found[1], int(found[3]), column_number(found[2])


def _says(printed: object, value: object) -> bool:
    if isinstance(printed, bool):
        return False
    if isinstance(printed, int | float):
        return isinstance(value, float) and abs(printed - value) < 1e-9 * max(1.0, abs(value))
    words = str(printed or "").strip().partition(" [")[0].replace(",", "").replace(" ", "")
    try:
        return float(words) == value
    except ValueError:
        return value is None


def wrong(row: Row, cells: Cells) -> str:
    sheet, line, column = _address(str(row["place"]))
    printed = cells.get((sheet, line, column))
    if not _says(printed, row["value"]):
        return f"{row['place']} reads {printed!r}, not {row['value']!r}"
    known = {row["ref_area"], row["origin"], row["destination"]}
    for (page, at, _), word in cells.items():
        if page == sheet and at == line and isinstance(word, str) and len(word) > 3:
            place = _named(word)
            if place and place not in known:
                return f"{row['place']} stands beside {word!r} and was given to {known}"
    return ""


def _named(word: str) -> str:
    place = resolve_many([word.strip().strip("*")], publisher="unhcr")[0]
    return place if place and AREAS[place].kind == "country" else ""


def judge(path: Path, good: Reading) -> str:
    """Return what is wrong with how a spoilt file was read; nothing when it was refused or read."""
    try:
        found = read(path)
    except SojournError as error:
        return "" if str(error).strip() and path.name in str(error) else f"a bare error: {error!r}"
    if found.rows == good.rows:
        return ""  # what was spoilt is no part of any number
    cells = cells_of(path.read_bytes())
    if cells is None:
        return "read what no other program can open, and other numbers"
    doubted = {n for note in found.notes for n in re.findall(r": row (\d+): the code", note)}
    sure = [r for r in found.rows if _line(r) not in doubted]
    return next((said for r in sure if (said := wrong(r, cells))), "")


def _line(row: Row) -> str:
    return str(_address(str(row["place"]))[1])


def spoil(path: Path, content: bytes, rng: random.Random) -> str:
    """Write a spoilt copy of a good file over it; return how it was spoilt."""
    how = rng.choice(BOOK_SPOILS if content.startswith(b"PK") else TEXT_SPOILS)
    path.write_bytes(how(content, rng))
    return how.__name__
