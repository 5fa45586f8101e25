"""Rules of the evaluator, on small twins: one edition, as of a day, no total among its parts."""

from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.api import Data
from sojourn.errors import ForbiddenSum, UnknownFigure
from sojourn.factsheet.figures.figure import FigureValue, figures, refuse_wrong_sum
from sojourn.vocab.membership import members

OLD, NEW = "unhcr.population@2022-06-10", "unhcr.population@2024-06-13"
WORLD = ("900", "World", "", 1000, 1100)


@pytest.fixture
def two_editions(tmp_path: Path) -> Data:
    """Two editions of UNHCR's data: the later counts one refugee more, and 2014 no longer."""
    earlier = [row.replace("2015,", "2014,", 1) for row in twins.UNHCR_ROWS]
    later = [twins.UNHCR_ROWS[0].replace(",40,", ",41,"), *twins.UNHCR_ROWS[1:]]
    rows = [*twins.UNHCR_ROWS, *earlier]
    old = twins.unhcr_population(tmp_path / "old.csv", rows, day="10 June 2022")
    new = twins.unhcr_population(tmp_path / "new.csv", later)
    sojourn.load([old, new], tmp_path / "data", accept_coverage="a twin is whole for its test")
    return sojourn.open(tmp_path / "data")


def one(data: Data, figure_id: str, as_of: str, year: int = 2015) -> FigureValue:
    [found] = data.figure(figure_id, year, as_of=as_of)
    return found


@pytest.mark.parametrize(
    ("as_of", "value", "edition"),
    [
        ("2022-06-10", 2840.0, OLD),
        ("2024-06-12", 2840.0, OLD),
        ("2024-06-13", 2841.0, NEW),
        ("2030-01-01", 2841.0, NEW),
    ],
)
def test_the_edition_current_on_a_day_is_taken(
    two_editions: Data, as_of: str, value: float, edition: str
) -> None:
    found = one(two_editions, "refugees_unhcr", as_of)
    assert (found.value, found.edition) == (value, edition)
    assert {i.address.split("#")[0] for i in found.inputs} == {edition}


def test_before_the_first_release_there_is_no_value_and_it_is_named(two_editions: Data) -> None:
    found = one(two_editions, "refugees_unhcr", "2022-06-09")
    assert found.value is None
    assert found.inputs == ()
    assert found.reason == f"no edition released by 2022-06-09 is held; the earliest here is {OLD}"


def test_a_year_that_only_an_older_edition_holds_is_of_that_edition(two_editions: Data) -> None:
    assert one(two_editions, "refugees_unhcr", "2030-01-01", 2014).edition == OLD


def test_a_change_is_of_one_edition_and_names_it(two_editions: Data) -> None:
    found = one(two_editions, "refugees_unhcr_change", "2030-01-01")
    assert (found.value, found.edition) == (0, OLD)  # the newer edition does not hold 2014
    assert {part.edition for part in found.parts} == {OLD}
    assert f"by {OLD}, the newest edition that holds both years" in found.mark
    same = one(two_editions, "refugees_unhcr_change", "2023-01-01")
    assert same.value == 0


def test_what_nobody_holds_is_absent_and_not_zero(two_editions: Data) -> None:
    for figure_id in (
        "idps_conflict",
        "dead_and_missing",
        "remittances_world",
        "forcibly_displaced",
    ):
        found = one(two_editions, figure_id, "2030-01-01")
        assert found.value is None
        assert found.reason


def test_a_sum_over_suppressed_cells_is_a_lower_bound(two_editions: Data) -> None:
    found = one(two_editions, "refugees_unhcr", "2030-01-01")
    assert found.n_inputs == 3
    assert "lower bound: 1 suppressed cell is left out" in found.mark
    assert "lower bound" in one(two_editions, "refugees_with_unrwa", "2030-01-01").mark
    assert "lower bound" not in one(two_editions, "asylum_seekers", "2030-01-01").mark


def test_a_change_of_two_lower_bounds_is_none_and_tells_what_either_lacks(
    two_editions: Data,
) -> None:
    change = one(two_editions, "refugees_unhcr_change", "2022-06-10", 2015)
    assert change.value == 0
    assert change.parts[0].whole == change.parts[1].whole == "no"
    assert change.whole == "no"
    assert "1 suppressed cell is left out" in change.mark
    assert "lower bound" not in change.mark


def test_what_the_base_of_a_change_lacks_is_said_of_the_change() -> None:
    """EU-28 of 2014 lacks one country among those ordered to leave: embedded edition."""
    change = one(sojourn.open(), "ordered_to_leave_eu_change", "2026-05-06")
    now, base = change.parts
    assert (now.whole, base.whole) == ("yes", "no")
    assert "1 of 28 places has no number" in change.mark
    assert "lower bound" not in change.mark


def test_an_unverified_copy_is_marked_in_every_figure(two_editions: Data) -> None:
    for figure_id in ("refugees_unhcr", "refugees_with_unrwa", "asylum_seekers"):
        mark = one(two_editions, figure_id, "2030-01-01").mark
        assert mark.count("unverified copy") == 1, mark


