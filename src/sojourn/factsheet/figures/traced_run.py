"""From a run of a model to what it rests on: its record, and the files of its editions in the store."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sojourn.errors import NoSuchObservation, counted
from sojourn.store.observations import Store

RECORD = "run.json"


@dataclass(frozen=True)
class TracedEdition:
    """One edition that a run was made from.

    Attributes
    ----------
    roles : tuple of str
        What it was read for.
    files : tuple of (str, str)
        Name and sha256 of each of its files in the store; empty where it is not loaded.
    """

    edition: str
    roles: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TracedRun:
    """What a run rests on.

    Attributes
    ----------
    whole : bool
        Whether the record is the one that the run is named by: not a letter of it was changed.
    inputs, code : str
        SHA-256 of every number that the draws started from, and of the code.
    """

    run: str
    whole: bool
    topic: str
    seed: int
    draws: int
    version: str
    code: str
    inputs: str
    parameters: int
    editions: tuple[TracedEdition, ...]


def is_run(name: str) -> bool:
    """Whether a name is the folder of a run."""
    return (Path(name) / RECORD).is_file()


def trace_run(store: Store, folder: Path) -> TracedRun:
    """Return what a run rests on.

    Raises
    ------
    NoSuchObservation
        The folder holds no record of a run that can be read.
    """
    file = folder / RECORD
    try:
        record = json.loads(file.read_text("utf-8"))
        identity = {k: v for k, v in record.items() if k != "run"}
        digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        return TracedRun(
            run=str(record["run"]),
            whole=digest == record["run"],
            topic=str(record["topic"]),
            seed=int(record["seed"]),
            draws=int(record["draws"]),
            version=str(record["version"]),
            code=str(record["code"]),
            inputs=str(record["inputs"]),
            parameters=len(record["parameters"]),
            editions=_editions(store, record["editions"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoSuchObservation(
            f"{file}: no record of a run ({type(error).__name__}: {error})",
            hint="name the folder that sojourn simulate wrote",
        ) from None


def _editions(store: Store, named: Mapping[str, Any]) -> tuple[TracedEdition, ...]:
    roles: dict[str, list[str]] = {}
    for role, edition in named.items():
        roles.setdefault(str(edition), []).append(role)
    held: dict[str, list[tuple[str, str]]] = {}
    for f in store.manifest.files:
        held.setdefault(f.edition, []).append((f.name, f.sha256))
    return tuple(
        TracedEdition(edition, tuple(roles[edition]), tuple(held.get(edition, ())))
        for edition in sorted(roles)
    )


def run_lines(found: TracedRun) -> Iterator[str]:
    """Yield what a run rests on as lines of text."""
    state = "as it was written" if found.whole else "CHANGED since the run was named by it"
    yield f"run {found.run}: record {state}"
    yield f"  {found.topic}, seed {found.seed}, {counted(found.draws, 'draw')}, sojourn {found.version}"
    yield f"  {found.parameters} parameters in {RECORD}; code sha256 {found.code}"
    yield f"  numbers it started from: sha256 {found.inputs}"
    for one in found.editions:
        yield f"  {one.edition}: {', '.join(one.roles)}"
        for name, sha256 in one.files:
            yield f"    {name} sha256 {sha256}"
        if not one.files:
            yield "    not loaded here: sojourn load it to lead on to its cells"
