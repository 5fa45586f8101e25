"""Flow methods: the published four-place results, the invariants, the named edge cases."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import EstimateError, NotConverged
from sojourn.flows.model import METHODS, Flows, Stocks, estimate
from sojourn.flows.model.birthplaces import kinds_of
from sojourn.flows.model.estimators import Products
from sojourn.flows.model.fitting import fit, net_update, zero_sum
from sojourn.flows.model.prepare import closed, opened
from sojourn.flows.model.tables import common

Array = npt.NDArray[np.float64]
ACCOUNTING = ("minimum-open", "minimum-closed", "independence", "pseudo-bayes")
CLOSED = ("minimum-closed", "independence", "pseudo-bayes")
PLACES = ("A", "B", "C", "D")
S1 = [[1000, 100, 10, 0], [55, 555, 50, 5], [80, 40, 800, 40], [20, 25, 20, 200]]
E0 = [[950, 100, 60, 0], [80, 505, 75, 5], [90, 30, 800, 40], [40, 45, 0, 180]]
E1_START = [[100, 10, 10, 0], [20, 55, 25, 10], [10, 40, 140, 65], [20, 25, 20, 200]]
E1_END = [[70, 30, 10, 10], [25, 60, 10, 15], [10, 55, 140, 50], [40, 45, 0, 180]]
E3_END = [[1060, 60, 10, 10], [45, 540, 40, 0], [70, 75, 770, 70], [30, 30, 20, 230]]


def stocks(
    start: object,
    end: object,
    births: object = (0, 0, 0, 0),
    deaths: object = (0, 0, 0, 0),
    places: tuple[str, ...] = PLACES,
) -> Stocks:
    first = np.array(start, float)
    names = places + tuple(f"other {i}" for i in range(len(first) - len(places)))
    return Stocks(
        places, names, first, np.array(end, float), np.array(births, float), np.array(deaths, float)
    )


E3 = stocks(S1, E3_END, (80, 20, 40, 60), (70, 30, 50, 10))


def test_minimum_of_abel_2013_and_of_2018() -> None:
    found = estimate(stocks(S1, E0), "minimum-closed")
    expected = [[0, 0, 50, 0], [35, 0, 25, 0], [10, 10, 0, 0], [10, 10, 0, 0]]
    np.testing.assert_allclose(found.flow, expected, atol=1e-9)
    assert estimate(stocks(E1_START, E1_END), "minimum-closed").total == pytest.approx(
        100, abs=1e-9
    )


def test_minimum_by_birthplace_is_the_published_one() -> None:
    found = estimate(stocks(S1, E0), "minimum-closed")
    assert found.of_birthplace is not None
    moves = {
        (PLACES[k], PLACES[i], PLACES[j]): round(float(v), 9)
        for k in range(4)
        for (i, j), v in np.ndenumerate(found.of_birthplace(k))
        if v
    }
    assert moves == {
        ("A", "A", "C"): 50,
        ("B", "B", "A"): 25,
        ("B", "B", "C"): 25,
        ("C", "B", "A"): 10,
        ("D", "C", "A"): 10,
        ("D", "C", "B"): 10,
        ("D", "D", "A"): 10,
        ("D", "D", "B"): 10,
    }


def test_independence_and_pseudo_bayes_of_the_closed_forms() -> None:
    most = estimate(stocks(S1, E0), "independence")
    mixed = estimate(stocks(S1, E0), "pseudo-bayes")
    assert (most.total, mixed.total) == pytest.approx((880.638655, 244.983025), abs=1e-6)
    np.testing.assert_allclose(
        mixed.flow,
        [
            [0, 17.907920, 60.000085, 2.253130],
            [51.233891, 0, 34.923254, 2.966695],
            [20.737020, 17.444717, 0, 6.148243],
            [13.190224, 13.771203, 4.406642, 0],
        ],
        atol=1e-6,
    )
    assert estimate(stocks(E1_START, E1_END), "independence").total == pytest.approx(
        408.410857, abs=1e-6
    )
    assert estimate(stocks(E1_START, E1_END), "pseudo-bayes").total == pytest.approx(
        140.093411, abs=1e-6
    )


def test_open_minimum_of_abel_2013_with_births_and_deaths() -> None:
    found = estimate(E3, "minimum-open")
    np.testing.assert_allclose(
        found.flow,
        [
            [0, 8.502865889, 0, 3.695331747],
            [26.422955975, 0, 0.423456261, 9.855274443],
            [0, 34.183357564, 0, 25.077887978],
            [11.467614840, 10.933240907, 1.392887480, 0],
        ],
        atol=1e-9,
    )
    assert found.total == pytest.approx(131.954873, abs=1e-6)
    np.testing.assert_allclose(found.reported_net, [40, -5, -30, 15])
    left, entered = (a.persons for a in opened(E3).adjustments)
    assert (left, entered) == pytest.approx((-33.943259, 53.943259), abs=1e-6)
    assert found.net_error is not None
    kept = [25.692, 16.918, -57.445, 14.835]  # columns less rows of the published table
    np.testing.assert_allclose(found.net_error + np.array([40, -5, -30, 15]), kept, atol=1e-3)
    np.testing.assert_allclose(found.net, kept, atol=1e-3)


def test_stock_differences() -> None:
    dropped = estimate(stocks(S1, E0), "drop-negative")
    assert dropped.flow[1, 0] == 25
    assert dropped.flow[2, 1] == 0
    returned = estimate(stocks(S1, E0), "reverse-negative")
    assert returned.flow[1, 2] == 25 + 10  # 25 more of B in C, 10 fewer of C in B
    assert estimate(stocks(S1, E0), "dennett", moves=1000).total == pytest.approx(1000)


def test_rogers_returns_the_end_table_and_refuses_what_has_no_inverse() -> None:
    found = estimate(stocks(S1, E0), "rogers")
    rates = np.linalg.solve(np.array(S1, float), np.array(E0, float))
    np.testing.assert_allclose(np.array(S1, float) @ rates, E0, atol=1e-9)
    np.testing.assert_allclose(found.flow[0, 1], np.sum(S1, axis=0)[0] * rates[0, 1])
    singular = [[1, 1], [1, 1]]
    with pytest.raises(EstimateError, match="cannot be inverted"):
        estimate(stocks(singular, singular, (0, 0), (0, 0), ("A", "B")), "rogers")


Sample = tuple[int, list[int], list[int], list[int], list[float]]
world = st.integers(min_value=2, max_value=6).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(st.integers(10_000, 1_000_000), min_size=n, max_size=n),
        st.lists(st.integers(1, 3_000), min_size=n * (n + 1), max_size=n * (n + 1)),
        st.lists(st.integers(1, 3_000), min_size=n * (n + 1), max_size=n * (n + 1)),
        st.lists(st.floats(0, 0.1), min_size=3 * n, max_size=3 * n),
    )
)


def drawn(sample: Sample) -> Stocks:
    """Return a world of mostly natives, with an unknown birthplace, births and deaths."""
    n, natives, start, end, rates = sample
    first, second = (np.array(x, float).reshape(n + 1, n) for x in (start, end))
    index = np.arange(n)
    first[index, index] = natives
    second[index, index] = np.floor(np.array(natives) * (0.95 + np.array(rates[2 * n :])))
    births = np.floor(second[index, index] * rates[:n])
    deaths = np.floor(first[index, index] * rates[n : 2 * n])
    return stocks(first, second, births, deaths, tuple("ABCDEF"[:n]))


@given(world)
def test_invariants_of_every_accounting_method(
    sample: Sample,
) -> None:
    given_stocks = drawn(sample)
    totals = {}
    for method in ACCOUNTING:
        found = estimate(given_stocks, method)
        assert (found.flow >= 0).all()
        assert not np.diagonal(found.flow).any()
        assert found.of_birthplace is not None
        by_birth = sum(found.of_birthplace(k) for k in range(len(given_stocks.birthplaces)))
        np.testing.assert_allclose(by_birth, found.flow, rtol=1e-9, atol=1e-9)
        if method in CLOSED:
            assert np.abs(found.net_error).max() <= 1e-3  # type: ignore[arg-type]
            assert abs(found.flow.sum(axis=0).sum() - found.flow.sum(axis=1).sum()) < 1e-6
        totals[method] = found.total
    accounts = closed(given_stocks)
    np.testing.assert_allclose(
        accounts.first.sum(axis=1), accounts.second.sum(axis=1), rtol=1e-9, atol=1e-6
    )
    least = 0.5 * np.abs(accounts.second - accounts.first).sum()
    assert totals["minimum-closed"] == pytest.approx(least, rel=1e-9, abs=1e-6)
    assert totals["minimum-closed"] <= totals["pseudo-bayes"] + 1e-6
    assert totals["pseudo-bayes"] <= totals["independence"] + 1e-6


@given(world)
def test_the_order_of_places_does_not_matter(
    sample: Sample,
) -> None:
    given_stocks = drawn(sample)
    n = given_stocks.n
    order = np.arange(n)[::-1]
    rows = np.append(order, n)
    turned = Stocks(
        tuple(given_stocks.places[i] for i in order),
        tuple(given_stocks.birthplaces[i] for i in rows),
        given_stocks.start[np.ix_(rows, order)],
        given_stocks.end[np.ix_(rows, order)],
        given_stocks.births[order],  # type: ignore[index]
        given_stocks.deaths[order],  # type: ignore[index]
    )
    straight, back = estimate(given_stocks, "pseudo-bayes"), estimate(turned, "pseudo-bayes")
    np.testing.assert_allclose(back.flow, straight.flow[np.ix_(order, order)], rtol=1e-7, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_input_gives_the_same_bits(method: str) -> None:
    assert estimate(E3, method).flow.tobytes() == estimate(E3, method).flow.tobytes()


def test_the_whole_band_hangs_on_the_weight() -> None:
    least, most = (estimate(E3, m).flow for m in ("minimum-closed", "independence"))
    np.testing.assert_array_equal(estimate(E3, "pseudo-bayes", weight=1.0).flow, least)
    np.testing.assert_array_equal(estimate(E3, "pseudo-bayes", weight=0.0).flow, most)


def test_a_seed_is_respected() -> None:
    n = 6
    cells = (np.arange(n * n).reshape(n, n) * 37 % 101) + 1.0
    start, end = cells + 5_000 * np.eye(n), cells[::-1] + 5_000 * np.eye(n)
    some = stocks(start, end, np.zeros(n), np.zeros(n), tuple("ABCDEF"))
    plain = estimate(some, "minimum-closed").flow
    uniform = estimate(some, "minimum-closed", seed=np.ones((n, n))).flow
    np.testing.assert_allclose(uniform, plain, atol=1e-6)
    seed = np.ones((n, n))
    seed[1, 0] = 50.0
    pulled = estimate(some, "minimum-closed", seed=seed)
    assert pulled.flow[1, 0] > plain[1, 0] + 1
    assert pulled.total == pytest.approx(plain.sum(), rel=1e-9)
    assert np.abs(pulled.net_error).max() < 1e-3  # type: ignore[arg-type]
    with pytest.raises(EstimateError, match="forbids staying"):
        estimate(some, "independence", seed=seed - np.eye(n))
    with pytest.raises(EstimateError, match="takes no seed"):
        estimate(some, "drop-negative", seed=seed)


def changed(table: object, k: int, j: int, value: float) -> list[list[float]]:
    out = [list(map(float, row)) for row in table]  # type: ignore[attr-defined]
    out[k][j] = value
    return out


def test_more_foreign_born_than_people_is_repaired_and_reported() -> None:
    found = estimate(stocks(changed(S1, 3, 3, -10), E0), "minimum-open")
    [repair] = [a for a in found.adjustments if a.step == "natives"]
    assert (repair.place, repair.persons) == ("D", 10)


def test_an_unbalanced_world_is_reported_never_rescaled_in_silence() -> None:
    [balance] = [a for a in estimate(E3, "minimum-closed").adjustments if a.step == "world balance"]
    assert balance.persons == pytest.approx(-20)
    assert not [a for a in estimate(E3, "minimum-open").adjustments if a.step == "world balance"]


def test_a_world_that_natives_cannot_balance_is_refused() -> None:
    grown = np.array(E0, float) * 4
    with pytest.raises(EstimateError, match="the world is unbalanced by"):
        estimate(stocks(S1, grown), "minimum-closed")


def test_births_above_the_natives_are_taken_from_the_whole_column() -> None:
    found = estimate(stocks(S1, E0, (0, 0, 0, 190), (0, 0, 0, 0)), "minimum-open")
    assert (found.flow >= 0).all()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (
            stocks(changed(S1, 0, 1, -1), E0),
            "stock at the start: the cell born in A, living in B is negative",
        ),
        (
            stocks(S1, changed(E0, 2, 0, np.nan)),
            "stock at the end: the cell born in C, living in A is missing",
        ),
        (stocks(S1, E0, (0, 9_000, 0, 0)), "births of B: 9,000 are more than the 680 people"),
        (
            stocks(S1, E0, (0, 0, 0, 0), (0, 0, 9_000, 0)),
            "deaths of C: 9,000 are more than the 880",
        ),
        (stocks(S1, E0, (0, np.nan, 0, 0)), "births of B: nan"),
    ],
)
@pytest.mark.parametrize("method", ACCOUNTING)
def test_impossible_input_names_its_place(broken: Stocks, said: str, method: str) -> None:
    with pytest.raises(EstimateError, match=said):
        estimate(broken, method)


def test_a_place_that_appears_with_its_people_is_fitted() -> None:
    start = [[100.0, 0, 10], [0, 0, 0], [5, 0, 80]]
    end = [[95.0, 10, 5], [0, 0, 0], [5, 5, 75]]
    found = estimate(stocks(start, end, (0, 0, 0), (0, 0, 0), ("A", "B", "C")), "minimum-closed")
    assert found.flow[:, 1].sum() == pytest.approx(15)


def test_margins_that_no_table_has_are_named() -> None:
    start = [[100.0, 0], [0, 50]]
    end = [[90.0, 0], [0, 60]]
    with pytest.raises((NotConverged, EstimateError), match=r"A|B"):
        estimate(stocks(start, end, (0, 0), (0, 0), ("A", "B")), "minimum-closed")


def test_places_that_one_table_lacks_are_listed_with_their_people() -> None:
    found = common(
        (("A", "B", "C"), ("A", "B", "C"), np.ones((3, 3))),
        (("A", "B"), ("A", "B"), np.ones((2, 2))),
        {"A": 1.0, "B": 1.0, "C": 1.0},
        {"A": 1.0, "B": 1.0},
    )
    assert found.places == ("A", "B")
    assert {(a.step, a.place) for a in found.left_out} == {("common places", "C"), ("births", "C")}
    assert sum(a.persons for a in found.left_out if a.step == "common places") == 5
    with pytest.raises(EstimateError, match="births: no row for B"):
        common(
            (("A", "B"), ("A", "B"), np.ones((2, 2))),
            (("A", "B"), ("A", "B"), np.ones((2, 2))),
            {"A": 1.0},
        )


def test_an_unknown_birthplace_stays_a_birthplace() -> None:
    start = [*S1, [30, 0, 5, 5]]
    end = [*E0, [10, 10, 10, 10]]
    found = estimate(stocks(start, end), "minimum-closed")
    assert found.birthplaces[-1] == "other 0"
    assert found.of_birthplace is not None
    assert found.of_birthplace(4).sum() == pytest.approx(20)


@given(
    st.lists(st.floats(0.1, 1e6), min_size=9, max_size=9),
    st.lists(st.floats(0.1, 1e6), min_size=6, max_size=6),
)
def test_proportional_fitting_meets_each_margin(cells: list[float], margins: list[float]) -> None:
    prior = np.array(cells).reshape(3, 3)
    rows = np.array(margins[:3])
    columns = np.array(margins[3:])
    columns *= rows.sum() / columns.sum()
    found = fit(prior, rows, columns)
    np.testing.assert_allclose(found.table.sum(axis=1), rows, rtol=1e-9)
    np.testing.assert_allclose(found.table.sum(axis=0), columns, rtol=1e-9)
    odds = found.table / prior
    np.testing.assert_allclose(odds[0, 0] * odds[1, 1], odds[0, 1] * odds[1, 0], rtol=1e-6)


def test_a_fit_that_cannot_be_says_where() -> None:
    with pytest.raises(NotConverged, match="born in x"):
        fit(
            np.array([[0.0, 0.0], [1.0, 1.0]]),
            np.array([5.0, 5.0]),
            np.array([5.0, 5.0]),
            names=(["x", "y"], ["p", "q"]),
            sweeps=50,
        )
    with pytest.raises(NotConverged, match="the margins differ"):
        fit(np.ones((2, 2)), np.array([1.0, 1.0]), np.array([1.0, 3.0]))


@given(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=8))
def test_zero_sum_rescaling_switches_no_sign(values: list[float]) -> None:
    net = np.array(values)
    if net.max() < 1 or net.min() > -1:
        return
    found = zero_sum(net)
    assert found.sum() == pytest.approx(0, abs=1e-6 * np.abs(net).sum())
    assert (np.sign(found) == np.sign(net)).all() or np.abs(
        found[np.sign(found) != np.sign(net)]
    ).max() < 1e-9


def test_net_update_keeps_the_pattern_and_meets_the_net() -> None:
    prior = np.array(S1, float)
    net = np.array([40.0, -5.0, -45.0, 10.0])
    found = net_update(prior, net).table
    np.testing.assert_allclose(found.sum(axis=0) - found.sum(axis=1), net, atol=1e-6)
    assert found[0, 3] == 0  # nobody moved before, nobody moves now
    with pytest.raises(EstimateError, match="not to zero"):
        net_update(prior, net + 1)


def test_a_result_that_breaks_its_promise_is_refused() -> None:
    from sojourn.flows.model.result import assert_sound

    bad = Flows(
        "x",
        ("A", "B"),
        ("A", "B"),
        np.array([[0.0, 5.0], [0.0, 0.0]]),
        net=np.zeros(2),
        closed=True,
    )
    with pytest.raises(EstimateError, match=r"net migration of . is off by"):
        assert_sound(bad)


def test_agreement_is_that_of_scipy_with_ties_and_at_both_ends() -> None:
    from scipy.stats import beta, spearmanr

    from sojourn.flows.model.agreement import binomial_interval, rank_correlation

    rng = np.random.default_rng(3)
    one, other = rng.integers(0, 9, 60).astype(float), rng.normal(size=60)
    assert rank_correlation(one, other) == pytest.approx(spearmanr(one, other).statistic, abs=1e-12)
    assert np.isnan(rank_correlation(one, np.ones(60)))
    for k, n in ((0, 7), (7, 7), (3, 7), (61, 73)):
        low, high = binomial_interval(k, n)
        assert low == pytest.approx(0.0 if k == 0 else beta.ppf(0.025, k, n - k + 1))
        assert high == pytest.approx(1.0 if k == n else beta.ppf(0.975, k + 1, n - k))


@pytest.mark.parametrize("method", ["minimum-closed", "independence", "pseudo-bayes"])
def test_sums_of_products_are_the_sums_of_the_tables_they_stand_for(method: str) -> None:
    found = estimate(E3, method)
    assert isinstance(found.of_birthplace, Products)
    own = np.array([found.of_birthplace(k) for k in range(len(found.birthplaces))])
    np.testing.assert_allclose(found.of_birthplace.arrivals(), own.sum(axis=1), atol=1e-9)
    np.testing.assert_allclose(found.of_birthplace.of_corridor(0, 1), own[:, 0, 1], atol=1e-9)
    n = len(found.places)
    kinds = kinds_of(found)
    assert kinds.returning == pytest.approx(sum(own[k, :, k].sum() for k in range(n)))
    assert kinds.leaving == pytest.approx(sum(own[k, k].sum() for k in range(n)))
