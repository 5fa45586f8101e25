"""No part becomes the world: coverage of editions, cut in every way beside the whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner

import sojourn
from sojourn.api import Data
from sojourn.cli import cli
from sojourn.errors import CoverageInDoubt

HOSTS = ("DEU", "TUR", "PAK", "KEN", "FRA", "ETH")
ORIGINS = ("SYR", "AFG", "IRQ", "SOM", "SDN")
YEARS = (2013, 2014, 2015)
ROWS = tuple(
    f"{y},{o},{o},{h},{h},{1000 + 97 * i + 13 * j + 7 * (y - 2013)},{10 + i + j},0,-,0,0,0"
    for y in YEARS
    for i, o in enumerate(ORIGINS)
    for j, h in enumerate(HOSTS)
)
WORLD = sum(int(r.split(",")[5]) for r in ROWS if r.startswith("2015"))
CUTS: dict[str, Callable[[str], bool]] = {
    "one host": lambda r: ",DEU,DEU," in r,
    "one origin": lambda r: ",SYR,SYR," in r,
    "one year": lambda r: r.startswith("2015"),
    "one key": lambda r: r.startswith("2015,SYR,SYR,DEU"),
    "all hosts but one": lambda r: ",DEU,DEU," not in r,
    "all origins but one": lambda r: ",SYR,SYR," not in r,
    "the first half": lambda r: ROWS.index(r) < len(ROWS) // 2,
    "every other row": lambda r: ROWS.index(r) % 2 == 0,
}


def whole(folder: Path, name: str = "whole.csv", day: str = "13 June 2023") -> Path:
    return twins.unhcr_population(folder / name, ROWS, day=day)


def world(data: Data, year: int = 2015) -> float | None:
    [found] = data.figure("refugees_unhcr", year)
    return found.value


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("day", ["13 June 2022", "13 June 2025"])
@pytest.mark.parametrize("first", ["whole", "part"])
def test_a_cut_of_any_kind_beside_the_whole_moves_no_world(
    tmp_path: Path, cut: str, day: str, first: str
) -> None:
    rows = [r for r in ROWS if CUTS[cut](r)]
    part = twins.unhcr_population(tmp_path / "part.csv", rows, day=day)
    for path in (whole(tmp_path), part) if first == "whole" else (part, whole(tmp_path)):
        sojourn.load([path], tmp_path / "data")
    data = sojourn.open(tmp_path / "data")
    assert world(data) == WORLD
    hosts = {v.area: v.value for v in data.figure("top_refugee_hosts", 2015)}
    assert len(hosts) == len(HOSTS)


@pytest.mark.parametrize("cut", [c for c in CUTS if c != "one year"])
def test_a_newer_cut_is_partial_and_its_keys_are_answered_by_it(tmp_path: Path, cut: str) -> None:
    rows = [r for r in ROWS if CUTS[cut](r)]
    part = twins.unhcr_population(tmp_path / "part.csv", rows, day="13 June 2025")
    sojourn.load([whole(tmp_path), part], tmp_path / "data")
    data = sojourn.open(tmp_path / "data")
    [_, newer] = data.editions()
    assert newer.coverage is not None
    assert newer.coverage.status == "partial"
    assert newer.coverage.compared_with == "unhcr.population@2023-06-13"
    found = data.observations(indicator="refugees").fetchall()
    assert len(found) == len(ROWS)
    by_edition = [row[17] for row in found]
    assert by_edition.count("unhcr.population@2025-06-13") == len(rows)


def test_whoever_says_why_makes_a_part_the_whole(tmp_path: Path) -> None:
    rows = [r for r in ROWS if CUTS["all hosts but one"](r)]
    part = twins.unhcr_population(tmp_path / "part.csv", rows, day="13 June 2025")
    sojourn.load([whole(tmp_path), part], tmp_path / "data")
    sojourn.load([part], tmp_path / "data", accept_coverage="Germany reports no more")
    data = sojourn.open(tmp_path / "data")
    assert world(data) == sum(int(r.split(",")[5]) for r in rows if r.startswith("2015"))
    shown = CliRunner().invoke(cli, ["editions", "--data", str(tmp_path / "data")]).output
    assert "accepted: Germany reports no more" in shown


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["Origin:,Syrian Arab Rep."], "Origin: Syrian Arab Rep."),
        (['"Country of asylum:",Germany'], "Country of asylum: Germany"),
        (["Filters applied:,EU only"], "Filters applied: EU only"),
        (["Query,https://api.example.org/v1/population/?coo=SYR&page=1"], "query coo=SYR"),
    ],
)
def test_a_printed_selection_is_kept_and_makes_a_first_edition_a_part(
    tmp_path: Path, lines: list[str], said: str
) -> None:
    path = whole(tmp_path, day="")
    path.write_text("\n".join(['"Last updated:","13 June 2025"', *lines, path.read_text("utf-8")]))
    sojourn.load([path], tmp_path / "data")
    data = sojourn.open(tmp_path / "data")
    [edition] = data.editions()
    assert edition.coverage is not None
    assert edition.coverage.status == "partial"
    assert said in edition.coverage.selection
    [found] = data.figure("refugees_unhcr", 2015)
    assert found.value is None
    assert "is a part" in found.reason


def _scaled(row: str, column: int, by: int) -> str:
    cells = row.split(",")
    cells[column] = str(int(cells[column]) * by)
    return ",".join(cells)


def _swapped(row: str) -> str:
    cells = row.split(",")
    cells[5], cells[6] = cells[6], cells[5]
    return ",".join(cells)


def _shifted() -> list[str]:
    values = [r.split(",")[5] for r in ROWS]
    moved = [values[-1], *values[:-1]]
    return [
        ",".join([*r.split(",")[:5], v, *r.split(",")[6:]])
        for r, v in zip(ROWS, moved, strict=True)
    ]


FAULTS: dict[str, tuple[list[str], str]] = {
    "thousands": ([_scaled(r, 5, 1000) for r in ROWS], "moved by a factor of 1,000"),
    "swapped": ([_swapped(r) for r in ROWS], "columns swapped?"),
    "shifted": (_shifted(), "rows shifted?"),
    "a block": (
        [_scaled(r, 5, 2) if i % 3 else r for i, r in enumerate(ROWS)],
        "are 2 × those before",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_a_revision_is_asked_with_both_numbers(tmp_path: Path, fault: str) -> None:
    rows, said = FAULTS[fault]
    path = twins.unhcr_population(tmp_path / "new.csv", rows, day="13 June 2025")
    sojourn.load([whole(tmp_path)], tmp_path / "data")
    before = (tmp_path / "data" / "store" / "manifest.json").read_bytes()
    with pytest.raises(CoverageInDoubt, match=r"in unhcr\.population@2023-06-13"):
        sojourn.load([path], tmp_path / "data", strict=True)
    assert (tmp_path / "data" / "store" / "manifest.json").read_bytes() == before
    [outcome] = sojourn.load([path], tmp_path / "data").outcomes
    assert any(said in q for q in outcome.questions), outcome.questions
    assert outcome.coverage is not None
    assert len(outcome.coverage.changes) == 10


def test_a_small_revision_raises_no_question(tmp_path: Path) -> None:
    rows = [_scaled(ROWS[0], 5, 1).replace(",1000,", ",1010,"), *ROWS[1:]]
    path = twins.unhcr_population(tmp_path / "new.csv", rows, day="13 June 2025")
    sojourn.load([whole(tmp_path)], tmp_path / "data")
    [outcome] = sojourn.load([path], tmp_path / "data", strict=True).outcomes
    assert outcome.coverage is not None
    assert (outcome.coverage.status, outcome.questions) == ("complete", ())
    assert outcome.coverage.changes == (
        "refugees 2013 Germany from Syrian Arab Republic: 1,000 → 1,010",
    )


def test_the_order_of_loading_changes_no_coverage(tmp_path: Path) -> None:
    rows = [r for r in ROWS if CUTS["one host"](r)]
    part = twins.unhcr_population(tmp_path / "part.csv", rows, day="13 June 2025")
    sojourn.load([whole(tmp_path), part], tmp_path / "a")
    sojourn.load([part], tmp_path / "b")
    sojourn.load([whole(tmp_path)], tmp_path / "b")
    a, b = ([e.coverage for e in sojourn.open(tmp_path / name).editions()] for name in ("a", "b"))
    assert a == b


def test_a_real_download_of_one_origin_is_no_world(publisher_files: Path, tmp_path: Path) -> None:
    more = publisher_files / "more"
    for name in ("one-origin", "all-origins-as-dash"):
        path = more / f"unhcr-2025-download-{name}.csv"
        data = tmp_path / name
        try:
            sojourn.load([path], data, edition="unhcr.population@2025-06-12")
        except sojourn.errors.SojournError:  # type: ignore[attr-defined] # refused is right too
            continue
        [found] = sojourn.open(data).figure("refugees_unhcr", 2022)
        assert found.value is None
        assert "is a part" in found.reason


def _row(year: int, origin: str, host: str, refugees: int, idps: int) -> str:
    return f"{year},{origin},{origin},{host},{host},{refugees},1,{idps},-,0,0,0"


def test_a_part_of_zeros_alone_is_no_world_of_nobody(tmp_path: Path) -> None:
    every = [_row(2015, o, h, 1000, 0) for o in ORIGINS for h in HOSTS]
    at_home = [_row(2015, o, o, 0, 7000 + i) for i, o in enumerate(ORIGINS)]
    before = twins.unhcr_population(tmp_path / "a.csv", [*every, *at_home], day="13 June 2023")
    part = [r for r in every if ",SYR,SYR," in r]
    now = twins.unhcr_population(tmp_path / "b.csv", part, day="13 June 2025")
    sojourn.load([before, now], tmp_path / "data")
    [found] = sojourn.open(tmp_path / "data").figure("idps_of_concern", 2015)
    assert found.edition == "unhcr.population@2023-06-13"
    assert found.value == sum(7000 + i for i in range(len(ORIGINS)))


def test_the_new_year_of_a_part_is_no_world_either(tmp_path: Path) -> None:
    part = [r for r in ROWS if ",SYR,SYR," in r]
    new = [_row(2016, "SYR", h, 1000, 0) for h in HOSTS]
    now = twins.unhcr_population(tmp_path / "b.csv", [*part, *new], day="13 June 2025")
    sojourn.load([whole(tmp_path), now], tmp_path / "data")
    assert world(sojourn.open(tmp_path / "data"), 2016) is None


def test_the_new_year_of_a_whole_whose_old_keys_changed_is_kept(tmp_path: Path) -> None:
    moved = [r.replace(",SYR,SYR,", ",ERI,ERI,") for r in ROWS]
    new = [_row(2016, o, h, 1000, 0) for o in ORIGINS for h in HOSTS]
    now = twins.unhcr_population(tmp_path / "b.csv", [*moved, *new], day="13 June 2025")
    sojourn.load([whole(tmp_path), now], tmp_path / "data")
    assert world(sojourn.open(tmp_path / "data"), 2016) == 1000 * len(ORIGINS) * len(HOSTS)


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (4, "2008, 2009, 2010, 2011"),
        (5, "2008, 2009, 2010, 2011 and 1 more"),
        (7, "2011 and 3 more"),
    ],
)
def test_of_lost_years_four_are_named_and_the_others_counted(
    tmp_path: Path, years: int, said: str
) -> None:
    # three hosts: of a thousand numbers and more that say "all", six places are a part of the world
    kept = [r for r in ROWS if r[:4] == "2015" and r.split(",")[3] in HOSTS[:3]]
    every = [f"{y}{r[4:]}" for y in range(2008, 2008 + years) for r in kept]
    older = twins.unhcr_population(tmp_path / "a.csv", [*every, *kept], day="13 June 2023")
    newer = twins.unhcr_population(tmp_path / "b.csv", kept, day="13 June 2024")
    sojourn.load([older], tmp_path / "data")
    sojourn.load([newer], tmp_path / "data")
    found = sojourn.open(tmp_path / "data").store.manifest.covered("unhcr.population@2024-06-13")
    assert found is not None
    assert any(
        r.startswith("lacks 2008,") and f"{said}, which unhcr.population@2023-06-13 holds" in r
        for r in found.reasons
    ), found.reasons


def test_two_files_of_an_edition_cover_the_same_loaded_at_once_or_one_by_one(
    tmp_path: Path,
) -> None:
    half = [r for r in ROWS if r.startswith("2015")]
    files = [
        twins.unhcr_population(tmp_path / name, rows, day="13 June 2023")
        for name, rows in (("a.csv", half), ("b.csv", [r for r in ROWS if r not in half]))
    ]
    sojourn.load(files, tmp_path / "once")
    for file in files:
        sojourn.load([file], tmp_path / "each")
    once, each = (
        sojourn.open(tmp_path / name).store.manifest.coverage for name in ("once", "each")
    )
    assert once == each
    assert sum(m.keys for m in once[0].measures) > len(ROWS)
