"""What the malaria model starts from: WHO's estimates of 2015, UN DESA's stocks, three flow estimates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sojourn.errors import SimulateError
from sojourn.flows.inputs.tables import read_inputs
from sojourn.health.inputs.series import newest_of
from sojourn.health.inputs.tb import PERIODS, world_of_each
from sojourn.health.malaria.fit import Estimated
from sojourn.health.malaria.run import MalariaWorld
from sojourn.health.targets.tracking import Series
from sojourn.health.tb.fit import World
from sojourn.processes import one_thread
from sojourn.store.observations import Store

YEAR = 2015


@dataclass(frozen=True)
class MalariaInputs:
    """The malarious world, where it is from, and the countries that are left empty.

    Attributes
    ----------
    malarious : MalariaWorld
    editions : mapping of role to edition
    empty : mapping of area id to the reason
    share : float
        Share of all migrants with known origin and residence who live in modelled corridors: those
        between two malarious countries.
    """

    malarious: MalariaWorld
    editions: Mapping[str, str]
    empty: Mapping[str, str]
    share: float

    @property
    def world(self) -> World:
        """Return sizes and moves."""
        return self.malarious.world


#: What is read of WHO: a name, and its indicator.
READ = {"cases": "malaria_cases", "deaths": "malaria_deaths", "people": "population_who"}


@one_thread(always=True)
def malaria_inputs(store: Store, *, as_of: date | None = None) -> MalariaInputs:
    """Read the inputs of the malaria model.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        A file that the model needs is not loaded; the message names which.
    """
    before, after = (read_inputs(store, p, as_of=as_of) for p in PERIODS)
    who = newest_of(store, READ, as_of)
    places = after.stocks.places
    estimated, empty = _estimated(places, who)
    known = [i for i, a in enumerate(places) if a not in empty]
    if len(known) < 2:
        raise SimulateError(
            "fewer than two countries have WHO's malaria cases of 2015 and UN DESA's stocks",
            hint="load WHO's malaria and burden files, the stock by origin and the population tables",
        )
    world, share, inflow = world_of_each(before, after, known)
    picked = Estimated(*(getattr(estimated, f)[known] for f in Estimated.__dataclass_fields__))
    editions = {**after.editions, **{f"WHO {k}": s.edition for k, s in who.items()}}
    return MalariaInputs(MalariaWorld(world, inflow, picked), editions, empty, share)


def _estimated(
    places: tuple[str, ...], who: Mapping[str, Series]
) -> tuple[Estimated, dict[str, str]]:
    """Return WHO's estimates per person, and the places without malaria or without an estimate."""
    found = {
        f"{name} {what}": np.array([_at(series, a, what) for a in places])
        for name, series in who.items()
        for what in ("values", "lower", "upper")
    }
    cases, people, deaths = (found[f"{k} values"] for k in ("cases", "people", "deaths"))
    empty = {}
    for i, area in enumerate(places):
        lacks = [
            said
            for said, value in (
                ("cases", cases[i]),
                ("deaths", deaths[i]),
                ("population", people[i]),
            )
            if not np.isfinite(value)
        ]
        if lacks:
            empty[area] = f"WHO's files give no malaria {', '.join(lacks)} of {YEAR}"
        elif cases[i] <= 0:
            empty[area] = (
                f"WHO estimates no case of malaria in {YEAR}: re-establishment is not judged"
            )
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(np.isfinite(found["cases lower"]), found["cases lower"], cases)
        high = np.where(np.isfinite(found["cases upper"]), found["cases upper"], cases)
        estimated = Estimated(cases / people, low / people, high / people, deaths / cases)
    return estimated, empty


def _at(series: Series, area: str, what: str) -> float:
    if area not in series.areas or YEAR not in series.years:
        return float("nan")
    row, column = series.areas.index(area), series.years.index(YEAR)
    return float(getattr(series, what)[row, column])
