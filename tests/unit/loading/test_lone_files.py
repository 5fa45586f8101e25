"""A file that stands alone in a store is told by what other editions hold, and by itself."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

import sojourn
from sojourn.loading.outcome import Outcome
from sojourn.query.opening import open_data
from sojourn.vocab.area import AREAS

HEADING = [
    "Year",
    "Country of Asylum",
    "Country of Origin",
    "Country of Asylum ISO",
    "Country of Origin ISO",
    "Refugees",
    "Returned Refugees",
    "Asylum Seekers",
    "IDPs",
    "Returned IDPs",
    "Stateless",
    "HST",
    "OOC",
]
#: Synthetic: the world totals of 2015 as published, spread evenly over 180 places.
WORLD = {
    5: 16_100_000,
    6: 201_400,
    7: 3_200_000,
    8: 37_500_000,
    9: 2_300_000,
    10: 3_700_000,
    12: 871_000,
}
PLACES = sorted(a.iso3 for a in AREAS.values() if a.kind == "country" and a.iso3)[:180]
Rows = list[list[str]]


def synthetic() -> Rows:
    per = {c: str(round(total / len(PLACES))) for c, total in WORLD.items()}
    head = [["2015", "", "-", iso3, "-"] for iso3 in PLACES]
    return [[*row, *(per.get(c, "0") for c in range(5, 13))] for row in head]


def loaded(tmp_path: Path, rows: Rows) -> Outcome:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([HEADING, *rows])
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "synthetic.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    [outcome] = sojourn.load([path], tmp_path / "data").outcomes
    return outcome


def scaled(column: int, factor: float) -> Callable[[Rows], Rows]:
    def damage(rows: Rows) -> Rows:
        return [
            [str(round(int(c) * factor)) if i == column else c for i, c in enumerate(row)]
            for row in rows
        ]

    return damage


def swapped(a: int, b: int) -> Callable[[Rows], Rows]:
    other = {a: b, b: a}
    return lambda rows: [[row[other.get(i, i)] for i in range(len(row))] for row in rows]


def test_an_intact_file_raises_no_question(tmp_path: Path) -> None:
    assert not loaded(tmp_path, synthetic()).questions


@pytest.mark.parametrize(
    "damage",
    [
        *(scaled(c, f) for c in WORLD for f in (0, 1e-3, 1e3)),
        swapped(5, 7),
        swapped(5, 8),
        swapped(7, 6),
    ],
)
def test_a_scaled_emptied_or_swapped_column_is_asked_about_in_an_empty_store(
    tmp_path: Path, damage: Callable[[Rows], Rows]
) -> None:
    outcome = loaded(tmp_path, damage(synthetic()))
    assert any("world total known" in q for q in outcome.questions)
    store, _ = open_data(tmp_path / "data")
    assert all(f.doubt == "in question" for f in store.manifest.files)


def test_a_printed_total_that_is_not_the_sum_of_its_places_is_told(tmp_path: Path) -> None:
    rows = synthetic()
    sums = [str(sum(int(row[c]) for row in rows)) for c in range(5, 13)]
    right = [*rows, ["2015", "-", "-", "-", "-", *sums]]
    assert not loaded(tmp_path, right).warnings
    sums[0] = str(int(sums[0]) - 1)
    [said] = loaded(tmp_path / "other", [*rows, ["2015", "-", "-", "-", "-", *sums]]).warnings
    assert "difference -1" in said


@pytest.mark.parametrize("by", [-1, 1])
def test_years_that_moved_by_one_are_told_by_the_years_beside(tmp_path: Path, by: int) -> None:
    from sojourn.harmonize.world_totals import references

    known = {r.year: r.total for r in references()["refugees"]}
    years = range(2010, 2016)
    right = [
        [str(year), *row[1:5], str(round(known[year] / len(PLACES))), *row[6:]]
        for year in years
        for row in synthetic()
    ]
    only = [[*row[:6], *["0"] * 7] for row in right]
    assert not any("moved by one" in q for q in loaded(tmp_path / "right", only).questions)
    moved = [[str(int(row[0]) + by), *row[1:]] for row in only]
    [said] = [q for q in loaded(tmp_path / "moved", moved).questions if "moved by one" in q]
    assert f"refugees {2015 + by}: " in said
    assert "world total known of 2015 is" in said
    assert "(and 5 more years)" in said


def test_one_year_under_the_next_is_told_where_it_fits_to_the_digit() -> None:
    from sojourn.harmonize.world_totals import WorldSum, moved_years, references

    [of_2014] = [r for r in references()["refugees"] if r.year == 2014]
    as_2015 = WorldSum("refugees", 2015, of_2014.total, 180)
    assert "2015" in moved_years([as_2015])[0]
    assert not moved_years([WorldSum("refugees", 2015, of_2014.total * 1.001, 180)])
    assert not moved_years([WorldSum("refugees", 2014, of_2014.total, 180)])


@pytest.mark.parametrize("blank", ["", "-"])
def test_a_column_without_one_number_is_asked_about(tmp_path: Path, blank: str) -> None:
    rows = [[*row[:5], blank, *row[6:]] for row in synthetic()]
    [said] = loaded(tmp_path, rows).questions
    assert said.startswith("refugees 2015: the places sum to 0")
