"""Every kind of damage seen in publishers' files, done here to small files of our own.

What must not be loaded is refused with its place and leaves nothing behind; what can be read
rightly is loaded, and what is odd about it is said.
"""

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.api import Data
from sojourn.errors import (
    ContractBroken,
    HarmonizeError,
    ImpossibleValue,
    LayoutChanged,
    NotANumber,
    SojournError,
    UnknownFile,
    UnreadableFile,
)
from sojourn.store.manifest import read_manifest
from sojourn.vocab.membership import members

EASTERN_AFRICA = "910"
MEMBERS = [m for g, m in members("undesa.ims", "2021-01-15") if g == EASTERN_AFRICA]


def workbook(folder: Path, **options: object) -> bytes:
    return twins.undesa_stock(folder / "twin.xlsx", **options).read_bytes()  # type: ignore[arg-type]


def text(folder: Path) -> bytes:
    return twins.unhcr_population(folder / "twin.csv").read_bytes()


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return an archive with one member changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {n: archive.read(n) for n in archive.namelist()}
    return zipped(**{**files, part: change(files[part])})


def entities(xml: bytes) -> bytes:
    head, body = xml.split(b"<worksheet", 1) if b"<worksheet" in xml else (b"", xml)
    return head + b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet' + body


def region(
    folder: Path,
    *,
    too_high: int = 0,
    at_most: int = len(MEMBERS),
    change: Callable[[object], object] = lambda _: None,
) -> bytes:
    """Return Eastern Africa and its members; the total is that of all, plus something."""
    parts = [(m, f"Member {m}", "B R", 100, 120) for m in MEMBERS]
    step = 10 * (len(MEMBERS) - 1)  # each year adds ten to every place

    def total(page: object) -> None:
        for first, value in (
            (6, 220 * len(MEMBERS)),
            (13, 100 * len(MEMBERS)),
            (20, 120 * len(MEMBERS)),
        ):
            for i in range(len(twins.YEARS)):
                both = 2 if first == 6 else 1
                page.cell(12, first + i, value + both * (step + 10) * i)  # type: ignore[attr-defined]
        page.cell(12, 12).value += too_high  # type: ignore[attr-defined]
        change(page)

    whole = (EASTERN_AFRICA, "Eastern Africa", "", 0, 0)
    return workbook(folder, places=[whole, *parts[:at_most]], change=total)


