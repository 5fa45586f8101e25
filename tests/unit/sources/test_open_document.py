"""OpenDocument workbooks: read, with what is not known of them; error cells are refused."""

import zipfile
from pathlib import Path

import pytest
from reading import read

import sojourn
from sojourn.errors import UnreadableFile

ROWS: list[list[object]] = [
    ["Migrant remittance inflows (US$ million)", 2014, 2015],
    ["Mexico", 24462.0, 26233.2],
    ["World", 94851.0, 95143.2],
    [""],
    ["Date: April 2018"],
]
_NAMES = " ".join(
    f'xmlns:{short}="urn:{long}"'
    for short, long in (
        ("office", "oasis:names:tc:opendocument:xmlns:office:1.0"),
        ("table", "oasis:names:tc:opendocument:xmlns:table:1.0"),
        ("text", "oasis:names:tc:opendocument:xmlns:text:1.0"),
        ("calcext", "org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"),
    )
)


def _cell(cell: object) -> str:
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    kind = ' calcext:value-type="error" office:string-value=""' if str(cell)[:1] == "#" else ""
    return (
        f'<table:table-cell office:value-type="string"{kind}>'
        f"<text:p>{cell}</text:p></table:table-cell>"
    )


def ods(path: Path, rows: list[list[object]], *, second: str = "") -> Path:
    """Write a small workbook; ``second`` are attributes of its second row."""
    lines = "".join(
        f"<table:table-row {second if n == 1 else ''}>{''.join(map(_cell, row))}</table:table-row>"
        for n, row in enumerate(rows)
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<office:document-content {_NAMES}><office:body><office:spreadsheet>"
        f'<table:table table:name="Remittance inflows">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def test_it_is_read_and_what_it_hides_is_told(tmp_path: Path) -> None:
    path = ods(tmp_path / "m.ods", ROWS, second='table:visibility="collapse"')
    [outcome] = sojourn.load([path], tmp_path / "data").outcomes
    assert outcome.observations == 4
    assert "m.ods is an OpenDocument workbook; what it hides is read" in outcome.notes


def test_an_error_is_no_empty_cell(tmp_path: Path) -> None:
    rows = [list(row) for row in ROWS]
    rows[1][2] = "#N/A"
    with pytest.raises(UnreadableFile, match="1 cell holds an error value in the OpenDocument"):
        read(ods(tmp_path / "m.ods", rows))
