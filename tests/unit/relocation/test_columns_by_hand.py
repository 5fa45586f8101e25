"""Which columns of a large programme are tried first: a few of each type, spread over all the pools."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand_worked import (
    SITE,
    WORLD,
    Change,
    all_of,
    at,
    case,
    operation,
    person,
    plus,
    rule,
)

from sojourn.relocation.planner import assign, linear, solver
from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.coarse import coarse_model
from sojourn.relocation.planner.dealing import counted, deal
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.model import Model, build_model
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.solver import Programme
from sojourn.relocation.planner.units import form_units

TYPES, POOLS = 40, 30


def wide(held: int = 0, **costs: np.ndarray) -> Any:
    """Forty types that may each go to thirty pools; the last columns are those of staying."""
    k = TYPES * POOLS
    none = np.zeros(held, dtype=np.int64)
    return SimpleNamespace(
        column_type=np.append(np.repeat(np.arange(TYPES), POOLS), none),
        column_pool=np.append(np.tile(np.arange(POOLS), TYPES), none),
        slack=slice(k + held, k + held + TYPES),
        held=SimpleNamespace(types=none),
        levels=[
            SimpleNamespace(id=name, cost=np.append(c, np.zeros(held + TYPES)))
            for name, c in costs.items()
        ],
        programme=SimpleNamespace(lower=np.zeros(k + held + TYPES)),
    )


def of_each(model: Any, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many columns of each type, and of each pool, are chosen."""
    mine = np.flatnonzero(chosen[: TYPES * POOLS])
    return (
        np.bincount(model.column_type[mine], minlength=TYPES),
        np.bincount(model.column_pool[mine], minlength=POOLS),
    )


def test_a_few_columns_of_each_type_are_tried_and_every_pool_by_some() -> None:
    model = wide()
    n = len(model.programme.lower)
    x = np.zeros(n)
    x[7] = 1.0
    few = linear.few_columns(model, SimpleNamespace(x=x, open=np.ones(n, dtype=bool)))
    assert few[7]
    assert few[model.slack.start :].all()
    few[7] = False
    types, pools = of_each(model, few)
    assert set(types.tolist()) <= {linear.LEAN_COLUMNS - 1, linear.LEAN_COLUMNS}
    assert pools.min() > 0
    assert pools.max() < TYPES / 2  # not all begin at the same
    shut = np.ones(n, dtype=bool)
    shut[: 5 * POOLS] = False
    few = linear.few_columns(model, SimpleNamespace(x=np.zeros(n), open=shut))
    assert of_each(model, few)[0].tolist() == [0] * 5 + [linear.LEAN_COLUMNS] * (TYPES - 5)


def test_the_first_columns_are_the_best_by_wishes_then_by_services_and_spread_where_alike() -> None:
    model = wide(held=3)
    first = linear._first_columns(model)
    assert first[TYPES * POOLS :].all()  # those of staying, and those of no place
    types, pools = of_each(model, first)
    assert (types[1:] == linear.FIRST_COLUMNS).all()  # those of staying are of the first type
    assert pools.min() > 0
    assert pools.max() < TYPES * 0.75
    rng = np.random.default_rng(1)
    wishes, services = -rng.integers(0, 3, TYPES * POOLS), -rng.integers(0, 9, TYPES * POOLS)
    best = linear._first_columns(wide(L5=wishes, L7=services))[: TYPES * POOLS].reshape(
        TYPES, POOLS
    )
    worth = (10 * wishes + services).reshape(TYPES, POOLS)
    for mine, cost in zip(best, worth, strict=True):
        assert mine.sum() == linear.FIRST_COLUMNS
        assert cost[mine].max() <= cost[~mine].min()


def test_the_cheapest_open_columns_of_each_type_are_kept() -> None:
    model = wide()
    rng = np.random.default_rng(2)
    cost = rng.permutation(TYPES * POOLS).astype(float)
    is_open = rng.random(TYPES * POOLS) < 0.5
    kept = linear._cheapest(
        model, np.append(cost, np.zeros(TYPES)), np.append(is_open, [True] * TYPES)
    )
    assert not kept[TYPES * POOLS :].any()
    for t in range(TYPES):
        mine = range(t * POOLS, (t + 1) * POOLS)
        order = sorted((c for c in mine if is_open[c]), key=lambda c: cost[c])
        assert [c for c in mine if kept[c]] == sorted(order[: linear.SPARE_COLUMNS])


@pytest.fixture(scope="module")
def model() -> Model:
    return build_model(form_units(SITE), Eligibility(SITE))


