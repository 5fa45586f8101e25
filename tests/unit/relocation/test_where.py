"""A map of regions names no place and no region with few people."""

from dataclasses import replace
from datetime import date

import pytest

from sojourn.protect.audit.audit import AuditedTable
from sojourn.publish import Chart
from sojourn.relocation.lists.fairness import T
from sojourn.relocation.lists.regions import (
    OTHERS,
    RegionCount,
    counts_of,
    persons_by_region,
    protected_regions,
)
from sojourn.relocation.lists.where import where_people_go
from sojourn.relocation.lists.words import report_words
from sojourn.relocation.proposal.proposal import Assignment, Proposal
from sojourn.relocation.site.site import Place


def proposal(*persons: int) -> tuple[Proposal, list[Place]]:
    places = [
        Place(id=f"L{i}", region=f"R{i}", department="1", lat=44.4321 + i, lon=2.1234)
        for i in range(len(persons))
    ]
    assignments = tuple(
        Assignment(
            case_id=f"C{i}",
            persons=n,
            place_id=f"L{i}",
            room_type="mixed",
            beds_per_room=0,
            rooms=0,
            day=date(2016, 10, 24),
            trip_id="T1",
        )
        for i, n in enumerate(persons)
    )
    return Proposal(
        name="n",
        synthetic=True,
        site_digest="",
        assignments=assignments,
        unplaced=(),
        out_of_plan=(),
        trips=(),
        manifest=(),
        bounds=(),
        groups=(),
    ), places


def sealed(plan: Proposal, places: list[Place]) -> AuditedTable:
    return protected_regions(persons_by_region(plan, places)).audited


def by_region(plan: Proposal, places: list[Place]) -> tuple[RegionCount, ...]:
    return counts_of(sealed(plan, places), places)


def drawn_of(plan: Proposal, places: list[Place], start: tuple[float, float]) -> Chart:
    return where_people_go(sealed(plan, places), places, start, report_words("en"))


@pytest.mark.parametrize("persons", [(50, 3), (50, 40, 3), (50, 40, 9, 1), (50, 6, 6), (3, 2)])
def test_a_region_with_few_people_is_not_the_total_less_the_others(
    persons: tuple[int, ...],
) -> None:
    shown = by_region(*proposal(*persons))
    assert sum(r.persons for r in shown) == sum(persons)
    named = [r for r in shown if r.region != OTHERS]
    together = sorted(persons)[: len(persons) - len(named)]
    assert all(r.persons >= T for r in named)
    assert len(together) >= 2
    assert sum(together) >= min(T, sum(persons))
    assert len(together) > 2 or 1 not in together


def test_a_region_stands_at_whole_degrees() -> None:
    plan, places = proposal(50, 40)
    drawn = by_region(plan, places)
    assert {(r.lon, r.lat) for r in drawn} == {(2, 44), (2, 45)}
    moved = [replace(p, lat=p.lat + 0.05, lon=p.lon - 0.04) for p in places]
    assert by_region(plan, moved) == drawn
    svg = drawn_of(plan, places, (1.91, 50.97)).svg
    assert svg == drawn_of(plan, moved, (1.9, 51.0)).svg


def test_every_number_of_the_map_is_in_its_table_and_its_text() -> None:
    plan, places = proposal(50, 40, 6, 7)
    chart = drawn_of(plan, places, (1.9, 51.0))
    assert [row[1] for row in chart.table.shown] == ["50", "40", "13"]
    assert "R0: 50" in chart.alt
    assert "other regions, put together: 13" in chart.alt
