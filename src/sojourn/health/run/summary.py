"""What a run says: milestones, R with and without migrants, what including them averts; plain data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.files import write_whole
from sojourn.health.brief.withheld import DETERMINED, without
from sojourn.health.engine.outcomes import (
    INCLUDED,
    LEFT_OUT,
    Benefit,
    benefit,
    determined,
    drivers,
    interval,
    reached,
    year_reached,
)
from sojourn.health.engine.parameters import draw
from sojourn.health.engine.scenario import Scenario
from sojourn.health.inputs.tb import TbInputs
from sojourn.health.malaria import run as malaria_run
from sojourn.health.malaria.branching import Offspring, no_indigenous
from sojourn.health.malaria.model import left_out
from sojourn.health.run.claims import codes, judged
from sojourn.health.run.scores import Row
from sojourn.health.run.simulate import YEARS, Run, place_of
from sojourn.health.targets.series import WORLD
from sojourn.health.targets.targets import targets
from sojourn.health.tb import run as tb_run
from sojourn.health.tb.flags import EFFECTS, FATALITY, Flag, flags_of
from sojourn.health.tb.weights import FEWEST, effective, posterior

FORMULA = "R_left-out = R0 [(1 - m)(1 - C e) + m]; floor R0 m"
STRONGEST = 10  # countries listed by how much including migrants averts


def summary(done: Run, area: str | None = None, rows: Sequence[Row] = ()) -> dict[str, Any]:
    """Return what a run says, for the world or for one country, as plain data.

    Parameters
    ----------
    rows : sequence of Row
        The validation on the data of the run; without it no claim of a brief is kept.

    Raises
    ------
    SimulateError
        The country lacks an input; the message says which.
    """
    at = place_of(done.inputs, area)
    drawn = draw(done.known, done.seed, done.count, range(done.count))
    held = judged(done.topic, rows, countries=codes(() if area is None else (area,)))
    told = {**_head(done, area, at, drawn), "claims": held}
    base = _sums(done, LEFT_OUT, at)
    for programme in done.programmes:
        entry = {**_milestones(done, programme, at), "pre_entry": programme.pre_entry}
        entry["by_status"] = programme.by_status
        if done.topic == "malaria":
            entry.update(control(done, programme.id, at, drawn))
        if programme.id != LEFT_OUT:
            mine = _sums(done, programme.id, at)
            entry["averted"] = asdict(_benefit(done, base, mine, drawn, told))
        told["scenarios"][programme.id] = entry
    if INCLUDED in told["scenarios"]:
        _add_drivers(told, done, at, base, drawn)
    return without(told)


def _head(
    done: Run, area: str | None, at: int | None, drawn: Mapping[str, np.ndarray]
) -> dict[str, Any]:
    """Return what a run is of, how it fits, and its flags."""
    here = slice(None) if at is None else at
    told: dict[str, Any] = {
        "run": done.digest,
        "topic": done.topic,
        "area": area or WORLD,
        "draws": done.count,
        "editions": dict(done.inputs.editions),
        "countries": len(done.inputs.world.where.areas),
        "corridors": len(done.inputs.world.where.origin),
        "share_of_migrants": done.inputs.share,
        "fit_met": float(done.arrays["met"][:, here].mean()),
        "contradicted": _contradicted(done, at),
        "left_out": left_out_of(done, at, drawn),
        "scenarios": {},
    }
    if "deaths_met" in done.arrays:
        told["deaths_met"] = float(done.arrays["deaths_met"][:, here].mean())
    if done.topic == "tb":
        told["weights"] = weighed(done, at, drawn)
        if at is not None:
            told["flags"] = [asdict(f) for f in flags(done, at)]
    return told


def weighed(done: Run, at: int | None, drawn: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return how many draws tell a country's past, and what it says of parameters; no level rests on it.

    For the world: the share of countries with effective draws enough, since no weight is of all countries.
    """
    logs = done.arrays["weight"]
    enough = effective(logs) >= FEWEST * done.count
    if at is None:
        return {"countries_enough": float(enough.mean()), "fewest": FEWEST * done.count}
    found = posterior(logs[:, at], drawn)
    return {
        "effective": float(effective(logs)[at]),
        "fewest": FEWEST * done.count,
        "posterior": {name: one._asdict() for name, one in found.items()},
    }