REFUSED: dict[str, tuple[Callable[[Path], bytes], str, type[SojournError], str]] = {
    "cut": (lambda p: workbook(p)[:3000], "x.xlsx", UnreadableFile, "not a complete workbook"),
    "other sheet": (
        lambda p: workbook(p, sheet="Sheet1"),
        "x.xlsx",
        LayoutChanged,
        "sheet 'Table 1' not found; sheets present: Sheet1",
    ),
    "total without members": (
        lambda p: region(p, at_most=0),
        "x.xlsx",
        ContractBroken,
        "Table 1!F12: aggregate 910 has no member",
    ),
    "part above its total": (
        lambda p: region(p, too_high=-6600),
        "x.xlsx",
        ImpossibleValue,
        r"more than its whole group 910",
    ),
    "document type": (
        lambda p: with_part(workbook(p), "xl/worksheets/sheet1.xml", entities),
        "x.xlsx",
        UnreadableFile,
        "sheet1.xml holds a document type declaration",
    ),
    "encrypted": (
        lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "x.xlsx",
        UnreadableFile,
        "password-protected",
    ),
    "text under the name of a workbook": (
        text,
        "x.xlsx",
        UnreadableFile,
        "looks like comma-separated text",
    ),
    "two encodings": (
        lambda p: (
            text(p) + "2015,Iraq,IRQ,Cô".encode("latin-1") + b"te d'Ivoire,CIV,1,1,0,-,0,0,0\n"
        ),
        "x.csv",
        UnreadableFile,
        r"line 8 is not valid UTF-8 \(byte 0xF4\)",
    ),
    "archive in an archive": (
        lambda p: zipped(**{"in.zip": zipped(**{"x.csv": text(p)})}),
        "x.zip",
        UnreadableFile,
        "archives inside archives",
    ),
    "gzip in gzip": (
        lambda p: gzip.compress(gzip.compress(text(p))),
        "x.gz",
        UnreadableFile,
        "archives inside archives",
    ),
    "half a gzip": (
        lambda p: gzip.compress(text(p))[:-20],
        "x.gz",
        UnreadableFile,
        "gzip stream is damaged",
    ),
    "an entry that leaves": (
        lambda p: zipped(**{"good.csv": text(p), "../../out.csv": text(p)}),
        "x.zip",
        UnreadableFile,
        "leaves the folder",
    ),
    "endless field": (
        lambda p: text(p) + b"2015,Iraq,IRQ," + b"G" * 1_000_000 + b",DEU,1,1,0,-,0,0,0\n",
        "x.csv",
        UnreadableFile,
        "field too long in line 8",
    ),
    "invisible characters": (
        lambda p: text(p) + "2015,Iraq,IRQ,Ger\u202emany,DEU,1,1,0,-,0,0,0\n".encode(),
        "x.csv",
        HarmonizeError,
        "row 8 .*RIGHT-TO-LEFT OVERRIDE",
    ),
    "a bell": (
        lambda p: text(p) + b"2015,Iraq,IRQ,Ger\x07many,DEU,1,1,0,-,0,0,0\n",
        "x.csv",
        HarmonizeError,
        r"row 8 .*U\+0007",
    ),
    "one heading twice": (
        lambda p: text(p).replace(b",Asylum-seekers,", b',"Refugees under UNHCR\'s mandate",'),
        "x.csv",
        LayoutChanged,
        r"stands twice in line 3 \(columns 6 and 7\)",
    ),
    "pasted together": (
        lambda p: text(p) + twins.UNHCR_HEAD.encode() + b"\n",
        "x.csv",
        LayoutChanged,
        "line 8.* repeats the header",
    ),
    "another unit": (
        lambda p: text(p).replace(b",300,", b",300.125,"),
        "x.csv",
        ImpossibleValue,
        "line 5|F5: 300.125 is not a whole number",
    ),
    "points between thousands": (
        lambda p: text(p).replace(b",2500,", b",2.500.000,"),
        "x.csv",
        NotANumber,
        r"line 6, column F reads '2\.500\.000'",
    ),
    "decimal comma": (
        lambda p: text(p).replace(b",", b";").replace(b";2500;", b";2500,5;"),
        "x.csv",
        NotANumber,
        "'2500,5'",
    ),
    "not finite": (
        lambda p: text(p).replace(b",2500,", b",1e999,"),
        "x.csv",
        NotANumber,
        "'1e999'",
    ),
    "more than live": (
        lambda p: text(p).replace(b",2500,", b",99999999999,"),
        "x.csv",
        ImpossibleValue,
        "F6: more people than live",
    ),
    "digits of another script": (
        lambda p: text(p).replace(b",2500,", ",\u0662\u0665,".encode()),
        "x.csv",
        NotANumber,
        "line 6, column F reads",
    ),
    "not a number at all": (
        lambda p: text(p).replace(b",2500,", b",NaN,"),
        "x.csv",
        NotANumber,
        "'NaN'",
    ),
    "several editions in one table": (
        lambda _: (
            b"Location code,Location,2015,Source\n900,World,10,Rev.2020\n276,Germany,9,Rev.2019\n"
        ),
        "x.csv",
        UnknownFile,
        "no declared layout",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_damaged_is_refused_with_its_place(tmp_path: Path, kind: str) -> None:
    make, name, error, said = REFUSED[kind]
    path = tmp_path / name
    path.write_bytes(make(tmp_path))
    with pytest.raises(error, match=said) as raised:
        sojourn.load([path], tmp_path / "data")
    assert str(raised.value).startswith(name)
    assert raised.value.hint
    assert len(str(raised.value)) < 1200
    assert read_manifest(tmp_path / "data").files == ()
    assert not list((tmp_path / "data" / "store" / "observations").iterdir())
    assert not (tmp_path.parent / "out.csv").exists()


def opened(tmp_path: Path, name: str, content: bytes) -> tuple[Data, str]:
    path = tmp_path / name
    path.write_bytes(content)
    [outcome] = sojourn.load([path], tmp_path / "data").outcomes
    return sojourn.open(tmp_path / "data"), " ".join([*outcome.notes, *outcome.warnings])


LOADED: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "as it is": (lambda b: b, "x.csv", ""),
    "byte order mark": (lambda b: b"\xef\xbb\xbf" + b, "x.csv", ""),
    "UTF-16": (lambda b: b.decode().encode("utf-16"), "x.csv", "is UTF-16"),
    "Latin-1": (lambda b: b.decode().encode("latin-1"), "x.csv", r"is Latin-1 \(line 6: byte 0xFC"),
    "semicolons": (lambda b: b.replace(b",", b";"), "x.csv", ""),
    "tabs": (lambda b: b.replace(b",", b"\t"), "x.tsv", ""),
    "Windows line ends": (lambda b: b.replace(b"\n", b"\r\n"), "x.csv", ""),
    "gzip": (gzip.compress, "x.csv", "is gzip; unpacked"),
    "zip": (lambda b: zipped(**{"inner.csv": b}), "x.zip", ""),
    "empty lines at the end": (lambda b: b + b"\n\n", "x.csv", ""),
    "years with a point": (lambda b: b.replace(b"2015,", b"2015.0,"), "x.csv", ""),
}


@pytest.mark.parametrize("kind", LOADED)
def test_what_can_be_read_rightly_is_read(tmp_path: Path, kind: str) -> None:
    change, name, said = LOADED[kind]
    data, notes = opened(tmp_path, name, change(text(tmp_path)))
    assert re.search(said, notes)
    assert bool(said) == bool(notes)
    found = data.sql(
        "SELECT origin, ref_area, obs_value, obs_status FROM observation "
        "WHERE indicator = 'refugees' AND time_period = '2015' ORDER BY \"row\""
    )
    assert found.fetchall() == [
        ("004", "276", 40.0, "A"),
        ("760", "276", 300.0, "A"),
        ("760", "792", 2500.0, "A"),
        ("368", "792", None, "Q"),
    ]


def test_rows_moved_down_keep_the_addresses_they_have(tmp_path: Path) -> None:
    def move(page: object) -> None:
        page.insert_rows(7, amount=2)  # type: ignore[attr-defined]

    data, notes = opened(tmp_path, "x.xlsx", workbook(tmp_path, change=move))
    assert "found in row 13" in notes
    [kenya] = data.trace("undesa.ims@2021#Table 1!Y15")
    assert kenya.value == 530  # type: ignore[union-attr]


def test_a_workbook_under_another_name_is_one(tmp_path: Path) -> None:
    _, notes = opened(tmp_path, "x.xls", workbook(tmp_path))
    assert "its name does not fit" in notes


def test_tags_below_the_header_are_no_row(tmp_path: Path) -> None:
    content = twins.idmc_displacement(tmp_path / "t.xlsx").read_bytes()
    data, _ = opened(tmp_path, "x.xlsx", content)
    assert data.sql('SELECT DISTINCT "row" FROM observation ORDER BY 1').fetchall() == [(3,), (4,)]


def problems(data: Data) -> list[tuple[object, ...]]:
    return list(data.sql('SELECT contract, size, "row", col FROM problem ORDER BY ALL').fetchall())


def test_parts_are_the_total(tmp_path: Path) -> None:
    data, notes = opened(tmp_path, "x.xlsx", region(tmp_path))
    assert (problems(data), notes) == ([], "")


@pytest.mark.parametrize("difference", [100_000, -1])
def test_a_total_that_differs_is_loaded_with_its_cell(tmp_path: Path, difference: int) -> None:
    data, notes = opened(tmp_path, "x.xlsx", region(tmp_path, too_high=difference))
    assert ("parts-are-the-total", float(abs(difference)), 12, 12) in problems(data)
    assert f"difference {difference}" in notes


@pytest.mark.parametrize(("more_men", "told"), [(0, False), (200, True), (-101, True)])
def test_a_member_without_men_and_women_is_not_taken_for_nobody(
    tmp_path: Path, more_men: int, *, told: bool
) -> None:
    """It has 220 of both sexes in the first year, so the total may hold 0 to 220 men more."""

    def silent(page: object) -> None:
        for column in range(13, 13 + 2 * len(twins.YEARS) + 2):
            if page.cell(13, column).value is not None:  # type: ignore[attr-defined]
                page.cell(13, column, "..")  # type: ignore[attr-defined]
        page.cell(12, 13).value += more_men  # type: ignore[attr-defined]

    content = region(tmp_path, change=silent)
    data, _ = opened(tmp_path, "x.xlsx", content)
    found = [p for p in problems(data) if p[0] == "parts-are-the-total"]
    assert bool(found) == told
    assert {(row, column) for _, _, row, column in found} <= {(12, 13)}


POPSTATS = (
    "Year,Country of asylum or residence,Origin,Refugees,Asylum-seekers (pending cases),Returned "
    "refugees,Internally displaced persons (IDPs),Returned IDPs,Stateless persons,Others of "
    "concern,Total Population"
)


def test_a_total_over_suppressed_cells_is_a_lower_bound(tmp_path: Path) -> None:
    rows = ["Angola,*,,,,,,,*", "Egypt,20,16,,,,,,36", "TOTAL,20,16,,,,,,36"]
    lines = [POPSTATS, *(f"2014,Zimbabwe,{row}" for row in rows)]
    _, notes = opened(tmp_path, "x.csv", ("\n".join(lines) + "\n").encode())
    assert "D4: the total 20 of 716 counts 1 suppressed cell (in row 2)" in notes
    assert "it is a lower bound" in notes
    assert "must not be read from a difference" in notes
