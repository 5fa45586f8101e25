"""What a table says around its numbers: filters above it, rows nobody reads, notes below, patterns."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import twins
from openpyxl.worksheet.worksheet import Worksheet
from reading import read
from spoiled_toml import SOUND

from sojourn.errors import BadDeclaration, LayoutChanged, SojournError
from sojourn.loading.load import load
from sojourn.sources import extent
from sojourn.sources.container import open_file
from sojourn.sources.declaration import registry, with_declared
from sojourn.sources.delimited import parse_text
from sojourn.sources.extent import Extent, fewer_of_a_period, shortfall
from sojourn.sources.inherit import inherit
from sojourn.sources.nearest import fit_row
from sojourn.sources.selection import read_selection
from sojourn.sources.unit_words import refuse_other_series

KNOWN = registry()


def declared(tmp_path: Path, text: str, *changes: tuple[str, str]) -> object:
    """Load a table of one value column by a declaration with some changes."""
    said = SOUND
    for old, new in changes:
        assert old in said
        said = said.replace(old, new, 1)
    (tmp_path / "d.toml").write_text(said, "utf-8")
    (tmp_path / "t.csv").write_text(text, "utf-8")
    return load([tmp_path / "t.csv"], tmp_path / "data", with_declared(tmp_path / "d.toml"))


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book, target = openpyxl.Workbook(), BytesIO()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("text", "lines", "of_places", "whole"),
    [
        ("Origin:,Syria,Iraq\n", ("Origin: Syria, Iraq",), True, False),
        ("Origin: Syria,Iraq,Chad\n", ("Origin: Syria, Iraq, Chad",), True, False),
        ("Country of asylum,Germany\n", ("Country of asylum: Germany",), True, False),
        ("Origin:,all\n", (), False, True),
        ("Years:,2015\n", ("Years: 2015",), False, False),
        ("Filters applied:,male\n", ("Filters applied: male",), True, False),
        ("Source:,https://x.org/q?coo=SYR&year=2015\n", ("query coo=SYR",), True, False),
        ("https://x.org/q?coo=SYR\n", (), False, False),  # an address is no label
        ("a,b,c,d\nOrigin:,Syria\n", (), False, False),  # the table has begun
        ("A sentence,about things\n", (), False, False),
    ],
)
def test_what_stands_above_a_table_tells_what_was_selected(
    text: str, lines: tuple[str, ...], *, of_places: bool, whole: bool
) -> None:
    found = read_selection(open_file("t.csv", text.encode())[0])
    assert (found.lines, found.of_places, found.whole) == (lines, of_places, whole)


@pytest.mark.parametrize(("place", "told"), [(0, True), (1, True), (2, True), (3, False)])
def test_a_selection_is_looked_for_on_the_first_three_sheets(place: int, *, told: bool) -> None:
    sheets: list[tuple[str, list[list[object]]]] = [(f"S{n}", [["x"]]) for n in range(4)]
    sheets[place] = ("Summary", [["Geo:", "Germany"]])
    found = read_selection(open_file("t.xlsx", workbook(*sheets))[0])
    assert found.lines == (("Geo: Germany",) if told else ())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("API_AFG_DS2_en_excel_v2_1.csv", "file name API_AFG_DS2_: export of one country"),
        ("estat_migr_imm1ctz_filtered_en.csv", "filtered export"),
        ("migr_imm1ctz__custom_123.csv", "file name __custom_123: custom extraction"),
    ],
)
def test_the_name_of_an_export_tells_that_it_is_a_part(name: str, said: str) -> None:
    found = read_selection(open_file(name, b"a,b\n1,2\n")[0])
    assert found.of_places
    assert said in found.lines[0]
    assert read_selection(open_file("all.csv", b"a,b\n1,2\n")[0]).lines == ()


def test_a_row_has_the_number_of_the_line_on_which_it_begins() -> None:
    """The second stands on lines 2 to 4, the fourth on 6 and 7."""
    grid = parse_text("t.csv", 'a,b\n"x\ny\nz",1\nw,2\n"p\nq",3\nv,4\n')
    assert [r[1] for r in grid.rows] == ["b", "1", "2", "3", "4"]
    assert list(grid.lines) == [1, 2, 5, 6, 8]


def test_numbers_right_below_the_headings_that_no_row_claims_are_refused(tmp_path: Path) -> None:
    """The first row, or the second, lacks its key: in a panel and in a matrix."""

    def gap(row: int) -> Path:
        def change(page: Worksheet) -> None:
            page.cell(row, 4).value = None

        return twins.undesa_stock(tmp_path / f"{row}.xlsx", change=change)

    for row in (12, 13):
        with pytest.raises(LayoutChanged, match=f"not read: Table 1!F{row}"):
            read(gap(row))
    head = ["Bilateral estimates of migrant stocks", "Germany", "France", "Chad", "WORLD"]
    body = [[None, 5, 7, 9, 21], ["Kenya", 1, 2, 3, 6], ["Chad", 4, 5, None, 9]]
    for rows, at in (([head, *body], 2), ([head, body[1], body[0], body[2]], 3)):
        path = tmp_path / f"bilateral_{at}.xlsx"
        path.write_bytes(workbook(("Bilateral_Migration_2017", rows)))
        with pytest.raises(LayoutChanged, match=f"not read: Bilateral_Migration_2017!B{at}"):
            read(path)


def test_a_matrix_gives_each_corridor_with_the_year_of_its_sheet(tmp_path: Path) -> None:
    head = ["Bilateral estimates of migrant stocks", "Germany", "France", "Chad", "WORLD"]
    path = tmp_path / "bilateral.xlsx"
    rows = [head, ["Kenya", 1, 2, 3, 6], ["Chad", 4, 5, None, 9]]
    path.write_bytes(workbook(("Bilateral_Migration_2017", rows)))
    found = read(path, "worldbank.bilateral-stocks@2018-04-01")
    assert found.value(origin="404", destination="276", time_period="2017") == 1
    assert found.value(origin="148", destination="250", time_period="2017") == 5
    assert found.value(origin="404", destination="_T", time_period="2017") == 6


def test_a_note_below_a_long_table_is_held_against_its_unit(tmp_path: Path) -> None:
    """Thirty places, and under them that the numbers are thousands; a sentence further down is none."""
    places = [twins.PLACES[0], *((str(c), "x", "B R", 1, 1) for c in (262, 404, 646))]

    def noted(rows_below: int) -> Path:
        def change(page: Worksheet) -> None:
            page.cell(page.max_row + rows_below, 2, "Numbers are in thousands of persons.")

        path = tmp_path / f"{rows_below}.xlsx"
        return twins.undesa_stock(path, change=change, places=[*places, *MANY])

    for below in (1, 2, 12):
        with pytest.raises(LayoutChanged, match=r"Table 1!B\d+ reads 'Numbers are in thousands"):
            read(noted(below))
    assert read(noted(14)).rows


#: Countries of Africa by their M49 code, so that a table is longer than what stands above it.
MANY = [
    (str(code), f"Place {code}", "B R", 1, 1)
    for code in (24, 72, 120, 140, 148, 174, 178, 180, 204, 218, 226, 231, 232, 266, 270, 288, 324)
]


@pytest.mark.parametrize(
    ("above", "heading", "said"),
    [
        ("", "val (thousands)", r"t\.csv: line 1, column C reads 'val \(thousands\)'"),
        ("Persons in thousands,,\n", "val", r"reads 'Persons in thousands'"),
        ("", "val", ""),
    ],
)
def test_a_size_over_the_numbers_is_held_against_the_unit(
    tmp_path: Path, above: str, heading: str, said: str
) -> None:
    text = f"{above}code,yr,{heading}\nDEU,2015,7\n"
    change = ('match = "val"', 'match = "val.*"')
    if said:
        with pytest.raises(LayoutChanged, match=said):
            declared(tmp_path, text, change)
    else:
        assert declared(tmp_path, text, change)


@pytest.mark.parametrize(
    ("kind", "unread"), [("records", ("extra",)), ("panel", ("extra",)), ("matrix", ())]
)
def test_headings_that_a_layout_does_not_read_are_told(
    tmp_path: Path, kind: str, unread: tuple[str, ...]
) -> None:
    """Of a matrix each heading is a place, of a panel what is measured is a title over the years."""
    path = tmp_path / "d.toml"
    path.write_text(SOUND.replace('kind = "records"', f'kind = "{kind}"'), "utf-8")
    layout = with_declared(path).layouts["x.t"]
    grid = parse_text("t.csv", "code,yr,val,2015,extra\nDEU,2015,7,8,9\n")
    found = fit_row(grid, layout, 0)
    assert (found.roles, found.unread) == ({"area": "code", "year": "yr"}, unread)
    assert tuple(found.measures) == (("val",) if kind == "records" else ())


def test_the_printed_name_of_a_series_is_quoted_to_eighty_characters() -> None:
    words = "Stock in thousands " + "x" * 90
    with pytest.raises(LayoutChanged) as told:
        refuse_other_series("a.csv", "B2", words, "PERSONS", 0)
    assert f"B2 reads {words[:80]!r} (a size of 1,000)" in str(told.value)
    for named, unit, said in (
        ("Refugees (% of population)", "PERSONS", "a share"),
        ("Refugees, per cent", "PERSONS", "a share"),
        ("Remittances (EUR)", "USD", "EUR"),
    ):
        with pytest.raises(LayoutChanged, match=rf"\({said}\)"):
            refuse_other_series("a.csv", "B2", named, unit, 0)
    refuse_other_series("a.csv", "B2", "Refugees (% of population)", "PERCENT", 0)
    refuse_other_series("a.csv", "B2", "Stock in thousands", "PERSONS", 3)


@pytest.mark.parametrize(
    "change",
    [
        ('area = ["code"]', 'area = ["/co(de/"]'),
        ('match = "val"', 'match = "va(l"'),
        ('unit = "PERSONS"', 'unit = "PERSONS"\nsheet = "a(b"'),
        ('unit = "PERSONS"', 'unit = "PERSONS"\nperiod = "a(b"'),
        ('kind = "records"', 'kind = "records"\nstop = "a(b"'),
        ('kind = "records"', 'kind = "records"\nskip_row = "a(b"'),
        ('kind = "records"', 'kind = "records"\nfootnote = "a(b"'),
        ('kind = "records"', 'kind = "records"\nstates = ["a(b"]'),
        ('kind = "records"', 'kind = "records"\nnamed = ["a(b"]'),
        ('kind = "records"', 'kind = "records"\nignored = { "a(b" = "why" }'),
        ('kind = "records"', 'kind = "records"\nignored_sheets = { "a(b" = "why" }'),
        ('kind = "records"', 'kind = "records"\ntakes = { area = "a(b" }'),
    ],
)
def test_a_pattern_that_is_none_is_refused_wherever_it_stands(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    with pytest.raises(BadDeclaration, match="no regular expression"):
        declared(tmp_path, "code,yr,val\nDEU,2015,7\n", change)


def test_a_pattern_of_a_period_takes_the_year(tmp_path: Path) -> None:
    def of(period: str) -> Path:
        path = tmp_path / "d.toml"
        more = f'unit = "PERSONS"\nperiod = "{period}"'
        path.write_text(SOUND.replace('unit = "PERSONS"', more), "utf-8")
        return path

    with pytest.raises(BadDeclaration, match="has no group that takes the year"):
        with_declared(of("in 2015"))
    for period in ("in (2015)", "@before", ""):
        assert "x.t" in with_declared(of(period)).layouts


def test_a_row_with_the_word_of_its_heading_is_no_second_header(tmp_path: Path) -> None:
    with pytest.raises(SojournError) as told:
        declared(tmp_path, "code,yr,val\nDEU,2015,7\ncode,2015,5\n")
    assert "repeats the header" not in str(told.value)
    with pytest.raises(LayoutChanged, match="repeats the header; not a data row"):
        declared(tmp_path, "code,yr,val\nDEU,2015,7\ncode,yr,val\n")


def test_what_a_layout_says_itself_replaces_what_its_model_says() -> None:
    """Of every key that is neither added to the model's nor put together from both."""
    model = KNOWN.layouts["worldbank.bilateral-stocks"]
    own = {
        "kind": "records",
        "header_depth": 7,
        "optional": ("year",),
        "part": "a part",
        "says": "a word",
        "skip_row": "^x",
        "stop": "^y",
        "states": ("z",),
        "thousands": ".",
        "whole": True,
        "words": {"sex": ["w"]},
    }
    found = inherit(own, model)
    assert {key: found[key] for key in own} == own
    assert found["fixed"] == model.fixed
    assert inherit({"missing": {"n/a": "O"}}, model)["missing"] == {**model.missing, "n/a": "O"}
    more = inherit({"values": {"area": {"All": "_T"}}}, model)["values"]
    assert more["area"] == {**model.values["area"], "All": "_T"}
    assert more["across"] == model.values["across"]
    assert inherit({"columns": {"area": "from"}}, model)["columns"]["area"][0] == "from"


