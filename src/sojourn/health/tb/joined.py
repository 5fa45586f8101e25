"""Migrants join their hosts for the ten years before 2015; selection is fitted to who was notified.

Selection is the infection of movers relative to the people they leave. Where WHO prints how many of
the notified were born abroad, it is found so that migrants' cases, onsets and disease present on
arrival, are that share of WHO's; elsewhere it is drawn from the law of the countries that do print it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sojourn.health.engine.estimates import deviates
from sojourn.health.engine.parameters import constants
from sojourn.health.tb.fit import (
    BASE,
    TOLERANCE,
    Observed,
    RunIn,
    World,
    by_host,
    first_path,
    run_in,
    treatment,
    with_fatality,
)
from sojourn.health.tb.model import (
    INFECTED,
    A,
    F,
    Floats,
    L,
    M,
    Map,
    R,
    Rates,
    Reach,
    S,
    X,
    Year,
    constants_of,
    run_year,
)
from sojourn.health.tb.moves import Sieve, move
from sojourn.health.tb.weights import log_weights

Bools = npt.NDArray[np.bool_]
SPIN_UP = 10  # years in which migrants come to live with their hosts before 2015
FIRST_ROUNDS, ROUNDS = 2, 5
MEASURED = 2  # last years of the spin-up in which migrants' cases are counted
IDENTIFIED = (0.1, 3.0)  # selection beyond says that stock and notifications do not fit together
BOUNDS = (0.005, 50.0)
FEWEST = 10  # countries behind a law of selection
DEATHS_OFF = 0.10
LAST_SCALING = (0.3, 3.0)
NONE = Sieve(np.zeros(1), np.zeros(1))


@dataclass(frozen=True)
class Chances:
    """What is drawn for each draw beside the parameters.

    Attributes
    ----------
    selection : ndarray, shape (D, n)
        Normal deviates of selection where nothing is notified.
    share : ndarray, shape (D, n)
        Share of cases born abroad, drawn around what was notified; NaN where nothing is.
    inflow : ndarray, shape (D, K)
        Arrivals a year.
    """

    selection: Floats
    share: Floats
    inflow: Floats


def chances(
    observed: Observed, world: World, seed: int, chosen: Sequence[int], methods: np.ndarray
) -> Chances:
    """Draw selection, notified shares and flows; a draw is the same whichever others are asked for."""
    n = world.where.n
    foreign, other = observed.notified
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.log(foreign / np.maximum(other, 0.5))
        spread = np.sqrt(
            constants("tb")["share_spread"].value ** 2
            + 1.0 / foreign
            + 1.0 / np.maximum(other, 0.5)
        )
    logit = middle + spread * deviates(seed, "foreign-born share", chosen, n)
    flows = np.stack([world.inflow]) if world.flows is None else world.flows
    inflow = flows[np.zeros(len(methods), dtype=int) if world.flows is None else methods]
    share = np.asarray(1.0 / (1.0 + np.exp(-logit)))
    return Chances(deviates(seed, "selection", chosen, n), share, inflow)


@dataclass(frozen=True)
class Fitted:
    """The world at the beginning of 2015, for every draw.

    Attributes
    ----------
    state : ndarray, shape (7, D, n + K)
    contact : ndarray, shape (D, n)
        Transmission a year in 2015.
    slope : ndarray, shape (D, n)
        How transmission goes on, a year of a trend that fades; zero where it is frozen.
    selection : ndarray, shape (D, n)
        Infection of movers to each country, relative to the people they leave.
    inflow : ndarray, shape (D, K)
    factor : ndarray, shape (D, n)
        Fatality over what is published, so that WHO's deaths are met with WHO's coverage.
    share : ndarray, shape (D, n)
        Migrants' share of the cases at the beginning of 2015, disease present on arrival with them.
    met, deaths_met : ndarray of bool, shape (D, n)
        Whether incidence of both periods and of 2015 is met within 5 per cent; deaths within 10, or half
        a death a year.
    bound : ndarray of bool, shape (D, n)
        Whether the slope stands at its bound.
    weight : ndarray, shape (D, n)
        Logarithm of how well a draw tells a country's past; for what is learnt of parameters alone.
    """

    state: Floats
    rates: Rates
    contact: Floats
    slope: Floats
    selection: Floats
    inflow: Floats
    factor: Floats
    share: Floats
    met: Bools
    deaths_met: Bools
    bound: Bools
    weight: Floats


def fit(
    rates: Rates, observed: Observed, world: World, drawn: Chances, access: Floats, before: Floats
) -> Fitted:
    """Fit every country for every draw and let migrants join their hosts.

    Parameters
    ----------
    rates : Rates
        Of D draws; treatment is filled in here.
    access : ndarray, shape (D,)
        Speed of diagnosis among migrants, relative to residents.
    before : ndarray, shape (D,)
        Slope a year of the force of infection before WHO's series.
    """
    published = rates
    rates = treatment(rates, observed)
    migrants = np.minimum(world.migrants / world.people, 0.95)
    known = np.isfinite(drawn.share)
    # where nothing is notified: cases as people, until the first pass tells their share; a cap on this
    # guess at 0.3, 0.6 or 0.8 moved no country's share of cases by a hundredth
    guess = np.where(known, drawn.share, migrants)
    of_home = (1.0 - guess) / (1.0 - migrants)
    path = first_path(rates, observed.early * of_home, observed.late * of_home, observed, before)
    at = BASE - SPIN_UP
    begun = run_in(rates, (observed.early * of_home, observed.late * of_home), observed, path, at)
    joined = _Joined.of(rates, observed, world, drawn, access)
    joined.settle(begun, FIRST_ROUNDS)
    if not known.all():  # those without a share take that of the first pass
        share = np.clip(joined.abroad / np.maximum(observed.late * world.people, 1e-300), 0.0, 0.9)
        of_home = np.where(known, of_home, (1.0 - share) / (1.0 - migrants))
        aims = (observed.early * of_home, observed.late * of_home)
        begun = run_in(rates, aims, observed, begun.path, at, 4)
    state = joined.settle(begun, ROUNDS)
    return joined.finished(state, begun, published)


@dataclass
class _Joined:
    """The ten years, run again and again until selection and force fit; what is being found."""

    rates: Rates
    observed: Observed
    world: World
    drawn: Chances
    reach: Reach
    selection: Floats
    force: Floats
    abroad: Floats
    home: Floats
    past: list[Floats]

    @classmethod
    def of(
        cls, rates: Rates, observed: Observed, world: World, drawn: Chances, access: Floats
    ) -> "_Joined":
        """Return the start: selection at the middle of its law, the force as it was found."""
        draws, where = len(rates.relapse), world.where
        faster = np.ones((draws, where.n + len(where.origin)))
        faster[:, where.n :] = access[:, None]
        law = constants("tb")
        middle, spread = (law[f"selection_{k}"].value for k in ("middle", "sd"))
        selection = np.exp(np.log(middle) + spread * drawn.selection)
        selection = np.where(np.isfinite(drawn.share), middle, selection)
        none = np.zeros((draws, where.n))
        reach = Reach(faster, np.zeros_like(faster))
        return cls(
            rates,
            observed,
            world,
            drawn,
            reach,
            selection,
            np.ones_like(none),
            none,
            none.copy(),
            [],
        )

    @property
    def residents(self) -> Floats:
        """People born in each country, shape (n,)."""
        people = self.world.people
        return np.maximum(people - self.world.migrants, 0.02 * people)

    def settle(self, begun: RunIn, rounds: int) -> Floats:
        """Run the ten years, round after round; return the state of 2015."""
        state = self._ten_years(begun)
        for _ in range(rounds - 1):
            self._adjust()
            state = self._ten_years(begun)
        return state

    def _ten_years(self, begun: RunIn) -> Floats:
        world, where, n = self.world, self.world.where, self.world.where.n
        sizes = np.concatenate([self.residents, world.stock[0]])
        chosen = self.selection[:, where.destination]
        state = np.concatenate([begun.state, begun.state[:, :, where.origin]], axis=2)
        scale_infected(state[:, :, n:], chosen)
        resize(state, sizes)
        lost = world.deaths[where.destination] * world.stock[0]
        coming = self.drawn.inflow
        moves = replace(
            world.moves(0, coming),
            arrivals=np.maximum(coming, lost),
            returns=np.maximum(coming - lost, 0.0),
        )
        self.abroad, self.home = (np.zeros_like(self.abroad) for _ in range(2))
        self.past = []
        fixed = constants_of(self.rates, where, self.reach)
        for year in range(BASE - SPIN_UP, BASE):
            force = begun.path.force(year + 0.5) * self.force
            done = run_year(state, where, self.rates, force, prescribed=True, fixed=fixed)
            moved = move(state, where, moves, chosen, NONE)
            self.past.append(self._told(done, moved.arrived))
            resize(state, sizes)
            if year >= BASE - MEASURED:
                self.home += done.cases[:, :n] / MEASURED
                self.abroad += by_host(where, done.cases[:, n:] + moved.arrived) / MEASURED
        return state

    def _told(self, done: Year, arrived: Floats) -> Floats:
        """Return cases and deaths per person of a year, shape (2, D, n)."""
        where = self.world.where
        cases = where.by_country(done.cases) + by_host(where, arrived)
        return np.stack([cases, where.by_country(done.deaths)]) / self.world.people

    def _adjust(self) -> None:
        """Change selection by destination, and the force on those born there, toward what is notified."""
        wanted = self.observed.late * self.world.people
        known = np.isfinite(self.drawn.share)
        share = np.where(known, self.drawn.share, 0.0)
        off = np.clip(share * wanted / np.maximum(self.abroad, 1e-300), 0.2, 5.0)
        fitted = np.clip(self.selection * np.where(known, off, 1.0), *BOUNDS)
        self.selection = np.where(known, fitted, self._drawn_selection(fitted, known))
        at_home = np.where(known, (1.0 - share) * wanted, wanted - self.abroad)
        at_home = np.maximum(at_home, 0.05 * wanted)
        self.force = np.clip(
            self.force * np.clip(at_home / np.maximum(self.home, 1e-300), 0.5, 2.0), 0.02, 20.0
        )

    def _drawn_selection(self, fitted: Floats, known: Bools) -> Floats:
        """Return selection where nothing is notified: the law of the other countries in this draw."""
        law = constants("tb")
        inside = known & (fitted > IDENTIFIED[0]) & (fitted < IDENTIFIED[1])
        out = np.empty_like(fitted)
        for d, here in enumerate(inside):
            logs = np.log(fitted[d, here])
            if len(logs) >= FEWEST:
                middle, spread = float(np.median(logs)), float(np.std(logs))
            else:
                middle, spread = np.log(law["selection_middle"].value), law["selection_sd"].value
            out[d] = np.exp(middle + spread * self.drawn.selection[d])
        return np.clip(out, *BOUNDS)

    def finished(self, state: Floats, begun: RunIn, published: Rates) -> Fitted:
        """Meet WHO's level of 2015, and its deaths; return what the programmes start from."""
        where, n, people = self.world.where, self.world.where.n, self.world.people
        wanted = self.observed.level * people
        arriving, home = self._to_level(state, wanted)
        made = by_host(where, incidence(state, self.rates)[:, n:] + arriving)
        total = made + incidence(state, self.rates)[:, :n]
        met = begun.met & (abs(total / wanted - 1.0) < TOLERANCE)
        sick = where.by_country(state[A]) / where.by_country(state.sum(axis=0))
        own = state[A][:, :n] / state.sum(axis=0)[:, :n]
        theta = self.rates.mixing[:, None]
        force = begun.path.force(float(BASE)) * self.force * home
        contact = force / np.maximum(theta * sick + (1.0 - theta) * own, 1e-300)
        rates, factor, deaths_met = self._fatal(state, published, self.observed.fatality * total)
        share = np.divide(made, total, out=np.zeros_like(total), where=total > 0)
        zero = np.zeros_like(contact)
        return Fitted(
            state,
            rates,
            contact,
            zero,
            self.selection,
            self.drawn.inflow,
            factor,
            share,
            met,
            deaths_met,
            zero > 1.0,
            log_weights(
                np.stack(self.past, axis=1),
                self.observed.annual,
                factor,
                self.selection,
                np.isfinite(self.drawn.share),
            ),
        )

    def _to_level(self, state: Floats, wanted: Floats) -> tuple[Floats, Floats]:
        """Scale what leads to disease to WHO's cases of 2015, in place: born abroad first, then at home.

        Returns
        -------
        (ndarray, shape (D, K), ndarray, shape (D, n))
            Who arrives with disease, and by how much those born there were scaled.
        """
        where, n = self.world.where, self.world.where.n
        ill = incidence(state, self.rates)
        moved = self.world.moves(0, self.drawn.inflow)
        chosen = self.selection[:, where.destination]
        arriving = move(state.copy(), where, moved, chosen, NONE).arrived
        abroad = by_host(where, ill[:, n:] + arriving)
        known = np.isfinite(self.drawn.share)
        away = np.where(known, self.drawn.share * wanted / np.maximum(abroad, 1e-300), 1.0)
        away = np.clip(away, *LAST_SCALING)
        self.selection = self.selection * away
        scale_infected(state[:, :, n:], away[:, where.destination])
        arriving = arriving * away[:, where.destination]
        abroad = by_host(where, incidence(state, self.rates)[:, n:] + arriving)
        home = (wanted - abroad) / np.maximum(ill[:, :n], 1e-300)
        home = np.clip(home, *LAST_SCALING)
        scale_infected(state[:, :, :n], home)
        return arriving, home

    def _fatal(
        self, state: Floats, published: Rates, wanted: Floats
    ) -> tuple[Rates, Floats, Bools]:
        """Set one factor on published fatality, untreated and treated, so that deaths are WHO's."""
        where, treated = self.world.where, self.rates.treated
        untreated = published.untreated_death * where.by_country(state[A])
        given = where.by_country(state[A] * self.reach.faster * treated[:, where.country])
        fatal = constants("tb")["treated_fatality"].value
        factor = wanted / np.maximum(untreated + fatal * given, 1e-300)
        rates = with_fatality(replace(published, treated=treated), factor)
        alone = rates.untreated_death * where.by_country(state[A]) + rates.fatality * given
        off = np.abs(alone - wanted)
        return rates, factor, off <= np.maximum(DEATHS_OFF * wanted, 0.5)