def test_a_value_leads_to_its_cells(two_editions: Data) -> None:
    found = one(two_editions, "refugees_unhcr", "2030-01-01")
    assert [i.value for i in found.inputs] == [41.0, 300.0, 2500.0]
    assert sum(i.value or 0 for i in found.inputs) == found.value
    for given in found.inputs:
        [cell] = two_editions.trace(given.address)
        assert cell.value == given.value  # type: ignore[union-attr]
    [again] = two_editions.trace(found.lineage_id)
    assert again == found


def test_aggregates_are_never_ranked_or_added_among_countries(tmp_path: Path) -> None:
    totals = [(code, f"Region {code}", "", 900, 900) for code in ("903", "910")]
    africa = [m for g, m in members("undesa.ims", "2021-01-15") if g == "910"]
    others = [
        (m, f"Place {m}", "B R", 1, 1) for m in africa if m not in {p[0] for p in twins.PLACES}
    ]
    path = twins.undesa_stock(tmp_path / "a.xlsx", places=[WORLD, *totals, *twins.PLACES, *others])
    sojourn.load([path], tmp_path / "data", accept_coverage="a synthetic twin")
    data = sojourn.open(tmp_path / "data")
    places = {p[0] for p in (*twins.PLACES, *others)}
    for figure_id in ("top_destinations", "migrant_stock_by_country"):
        assert {v.area for v in data.figure(figure_id, 2015)} <= places
    [world] = [v for v in data.figure("migrant_stock", 2015) if v.sex == "_T"]
    assert (world.value, world.formula, world.n_inputs) == (2200.0, "as printed", 1)


def test_sums_that_count_people_twice_are_refused_with_the_reason() -> None:
    for parts, why in (
        (("idps_conflict", "idps_of_concern"), "twice"),
        (("idps_of_concern", "idps_conflict"), "twice"),
        (("asylum_seekers", "first_time_applicants_germany"), "an event during a year"),
        (("migrant_stock", "refugees_unhcr"), "twice"),
        (("refugees_unhcr", "new_displacements_conflict"), "different units or kinds"),
    ):
        with pytest.raises(ForbiddenSum, match=why) as raised:
            refuse_wrong_sum(parts)
        assert raised.value.hint
    refuse_wrong_sum(("refugees_unhcr", "asylum_seekers", "idps_conflict"))


def test_no_declared_figure_adds_what_may_not_be_added() -> None:
    for declared in figures().values():
        if declared.op == "add":
            refuse_wrong_sum(declared.parts)


def test_an_unknown_figure_is_an_error_with_the_nearest_names(two_editions: Data) -> None:
    with pytest.raises(UnknownFigure, match="no figure 'migrants'") as raised:
        two_editions.figure("migrants", 2015)
    assert "did you mean all_migrants, migrant_stock" in raised.value.hint


def test_disasters_of_a_year_without_a_table_are_the_sum_of_its_events(tmp_path: Path) -> None:
    head = (
        "iso3,country_name,year,event_name,start_date,hazard_category_name,hazard_type_name,"
        "new_displacement,new_displacement_rounded,total_displacement,total_displacement_rounded"
    )
    rows = [
        "PAK,Pakistan,2024,Flood,2024-03-01,Weather,Flood,1234,1200,,",
        "KEN,Kenya,2024,Drought,2024-05-01,Weather,Drought,66,66,,",
    ]
    events = tmp_path / "events.csv"
    events.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    sojourn.load(
        [events],
        tmp_path / "data",
        edition="idmc.disasters@2025-05-13",
        accept_coverage="all of a synthetic world",
    )
    data = sojourn.open(tmp_path / "data")
    [found] = data.figure("new_displacements_disaster", 2024)
    assert (found.value, found.n_inputs) == (1300.0, 2)
    [none] = data.figure("new_displacements_disaster", 2025)
    assert none.value is None


def test_a_year_that_few_have_reported_is_no_ranking_of_the_world(tmp_path: Path) -> None:
    hosts = ("Germany,DEU", "Lebanon,LBN", "Kenya,KEN", "Chad,TCD", "Uganda,UGA")
    rows = [
        f"{year},Afghanistan,AFG,{host},{40 + i},60,0,-,0,0,0"
        for year, n in ((2013, 5), (2014, 5), (2015, 2))
        for i, host in enumerate(hosts[:n])
    ]
    sojourn.load([twins.unhcr_population(tmp_path / "p.csv", rows)], tmp_path / "data")
    data = sojourn.open(tmp_path / "data")
    assert len(data.figure("top_refugee_hosts", 2014)) == len(hosts)
    [found] = data.figure("top_refugee_hosts", 2015)
    assert found.value is None
    assert found.reason == f"{NEW} has numbers of 2 countries for 2015, of up to 5 before"


def test_a_change_goes_back_to_the_table_s_year_before() -> None:
    declared = figures()["migrant_stock_since_previous"]
    assert declared.bases == (-5, -4, -3, -2, -1)
    assert not declared.base
