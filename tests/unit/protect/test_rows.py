"""No cell of a row is dropped: a row is as wide as its header, or refused by its line."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from sojourn.errors import TableRefused
from sojourn.protect.run.read import records_of
from sojourn.protect.run.text import text_of
from sojourn.protect.table.hierarchy import read_hierarchy
from sojourn.protect.table.said import read_said
from sojourn.protect.table.table import read_table


def test_a_row_wider_than_its_header_is_refused_without_its_numbers() -> None:
    text = "sex,obs_value\nF,1,234\nM,5\n_T,6\n"
    with pytest.raises(TableRefused, match="t, line 2: 3 cells under a header of 2") as told:
        read_table(text, name="t")
    assert "234" not in str(told.value)
    assert "234" not in told.value.hint


def test_empty_cells_behind_a_row_are_no_cells() -> None:
    assert len(read_table("sex,obs_value\nF,1,,\n_T,1\n", name="t").rows) == 2


def test_a_record_wider_than_its_header_is_refused_by_its_line() -> None:
    with pytest.raises(TableRefused, match="p, line 3: more cells"):
        list(records_of("id,sex\n1,F\n2,F,M\n", ["sex"], name="p"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sex;obs_value\nF;7041\n", "line 1: the columns are separated by semicolons"),
        ("sex;obs_value\nF;7041,5\n", "line 1: the columns are separated by semicolons"),
        ("\nsex\tobs_value\nF\t7041\n", "line 2: the columns are separated by tabs"),
        ("sep=;\nsex;obs_value\nF;7041\n", "line 1: the columns are separated by semicolons"),
        ('sex,obs_value\nF,"7041,5"\n', "line 2, obs_value: a comma stands in the number"),
        ('sex,obs_value\nF,"7.041,5"\n', "line 2, obs_value: a comma stands in the number"),
        ('sex,obs_value\nF,"7,041"\n', "line 2, obs_value: a comma stands in the number"),
        ("sex,obs_value\nF,7 041\n", "line 2, obs_value: a mark stands between the thousands"),
        ("sex,obs_value\nF,7_041\n", "line 2, obs_value: a mark stands between the thousands"),
        ("sex,obs_value\nF,7\u00a0041\n", "line 2, obs_value: a mark stands between the thousands"),
        ("sex,obs_value\nF,\n", "line 2, obs_value: no value stands there"),
        ("sex,obs_value\nF,NaN\n", "line 2, obs_value: what stands there is no number"),
        ("sex,obs_value\nF,7041x\n", "line 2, obs_value: what stands there is no number"),
        ("sex,obs_value\nF,7041e400\n", "line 2, obs_value: the number is too large"),
        ("sex,obs_value\nF,9007199254740993001\n", "line 2, obs_value: the number is too large"),
        ("sex,obs_value\nF,-7041\n", "line 2, obs_value: the value is below zero"),
        ("sex,obs_value\nF,-inf\n", "line 2, obs_value: the value is below zero"),
        ('sex,obs_value\nF,"7041\nM,5\n', "line 2: a quote is opened and not closed"),
        ('sex,obs_value\nF,"' + "7041" * 40_000 + '"\n', "line 2: a quote is opened"),
        ("sex,sex,obs_value\nF,F,7041\n", "the same header 'sex'"),
        ("", "the file is empty"),
        ("\n , \n", "the file is empty"),
        ("sex, or none;obs_value\nF;7041\n", "t: the columns are separated by semicolons"),
        ('"sex";"obs_value"\n"F";"7041"\n', "line 1: the columns are separated by semicolons"),
        ('"sex"\t"age, years"\t"obs_value"\n', "line 1: the columns are separated by tabs"),
        ("sex,obs_value\nF;7041\n", "line 2: the columns are separated by semicolons"),
        ("<!DOCTYPE html>\n<p>7041</p>\n", "line 1: a web page or XML"),
        ('{"sex": "F", "obs_value": 7041}\n', "line 1: JSON"),
    ],
)
def test_a_table_is_refused_for_its_true_reason_without_its_numbers(text: str, said: str) -> None:
    with pytest.raises(TableRefused) as told:
        read_table(text, name="t")
    assert said in str(told.value)
    assert told.value.hint
    for number in ("7041", "7,041", "7 041", "7.041", "9007199254740993001"):
        assert number not in str(told.value) + told.value.hint.replace("1234.5", "")


def test_a_line_is_counted_where_its_row_begins() -> None:
    with pytest.raises(TableRefused, match=r"t, line 4, obs_value"):
        read_table('sex,obs_value\n"F\nX",5\nM,x\n', name="t")


def test_marks_of_other_systems_at_the_ends_of_files_and_lines_change_nothing() -> None:
    plain = read_table("sex,obs_value\nF,50\nM,60\n", name="t")
    assert read_table("\ufeffsex,obs_value\r\nF,50\r\nM,60\r\n", name="t").rows == plain.rows
    assert read_table('"sex","obs_value"\n"F","50"\n"M","60"', name="t").rows == plain.rows


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id;sex\n1;F\n", "p, line 1: the columns are separated by semicolons"),
        ("sex,id,sex\nF,1,M\n", "p: two columns are called 'sex'"),
        ("id,sex,id\n1,F,2\n", "p: two columns are called 'id'"),
        ("", "p: the file is empty"),
        ("id,sex\n", "p: no records"),
        ("id,sex\n1\n", "p, line 2: a code is missing"),
        ("id;sex, or none;sex\n1;F\n", "p: the columns are separated by semicolons"),
        ("id,sex\n1;F\n", "p, line 2: the columns are separated by semicolons"),
    ],
)
def test_records_are_refused_for_their_true_reason(text: str, said: str) -> None:
    with pytest.raises(TableRefused, match=said):
        list(records_of(text, ["sex"], name="p", identifier="id"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parent;child\nX;A\n", "h, line 1: the columns are separated by semicolons"),
        ("parent,child\nX,A,B\n", "h, line 2: 'X,A,B' is no pair"),
        ('parent,child\nX,"A\n', "h, line 2: a quote is opened"),
        ("parent,child\n_T,F\nM,X\nX,M\n", "h: 'X' is its own ancestor \\(through 'M'\\)"),
        ("parent,child\nB,A\nC,B\nB,C\n", "h, line 4: 'B' has two|h: '[BC]' is its own ancestor"),
    ],
)
def test_a_hierarchy_is_refused_for_its_true_reason(text: str, said: str) -> None:
    with pytest.raises(TableRefused, match=said):
        read_hierarchy(text, name="h")


def test_sentences_with_semicolons_are_refused_for_them() -> None:
    with pytest.raises(TableRefused, match="s, line 1: the columns are separated by semicolons"):
        read_said("says;cell;of;number\nshare;sex=F;_T;40\n", name="s")


def packed(*names: str) -> bytes:
    """An archive with such files."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name in names:
            archive.writestr(name, "7041")
    return into.getvalue()


