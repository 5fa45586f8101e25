"""What a load keeps of its files and says of them: contradictions, coverage, corrections, copies."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
import twins
from fault_server import Site, serving

import sojourn
from sojourn.errors import NoSuchObservation
from sojourn.loading import load as loading
from sojourn.loading import transfer
from sojourn.loading.cli.load import _print
from sojourn.loading.coverage import _told, with_declared_extent
from sojourn.loading.fetch import fetch
from sojourn.loading.outcome import SHOWN, Outcome, Report
from sojourn.loading.transfer import Patience
from sojourn.query.opening import open_data
from sojourn.sources.declaration import Address, registry
from sojourn.store.contracts import Problem
from sojourn.store.covered import Coverage
from sojourn.store.manifest import Manifest, read_manifest

KNOWN = registry()
EDITION = "unhcr.population@2024-06-13"
HELD = Coverage(
    edition=EDITION, dataset="unhcr.population", vintage="2024-06-13", status="complete"
)
LOADED = Outcome("a.csv", "loaded", EDITION, verified=True)


def told(outcome: Outcome, held: Coverage, *, last: bool) -> Coverage | None:
    return _told(outcome, Manifest(Path(), coverage=(held,)), last=last).coverage


def test_of_a_whole_declared_edition_the_last_file_tells_what_differs() -> None:
    differs = replace(HELD, told=("no number of 2014 any more",))
    assert told(LOADED, differs, last=True) == differs
    assert told(LOADED, differs, last=False) is None
    assert told(LOADED, HELD, last=True) is None


def test_of_a_part_and_of_a_copy_each_file_tells() -> None:
    part = replace(HELD, status="partial")
    for last in (True, False):
        assert told(LOADED, part, last=last) == part
        assert told(replace(LOADED, verified=False), HELD, last=last) == HELD
        assert told(replace(LOADED, status="unchanged"), part, last=last) is None


def report_of(capsys: pytest.CaptureFixture[str], outcome: Outcome) -> list[str]:
    _print(Report((outcome,)), Path("data"))
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("many", [0, 1, SHOWN, SHOWN + 1, SHOWN + 9])
def test_contradictions_are_told_three_and_counted(
    many: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = tuple(Problem("sum", "5 is not 6", 1.0, "T", row, 2) for row in range(1, many + 1))
    said = report_of(capsys, replace(LOADED, found=found))
    shown = [line for line in said if line.startswith("warning: T!B")]
    assert len(shown) == min(many, SHOWN)
    counted = [line for line in said if line.endswith("of the file recorded")]
    assert counted == ([f"… {many} contradictions of the file recorded"] if many > SHOWN else [])


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (HELD, []),
        (replace(HELD, status="partial"), ["answers for the keys it holds; no total is taken"]),
        (replace(HELD, status="revision"), []),
        (replace(HELD, status="partial", accepted="whole"), ["accepted: whole"]),
        (replace(HELD, status="partial", reasons=("cut",)), ["partial: cut", "answers for"]),
        (replace(HELD, questions=("why?",)), ["question: why?"]),
        (
            replace(HELD, compared_with="old", lost=2, new=1, changes=("x",)),
            ["beside old: 2 keys lost, 1 new", "x"],
        ),
    ],
)
def test_coverage_is_told_below_its_file(
    held: Coverage, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = report_of(capsys, replace(LOADED, coverage=held))[1:-1]
    assert len(lines) == len(said)
    assert all(line.startswith(word) for line, word in zip(lines, said, strict=True))


def test_the_extent_that_is_declared_is_noted_of_declared_files_alone(tmp_path: Path) -> None:
    sojourn.load([twins.unhcr_population(tmp_path / "p.csv")], tmp_path / "data")
    manifest = read_manifest(tmp_path / "data")
    edition, digest = next((e, d) for e in KNOWN.editions.values() if e.holds for d in e.files)
    [own] = manifest.files
    declared = replace(own, edition=edition.id, sha256=digest)
    known = replace(declared, holds="as noted")
    copy = replace(declared, sha256="0" * 64)
    found = with_declared_extent(replace(manifest, files=(own, declared, known, copy)), KNOWN)
    assert [f.holds for f in found.files] == ["", edition.holds, "as noted", ""]


@pytest.mark.parametrize(("name", "rebuilt"), [("p.rebuilt.csv", True), ("p.csv", False)])
def test_a_file_that_says_it_is_rebuilt_is_kept_as_rebuilt(
    name: str, tmp_path: Path, *, rebuilt: bool
) -> None:
    sojourn.load([twins.unhcr_population(tmp_path / name)], tmp_path / "data")
    assert read_manifest(tmp_path / "data").files[0].rebuilt is rebuilt


def test_a_correction_is_of_a_cell_that_the_file_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three one stands in another table of its edition, and a number of zero is a number."""
    places = [SimpleNamespace(sheet="T", row=row, col=2) for row in (1, 2, 3)]
    given = [SimpleNamespace(place=p, ours=9.0, said="a slip") for p in places]
    printed, asked = {1: 90.0, 2: None, 3: 0.0}, []
    monkeypatch.setattr(loading, "of_file", lambda *_: given)
    monkeypatch.setattr(loading, "printed_at", lambda _, place: printed[place.row])
    monkeypatch.setattr(loading, "refuse_stale", lambda *a: asked.append(a))
    found = loading._corrections(None, "a.xlsx", EDITION, "0")  # type: ignore[arg-type] # no store
    assert [(c.sheet, c.row, c.col, c.ours, c.said) for c in found] == [
        ("T", 1, 2, 9.0, "a slip"),
        ("T", 3, 2, 9.0, "a slip"),
    ]
    assert asked == [("a.xlsx", [given[0], given[2]], [90.0, 0.0])]


