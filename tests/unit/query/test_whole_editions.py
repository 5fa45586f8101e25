"""A declaration vouches for nothing that it does not say; totals are taken from whole editions."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.query.diff import between, diff
from sojourn.query.disagreements import disagreements
from sojourn.sources.declaration import registry
from sojourn.store.choice import is_whole

HOSTS = ("DEU", "TUR", "PAK", "KEN", "FRA", "ETH")
ORIGINS = ("SYR", "AFG", "IRQ")
ROWS = tuple(
    f"2015,{o},{o},{h},{h},{1000 + 97 * i + 13 * j},{10 + i + j},0,-,0,0,0"
    for i, o in enumerate(ORIGINS)
    for j, h in enumerate(HOSTS)
)
PART = [r for r in ROWS if ",DEU,DEU," in r]
OLD, NEW = "unhcr.population@2023-06-13", "unhcr.population@2025-06-13"


def files(folder: Path) -> tuple[Path, Path]:
    return (
        twins.unhcr_population(folder / "whole.csv", ROWS, day="13 June 2023"),
        twins.unhcr_population(folder / "part.csv", PART, day="13 June 2025"),
    )


def declared(path: Path, folder: Path, *, holds: str = "") -> Path:
    """Declare the digest of a file as an edition of 13 June 2025."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    said = f'holds = "{holds}"\n' if holds else ""
    out = folder / "edition.toml"
    out.write_text(
        '[[edition]]\ndataset = "unhcr.population"\nvintage = 2025-06-13\ntitle = "June 2025"\n'
        f'license = "CC BY"\nredistribution = "attribution"\n{said}files = {{ "{digest}" = "p.csv" }}\n'
    )
    return out


@pytest.mark.parametrize("beside", [False, True])
def test_a_declared_digest_is_compared_like_any_other(tmp_path: Path, *, beside: bool) -> None:
    whole, part = files(tmp_path)
    told = declared(part, tmp_path)
    more = [twins.unhcr_population(tmp_path / "m.csv", ROWS[1:2], day="13 June 2025")]
    sojourn.load([whole, part, *(more if beside else [])], tmp_path / "data", declare=told)
    data = sojourn.open(tmp_path / "data")
    assert not is_whole(data.store, NEW)
    [found] = data.figure("refugees_unhcr", 2015)
    assert found.value == sum(int(r.split(",")[5]) for r in ROWS)


def test_a_declaration_that_says_whole_is_believed_and_one_that_says_a_part_too(
    tmp_path: Path,
) -> None:
    whole, part = files(tmp_path)
    for holds, complete in (("whole", True), ("one host alone", False)):
        told = declared(part, tmp_path, holds=holds)
        sojourn.load([whole, part], tmp_path / holds, declare=told)
        assert is_whole(sojourn.open(tmp_path / holds).store, NEW) is complete
    alone = tmp_path / "alone"
    sojourn.load([part], alone, declare=told)
    [found] = sojourn.open(alone).figure("refugees_unhcr", 2015)
    assert found.value is None
    assert "one host alone" in found.reason


def test_every_packaged_edition_says_what_it_holds() -> None:
    assert not [e.id for e in registry().editions.values() if not e.holds]


def test_diff_and_disagreements_say_which_edition_is_a_part(tmp_path: Path) -> None:
    whole, part = files(tmp_path)
    sojourn.load([whole, part], tmp_path / "data")
    store = sojourn.open(tmp_path / "data").store
    assert diff(store, OLD, NEW).parts == (NEW,)
    assert between(store, date(2023, 6, 13), date(2025, 6, 13)) == []
    [found] = disagreements(store, indicator="refugees")
    assert found.editions == (OLD,)
    assert found.compared == 0


def test_the_reason_for_taking_a_part_as_the_whole_stands_in_the_lineage(tmp_path: Path) -> None:
    whole, part = files(tmp_path)
    sojourn.load([whole], tmp_path / "data")
    sojourn.load([part], tmp_path / "data", accept_coverage="Germany alone reports now")
    [found] = sojourn.open(tmp_path / "data").figure("refugees_unhcr", 2015)
    assert found.edition == NEW
    assert "Germany alone reports now" in found.mark


def test_a_file_without_an_edition_whose_years_fit_two_is_a_copy_of_neither(tmp_path: Path) -> None:
    path = twins.unhcr_population(tmp_path / "p.csv", ROWS, day="")
    [outcome] = sojourn.load([path], tmp_path / "data").outcomes
    assert outcome.edition not in registry().editions
    assert any("may be those of" in note for note in outcome.notes)