TEXT = "sex,obs_value\nF,7041\n_T,7041\n"


NO_TEXT = [
    (b"", "the file is empty"),
    (b"\xef\xbb\xbf \r\n", "the file is empty"),
    (TEXT.encode("utf-16"), "text in UTF-16"),
    (TEXT.encode("utf-16-le"), "text in UTF-16"),
    (TEXT.encode("utf-16-be"), "text in UTF-16"),
    (("\u0633\u0646" + TEXT).encode("utf-16-le"), "text in UTF-16"),
    (TEXT.encode("utf-32"), "text in UTF-32"),
    (packed("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
    (packed("mimetype", "content.xml"), "a LibreOffice workbook"),
    (packed("t.csv"), "a zip archive"),
    (packed("xl/workbook.xml")[:40], "a workbook or an archive that is not whole"),
    (b"\xd0\xcf\x11\xe0" + bytes(600), "an old or a locked workbook"),
    (gzip.compress(TEXT.encode()), "packed by gzip"),
    (b"%PDF-1.7\n", "a PDF"),
    (b"PAR1" + bytes(9), "a Parquet file"),
    (b"SQLite format 3\x00" + bytes(500), "bytes of a program"),
    ("sex,obs_value\nfemme n\u00e9e,7041\n".encode("cp1252"), "line 2: a letter that is not"),
]


@pytest.mark.parametrize(("content", "said"), NO_TEXT, ids=[said for _, said in NO_TEXT])
def test_a_file_that_is_no_text_in_utf8_is_named_for_what_it_is(
    content: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(TableRefused) as told:
        text_of(tmp_path / "t.csv")
    assert f"t.csv: {said}" in str(told.value) or f"t.csv, {said}" in str(told.value)
    assert told.value.hint
    assert "7041" not in str(told.value) + told.value.hint
