"""Malaria in one place: what leaving mobile people out does to R and to the years until 2035."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from sojourn import __version__
from sojourn.errors import SimulateError
from sojourn.health.engine.outcomes import INCLUDED, LEFT_OUT, drivers, interval, part_of
from sojourn.health.engine.parameters import Parameter, draw
from sojourn.health.engine.scenario import Scenario
from sojourn.health.malaria.branching import Offspring, imported_share, no_indigenous
from sojourn.health.malaria.model import NETWORK_ONLY, Outcome, Place, left_out, simulate
from sojourn.health.run.simulate import code_digest
from sojourn.health.run.validation import place_rows
from sojourn.store.observations import Store
from sojourn.vocab.observation import Cell

LIMITS = (
    "R0 is the asker's: the loaded files hold neither prevalence (PfPR) nor imported cases by country, "
    "so that no country's R is fitted and none is forecast"
)

FROM_INCIDENCE = (
    "R0 is read off WHO's incidence of 2015 through the share of infections that are clinical, an "
    "assumption: no prevalence (PfPR) is loaded, and nothing is forecast"
)


def mobile_share(store: Store, area: str, as_of: date | None = None) -> tuple[float, str]:
    """Return migrants as a share of the population in the newest year, and the cell it stands in.

    Raises
    ------
    SimulateError
        No loaded edition gives it.
    """
    rows = store.con.execute(
        'SELECT value, edition, sheet, "row", col FROM observation WHERE dataflow = $d AND ref_area = $a '
        "AND indicator = 'migrant_share_of_population' AND sex = '_T' AND value IS NOT NULL "
        "AND vintage <= $v ORDER BY vintage DESC, time_period DESC LIMIT 1",
        {"d": "undesa.ims", "a": area, "v": (as_of or date.max).isoformat()},
    ).fetchall()
    if not rows:
        raise SimulateError(
            f"{area}: no loaded edition of undesa.ims gives migrants as a share of the population",
            hint="load it, or give the share: --mobile",
        )
    value, edition, sheet, row, col = rows[0]
    return float(value) / 100.0, str(Cell.of(edition, sheet, row, col))


def incidence_of(store: Store, area: str, as_of: date | None = None) -> tuple[float, str]:
    """Return WHO's estimated cases per person in 2015, and the cell of the cases.

    Raises
    ------
    SimulateError
        WHO's files do not give both for this country.
    """
    rows = store.con.execute(
        'SELECT c.value / p.value, c.edition, c.sheet, c."row", c.col FROM observation c JOIN observation p '
        "ON (p.indicator = 'population_who' OR (p.indicator = 'malaria_population_at_risk' AND "
        "p.edition = c.edition)) AND p.ref_area = c.ref_area AND p.time_period = c.time_period "
        "WHERE c.indicator = 'malaria_cases' AND c.ref_area = $a AND c.time_period = '2015' AND c.value IS NOT NULL "
        "AND p.value > 0 AND c.vintage <= $v AND p.vintage <= $v ORDER BY c.vintage DESC, "
        "p.indicator = 'population_who', p.vintage DESC LIMIT 1",
        {"a": area, "v": (as_of or date.max).isoformat()},
    ).fetchall()
    if not rows:
        raise SimulateError(
            f"{area}: WHO's files give no malaria cases and population of 2015",
            hint="the country is left empty; give --r0 of your own",
        )
    value, edition, sheet, row, col = rows[0]
    return float(value), str(Cell.of(edition, sheet, row, col))


def run_malaria(
    place: Place,
    known: Mapping[str, Parameter],
    programmes: tuple[Scenario, ...],
    *,
    draws: int,
    seed: int,
    cell: str = "",
    area: str = "",
    r0_cell: str = "",
) -> dict[str, Any]:
    """Return what every programme gives on the same draws, as plain data with the run's name.

    Raises
    ------
    SimulateError
        Nothing is called residents_only, which the others are compared with.
    """
    if LEFT_OUT not in {p.id for p in programmes}:
        raise SimulateError(
            f"no scenario is called {LEFT_OUT!r}", hint="it is what the others are compared with"
        )
    known = {n: p for n, p in known.items() if n not in NETWORK_ONLY}
    identity = {
        "topic": "malaria",
        "place": {k: np.asarray(v).tolist() for k, v in asdict(place).items()},
        "r0_cell": r0_cell,
        "area": area,
        "cell": cell,
        "draws": draws,
        "seed": seed,
        "parameters": {n: asdict(p) for n, p in known.items()},
        "scenarios": [asdict(p) for p in programmes],
        "version": __version__,
        "code": code_digest(),
    }
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    drawn = draw(known, seed, draws, range(draws))
    found = simulate(place, drawn, programmes)
    base = found[LEFT_OUT]
    told: dict[str, Any] = {
        "run": digest,
        "area": area,
        "mobile": {"share": place.mobile, "cell": cell},
        "r0": {"value": float(np.median(place.r0)), "mark": "A", "cell": r0_cell},
        "limits": LIMITS if not r0_cell else FROM_INCIDENCE,
        "held_against": [asdict(row) for row in place_rows()],
        "closed_form": _closed(place, drawn),
        "scenarios": {p.id: _told(p, place, found[p.id], base, drawn) for p in programmes},
    }
    if INCLUDED in found:
        gain = base.r - found[INCLUDED].r
        told["drivers"] = [asdict(d) for d in drivers(gain, drawn, known)]
        told["drivers_middle"] = float(np.median(gain))
    return told


def _closed(place: Place, drawn: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return R included, left out and its floor, at the draws' protection and biting."""
    with_all, without, floor = left_out(
        place.r0 * np.ones(len(drawn["protection"])),
        np.full(len(drawn["protection"]), place.mobile),
        drawn["protection"],
        drawn["mobile_biting"],
    )
    named = (("included", with_all), ("left_out", without), ("floor", floor))
    return {name: asdict(interval(values)) for name, values in named}


def _told(
    programme: Scenario,
    place: Place,
    found: Outcome,
    base: Outcome,
    drawn: Mapping[str, np.ndarray],
) -> dict[str, Any]:
    people = np.array([1.0 - place.mobile, place.mobile])
    averted = ((base.infections - found.infections).sum(axis=1) * people) * 1000.0
    total = averted.sum(axis=1)
    below = found.r < 1.0
    quiet = [
        no_indigenous(Offspring(float(r), float(k)), place.imports)
        for r, k in zip(found.r[below], drawn["dispersion"][below], strict=True)
    ]
    imported = [imported_share(Offspring(float(r))) for r in found.r[below]]
    return {
        "title": programme.title,
        "r": asdict(interval(found.r)),
        "interrupted": float(below.mean()),
        "prevalence_residents": asdict(interval(found.prevalence[:, -1, 0])),
        "prevalence_mobile": asdict(interval(found.prevalence[:, -1, 1])),
        "averted_residents_per_1000": asdict(interval(averted[:, 0])),
        "averted_mobile_per_1000": asdict(interval(averted[:, 1])),
        "residents_share": asdict(part_of(averted[:, 0], total)),
        "no_indigenous_36_months": asdict(interval(np.array(quiet))),
        "imported_share": asdict(interval(np.array(imported))),
    }
