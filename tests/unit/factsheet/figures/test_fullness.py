"""A part of a table is no table, and a copy of a part beside the whole counts nothing twice."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sojourn.factsheet.figures.fullness import assessed, genuine
from sojourn.factsheet.figures.opened import datasets_of
from sojourn.store.covered import Coverage, MeasureCoverage

MEASURE = MeasureCoverage(
    indicator="idp_flow_conflict",
    keys=88,
    places=88,
    origins=1,
    periods=1,
    first="2015",
    last="2015",
    sexes=("_T",),
)
BEFORE = Coverage(
    edition="idmc.gidd@2025-05-13",
    dataset="idmc.gidd",
    vintage="2025-05-13",
    status="complete",
    measures=(MEASURE,),
)
PART = replace(
    BEFORE,
    edition="idmc.gidd@2026-01-01",
    vintage="2026-01-01",
    status="partial",
    compared_with=BEFORE.edition,
)


def _store(*files: tuple[str, str, bool]) -> Any:
    listed = [SimpleNamespace(edition=e, sha256=s, verified=v) for e, s, v in files]
    covered = {c.edition: c for c in (BEFORE, PART)}
    return SimpleNamespace(manifest=SimpleNamespace(files=listed, covered=covered.get))


def test_a_part_is_no_whole_of_what_the_edition_before_does_not_measure() -> None:
    store = _store((PART.edition, "a", False))
    assert assessed(store, PART, "idp_flow_conflict")
    assert not assessed(store, PART, "idp_flow_disaster")  # four places would be the world
    assert assessed(store, BEFORE, "idp_flow_disaster")
    assert assessed(_store((PART.edition, "a", True)), PART, "idp_flow_disaster")


def test_a_copy_beside_the_declared_file_counts_nothing_twice() -> None:
    rows = [{"file": "own", "value": 1.0}, {"file": "copy", "value": 1.0}]
    both = _store((BEFORE.edition, "own", True), (BEFORE.edition, "copy", False))
    alone = _store((BEFORE.edition, "copy", False))
    assert genuine(both, BEFORE.edition, rows) == rows[:1]
    assert genuine(alone, BEFORE.edition, rows[1:]) == rows[1:]


def test_the_datasets_of_a_figure_are_all_that_it_may_read() -> None:
    """Also the one whose events are added where no table gives the year, and those of its parts."""
    assert datasets_of("new_displacements_disaster") == {"idmc.gidd", "idmc.disasters"}
    assert datasets_of("new_displacements_disaster") <= datasets_of(
        "new_displacements_disaster_change"
    )