def begun(model: Model, known: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What each search for whole numbers begins from."""
    starts: list[Any] = []
    search = assign.solve_mip

    def watched(small: Any, cost: Any, integer: Any, start: Any, **more: Any) -> Any:
        starts.append(start)
        return search(small, cost, integer, start, **more)

    monkeypatch.setattr(assign, "solve_mip", watched)
    solve(model, known)
    return starts


def test_an_assignment_at_hand_is_where_the_search_begins(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = deal(model, solve(model).x)
    assert known
    assert begun(model, None, monkeypatch)[0] is None
    assert begun(model, known, monkeypatch)[0].tolist() == counted(model, known).tolist()
    assert begun(model, {}, monkeypatch)[0].tolist() == counted(model, {}).tolist()


def test_an_assignment_that_breaks_a_row_is_no_beginning(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = deal(model, solve(model).x)
    [man] = {p for p in known.values() if p.room_type.value == "single men"}
    crowded = {**known, "c1": man, "c6": man}
    assert begun(model, crowded, monkeypatch)[0] is None


OPEN = all_of(at("places", "C", latest_arrival=23.0), rule("R20", on=False))
ONE_DAY = operation(days=1)
#: What is changed, and by weight who of the first two tiers is left where the places of a region count as one.
CLASSES: dict[str, tuple[Change, tuple[float, float]]] = {
    "as it is": (lambda w: w, (0, 3)),
    "no place at primary school": (at("places", "A", school_primary=0), (0, 3 + 6)),
    "no place at secondary school": (at("places", "A", school_secondary=0), (0, 3 + 6)),
    "one place for two at primary school": (at("persons", "p5", birth="age:11"), (0, 3 + 3)),
    "one place for two at secondary school": (at("persons", "p4", birth="age:12"), (0, 3 + 3)),
    "a school elsewhere in the region": (
        all_of(at("places", "A", school_primary=0), at("places", "C", school_primary=1)),
        (0, 3),
    ),
    "nobody asks for schools": (
        all_of(at("places", "A", school_primary=0), rule("R13", on=False)),
        (0, 3),
    ),
    "two arrive in a region": (
        all_of(ONE_DAY, at("places", "A", max_arrivals_per_day=1)),
        (0, 3 + 6 + 1),  # a place that takes one a day takes no family
    ),
    "four arrive in a region": (
        all_of(ONE_DAY, at("places", "A", max_arrivals_per_day=3)),
        (0, 3 + 1 + 1),
    ),
    "two days": (at("places", "A", max_arrivals_per_day=3), (0, 3)),
    "a licence for one of two brothers": (at("places", "B", max_children=1), (2, 3)),
    "a licence for two more elsewhere": (
        all_of(
            at("places", "B", max_children=2),
            plus("persons", person("k1", "k1", "M", 15)),
            plus("cases", case("k1", "k1", "S", best_interest_signed=True)),
            at("rooms", "child", rooms=2),
            at("places", "B", max_arrivals_per_day=9),
        ),
        (1, 3),
    ),
}


@pytest.mark.parametrize("name", CLASSES)
def test_places_of_a_region_together_take_what_all_of_them_do(name: str) -> None:
    change, left = CLASSES[name]
    site = all_of(OPEN, change)(WORLD).site
    coarse = coarse_model(form_units(site), Eligibility(site))
    assert linear.relax(coarse).bounds[:2].tolist() == pytest.approx(left, abs=1e-6)


def knapsack(most: float = 1.5) -> Programme:
    rows = Rows()
    rows.add([0, 1], 1.0, -np.inf, most)
    return rows.programme(np.zeros(2), np.ones(2))


def test_a_search_is_repeated_where_it_hands_back_less_than_it_tells_and_only_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two things of which one has room: HiGHS is made to hand back none of them at first."""
    cost, whole = np.array([-1.0, -1.0]), np.ones(2, dtype=bool)
    read, reads = solver._read, list[object]()
    unsound = [solver.MipResult(np.zeros(2), 0.0, -1.0)]

    def counted_read(*given: Any) -> Any:
        reads.append(given)
        return read(*given)

    monkeypatch.setattr(solver, "_read", counted_read)
    found = solver.solve_mip(knapsack(), cost, whole)
    assert found is not None
    assert (found.objective, found.bound, len(reads)) == (-1, -1, 1)
    monkeypatch.setattr(
        solver, "_read", lambda *given: unsound.pop() if unsound else counted_read(*given)
    )
    found = solver.solve_mip(knapsack(), cost, whole)
    assert found is not None
    assert (found.objective, len(reads)) == (-1, 2)
    assert solver.solve_mip(knapsack(-1.0), cost, whole) is None
    assert len(reads) == 3
    assert solver.solve_mip(knapsack(-1.0), cost, whole, np.zeros(2)) is None
    assert len(reads) == 6  # the beginning may be to blame, or the presolve
    unsound.append(solver.MipResult(np.zeros(2), 0.0, -0.5))
    near = solver.solve_mip(knapsack(), cost, whole, absolute_gap=0.5)
    assert near is not None
    assert (near.objective, len(reads)) == (0, 6)  # within the gap that was asked
