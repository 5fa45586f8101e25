"""What the flow methods refuse, each with the number that gives it away; small results by hand."""

import numpy as np
import numpy.typing as npt
import pytest

from sojourn.errors import EstimateError, NotConverged
from sojourn.flows.model import Flows, Stocks, estimate
from sojourn.flows.model.birthplaces import by_sex, carriers, kinds_of
from sojourn.flows.model.calibration import Calibration, Counted, Half, calibrate
from sojourn.flows.model.fitting import fit, net_update, zero_sum
from sojourn.flows.model.prepare import possible_natives
from sojourn.flows.model.result import assert_sound
from sojourn.flows.model.tables import common
from sojourn.flows.model.updating import balanced_margins

Array = npt.NDArray[np.float64]
PLACES = ("A", "B", "C", "D")
START = np.array([[1000.0, 100, 10, 0], [55, 555, 50, 5], [80, 40, 800, 40], [20, 25, 20, 200]])
END = np.array([[950.0, 100, 60, 0], [80, 505, 75, 5], [90, 30, 800, 40], [40, 45, 0, 180]])


def stocks(start: Array = START, end: Array = END) -> Stocks:
    """The published four-place example (Abel 2013), in which nobody is born and nobody dies."""
    return Stocks(PLACES, PLACES, start, end, np.zeros(4), np.zeros(4))


def flows(table: list[list[float]], **more: object) -> Flows:
    return Flows("ours", ("A", "B"), ("A", "B"), np.array(table), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([[0.0, np.nan], [0.0, 0.0]], "ours: a flow is not a number"),
        ([[0.0, np.inf], [0.0, 0.0]], "ours: a flow is not a number"),
        ([[0.0, 1.0], [0.0, 2.0]], "ours: people move from a place to itself"),
        ([[0.0, -1.0], [0.0, 0.0]], "ours: a flow is negative"),
    ],
)
def test_a_table_that_is_none_of_flows_is_refused(table: list[list[float]], said: str) -> None:
    with pytest.raises(EstimateError, match=said):
        assert_sound(flows(table))


def test_a_table_of_flows_goes_through() -> None:
    sound = flows([[0.0, 5.0], [0.0, 0.0]], net=np.array([-5.0, 5.0009]), closed=True)
    assert assert_sound(sound) is sound  # a thousandth of a person
    signed = flows([[0.0, -1.0], [0.0, 0.0]])
    assert assert_sound(signed, signed=True) is signed
    with pytest.raises(EstimateError, match=r"net migration of B is off by -0\.0011 persons"):
        assert_sound(flows([[0.0, 5.0], [0.0, 0.0]], net=np.array([-5.0, 5.0011]), closed=True))


def test_net_migration_of_one_sign_is_no_closed_world() -> None:
    for net in ([1.0, 2.0], [-1.0, -2.0], [1.0, 0.0]):
        with pytest.raises(EstimateError, match="one sign everywhere"):
            zero_sum(np.array(net))
    assert zero_sum(np.array([3.0, 0.0, -3.0])).tolist() == [3.0, 0.0, -3.0]
    assert zero_sum(np.array([4.0, 0.0, -2.0])).tolist() == [3.0, 0.0, -3.0]  # each meets the mean


@pytest.mark.parametrize("cell", [np.nan, np.inf, -1.0])
def test_a_prior_of_no_persons_is_refused(cell: float) -> None:
    with pytest.raises(EstimateError, match="a cell that is no number of persons"):
        net_update(np.array([[0.0, cell], [1.0, 0.0]]), np.zeros(2))


def test_a_net_that_is_no_number_is_refused() -> None:
    with pytest.raises(EstimateError, match="a cell that is no number of persons"):
        net_update(np.ones((2, 2)), np.array([np.nan, 0.0]))


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        ([-1.0, 2.0], [1.0, 1.0], "the margin of the rows"),
        ([1.0, 1.0], [np.nan, 1.0], "the margin of the columns"),
        ([0.0, 0.0], [1.0, 1.0], "the margin of the rows"),
    ],
)
def test_a_margin_of_nobody_is_refused(rows: list[float], columns: list[float], said: str) -> None:
    with pytest.raises(EstimateError, match=said):
        balanced_margins(np.array(rows), np.array(columns))