def test_a_store_of_this_version_has_nothing_to_note(tmp_path: Path) -> None:
    with pytest.raises(NoSuchObservation, match="no data are loaded here"):
        sojourn.upgrade(tmp_path)
    sojourn.load([twins.unhcr_population(tmp_path / "p.csv")], tmp_path / "data")
    found = sojourn.upgrade(tmp_path / "data")
    assert (found.digests, found.editions, found.partial) == (0, 1, ())


@pytest.mark.parametrize(
    ("moments", "grace", "least", "comes"),
    [
        ((100.0, 100.5), 0.9, 1e12, True),  # half a second: too early to judge
        ((100.0, 102.0), 0.9, 1e12, False),
        ((100.0, 102.0), 1.0, 4_000.0, True),  # 10,244 bytes in two seconds
        ((100.0, 102.0), 1.0, 6_000.0, False),
    ],
)
def test_a_body_is_judged_by_its_bytes_a_second_once_it_had_its_time(
    moments: tuple[float, float],
    grace: float,
    least: float,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    comes: bool,
) -> None:
    began, then = moments
    clock = iter([began])
    monkeypatch.setattr(
        transfer, "time", SimpleNamespace(monotonic=lambda: next(clock, then), sleep=None)
    )
    monkeypatch.setattr(transfer, "CHUNK", 1 << 20)
    address = Address(
        dataset="undesa.ims",
        url="https://example.org/stock.xlsx",
        name="stock.xlsx",
        kind="xlsx",
        edition="2021-01-15",
    )
    patient = Patience(attempts=1, grace=grace, least=least, wait=lambda _: None)
    with serving(Site()) as site:
        [found] = fetch(tmp_path, [address], KNOWN, base_url=site.address, patience=patient)
    assert found.status == ("new" if comes else "failed")
    assert comes or "bytes a second" in found.error


def test_classes_of_economies_are_kept_with_their_cells(tmp_path: Path) -> None:
    """Kenya is of low income for the Bank's year 2016, of lower middle for 2017; France is not classed then."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Country Analytical History"
    for row in (
        ["", "Bank's fiscal year:", "FY16", "FY17"],
        ["", "Data for calendar year :", 2014, 2015],
        ["KEN", "Kenya", "L", "LM"],
        ["FRA", "France", "H", ".."],
        [],
        ["YUG", "Yugoslavia (former)", "UM", "UM"],
    ):
        page.append(row)
    book.save(tmp_path / "classes.xlsx")
    named = "worldbank.income@2016-07-01"
    sojourn.load([tmp_path / "classes.xlsx"], tmp_path / "data", edition=named)
    store, _ = open_data(tmp_path / "data")
    found = store.con.execute(
        'SELECT scheme, member_id, group_id, edition, "row", col FROM membership ORDER BY ALL'
    ).fetchall()
    assert found == [
        ("income_class FY16", "250", "H", named, 4, 3),
        ("income_class FY16", "404", "L", named, 3, 3),
        ("income_class FY17", "404", "LM", named, 3, 4),
    ]
    kept = read_manifest(tmp_path / "data").files[0].memberships
    assert (tmp_path / "data" / "store" / "memberships" / kept).is_file()
