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
        Infections brought in a year per million people.
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
    "screening_sensitivity",
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


def _run(place: Place, drawn: Mapping[str, Floats], programme: Scenario, years: int) -> Outcome:
    a, dt = drawn["biting_variance"], 1.0 / WEEKS
    untreated, treated = drawn["untreated_days"] / 365.0, drawn["treated_days"] / 365.0
    bites = np.stack([np.ones_like(a), drawn["mobile_biting"]], axis=1)
    people = np.array([1.0 - place.mobile, place.mobile])
    mean = (bites * people).sum(axis=1, keepdims=True)
    bites = bites / mean
    f = drawn["treated_share"][:, None] * np.ones(2)
    share = people * bites
    days = _days(f, treated, untreated)
    # Without a scale-up: R0 = V (1 + a) sum over groups of people x bites^2 x duration.
    vector = place.r0 / ((1.0 + a) * (people * bites**2 * days).sum(axis=1))
    imported = place.imports / 1e6 * (1.0 - programme.pre_entry)
    source = np.stack([np.zeros_like(a), np.full_like(a, imported / place.mobile)], axis=1)
    m = _endemic(a, vector, bites, people, f, (treated, untreated), place.r0)
    found = np.zeros((2, len(a), years, 2))
    reached = np.zeros_like(bites)
    lasts = np.stack([untreated, treated], axis=1)[:, None, :]
    left = np.exp(-dt / lasts)
    for y in range(years):
        cover = np.stack(covers(programme, place, drawn, programme.start + y + 0.5), axis=1)
        if programme.source_support:
            source_now = source * (
                1.0 - programme.source_support * cover.max(axis=1, keepdims=True)
            )
        else:
            source_now = source
        reached = 1.0 - drawn["protection"][:, None] * cover
        cured = f + (1.0 - f) * drawn["treatment_gain"][:, None] * cover
        for _ in range(WEEKS):
            kappa = (share * infectivity(m.sum(axis=2), a[:, None])).sum(axis=1)
            pressure = vector * kappa / (1.0 + drawn["mosquito_survival"] * kappa)
            hazard = bites * reached * pressure[:, None] + source_now
            new = np.stack([(1.0 - cured) * hazard, cured * hazard], axis=2)
            m = m * left + new * lasts * (1.0 - left)  # exact while the hazard holds
            found[1][:, y] += dt * hazard
        found[0][:, y] = prevalence(m.sum(axis=2), a[:, None])
    cover = np.stack(covers(programme, place, drawn, float(programme.full)), axis=1)
    cured = f + (1.0 - f) * drawn["treatment_gain"][:, None] * cover
    guarded = 1.0 - drawn["protection"][:, None] * cover
    r = (
        vector
        * (1.0 + a)
        * (people * bites**2 * guarded * _days(cured, treated, untreated)).sum(axis=1)
    )
    return Outcome(np.asarray(r), found[0], found[1])


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