def test_a_method_that_is_none_and_a_weight_that_is_no_share_are_refused() -> None:
    with pytest.raises(EstimateError, match="no method 'gravity'"):
        estimate(stocks(), "gravity")
    for weight in (-0.01, 1.01, np.nan):
        with pytest.raises(EstimateError, match=f"the weight of the minimum is {weight:g}"):
            estimate(stocks(), "pseudo-bayes", weight=weight)


@pytest.mark.parametrize(
    ("least", "said"),
    [
        (0.0, "not positive"),
        (-1.0, "not positive"),
        (np.nan, "not positive"),
        (1e-13, "from 1e-13 to 1; the largest is more than 1e[+]12 times"),
    ],
)
def test_a_seed_that_cannot_be_used_is_refused(least: float, said: str) -> None:
    seed = np.ones((4, 4))
    seed[0, 1] = least
    for method in ("minimum-closed", "independence"):
        with pytest.raises(EstimateError, match=said):
            estimate(stocks(), method, seed=seed)


def test_fewer_than_no_people_are_refused_with_their_place() -> None:
    """5 and 40 were born elsewhere and live in D; natives of -100 leave -55."""
    with pytest.raises(EstimateError, match=r"D: fewer than no people at the start \(-55\)"):
        possible_natives(stocks(START - np.diag([0.0, 0, 0, 300])))


def test_differences_and_rates_fit_nothing_and_have_no_weight() -> None:
    for method in ("drop-negative", "reverse-negative", "rogers", "minimum-open"):
        found = estimate(stocks(), method)
        assert (found.sweeps, found.residual, found.weight, found.closed) == (0, 0.0, None, False)
    for method in ("minimum-closed", "independence"):
        found = estimate(stocks(), method)
        assert found.sweeps > 0
        assert 0 <= found.residual < 1e-12
        assert (found.weight, found.closed) == (None, True)
    assert estimate(stocks(), "pseudo-bayes", weight=0.9).weight == 0.9


def test_movers_of_tables_that_were_fitted_are_counted_as_those_of_the_closed_form() -> None:
    """By hand, of the published example: nobody returns, 30 are in transit, 120 leave home."""
    found = estimate(stocks(), "minimum-closed", seed=np.ones((4, 4)))
    kinds = kinds_of(found)
    counted = (kinds.returning, kinds.in_transit, kinds.leaving)
    assert counted == pytest.approx((0, 30, 120), abs=1e-6)
    assert kinds.total == pytest.approx(150)
    assert kinds.shares == pytest.approx((0, 0.2, 0.8), abs=1e-9)
    assert [(c.birthplace, round(c.persons, 6)) for c in carriers(found, "B", "A")] == [
        ("B", 25),
        ("C", 10),
    ]
    with pytest.raises(EstimateError, match="A to A is no corridor"):
        carriers(found, "A", "A")


def test_a_corridor_of_which_no_sex_is_known_takes_the_mean_of_its_two_places() -> None:
    """Those born in A leave home for C, where nobody counts them: neither end tells their sex.

    Of the others 0.2, 0.4 and 0.6 are women in A at the start, 0.9 in C at the end: (0.4 + 0.9) / 2.
    """
    women_start, women_end, end = START * 0.5, END * 0.5, END.copy()
    women_start[1:, 0] = START[1:, 0] * np.array([0.2, 0.4, 0.6])
    women_end[1, 2] = END[1, 2] * 0.9
    women_end[0, 2] = end[0, 2] = 0.0
    women = Stocks(PLACES, PLACES, women_start, women_end)
    men = Stocks(PLACES, PLACES, START - women_start, end - women_end)
    both = estimate(stocks(), "minimum-closed")
    assert by_sex(both, women, men)["F"].flow[0, 2] == pytest.approx(50 * 0.65)
    nobody = Stocks(PLACES, PLACES, np.zeros((4, 4)), np.zeros((4, 4)))
    np.testing.assert_allclose(by_sex(both, nobody, nobody)["F"].flow, both.flow / 2)


def test_a_band_is_the_weighted_total_and_its_factors_by_size() -> None:
    """0.9 x 50 + 0.1 x 150 is 60, small; 0.9 x 1,000 + 0.1 x 2,000 is 1,100, large."""
    small, large = Half(0.5, 2.0, 8, 10), Half(0.8, 1.25, 8, 10)
    band = Calibration("arrivals", 0.9, 1.0, 100.0, small, large, 3, 20)
    least, most = np.array([50.0, 1000.0]), np.array([150.0, 2000.0])
    value, low, high = band.interval(least, most)
    assert value.tolist() == pytest.approx([60, 1100])
    assert low.tolist() == pytest.approx([30, 880])
    assert high.tolist() == pytest.approx([120, 1375])
    factors = band.factors(np.array([99.0, 100.0]))
    assert [f.tolist() for f in factors] == [[0.5, 0.8], [2.0, 1.25]]


