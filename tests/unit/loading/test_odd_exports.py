"""Exports of other programs: what they do to a table is read rightly, or refused with a true reason."""

import re
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.errors import SojournError
from sojourn.loading.outcome import Report


@pytest.fixture
def text(tmp_path: Path) -> str:
    """A synthetic table of UNHCR's shape."""
    return twins.unhcr_population(tmp_path / "twin.csv").read_text("utf-8-sig")


def loaded(tmp_path: Path, content: bytes) -> Report:
    (tmp_path / "odd.csv").write_bytes(content)
    return sojourn.load([tmp_path / "odd.csv"], tmp_path / "data")


@pytest.mark.parametrize("separator", ["|", ";", "\t"])
def test_any_usual_separator_is_read(tmp_path: Path, text: str, separator: str) -> None:
    [outcome] = loaded(tmp_path, text.replace(",", separator).encode()).outcomes
    [plain] = sojourn.load([tmp_path / "twin.csv"], tmp_path / "plain").outcomes
    assert outcome.observations == plain.observations


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-16-le", "UTF-16 (little-endian) without its mark"),
        ("utf-16-be", "UTF-16 (big-endian) without its mark"),
        ("utf-32", "UTF-32"),
    ],
)
def test_an_encoding_that_is_not_read_is_named(
    tmp_path: Path, text: str, encoding: str, said: str
) -> None:
    with pytest.raises(SojournError, match="is UTF-") as refused:
        loaded(tmp_path, text.encode(encoding))
    assert said in str(refused.value)
    assert not (tmp_path / "data" / "store" / "manifest.json").exists()


def test_headings_in_capitals_are_the_same_headings(tmp_path: Path, text: str) -> None:
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.lower().startswith("year,"))
    lines[at] = lines[at].upper()
    [outcome] = loaded(tmp_path, "\n".join(lines).encode()).outcomes
    [plain] = sojourn.load([tmp_path / "twin.csv"], tmp_path / "plain").outcomes
    assert outcome.observations == plain.observations


@pytest.mark.parametrize("day", ["-01-01", "-12-31", "-01-01 00:00:00"])
def test_years_formatted_as_dates_are_not_read_as_months(
    tmp_path: Path, text: str, day: str
) -> None:
    text = re.sub(r"(?m)^(20\d\d),", rf"\g<1>{day},", text)
    with pytest.raises(SojournError, match="year"):
        loaded(tmp_path, text.encode())


def test_rows_that_stand_twice_are_counted_once_and_told(tmp_path: Path) -> None:
    path = twins.unhcr_population(tmp_path / "twice.csv")
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[-1]]), "utf-8")
    [outcome] = sojourn.load([path], tmp_path / "data").outcomes
    assert any("7 numbers stand in the file a second time" in n for n in outcome.notes)
    [once] = sojourn.load([twins.unhcr_population(tmp_path / "once.csv")], tmp_path / "o").outcomes
    assert outcome.observations == once.observations
    assert not any("second time" in n for n in once.notes)
