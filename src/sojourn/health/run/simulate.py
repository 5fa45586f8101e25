"""Runs: inputs from the store, draws on all cores, one folder a run, a summary that can be traced."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from sojourn import __version__
from sojourn.errors import SimulateError
from sojourn.health.engine.ensemble import Plan, Work, gathered, run
from sojourn.health.engine.outcomes import LEFT_OUT
from sojourn.health.engine.parameters import Parameter
from sojourn.health.engine.scenario import Scenario
from sojourn.health.inputs.malaria import MalariaInputs, malaria_inputs
from sojourn.health.inputs.tb import TbInputs, tb_inputs
from sojourn.health.malaria import run as malaria_run
from sojourn.health.tb import run as tb_run
from sojourn.health.tb.fit import BASE, Observed, World
from sojourn.health.tb.run import LAST
from sojourn.processes import one_thread
from sojourn.store.observations import Store

YEARS = tuple(range(BASE, LAST + 1))


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

    @one_thread(always=True)
    def __call__(self, draws: Sequence[int]) -> dict[str, np.ndarray]:
        """Return what is kept of some draws: the world by year, countries at the milestones."""
        found, flags = tb_run.simulate(
            self.world,
            self.observed,
            self.known,
            self.programmes,
            seed=self.seed,
            count=self.count,
            chosen=list(draws),
        )
        return {**flags, **kept(found)}


@dataclass(frozen=True)
class MalariaWork:
    """One chunk of the malaria ensemble; picklable."""

    malarious: malaria_run.MalariaWorld
    known: Mapping[str, Parameter]
    programmes: tuple[Scenario, ...]
    seed: int
    count: int

    @one_thread(always=True)
    def __call__(self, draws: Sequence[int]) -> dict[str, np.ndarray]:
        """Return what is kept of some draws; and R and imports of every country in the last year."""
        found, flags = malaria_run.simulate(
            self.malarious,
            self.known,
            self.programmes,
            seed=self.seed,
            count=self.count,
            chosen=list(draws),
        )
        more = {
            f"{name}.{what}": getattr(o, what)
            for name, o in found.items()
            for what in ("r", "imports")
        }
        return {**flags, **kept(found), **more}


def kept(found: Mapping[str, Counted]) -> dict[str, np.ndarray]:
    """Return the world by year and group, countries by year, and countries in sum by group."""
    out: dict[str, np.ndarray] = {}
    for name, outcome in found.items():
        for what in ("cases", "deaths", "persons"):
            values = getattr(outcome, what)
            out[f"{name}.world.{what}"] = values.sum(axis=3, dtype=np.float64)
            out[f"{name}.path.{what}"] = values.sum(axis=2)
            if what != "persons":
                total = values[:, 1:].sum(axis=1, dtype=np.float64)
                out[f"{name}.areas.{what}"] = total.astype(np.float32)
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
    area: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Run:
    """Simulate a disease under every programme; finished chunks are never computed again.

    Parameters
    ----------
    area : str, optional
        A country that will be asked for: refused before anything is computed when it lacks an input.

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
    place_of(inputs, area)
    identity = {
        "topic": topic,
        "draws": draws,
        "seed": seed,
        "parameters": {n: asdict(p) for n, p in known.items()},
        "scenarios": [asdict(p) for p in programmes],
        "editions": dict(inputs.editions),
        "inputs": inputs_digest(work),
        "countries": len(inputs.world.where.areas),
        "corridors": len(inputs.world.where.origin),
        "version": __version__,
        "code": code_digest(),
    }
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    plan = Plan(identity, digest, draws, out)
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


def place_of(inputs: Inputs, area: str | None) -> int | None:
    """Return where a country stands among those modelled; None for the world.

    Raises
    ------
    SimulateError
        The country lacks an input; the message says which.
    """
    if area is None or area == "900":
        return None
    if area in inputs.world.where.areas:
        return inputs.world.where.areas.index(area)
    why = inputs.empty.get(area, "it is no country of the stock tables")
    raise SimulateError(f"{area}: {why}", hint="the country is left empty: nothing is imputed")


def inputs_digest(work: object) -> str:
    """Return the digest of every number that the draws start from, as it was read from the store."""
    total = hashlib.sha256()

    def add(value: object) -> None:
        if isinstance(value, np.ndarray):
            total.update(repr((value.dtype.str, value.shape)).encode() + value.tobytes())
        elif isinstance(value, tuple):
            for one in value:
                add(one)
        elif is_dataclass(value):
            for f in fields(value):
                add(getattr(value, f.name))
        else:
            total.update(repr(value).encode())

    add(work)
    return total.hexdigest()


MODELS = (
    "sojourn.health.targets",
    "sojourn.health.engine",
    "sojourn.health.tb",
    "sojourn.health.malaria",
    "sojourn.flows.model",
)


@cache
def code_digest() -> str:
    """Return the digest of the code and data that the numbers depend on."""
    total = hashlib.sha256()
    for room in MODELS:
        for entry in sorted(files(room).iterdir(), key=lambda e: e.name):
            if entry.name.endswith((".py", ".toml")):
                total.update(entry.name.encode() + entry.read_bytes())
    return total.hexdigest()
