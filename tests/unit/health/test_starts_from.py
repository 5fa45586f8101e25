"""What the models start from, by hand off a synthetic store: years, units, directions, who is counted."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from synthetic_tb import CORRIDORS, GROWTH, PLACES, synthetic_tb
from twins import store_of

from sojourn.health.inputs import tb as read
from sojourn.health.inputs.malaria import malaria_inputs
from sojourn.health.inputs.targets import progress
from sojourn.health.inputs.tb import TbInputs, _lacking, tb_inputs
from sojourn.health.run import shares
from sojourn.health.run.place import incidence_of
from sojourn.health.run.shares import later_share
from sojourn.health.tb.run import FLOWS
from sojourn.store.manifest import read_manifest
from sojourn.store.observations import Store, open_store

HOSTS = ("250", "356", "826")  # who lives there by birthplace is in the twin
#: SYNTHETIC: malaria of 2014, 2015 and 2016: cases, lower, upper; deaths.
MALARIA = {"356": (9e6, 8e6, 1.2e7, 9e3), "826": (4e5, 3e5, 7e5, 8e2)}
#: SYNTHETIC: notified, treated before, born abroad.
NOTIFIED = {
    ("826", 2018): (5000, 250, 3500),
    ("826", 2019): (4500, 200, 3300),
    ("250", 2018): (4000, None, 2400),
    ("356", 2018): (2_000_000, 9000, 2),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("synthetic")
    synthetic_tb(root)
    rows = [
        {"indicator": f"malaria_{what}", "ref_area": area, "destination": area}
        | {"time_period": str(year), "obs_value": value * times, "value": value * times}
        | ({"lower": low * times, "upper": high * times} if what == "cases" else {})
        for area, (cases, low, high, deaths) in MALARIA.items()
        for year, times in ((2014, 2.0), (2015, 1.0), (2016, 0.5))
        for what, value in (("cases", cases), ("deaths", deaths))
    ]
    store_of(root, "who.malaria-estimates@2018-12-01", rows)
    names = ("", "_retreatment", "_foreign_born")
    told = [
        {"indicator": f"tb_notifications{name}", "ref_area": area, "destination": area}
        | {"time_period": str(year), "obs_value": value}
        | ({"obs_status": "O"} if value is None else {})
        for (area, year), values in NOTIFIED.items()
        for name, value in zip(names, values, strict=True)
    ]
    store_of(root, "who.tb-notifications@2020-06-01", told)
    return open_store(read_manifest(root))


@pytest.fixture(scope="module")
def inputs(store: Store) -> TbInputs:
    return tb_inputs(store)


def rate(area: str, *years: int) -> float:
    """Mean of WHO's cases per person over some years, as the twin prints them: whole cases."""
    people, level, change, *_ = PLACES[area]
    return (
        float(np.mean([round(people * level * (1 + change) ** (y - 2000)) for y in years])) / people
    )


def test_who_s_series_is_read_in_its_years_and_units(inputs: TbInputs) -> None:
    seen, areas = inputs.observed, inputs.world.where.areas
    assert areas == HOSTS
    for at, area in enumerate(areas):
        *_, fatality, coverage = PLACES[area]
        assert seen.early[at] == pytest.approx(rate(area, 2000, 2001, 2002))
        assert seen.late[at] == pytest.approx(rate(area, 2013, 2014, 2015))
        assert seen.level[at] == pytest.approx(np.sqrt(rate(area, 2014) * rate(area, 2015)))
        assert seen.fatality[at] == pytest.approx(fatality, rel=1e-3)
        assert seen.coverage[at] == pytest.approx(coverage / 100.0)
        assert seen.first[at] == 2000
        assert seen.anchor.cases[at] == pytest.approx(rate(area, 2015))
        assert seen.annual is not None
        np.testing.assert_allclose(
            seen.annual[0, :, at], [rate(area, y) for y in range(2005, 2015)], rtol=1e-9
        )
        np.testing.assert_allclose(
            seen.annual[1, :, at], fatality * seen.annual[0, :, at], rtol=1e-2
        )
    np.testing.assert_allclose(seen.cases_bounds, [[0.8] * 3, [1.2] * 3], rtol=1e-3)
    np.testing.assert_allclose(seen.deaths_bounds, [[0.8] * 3, [1.2] * 3], rtol=2e-3)
    assert np.isnan(seen.share).all()  # nobody is notified by birth in 2013 to 2015


def test_people_births_and_deaths_are_of_2015_and_a_year(inputs: TbInputs) -> None:
    world = inputs.world
    for at, area in enumerate(world.where.areas):
        people = PLACES[area][0]
        births, deaths = 0.018 * people, 0.010 * people
        now, then = (people + (births - deaths) * k for k in (5, 10))
        assert world.people[at] == pytest.approx(now)
        assert world.births[at] == pytest.approx(births / (0.5 * (now + then)), rel=1e-6)
        assert world.deaths[at] == pytest.approx(deaths / (0.5 * (now + then)), rel=1e-6)
    told = sum(n for (_, to), n in CORRIDORS.items() if to in HOSTS)
    modelled = sum(n for pair, n in CORRIDORS.items() if set(pair) <= set(HOSTS))
    assert inputs.share == pytest.approx(modelled / told)