def counted(periods: int, countries: int = 20, measured: float = 1e4) -> list[Counted]:
    return [
        Counted(f"S{k}", str(p), measured * (1 + (k + p) % 3), 9e3 + k, 4e4 + p)
        for k in range(countries)
        for p in range(periods)
    ]


def test_a_total_of_nobody_and_too_few_countries_are_refused() -> None:
    with pytest.raises(EstimateError, match="arrivals: a total is not positive"):
        calibrate("arrivals", [*counted(1), Counted("S99", "0", 0.0, 1.0, 2.0)])
    alike = [Counted(c.area, c.period, c.measured, 9e3, 4e4) for c in counted(1)]
    with pytest.raises(EstimateError, match="are alike: none is smaller than their median"):
        calibrate("arrivals", alike)
    with pytest.raises(EstimateError, match="20 measured totals of 2 countries"):
        calibrate("arrivals", counted(10, 2))
    with pytest.raises(EstimateError, match="19 measured totals of 19 countries"):
        calibrate("arrivals", counted(1, 19))
    assert calibrate("arrivals", counted(1)).again is None  # no country has measured twice
    assert calibrate("arrivals", counted(2)).again is not None


SQUARE = np.array([[10.0, 1, 2], [3, 10, 4], [5, 6, 10]])
ABC = ("A", "B", "C")


@pytest.mark.parametrize(
    ("other", "leave_out", "said"),
    [
        (
            ("A", "B", "X"),
            (),
            r"rows at the start: 'C' would .*: another list lacks the label(\n|$)",
        ),
        (("A", "B", "c "), (), "'c ' is spelled otherwise there"),
        (("A", "B", "X"), ("C",), "rows at the end: 'X' would leave|columns at the end: 'X' would"),
        (ABC, ("Y",), "--leave-out 'Y': no list has such a label"),
        (ABC, ("A",), "--leave-out 'A': every list has it, so it stays"),
    ],
)
def test_a_label_leaves_a_run_only_by_its_name(
    other: tuple[str, ...], leave_out: tuple[str, ...], said: str
) -> None:
    with pytest.raises(EstimateError, match=said):
        common((ABC, ABC, SQUARE), (other, other, SQUARE), leave_out=leave_out)


def test_net_migration_far_above_the_flows_of_before_is_met() -> None:
    """Of the flows a and b one less the other is a million and their product 1e-6, as before."""
    found = net_update(np.array([[0.0, 1e-3], [1e-3, 0.0]]), np.array([1e6, -1e6]))
    assert found.table[1, 0] == pytest.approx(1e6)
    assert found.table[0, 1] == pytest.approx(1e-12)


def test_a_label_that_was_named_leaves_with_its_people() -> None:
    """17 live in C at the start, 3 of those born there elsewhere; X is new at the end."""
    found = common(
        (ABC, ABC, SQUARE), (("A", "B", "X"), ("A", "B", "X"), SQUARE), leave_out=("C", "X")
    )
    assert found.places == ("A", "B")
    np.testing.assert_array_equal(found.start, SQUARE[:2, :2])
    assert [(a.place, a.persons) for a in found.left_out if "at the start" in a.why] == [
        ("C", 16),
        ("C", 11),
    ]
    with pytest.raises(EstimateError, match="no place in common"):
        common((ABC, ABC, SQUARE), (("X", "Y", "Z"), ("X", "Y", "Z"), SQUARE))


def test_places_that_exchange_few_people_are_fitted_in_few_sweeps() -> None:
    """A fit keeps the odds ratio, here 1e12: scaling in turn is 395 persons off after 2,000 sweeps."""
    prior = np.array([[1e6, 1.0], [1.0, 1e6]])
    rows, columns = np.array([1_000_500.0, 999_500.0]), np.array([1_000_100.0, 999_900.0])
    found = fit(prior, rows, columns)
    assert found.sweeps <= 100
    (a, b), (c, d) = found.table
    assert a * d / (b * c) == pytest.approx(1e12, rel=1e-6)
    assert (a + b, a + c, b + d) == pytest.approx((1_000_500, 1_000_100, 999_900))
    with pytest.raises(NotConverged, match="the margins differ"):
        fit(prior, rows, columns * 1.0001)