def _benefit(
    done: Run,
    base: tuple[np.ndarray, np.ndarray],
    mine: tuple[np.ndarray, np.ndarray],
    drawn: Mapping[str, np.ndarray],
    told: Mapping[str, Any],
) -> Benefit:
    """Return what a programme averts; a flag leaves it undetermined."""
    structure, label = _structures(done)
    cases, deaths = (base[0], mine[0]), (base[1], mine[1])
    found = benefit(cases, deaths, structure, drawn["mixing"], label=label, trend=_trend(done))
    doubt = {f["withholds"]: f["id"] for f in told.get("flags", ())}
    if EFFECTS in doubt:
        return replace(found, verdict="not determined", why=f"flag {doubt[EFFECTS]}")
    return found


def _add_drivers(
    told: dict[str, Any],
    done: Run,
    at: int | None,
    base: tuple[np.ndarray, np.ndarray],
    drawn: Mapping[str, np.ndarray],
) -> None:
    """Add what drives the answer, what inclusion averts here and in the world, and by structure."""
    structure, _ = _structures(done)
    total = (base[0] - _sums(done, INCLUDED, at)[0]).sum(axis=1)
    told["drivers"] = [asdict(d) for d in drivers(total, drawn, done.known)]
    told["drivers_middle"] = float(np.median(total))
    told["effect"] = effects(done, at)
    told["by_structure"] = {
        str(s): asdict(interval(total[structure == s])) for s in np.unique(structure)
    }


def flags(done: Run, at: int) -> tuple[Flag, ...]:
    """Return the flags of a country of a run of tuberculosis."""
    inputs = done.inputs
    assert isinstance(inputs, TbInputs)  # noqa: S101 - asked only of such runs
    world = inputs.world
    return flags_of(
        {k: done.arrays[k] for k in ("met", "bound", "share", "selection", "factor")},
        at,
        notified=float(inputs.observed.share[at]),
        mobile=float(world.migrants[at] / world.people[at]),
        matched=tb_run.trends_of(done.seed, done.count) == "matched",
    )


def _contradicted(done: Run, at: int | None) -> float:
    """Return the share of countries and draws in which published inputs contradict each other."""
    here = slice(None) if at is None else at
    if done.topic == "malaria":
        return float(done.arrays["lowered"][:, here].mean())
    factor = done.arrays["factor"][:, here]
    return float(((factor < FATALITY[0]) | (factor > FATALITY[1])).mean())


def _trend(done: Run) -> np.ndarray | None:
    """Return how transmission goes on in each draw, of tuberculosis."""
    return tb_run.trends_of(done.seed, done.count) if done.topic == "tb" else None


def _milestones(done: Run, programme: Scenario, at: int | None) -> dict[str, Any]:
    years, rate, number, fatal = _indicators(done, programme.id, at)
    # mortality is a rate, deaths are a number: the target says which of the three it judges
    series = {"malaria_mortality": fatal, "tb_deaths": number}
    judged = {t.id: (t, series.get(t.id, rate)) for t in targets(done.topic)}
    return {
        "title": programme.title,
        "milestones": [asdict(r) for t, v in judged.values() for r in reached(t, years, v)],
        "year_reached": {t.id: year_reached(t, years, v) for t, v in judged.values()},
    }


def _structures(done: Run) -> tuple[np.ndarray, str]:
    """Return what the draws differ in as a whole, and what it is called."""
    if done.topic == "tb":
        return tb_run.structures_of(done.seed, done.count), "latency"
    return malaria_run.methods_of(done.seed, done.count), "flows"


def control(
    done: Run, name: str, at: int | None, drawn: Mapping[str, np.ndarray]
) -> dict[str, Any]:
    """Return R under control in the last year: of a country, or how many countries are below one.

    Below one, whether no indigenous case arises in 36 months follows from R and imports together.
    """
    r, imports = done.arrays[f"{name}.r"], done.arrays[f"{name}.imports"]
    if at is None:
        below = (r < 1.0).sum(axis=1).astype(np.float64)
        return {"countries_below_one": asdict(interval(below))}
    quiet = [
        no_indigenous(Offspring(float(x), float(k)), float(i)) if x < 1.0 else 0.0
        for x, i, k in zip(r[:, at], imports[:, at], drawn["dispersion"], strict=True)
    ]
    few = r[:, at] < 1.0
    local, brought = r[few, at].astype(np.float64), imports[few, at].astype(np.float64)
    classes = {
        "imported": brought,
        "introduced": brought * local,
        "indigenous": brought * local**2 / (1.0 - local),
    }
    return {
        "a_year_where_below_one": {k: asdict(interval(v)) for k, v in classes.items()},
        "r": asdict(interval(r[:, at].astype(np.float64))),
        "below_one": float((r[:, at] < 1.0).mean()),
        "imports": asdict(interval(imports[:, at].astype(np.float64))),
        "no_indigenous_36_months": asdict(interval(np.array(quiet))),
    }