def test_the_period_that_lacks_most_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of 2010, 40 of 2011 and 20 of 2012 are lacking, of 100 each."""
    [edition] = [e for e in KNOWN.editions.values() if e.id == "undesa.ims@2015-12-01"]
    declared_file = [{"2010": 100, "2011": 100, "2012": 100}]
    monkeypatch.setattr(extent, "_periods", lambda *_: declared_file)
    held = {"2010": 99, "2011": 60, "2012": 80}
    monkeypatch.setattr(extent, "EXAMPLE_FILE", 10)
    told = fewer_of_a_period(held, edition, "undesa.ims", KNOWN, 0.1)
    assert told == (
        "holds 60 of the 100 numbers of 2011 that the declared file of undesa.ims@2015-12-01 holds"
    )
    assert fewer_of_a_period(declared_file[0], edition, "undesa.ims", KNOWN, 0.1) == ""


def test_an_edition_that_nobody_declares_is_held_against_the_newest_that_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A tenth of 232 places may be lacking: 209, no fewer."""
    [edition] = [e for e in KNOWN.editions.values() if e.id == "undesa.ims@2015-12-01"]
    whole = [{"migrant_stock": Extent(500, 232)}]
    monkeypatch.setattr(extent, "_declared", lambda e, _: whole if e.id != edition.id else [])
    newest = KNOWN.of_dataset("undesa.ims")[-1].id
    for places, told in (
        (208, f"holds 208 places of migrant_stock, {newest} holds 232"),
        (209, ""),
    ):
        held = {"migrant_stock": Extent(10, places), "population": Extent(1, 1)}
        assert shortfall(held, edition, "undesa.ims", KNOWN, 0.1) == told
    assert shortfall({}, edition, "undesa.ims", KNOWN, 0.1) == ""
