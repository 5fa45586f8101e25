"""Programmes compared: who a scale-up after 2015 reaches. The difference is reported, never a forecast."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.errors import SimulateError
from sojourn.terminal.typed import NotToml, read_toml, refuse_unknown

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One programme.

    Attributes
    ----------
    cover : float
        Cover of residents at full scale, 0 to 1.
    inclusion : float
        Share of that cover which migrants have; below zero: as drawn for today.
    by_status : bool
        Whether who is left out is so by status: a drawn share of people born abroad, not all of them
        (tuberculosis; in malaria mobile people are left out where they sleep).
    pre_entry : float
        Share of arrivals screened before they enter, 0 to 1.
    source_support : float
        Additional cover of residents in countries people leave from, as a share of ``cover``.
    same_commodities : bool
        Whether cover is lowered so that as much is used as when residents alone are covered.
    start, full : int
        Years in which the scale-up begins and is complete.
    """

    id: str
    title: str
    cover: float = 1.0
    inclusion: float = 1.0
    pre_entry: float = 0.0
    source_support: float = 0.0
    same_commodities: bool = False
    by_status: bool = False
    start: int = 2015
    full: int = 2025

    def scale(self, year: float) -> float:
        """Return how far the scale-up is, 0 to 1."""
        return float(np.clip((year - self.start) / max(self.full - self.start, 1e-9), 0.0, 1.0))


def read_scenarios(text: str, *, where: str) -> tuple[Scenario, ...]:
    """Read scenarios from TOML: one table a scenario.

    Raises
    ------
    SimulateError
        Not TOML, an unknown key, a share outside 0 to 1, or an end before its start.
    """
    content = scenario_tables(text, where=where)
    return tuple(_scenario(name, entry, where) for name, entry in content.items())


def scenario_tables(text: str, *, where: str) -> Mapping[str, Mapping[str, Any]]:
    """Read TOML that has one table a scenario, none of whose keys are looked at.

    Raises
    ------
    SimulateError
        Not TOML, no table, or something beside the tables.
    """
    try:
        content = read_toml(text)
    except NotToml as error:
        raise SimulateError(
            f"{where}: {error}", hint="one [table] a scenario; texts in quotes, a point in 0.8"
        ) from None
    if not content or not all(isinstance(e, Mapping) for e in content.values()):
        raise SimulateError(f"{where}: no scenario", hint="one [table] a scenario: [mine]")
    return content


def _scenario(name: str, entry: Mapping[str, object], where: str) -> Scenario:
    known = {f.name: f for f in fields(Scenario)}
    unknown = sorted(set(entry) - set(known) | ({"id"} & set(entry)))
    if unknown:
        keys = {k: v for k, v in known.items() if k != "id"}
        refuse_unknown(unknown[0], keys, where=f"{where}, [{name}]", error=SimulateError)
    values = {"title": name, **entry}
    for key, value in values.items():
        _refuse(key, value, f"{where}, [{name}]")
    found = Scenario(id=name, **values)  # type: ignore[arg-type] # each value was looked at above
    if not FIRST <= found.start <= LATEST or found.full > LATEST:
        raise SimulateError(
            f"{where}, [{name}]: from {found.start} to {found.full}",
            hint=f"years from {FIRST}, the baseline, to {LATEST}",
        )
    if found.full < found.start:
        raise SimulateError(
            f"{where}, [{name}]: complete in {found.full}, begun in {found.start}",
            hint="full = YEAR, the later one: everybody who is meant is covered from it on; "
            f"{known['full'].default} where it is not said",
        )
    for key in ("cover", "start"):
        if key not in entry:
            raise SimulateError(
                f"{where}, [{name}]: no {key}",
                hint="say how many are covered (a share: 0.8, not 80) and from which year on",
            )
    return found


FIRST, LATEST = 2015, 2100  # a scale-up before the baseline is in WHO's series already


KINDS: Mapping[str, type] = {
    "title": str,
    "same_commodities": bool,
    "by_status": bool,
    "start": int,
    "full": int,
}


def _refuse(key: str, value: object, at: str) -> None:
    kind = KINDS.get(key, float)
    fits = isinstance(value, int | float) if kind is float else isinstance(value, kind)
    if not fits or (kind is not bool and isinstance(value, bool)):
        raise SimulateError(f"{at}: {key} is {value!r}", hint="see the packaged scenarios")
    if kind is float and not (0.0 <= float(value) <= 1.0 or (key == "inclusion" and value == -1)):  # type: ignore[arg-type] # a number, as told above
        as_today = ", or -1: as drawn for today" if key == "inclusion" else ""
        raise SimulateError(
            f"{at}: {key} is {value!r}", hint=f"a share from 0 to 1: 0.8, not 80{as_today}"
        )


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return the packaged scenarios, the one without a scale-up first."""
    text = files("sojourn.health.engine").joinpath("scenarios.toml").read_text("utf-8")
    return read_scenarios(text, where="scenarios.toml")


def budget(cover: Floats, residents: Floats, migrants: Floats) -> Floats:
    """Return the cover of all that uses what covering residents alone would use.

    Parameters
    ----------
    cover, residents, migrants : ndarray, shape (countries,)
    """
    everyone = residents + migrants
    return np.divide(cover * residents, everyone, out=np.zeros_like(cover), where=everyone > 0)
