"""Draws in chunks: on every core or a cluster, resumable, the same whatever the order or the workers."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import SimulateError

CHUNK = 24  # draws; about a second and a half of work for each programme
ANSWER = "10s"  # within which a scheduler must answer
Arrays = Mapping[str, np.ndarray]
Work = Callable[[Sequence[int]], Arrays]


@dataclass(frozen=True)
class Plan:
    """A run to be done.

    Attributes
    ----------
    identity : mapping
        Everything that the numbers depend on: parameters, draws, seed, programmes, editions, code.
    digest : str
        SHA-256 of the identity: the name of the run.
    """

    identity: Mapping[str, Any]
    digest: str
    draws: int
    folder: Path


def chunks(draws: int) -> list[range]:
    """Return the draws of each chunk."""
    return [range(i, min(i + CHUNK, draws)) for i in range(0, draws, CHUNK)]


def run(
    plan: Plan,
    work: Work,
    *,
    workers: int | None = None,
    cluster: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> int:
    """Do the chunks that are not done yet; return how many were.

    Parameters
    ----------
    work : callable
        From draws to arrays whose first axis is the draw; picklable.
    workers : int, optional
        Processes; the number of cores by default, 1 works in this process.
    cluster : str
        Address of a Dask scheduler.

    Raises
    ------
    SimulateError
        The folder holds another run, cannot be written, or a worker failed.
    """
    _begin(plan)
    todo = [(i, c) for i, c in enumerate(chunks(plan.draws)) if not _done(plan.folder, i, len(c))]
    total = len(chunks(plan.draws))
    already = total - len(todo)
    if progress is not None:
        progress("chunks", already, total)
    with _pool(workers, cluster, len(todo)) as submit:
        for n, (number, found) in enumerate(submit(work, todo), start=already + 1):
            _keep(plan.folder, number, found)
            if progress is not None:
                progress("chunks", n, total)
    return len(todo)


def gathered(plan: Plan) -> dict[str, np.ndarray]:
    """Return the arrays of all chunks, in the order of the draws.

    Raises
    ------
    SimulateError
        A chunk is missing or damaged.
    """
    parts: dict[str, list[np.ndarray]] = {}
    for number, draws in enumerate(chunks(plan.draws)):
        path = _path(plan.folder, number)
        if not _done(plan.folder, number, len(draws)):
            raise SimulateError(f"{path}: missing or damaged", hint="run it again: only this chunk is computed")  # fmt: skip
        with np.load(path) as held:
            for name in held.files:
                parts.setdefault(name, []).append(held[name])
    return {name: np.concatenate(found) for name, found in parts.items()}


def _begin(plan: Plan) -> None:
    record = plan.folder / "run.json"
    try:
        (plan.folder / "chunks").mkdir(parents=True, exist_ok=True)
        if record.is_file():
            held = json.loads(record.read_text("utf-8"))
            if held.get("run") != plan.digest:
                raise SimulateError(
                    f"{plan.folder}: holds the run {str(held.get('run'))[:12]}, not {plan.digest[:12]}",
                    hint="name another --out: what was computed is not thrown away",
                )
            return
        text = json.dumps({"run": plan.digest, **plan.identity}, ensure_ascii=False, indent=1)
        temporary = record.with_name(".run.json.new")
        temporary.write_text(text, "utf-8")
        temporary.replace(record)
    except (OSError, ValueError) as error:
        raise SimulateError(f"{plan.folder}: cannot be used ({error})", hint="name another --out") from None  # fmt: skip


def _path(folder: Path, number: int) -> Path:
    return folder / "chunks" / f"{number:05}.npz"


def _done(folder: Path, number: int, size: int) -> bool:
    path = _path(folder, number)
    if not path.is_file():
        return False
    try:
        with np.load(path) as held:
            return all(len(held[name]) == size for name in held.files[:1])
    except (OSError, ValueError, KeyError):
        return False


def _keep(folder: Path, number: int, found: Arrays) -> None:
    path = _path(folder, number)
    temporary = path.with_name(f".{path.name}.new")
    try:
        with temporary.open("wb") as stream:
            np.savez_compressed(stream, **dict(found))  # type: ignore[arg-type] # names are ours, none is 'allow_pickle'
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SimulateError(
            f"{path}: cannot be written ({error.strerror})",
            hint="make room and run again: finished chunks are kept",
        ) from None


Results = Iterable[tuple[int, Arrays]]
Todo = Sequence[tuple[int, range]]


@contextmanager
def _pool(
    workers: int | None, cluster: str, jobs: int
) -> Iterator[Callable[[Work, Todo], Results]]:
    if cluster:
        with _cluster(cluster) as submit:
            yield submit
        return
    count = min(workers or os.cpu_count() or 1, max(jobs, 1))
    if count == 1:
        yield lambda work, todo: ((number, work(draws)) for number, draws in todo)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:

        def submit(work: Work, todo: Todo) -> Results:
            waiting = {pool.submit(work, draws): number for number, draws in todo}
            for done in as_completed(waiting):
                yield waiting[done], done.result()

        yield submit


@contextmanager
def _cluster(address: str) -> Iterator[Callable[[Work, Todo], Results]]:
    try:
        from distributed import Client
        from distributed import as_completed as arrived
    except ImportError:
        raise SimulateError(
            "--cluster needs Dask", hint="install it: pip install 'sojourn[cluster]'"
        ) from None
    try:
        client = Client(address, timeout=ANSWER)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise SimulateError(
            f"{address}: no Dask scheduler answers ({error})", hint="start one: dask scheduler"
        ) from None
    with client:

        def submit(work: Work, todo: Todo) -> Results:
            waiting = {client.submit(work, draws, pure=False): n for n, draws in todo}
            for done in arrived(list(waiting)):  # type: ignore[no-untyped-call]
                yield waiting[done], done.result()

        yield submit