def test_stocks_lead_from_origin_to_destination_and_stay_after_their_last_year(
    inputs: TbInputs,
) -> None:
    where, areas = inputs.world.where, inputs.world.where.areas
    pairs = [(areas[o], areas[d]) for o, d in zip(where.origin, where.destination, strict=True)]
    assert sorted(pairs) == [("356", "250"), ("356", "826")]  # nobody is told of who lives in 050
    for at, pair in enumerate(pairs):
        path, n = inputs.world.stock[:, at], CORRIDORS[pair]
        np.testing.assert_allclose(path[[0, 5]], [n * GROWTH, n * GROWTH**2], rtol=1e-6)
        np.testing.assert_allclose(np.diff(path[:6]), n * GROWTH * 0.02 / 5.0, rtol=1e-6)
        assert (path[5:] == path[5]).all()


def test_arrivals_are_those_of_a_year_from_origin_to_destination(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flows of five years, a matrix from origin to destination by each method: told apart on purpose."""
    flow = 1e4 * np.arange(9.0).reshape(3, 3) + 500.0

    def estimated(_: object, method: str) -> SimpleNamespace:
        return SimpleNamespace(flow=flow * (1 + FLOWS.index(method)))

    monkeypatch.setattr(read, "estimate", estimated)
    world = tb_inputs(store).world
    assert world.flows is not None
    for at, (o, d) in enumerate(zip(world.where.origin, world.where.destination, strict=True)):
        np.testing.assert_allclose(world.flows[:, at], flow[o, d] / 5.0 * np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(world.inflow, world.flows[1])


def test_malaria_is_who_s_of_2015_per_person_with_its_interval(store: Store) -> None:
    found = malaria_inputs(store)
    seen, areas = found.malarious.estimated, found.world.where.areas
    assert sorted(areas) == sorted(MALARIA)
    for at, area in enumerate(areas):
        cases, low, high, deaths = MALARIA[area]
        people = PLACES[area][0]
        assert seen.cases[at] == pytest.approx(cases / people)
        assert (seen.lower[at], seen.upper[at]) == pytest.approx((low / people, high / people))
        assert seen.fatality[at] == pytest.approx(deaths / cases)


def test_the_share_held_out_counts_people_treated_before_and_no_year_that_is_half(
    store: Store,
) -> None:
    areas = ("826", "250", "356", "050")
    found = later_share(store, areas)
    assert found[0] == pytest.approx((3500 + 3300) / (5000 + 250 + 4500 + 200))
    assert found[1] == pytest.approx(2400 / 4000)  # nothing told of people treated before
    assert np.isnan(found[2:]).all()  # two are too few; nobody is told


def test_the_share_held_out_is_that_of_its_own_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """SYNTHETIC: a share that rises by five points a year, told of 2018 and 2019 as it then is."""
    spread = np.linspace(-0.01, 0.01, 21)[:, None, None]
    path = 0.1 + 0.05 * np.arange(8.0)[None, :, None] + spread * np.ones((21, 8, 2))
    seen = np.array([0.275, 0.275])
    monkeypatch.setattr(shares, "later_share", lambda *_: seen)
    given = SimpleNamespace(
        world=SimpleNamespace(where=SimpleNamespace(areas=("250", "276"))),
        observed=SimpleNamespace(share=np.array([0.1, 0.1])),
        editions={"WHO notified foreign": "x"},
    )
    row = shares._held_out(None, given, path, None)[0]  # type: ignore[arg-type]
    assert (row.id, row.ours, row.verdict) == ("foreign_born_share_held_out", 1.0, "met")


#: SYNTHETIC: people at risk, and everybody, of 2015 and 2020.
AT_RISK = {2015: (1_000_000, 4_000_000), 2020: (1_250_000, 5_000_000)}


@pytest.mark.parametrize("printed", [True, False])
def test_a_rate_of_malaria_is_of_people_at_risk_where_the_edition_prints_them(
    tmp_path: Path, *, printed: bool
) -> None:
    one = {"ref_area": "404", "destination": "404"}
    annex = [
        {**one, "indicator": name, "time_period": str(year), "obs_value": value}
        for year, (risk, _) in AT_RISK.items()
        for name, value in (
            ("malaria_cases", 50_000 if year == 2015 else 25_000),
            ("malaria_deaths", 500 if year == 2015 else 250),
            *([("malaria_population_at_risk", risk)] if printed else ()),
        )
    ]
    store_of(tmp_path, "who.malaria-annex@2021-12-01", annex)
    everybody = [
        {**one, "indicator": "population_who", "time_period": str(year), "obs_value": people}
        for year, (_, people) in AT_RISK.items()
    ]
    store_of(tmp_path, "who.tb-burden@2021-06-01", everybody)
    found = progress(open_store(read_manifest(tmp_path)), "malaria", areas=["404"])
    cases, deaths = found.trackings
    times = 1.0 if printed else 4.0
    assert cases.at_risk is deaths.at_risk is printed
    assert (cases.baseline, cases.value) == pytest.approx((50.0 / times, 20.0 / times))
    assert (deaths.baseline, deaths.value) == pytest.approx((50.0 / times, 20.0 / times))
    assert cases.change == pytest.approx(-60.0)
    # a single place starts from the same: of people at risk where the edition prints them
    told, cell = incidence_of(open_store(read_manifest(tmp_path)), "404")
    assert told == pytest.approx(0.05 / times)
    assert cell.startswith("who.malaria-annex@2021-12-01#")


def test_a_place_that_lacks_something_says_all_that_it_lacks() -> None:
    asked = {
        "incidence 2015": np.array([1.0, 0.0, np.nan, 1.0]),
        "deaths 2013-2015": np.array([0.0, 1.0, np.nan, np.inf]),
    }
    assert _lacking(("250", "276", "380", "404"), asked) == {
        "276": "no usable incidence 2015",
        "380": "no usable incidence 2015, deaths 2013-2015",
        "404": "no usable deaths 2013-2015",
    }
