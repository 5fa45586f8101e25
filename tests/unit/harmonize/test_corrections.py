"""A corrected number: the cell keeps what was printed, figures use ours, a mended cell is loud."""

from pathlib import Path

import pytest
import twins
from openpyxl.worksheet.worksheet import Worksheet

import sojourn
from sojourn.errors import BadDeclaration, StaleCorrection
from sojourn.harmonize import corrections as declared
from sojourn.harmonize.corrections import Correction, corrections, read_corrections

CELL = "undesa.ims@2021-01-15#Table 1!Y13"  # Kenya, women, 2015: 530 in the twin


def declare(monkeypatch: pytest.MonkeyPatch, **entry: object) -> None:
    one = Correction(
        **{
            "cell": CELL,
            "printed": 530.0,
            "reason": "a digit was lost",
            "reference": "Table 9",
            **entry,
        }
    )  # type: ignore[arg-type]
    monkeypatch.setattr(declared, "corrections", lambda: (one,))


def women_in_kenya(root: Path) -> tuple[float | None, float | None, str]:
    [row] = (
        sojourn.open(root)
        .sql(
            "SELECT obs_value, value, mark FROM observation WHERE ref_area = '404' AND sex = 'F' "
            "AND time_period = '2015' AND indicator = 'migrant_stock'"
        )
        .fetchall()
    )
    return row[0], row[1], row[2]


def test_the_cell_keeps_what_was_printed_and_figures_use_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, ours=5300.0)
    sojourn.load([twins.undesa_stock(tmp_path / "stock.xlsx")], tmp_path / "d")
    printed, used, mark = women_in_kenya(tmp_path / "d")
    assert (printed, used) == (530.0, 5300.0)
    assert "printed 530, corrected to 5,300: a digit was lost (Table 9)" in mark
    others = sojourn.open(tmp_path / "d").sql(
        "SELECT count(*) FROM observation WHERE contains(mark, 'corrected') OR value <> obs_value"
    )
    assert others.fetchall() == [(1,)]


def test_a_number_that_nobody_can_mend_is_missing_and_not_zero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch)
    sojourn.load([twins.undesa_stock(tmp_path / "stock.xlsx")], tmp_path / "d")
    printed, used, mark = women_in_kenya(tmp_path / "d")
    assert (printed, used) == (530.0, None)
    assert "taken as missing" in mark


def test_a_number_that_the_publisher_mended_fails_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, ours=5300.0)

    def mend(page: Worksheet) -> None:
        for column in (11, 25):  # both sexes, women
            page.cell(13, column, (page.cell(13, column).value or 0) + 4770)

    path = twins.undesa_stock(tmp_path / "stock.xlsx", change=mend)
    with pytest.raises(StaleCorrection, match=r"Table 1!Y13 reads 5,300; .* for 530") as refused:
        sojourn.load([path], tmp_path / "d")
    assert "corrections.toml" in str(refused.value.hint)
    assert not (tmp_path / "d" / "store" / "manifest.json").exists()


def test_a_table_without_the_cell_needs_no_correction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, cell="undesa.ims@2021-01-15#Table 1!Y999", ours=1.0)
    sojourn.load([twins.undesa_stock(tmp_path / "stock.xlsx")], tmp_path / "d")
    assert women_in_kenya(tmp_path / "d") == (530.0, 530.0, "unverified copy")


def test_trace_tells_the_correction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, ours=5300.0)
    sojourn.load([twins.undesa_stock(tmp_path / "stock.xlsx")], tmp_path / "d")
    [cell] = sojourn.open(tmp_path / "d").trace(CELL)
    assert cell.value == 530.0
    assert "corrected to 5,300" in cell.meaning


def test_every_packaged_correction_says_why_and_where() -> None:
    assert len(corrections()) == len({(c.cell, c.file) for c in corrections()})
    assert all(c.reason and c.reference and c.ours != c.printed for c in corrections())


def test_packaged_corrections_meet_the_genuine_files(loaded: Path) -> None:
    data = sojourn.open(loaded)
    for c in corrections():
        [cell] = [x for x in data.trace(c.cell) if c.file in ("", x.sha256)]
        assert cell.value == c.printed
        assert c.said in cell.meaning
    whole = data.sql(
        "SELECT count(*) FROM observation t JOIN observation a USING (edition, indicator, sex, time_period, sheet) "
        "JOIN observation b USING (edition, indicator, sex, time_period, sheet) WHERE edition = 'undesa.ims@2015-12-01' "
        "AND indicator = 'migrant_stock' AND sex = '_T' AND t.ref_area = '934' AND a.ref_area = '902' "
        "AND b.ref_area = '941' AND t.value = a.value - b.value"
    )
    assert whole.fetchall() == [(6,)]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('cell = "nowhere"\nprinted = 1\nreason = "r"\nreference = "p"', "correction 1"),
        (f'cell = "{CELL}"\nprinted = 1\nreason = " "\nreference = "p"', "no reason"),
        (f'cell = "{CELL}"\nprinted = 1\nreason = "r"', "reference"),
    ],
)
def test_an_incomplete_entry_is_refused(entry: str, said: str) -> None:
    with pytest.raises(BadDeclaration, match=said):
        read_corrections(f"[[correction]]\n{entry}\n", where="mine.toml")