def resize(state: Floats, people: Floats) -> None:
    """Bring every cell to its size, in place; what share of it is in which state stays."""
    total = state.sum(axis=0)
    state *= np.divide(people, total, out=np.zeros_like(total), where=total > 0)


def incidence(state: Floats, rates: Rates) -> Floats:
    """Return cases a year of every cell, shape (D, n + K)."""
    lat = rates.latency
    k1, k2, late, rel = (v[:, None] for v in (lat.k1, lat.k2, lat.late, rates.relapse))
    return np.asarray(k1 * state[F] + k2 * state[M] + late * state[L] + rel * state[R])


def scale_infected(state: Floats, factor: Floats) -> None:
    """Multiply what leads to disease, and take the difference from the never infected and cleared."""
    before = state[list(INFECTED)].sum(axis=0)
    free = state[S] + state[X]
    factor = np.minimum(factor, 1.0 + 0.98 * free / np.maximum(before, 1e-300))
    for i in INFECTED:
        state[i] *= factor
    change = before * (factor - 1.0)
    share = np.divide(free - change, free, out=np.ones_like(free), where=free > 0)
    state[S] *= share
    state[X] *= share


__all__ = ["Chances", "Fitted", "Map", "chances", "fit", "incidence", "resize", "scale_infected"]