def _sums(done: Run, name: str, at: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Return cases and deaths of 2016 to 2035, shape (D, 2)."""
    out = []
    for what in ("cases", "deaths"):
        if at is None:
            out.append(done.arrays[f"{name}.world.{what}"][:, 1:].sum(axis=1))
        else:
            out.append(done.arrays[f"{name}.areas.{what}"][:, :, at].astype(np.float64))
    return out[0], out[1]


def _indicators(
    done: Run, name: str, at: int | None
) -> tuple[tuple[int, ...], np.ndarray, np.ndarray, np.ndarray]:
    """Return years, incidence, deaths and mortality, shape (D, years); rates are per person-year."""
    if at is None:
        cases, persons, deaths = (
            done.arrays[f"{name}.world.{w}"].sum(axis=2) for w in ("cases", "persons", "deaths")
        )
    else:
        cases, persons, deaths = (
            done.arrays[f"{name}.path.{w}"][:, :, at].astype(np.float64)
            for w in ("cases", "persons", "deaths")
        )
    return YEARS, cases / persons, deaths, deaths / persons


def left_out_of(done: Run, at: int | None, drawn: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return R included, left out and its floor beside the run: the formula, by country or counted.

    Mobile people are those of the modelled corridors; the effect is that of the scale-up at full
    cover of residents. A country whose floor is above one cannot end transmission by its residents.
    """
    where, world = done.inputs.world.where, done.inputs.world
    mobile = (
        np.bincount(where.destination, weights=world.stock[0], minlength=where.n) / world.people
    )
    biting = drawn["mobile_biting"][:, None] if done.topic == "malaria" else 1.0
    r0, effect = done.arrays["r0"], done.arrays["effect"]
    found = left_out(r0, np.minimum(mobile, 0.95)[None], effect, biting)
    told: dict[str, Any] = {"formula": FORMULA}
    named = dict(zip(("included", "left_out", "floor"), found, strict=True))
    if at is not None:
        told["mobile"] = float(mobile[at])
        told |= {k: asdict(interval(v[:, at])) for k, v in {"r0": r0, **named}.items()}
        return told
    told["countries_only_included_below_one"] = asdict(
        interval(
            ((named["included"] < 1) & (named["left_out"] >= 1)).sum(axis=1).astype(np.float64)
        )
    )
    told["countries_floor_above_one"] = asdict(
        interval((named["floor"] >= 1).sum(axis=1).astype(np.float64))
    )
    return told


def effects(done: Run, at: int | None) -> dict[str, Any]:
    """Return the share of cases that including migrants averts, in the world and in a country.

    Both are told together: what is decisive in one country can be hardly seen in the world.
    """
    there = done.arrays[f"{LEFT_OUT}.areas.cases"].sum(axis=1, dtype=np.float64)
    then = done.arrays[f"{INCLUDED}.areas.cases"].sum(axis=1, dtype=np.float64)
    share = 100.0 * (there - then) / np.maximum(there, 1e-300)
    total, after = there.sum(axis=1), then.sum(axis=1)
    told: dict[str, Any] = {"world": asdict(interval(100.0 * (total - after) / total))}
    if at is not None:
        told["here"] = asdict(interval(share[:, at]))
    middle, areas = np.median(share, axis=0), done.inputs.world.where.areas
    strongest = list[dict[str, Any]]()
    for i in np.argsort(-middle, kind="stable"):
        if len(strongest) == STRONGEST:
            break
        if _is_determined(done, int(i)):
            strongest.append({"area": areas[i], **asdict(interval(share[:, i]))})
    told["strongest"] = strongest
    return told


def _is_determined(done: Run, at: int) -> bool:
    """Whether what including migrants averts in a country is told, in a summary of its own too."""
    if done.topic == "tb" and EFFECTS in {f.withholds for f in flags(done, at)}:
        return False
    total = (_sums(done, LEFT_OUT, at)[0] - _sums(done, INCLUDED, at)[0]).sum(axis=1)
    mixing = draw(done.known, done.seed, done.count, range(done.count))["mixing"]
    structure, label = _structures(done)
    return determined(total, structure, mixing, label, _trend(done))[0] == DETERMINED


def write_summary(told: Mapping[str, Any], folder: Path) -> Path:
    """Write the summary beside the chunks.

    Raises
    ------
    PublishError
        It cannot be written.
    """
    path = folder / f"summary-{told['area']}.json"
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True, default=_finite)
    write_whole(path, text.replace("NaN", "null").encode())
    return path


def _finite(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else str(value)
