"""A copy of a declared file that was cut is told by what is declared, with nothing to compare with."""

import hashlib
from pathlib import Path

import pytest

import sojourn
from sojourn.errors import ImpossibleValue
from sojourn.loading.load import _Session, _table  # the reading of one file, without a store
from sojourn.sources.container import open_file
from sojourn.sources.declaration import registry
from sojourn.sources.extent import (
    Extent,
    _periods,
    extents_of_files,
    fewer_of_a_period,
    shortfall,
)
from sojourn.sources.recognise import layouts_of_files
from sojourn.store.facts import facts_of

KNOWN = registry()
IMS = KNOWN.editions["undesa.ims@2015-12-01"]
LAYOUT = "undesa.ims"


def whole() -> dict[str, Extent]:
    [digest] = [d for d in IMS.files if d in extents_of_files()]
    return dict(extents_of_files()[digest])


def test_every_extent_is_that_of_a_declared_file() -> None:
    for digest, held in extents_of_files().items():
        assert KNOWN.by_digest(digest) is not None, digest
        assert all(e.numbers > 0 and e.places > 0 for e in held.values()), digest


def test_the_same_extent_and_a_larger_one_lack_nothing() -> None:
    assert shortfall(whole(), IMS, LAYOUT, KNOWN, 0.1) == ""
    larger = {i: Extent(e.numbers + 21, e.places + 1) for i, e in whole().items()}
    assert shortfall(larger, IMS, LAYOUT, KNOWN, 0.1) == ""


def test_a_row_less_and_an_indicator_less_are_told() -> None:
    held = whole()
    stock = held["migrant_stock"]
    said = shortfall(
        {**held, "migrant_stock": Extent(stock.numbers - 18, stock.places - 1)},
        IMS,
        LAYOUT,
        KNOWN,
        0.1,
    )
    assert "undesa.ims@2015-12-01" in said
    assert f"{stock.places - 1:,} of {stock.places:,} places" in said
    without = {i: e for i, e in held.items() if i != "population"}
    assert "population: 0 of" in shortfall(without, IMS, LAYOUT, KNOWN, 0.1)


def test_a_table_of_another_layout_is_not_compared() -> None:
    assert shortfall({"migrant_stock": Extent(1, 1)}, IMS, "undesa.ims-od", KNOWN, 0.1) == ""


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_first_rows_of_a_declared_file_are_told(
    tmp_path: Path, publisher_files: Path, share: float
) -> None:
    for name in ("MALARIA_EST_CASES.csv", "solutions.csv"):
        path = next(publisher_files.rglob(name))
        lines = path.read_bytes().split(b"\n")
        cut = tmp_path / name
        cut.write_bytes(b"\n".join(lines[: int(len(lines) * share)]) + b"\n")
        [outcome] = sojourn.load([cut], tmp_path / f"of {name}").outcomes
        assert outcome.coverage is not None
        told = " ".join([*outcome.coverage.reasons, *outcome.questions])
        assert "numbers that the declared file of" in told, name
        assert outcome.coverage.status == "partial" or outcome.questions


def test_a_cut_download_of_a_large_table_is_a_part_and_an_example_is_asked_about() -> None:
    """One number in twenty of the largest declared period: no example, and less than a tenth."""
    laid = layouts_of_files()
    count, period, edition, layout = max(
        (
            (count, period, e, layout)
            for e in KNOWN.editions.values()
            for layout in {laid[d] for d in e.files if d in laid}
            for held in _periods(e, layout)
            for period, count in held.items()
        ),
        key=lambda found: found[0],
    )
    for held, is_cut in ((count // 20, True), (300, False), (count, False)):
        said = fewer_of_a_period({period: held}, edition, layout, KNOWN, 0.1)
        assert bool(said) is is_cut, (held, count, said)


def test_the_extent_noted_for_a_file_is_what_reading_it_counts(publisher_files: Path) -> None:
    seen = 0
    for path in sorted(p for p in publisher_files.rglob("*") if p.is_file()):
        if path.stat().st_size > 100_000 or path.suffix == ".xls":
            continue
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest not in extents_of_files() or seen == 12:
            continue
        [book] = open_file(path.name, content, trusted=True)
        table = _table(_Session(None, KNOWN, None), book, digest)  # type: ignore[arg-type] # no store
        tallies = facts_of(table.observed).tallies
        found = {i: Extent(t.keys, len(t.words["ref_area"])) for i, t in tallies.items()}
        assert found == extents_of_files()[digest], path.name
        seen += 1
    assert seen


def test_a_fraction_that_the_publisher_did_not_print_is_refused_in_a_copy(
    tmp_path: Path, publisher_files: Path
) -> None:
    """UNESCO prints 3,482 numbers of students that are not whole; a copy may have no other."""
    path = next(publisher_files.rglob("RAW_inbound_and_outbound_data.csv"))
    text = path.read_text("utf-8")
    own = tmp_path / "copy.csv"
    own.write_text(text.rstrip("\n").rpartition("\n")[0] + "\n", "utf-8")
    assert sojourn.load([own], tmp_path / "whole").outcomes[0].status == "loaded"
    own.write_text(text.replace("26637,ABW,2015,322,", "26637,ABW,2015,322.4,"), "utf-8")
    with pytest.raises(ImpossibleValue, match=r"322\.4 is not a whole number"):
        sojourn.load([own], tmp_path / "changed")


def test_rows_of_some_countries_are_no_world_whatever_the_file_says_of_itself(
    tmp_path: Path,
) -> None:
    """A person kept the rows of one host under the preamble "Country of asylum: all"."""
    cut = Path(__file__).parents[2] / "fixtures" / "unhcr" / "2024-07" / "population.csv"
    [outcome] = sojourn.load([cut], tmp_path / "data").outcomes
    assert outcome.coverage is not None
    assert outcome.coverage.status == "partial"
    assert "6,202 of the 341,117 numbers" in outcome.coverage.reasons[0]
    data = sojourn.open(tmp_path / "data")
    assert data.table("refugees", area="world", period=2015).numbers[0].value is None
    [figure] = data.figure("refugees_unhcr", 2015)
    assert figure.value is None


def test_a_file_larger_than_a_declared_one_is_no_copy_of_it(tmp_path: Path) -> None:
    """Of two declared downloads the small one cannot be what a file of 1,120 numbers was cut from."""
    places = "Belgium,Bulgaria,Czech Republic,Denmark,Estonia,Ireland,Greece,Spain,France,Croatia,Italy,Cyprus,Latvia,Lithuania,Luxembourg,Hungary,Malta,Netherlands,Austria,Poland,Portugal,Romania,Slovenia,Slovakia,Finland,Sweden,United Kingdom,Norway"
    citizens = "Albania,Iraq,Syria,Ukraine,Morocco,Nigeria,Serbia,Brazil"
    rows = [
        f'"{year}","{place}","{citizen}","Total number of persons returned","Person","25",""'
        for year in range(2012, 2017)
        for place in places.split(",")
        for citizen in citizens.split(",")
    ]
    path = tmp_path / "returned.csv"
    head = '"TIME","GEO","CITIZEN","INDIC_MG","UNIT","Value","Flag and Footnotes"'
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    [outcome] = sojourn.load([path], tmp_path / "data").outcomes
    assert outcome.edition == "eurostat.eirtn@2017-05-31"
    assert outcome.coverage is not None
    assert outcome.coverage.status == "partial"
