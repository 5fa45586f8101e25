"""Malaria by the mean number of infections a person carries, with biting that differs among people.

Infections come and clear independently, so that the mean follows a linear equation; the share who
carry any follows from gamma-distributed biting. Source: Smith 2005 (the curve of exposure and
prevalence). Where R is below one the branching process of ``branching`` is used instead, and R is
never read off a prevalence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.errors import SimulateError
from sojourn.health.engine.scenario import Scenario

Floats = npt.NDArray[np.float64]
WEEKS = 52
YEARS = 20  # 2015 to 2035


def prevalence(m: Floats, variance: Floats) -> Floats:
    """Return the share of people with any infection, 1 − (1 + a m)^(−1/a); 1 − exp(−m) for a = 0."""
    a = np.maximum(variance, 1e-9)
    return np.asarray(-np.expm1(-np.log1p(a * m) / a))


def burden(share: Floats, variance: Floats) -> Floats:
    """Return the mean number of infections behind a prevalence, ((1 − PR)^−a − 1)/a."""
    if np.any((share < 0) | (share >= 1)):
        raise SimulateError(f"prevalence {np.max(share)}", hint="a share from 0 to below 1")
    a = np.maximum(variance, 1e-9)
    return np.asarray(np.expm1(-a * np.log1p(-share)) / a)


def infectivity(m: Floats, variance: Floats) -> Floats:
    """Return bite-weighted infectivity relative to one infectious bite, 1 − (1 + a m)^−(1 + 1/a)."""
    a = np.maximum(variance, 1e-9)
    return np.asarray(-np.expm1(-(1.0 + 1.0 / a) * np.log1p(a * m)))


def reproduction(share: Floats, variance: Floats) -> Floats:
    """Return R of an endemic prevalence, (1 + a) m / [1 − (1 + a m)^−(1 + 1/a)]."""
    m = burden(share, variance)
    return np.asarray((1.0 + variance) * m / infectivity(m, variance))


def from_exposure(bites: Floats, variance: Floats, per_bite: float = 0.45) -> Floats:
    """Return the prevalence of an annual number of infectious bites.

    Parameters
    ----------
    per_bite : float
        Years of infection that one infectious bite leads to, b/r (Smith 2005).
    """
    return prevalence(per_bite * bites, variance)


def left_out(
    r0: Floats, mobile: Floats, cover: Floats, biting: Floats | float = 1.0
) -> tuple[Floats, Floats, Floats]:
    """Return R when mobile people are included, when they are left out, and its floor.

    Parameters
    ----------
    r0 : ndarray
        Without any programme.
    mobile : ndarray
        Share of the people who are mobile.
    cover : ndarray
        Effective cover of a programme: reach times efficacy.
    biting : ndarray or float
        Bites on mobile people, relative to residents.
    """
    share = mobile * biting**2 / ((1.0 - mobile) + mobile * biting**2)
    return r0 * (1.0 - cover), r0 * ((1.0 - share) * (1.0 - cover) + share), r0 * share


LEAST_INCIDENCE = 1e-3  # cases per person and year; below it few cases say nothing of R this way


def from_incidence(incidence: float, drawn: Mapping[str, Floats]) -> Floats:
    """Return R of a place where malaria is endemic from its clinical incidence, shape (D,).

    Infections a year are cases over the share that is clinical; their mean number carried follows
    from how long they last, and R from the prevalence that this means.

    Parameters
    ----------
    incidence : float
        Clinical cases per person and year.

    Raises
    ------
    SimulateError
        The incidence is too low: where R may be below one it is never read off a prevalence.
    """
    if not np.isfinite(incidence) or incidence < LEAST_INCIDENCE:
        raise SimulateError(
            f"{1000 * incidence:.3g} cases per 1,000 people and year",
            hint="R is read off an incidence of 1 per 1,000 or more only; give --r0 of your own",
        )
    f = drawn["treated_share"]
    days = (1.0 - f) * drawn["untreated_days"] + f * drawn["treated_days"]
    carried = incidence / drawn["clinical_share"] * days / 365.0
    a = drawn["biting_variance"]
    share = np.minimum(prevalence(carried, a), 0.95)
    return reproduction(share, a)


@dataclass(frozen=True)
class Place:
    """A place of which a programme is asked: assumptions of the person who asks, and a share.

    Attributes
    ----------
    r0 : float or ndarray, shape (D,)
        Reproduction number before any scale-up: the asker's assumption, or read off the incidence
        draw by draw (``from_incidence``).
    mobile : float
        Share of the people present who are mobile or migrant.
    imports : float
        Infections acquired elsewhere, a year per million people.
    """

    r0: float | Floats
    mobile: float
    imports: float = 0.0

    def __post_init__(self) -> None:
        r0 = np.asarray(self.r0)
        if not (
            np.all(r0 > 0)
            and np.all(np.isfinite(r0))
            and 0.0 < self.mobile < 1.0
            and self.imports >= 0
        ):
            raise SimulateError(
                f"R0 {self.r0}, mobile share {self.mobile}, imports {self.imports}",
                hint="R0 above 0, a share between 0 and 1, imports of 0 or more",
            )


@dataclass(frozen=True)
class Outcome:
    """One programme in one place, for every draw.

    Attributes
    ----------
    r : ndarray, shape (D,)
        Reproduction number at full scale.
    prevalence : ndarray, shape (D, years, 2)
        At the end of each year, residents and mobile people.
    infections : ndarray, shape (D, years, 2)
        New infections per person of the group and year.
    """

    r: Floats
    prevalence: Floats
    infections: Floats


#: Parameters that this model of one place does not use.
NETWORK_ONLY = (
    "immunity_half",
    "mixing",
    "selection",
    "visits",
    "visit_nights",
    "community_effect",
    "treated_fatality",
)


def simulate(
    place: Place,
    drawn: Mapping[str, Floats],
    programmes: Sequence[Scenario],
    *,
    years: int = YEARS,
) -> dict[str, Outcome]:
    """Run every programme on the same draws.

    Transmission is set so that R without a scale-up is the place's, and stays fixed.
    """
    return {p.id: _run(place, drawn, p, years) for p in programmes}


def covers(
    programme: Scenario, place: Place, drawn: Mapping[str, Floats], year: float
) -> tuple[Floats, Floats]:
    """Return the cover of residents and of mobile people, shape (D,)."""
    draws = len(drawn["protection"])
    scale = programme.cover * programme.scale(year)
    resident = np.full(draws, scale)
    if programme.same_commodities:
        resident *= 1.0 - place.mobile
    inclusion = drawn["current_inclusion"] if programme.inclusion < 0 else programme.inclusion
    return resident, resident * inclusion


@dataclass(frozen=True)
class _Groups:
    """Residents and mobile people of a place before any scale-up.

    Attributes
    ----------
    variance, treated, untreated, vector : ndarray, shape (D,)
        Variance of biting, years of a treated and of an untreated infection, mosquitoes.
    bites, share, f : ndarray, shape (D, 2)
        Bites on each group, its share of all bites, share of its infections that are treated.
    people : ndarray, shape (2,)
    """

    variance: Floats
    treated: Floats
    untreated: Floats
    vector: Floats
    bites: Floats
    share: Floats
    f: Floats
    people: Floats

    @classmethod
    def of(cls, place: Place, drawn: Mapping[str, Floats]) -> "_Groups":
        """Return the groups: R0 = V (1 + a) sum over groups of people x bites^2 x duration."""
        a = drawn["biting_variance"]
        untreated, treated = drawn["untreated_days"] / 365.0, drawn["treated_days"] / 365.0
        bites = np.stack([np.ones_like(a), drawn["mobile_biting"]], axis=1)
        people = np.array([1.0 - place.mobile, place.mobile])
        bites = bites / (bites * people).sum(axis=1, keepdims=True)
        f = drawn["treated_share"][:, None] * np.ones(2)
        days = _days(f, treated, untreated)
        vector = place.r0 / ((1.0 + a) * (people * bites**2 * days).sum(axis=1))
        return cls(a, treated, untreated, np.asarray(vector), bites, people * bites, f, people)

    def r(self, guarded: Floats, cured: Floats) -> Floats:
        """Return R where a share of bites is let through and a share of infections is treated."""
        days = _days(cured, self.treated, self.untreated)
        spread = (self.people * self.bites**2 * guarded * days).sum(axis=1)
        return np.asarray(self.vector * (1.0 + self.variance) * spread)


def _run(place: Place, drawn: Mapping[str, Floats], programme: Scenario, years: int) -> Outcome:
    g, dt = _Groups.of(place, drawn), 1.0 / WEEKS
    a = g.variance
    missed = 1.0 - programme.pre_entry * drawn["screening_sensitivity"]
    brought = place.imports / 1e6 * missed / place.mobile
    source = np.stack([np.zeros_like(a), brought], axis=1)
    m = _endemic(a, g.vector, g.bites, g.people, g.f, (g.treated, g.untreated), place.r0)
    found = np.zeros((2, len(a), years, 2))
    lasts = np.stack([g.untreated, g.treated], axis=1)[:, None, :]
    left = np.exp(-dt / lasts)
    for y in range(years):
        cover = np.stack(covers(programme, place, drawn, programme.start + y + 0.5), axis=1)
        support = programme.source_support * cover.max(axis=1, keepdims=True)
        source_now = source * (1.0 - support)
        reached, cured = _reached(g, drawn, cover)
        for _ in range(WEEKS):
            kappa = (g.share * infectivity(m.sum(axis=2), a[:, None])).sum(axis=1)
            pressure = g.vector * kappa / (1.0 + drawn["mosquito_survival"] * kappa)
            hazard = g.bites * reached * pressure[:, None] + source_now
            new = np.stack([(1.0 - cured) * hazard, cured * hazard], axis=2)
            m = m * left + new * lasts * (1.0 - left)  # exact while the hazard holds
            found[1][:, y] += dt * hazard
        found[0][:, y] = prevalence(m.sum(axis=2), a[:, None])
    cover = np.stack(covers(programme, place, drawn, np.inf), axis=1)  # complete, at once or not
    return Outcome(g.r(*_reached(g, drawn, cover)), found[0], found[1])


def _reached(g: _Groups, drawn: Mapping[str, Floats], cover: Floats) -> tuple[Floats, Floats]:
    """Return the share of bites that is let through, and of infections that are treated, (D, 2)."""
    cured = g.f + (1.0 - g.f) * drawn["treatment_gain"][:, None] * cover
    return 1.0 - drawn["protection"][:, None] * cover, cured


def _days(f: Floats, treated: Floats, untreated: Floats) -> Floats:
    return np.asarray((1.0 - f) * untreated[:, None] + f * treated[:, None])


def _endemic(
    a: Floats,
    vector: Floats,
    bites: Floats,
    people: Floats,
    f: Floats,
    times: tuple[Floats, Floats],
    r0: float | Floats,
) -> Floats:
    """Return the state from which programmes start, shape (D, 2, 2): untreated, treated infections."""
    treated, untreated = times
    days = _days(f, treated, untreated)
    pressure = np.where(np.asarray(r0) <= 1.0, 1e-3, 1.0) * np.ones_like(a)
    for _ in range(400):
        m = bites * pressure[:, None] * days
        kappa = (people * bites * infectivity(m, a[:, None])).sum(axis=1)
        pressure = vector * kappa
    hazard = bites * pressure[:, None]
    return np.stack(
        [(1.0 - f) * hazard * untreated[:, None], f * hazard * treated[:, None]], axis=2
    )
