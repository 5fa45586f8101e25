"""Runs: inputs from the store, draws on all cores, one folder a run, a summary that can be traced."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from sojourn import __version__
from sojourn.errors import SimulateError
from sojourn.pipeline.malaria_inputs import MalariaInputs, malaria_inputs
from sojourn.pipeline.tb_inputs import TbInputs, tb_inputs
from sojourn.pipeline.writing import write_whole
from sojourn.simulate import malaria_run, tb_run
from sojourn.simulate.branching import Offspring, no_indigenous
from sojourn.simulate.ensemble import Plan, Work, gathered, run
from sojourn.simulate.outcomes import (
    INCLUDED,
    LEFT_OUT,
    Benefit,
    benefit,
    drivers,
    interval,
    reached,
    year_reached,
)
from sojourn.simulate.parameters import Parameter, draw
from sojourn.simulate.scenario import Scenario
from sojourn.simulate.targets import targets
from sojourn.simulate.tb_fit import BASE, Observed, World
from sojourn.simulate.tb_run import LAST
from sojourn.store.observations import Store

YEARS = tuple(range(BASE, LAST + 1))
MILESTONES = tuple(YEARS.index(y) for y in (2015, 2020, 2025, 2030, 2035))


Inputs = TbInputs | MalariaInputs
Counted = tb_run.Outcome | malaria_run.Outcome


@dataclass(frozen=True)
class TbWork:
    """One chunk of the tuberculosis ensemble; picklable, so that any worker can do it."""

    world: World
    observed: Observed
    known: Mapping[str, Parameter]
    programmes: tuple[Scenario, ...]
    seed: int
    count: int

    def __call__(self, draws: Sequence[int]) -> dict[str, np.ndarray]:
        """Return what is kept of some draws: the world by year, countries at the milestones."""
        found, flags = tb_run.simulate(
            self.world, self.observed, self.known, self.programmes,
            seed=self.seed, count=self.count, chosen=list(draws),
        )  # fmt: skip
        return {**flags, **kept(found)}


@dataclass(frozen=True)
class MalariaWork:
    """One chunk of the malaria ensemble; picklable."""

    malarious: malaria_run.MalariaWorld
    known: Mapping[str, Parameter]
    programmes: tuple[Scenario, ...]
    seed: int
    count: int

    def __call__(self, draws: Sequence[int]) -> dict[str, np.ndarray]:
        """Return what is kept of some draws; and R and imports of every country in the last year."""
        found, flags = malaria_run.simulate(
            self.malarious, self.known, self.programmes,
            seed=self.seed, count=self.count, chosen=list(draws),
        )  # fmt: skip
        more = {f"{name}.{what}": getattr(o, what) for name, o in found.items() for what in ("r", "imports")}  # fmt: skip
        return {**flags, **kept(found), **more}


def kept(found: Mapping[str, Counted]) -> dict[str, np.ndarray]:
    """Return the world by year, countries at the milestones and in sum."""
    out: dict[str, np.ndarray] = {}
    for name, outcome in found.items():
        for what in ("cases", "deaths", "persons"):
            values = getattr(outcome, what)
            out[f"{name}.world.{what}"] = values.sum(axis=3, dtype=np.float64)
            at = values[:, list(MILESTONES)].astype(np.float32)
            total = values[:, 1:].sum(axis=1, dtype=np.float64)[:, None].astype(np.float32)
            out[f"{name}.areas.{what}"] = np.concatenate([at, total], axis=1)
        out[f"{name}.screened"] = outcome.screened
    return out


@dataclass(frozen=True)
class Run:
    """A run that is done: its name, its inputs, and what its draws gave."""

    topic: str
    digest: str
    folder: Path
    inputs: Inputs
    known: Mapping[str, Parameter]
    programmes: tuple[Scenario, ...]
    seed: int
    count: int
    computed: int
    arrays: Mapping[str, np.ndarray]


def simulate(
    store: Store,
    topic: str,
    out: Path,
    *,
    known: Mapping[str, Parameter],
    programmes: tuple[Scenario, ...],
    draws: int,
    seed: int,
    as_of: date | None = None,
    workers: int | None = None,
    cluster: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> Run:
    """Simulate a disease under every programme; finished chunks are never computed again.

    Raises
    ------
    SimulateError
        Inputs are missing, the folder holds another run, or it cannot be written.
    """
    if LEFT_OUT not in {p.id for p in programmes}:
        raise SimulateError(
            f"no scenario is called {LEFT_OUT!r}", hint="it is what the others are compared with"
        )
    inputs, work = _work(store, topic, known, programmes, seed, draws, as_of)
    identity = {
        "topic": topic,
        "draws": draws,
        "seed": seed,
        "parameters": {n: asdict(p) for n, p in known.items()},
        "scenarios": [asdict(p) for p in programmes],
        "editions": dict(inputs.editions),
        "countries": len(inputs.world.where.areas),
        "corridors": len(inputs.world.where.origin),
        "version": __version__,
        "code": code_digest(),
    }
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    plan = Plan(identity, digest, draws, out)
    # one thread a worker: the draws are the parallel part
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    done = run(plan, work, workers=workers, cluster=cluster, progress=progress)
    return Run(topic, digest, out, inputs, known, programmes, seed, draws, done, gathered(plan))


def _work(
    store: Store,
    topic: str,
    known: Mapping[str, Parameter],
    programmes: tuple[Scenario, ...],
    seed: int,
    draws: int,
    as_of: date | None,
) -> tuple[Inputs, Work]:
    if topic == "tb":
        tb = tb_inputs(store, as_of=as_of)
        return tb, TbWork(tb.world, tb.observed, known, programmes, seed, draws)
    found = malaria_inputs(store, as_of=as_of)
    return found, MalariaWork(found.malarious, known, programmes, seed, draws)


@cache
def code_digest() -> str:
    """Return the digest of the code and data that the numbers depend on."""
    total = hashlib.sha256()
    for room in ("sojourn.simulate", "sojourn.estimate.flows"):
        for entry in sorted(files(room).iterdir(), key=lambda e: e.name):
            if entry.name.endswith((".py", ".toml")):
                total.update(entry.name.encode() + entry.read_bytes())
    return total.hexdigest()


def summary(done: Run, area: str | None = None) -> dict[str, Any]:
    """Return what a run says, for the world or for one country, as plain data.

    Raises
    ------
    SimulateError
        The country lacks an input; the message says which.
    """
    at = _place(done, area)
    structure, label = _structures(done)
    drawn = draw(done.known, done.seed, done.count, range(done.count))
    told: dict[str, Any] = {
        "run": done.digest,
        "topic": done.topic,
        "area": area or "900",
        "draws": done.count,
        "editions": dict(done.inputs.editions),
        "countries": len(done.inputs.world.where.areas),
        "corridors": len(done.inputs.world.where.origin),
        "share_of_migrants": done.inputs.share,
        "fit_met": float(done.arrays["met"][:, slice(None) if at is None else at].mean()),
        "contradicted": float(done.arrays["lowered"][:, slice(None) if at is None else at].mean()),
        "scenarios": {},
    }
    base = _sums(done, LEFT_OUT, at)
    for programme in done.programmes:
        entry = _milestones(done, programme, at)
        if done.topic == "malaria":
            entry.update(control(done, programme.id, at, drawn))
        if programme.id != LEFT_OUT:
            mine = _sums(done, programme.id, at)
            found: Benefit = benefit((base[0], mine[0]), (base[1], mine[1]), structure, drawn["mixing"], label=label)  # fmt: skip
            entry["averted"] = asdict(found)
        told["scenarios"][programme.id] = entry
    if INCLUDED in told["scenarios"]:
        mine = _sums(done, INCLUDED, at)
        total = (base[0] - mine[0]).sum(axis=1)
        told["drivers"] = [asdict(d) for d in drivers(total, drawn, done.known)]
        told["drivers_middle"] = float(np.median(total))
    return told


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
    return {
        "r": asdict(interval(r[:, at].astype(np.float64))),
        "below_one": float((r[:, at] < 1.0).mean()),
        "imports": asdict(interval(imports[:, at].astype(np.float64))),
        "no_indigenous_36_months": asdict(interval(np.array(quiet))),
    }


def _place(done: Run, area: str | None) -> int | None:
    if area is None or area == "900":
        return None
    if area in done.inputs.world.where.areas:
        return done.inputs.world.where.areas.index(area)
    why = done.inputs.empty.get(area, "it is no country of the stock tables")
    raise SimulateError(f"{area}: {why}", hint="the country is left empty: nothing is imputed")


def _sums(done: Run, name: str, at: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Return cases and deaths of 2016 to 2035, shape (D, 2)."""
    out = []
    for what in ("cases", "deaths"):
        if at is None:
            out.append(done.arrays[f"{name}.world.{what}"][:, 1:].sum(axis=1))
        else:
            out.append(done.arrays[f"{name}.areas.{what}"][:, -1, :, at].astype(np.float64))
    return out[0], out[1]


def _indicators(
    done: Run, name: str, at: int | None
) -> tuple[tuple[int, ...], np.ndarray, np.ndarray, np.ndarray]:
    """Return years, incidence, deaths and mortality, shape (D, years); rates are per person-year."""
    arrays = done.arrays
    if at is None:
        years = YEARS
        cases, persons, deaths = (
            arrays[f"{name}.world.{w}"].sum(axis=2) for w in ("cases", "persons", "deaths")
        )
    else:
        years = tuple(YEARS[i] for i in MILESTONES)
        cases, persons, deaths = (
            arrays[f"{name}.areas.{w}"][:, :-1, :, at].sum(axis=2, dtype=np.float64)
            for w in ("cases", "persons", "deaths")
        )
    return years, cases / persons, deaths, deaths / persons


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
