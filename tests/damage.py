"""What becomes of a damaged file: right, refused, told, or changed in silence."""

import re
from pathlib import Path

from sojourn.errors import SojournError
from sojourn.loading.load import load
from sojourn.loading.outcome import Outcome
from sojourn.sources.declaration import registry
from sojourn.store.manifest import read_manifest
from sojourn.store.observations import open_store

Rows = list[tuple[object, ...]]
BEFORE, NEXT = "2030-01-01", "2031-01-01"  # days of release of the intact file and of the damaged


def rows_of(root: Path, edition: str) -> Rows:
    """Return the observations of one edition of a store, sorted."""
    found = open_store(read_manifest(root)).con.execute(
        "SELECT indicator, ref_area, origin, destination, sex, age, time_period, unit_measure, "
        "unit_mult, obs_value, obs_status, lower, upper FROM observation WHERE edition = $edition "
        "ORDER BY ALL",
        {"edition": edition},
    )
    return found.fetchall()


def words(outcome: Outcome) -> set[str]:
    """Return what was said of a file, whatever its numbers are."""
    said = (*outcome.notes, *outcome.receipt, *outcome.warnings)
    return {re.sub(r"\d", "9", word) for word in said}


def alone(path: Path, root: Path, good: tuple[Rows, set[str]]) -> str:
    """Return what became of a damaged file that is loaded alone."""
    try:
        [outcome, *_] = load([path], root, registry()).outcomes
    except SojournError:
        return "refused"
    if rows_of(root, outcome.edition) == good[0]:
        return "right"
    found = outcome.coverage
    told = found is not None and (found.questions or found.status != "complete")
    return "told" if told or words(outcome) - good[1] else "silent"


def beside(path: Path, intact: Path, root: Path, dataset: str) -> str:
    """Return what became of a damaged file that is loaded as the edition after the intact one."""
    if path.read_bytes() == intact.read_bytes():
        return "right"  # nothing was damaged: the kind found nothing to change in this file
    load([intact], root, registry(), edition=f"{dataset}@{BEFORE}")
    try:
        [outcome, *_] = load([path], root, registry(), edition=f"{dataset}@{NEXT}").outcomes
    except SojournError:
        return "refused"
    if rows_of(root, f"{dataset}@{NEXT}") == rows_of(root, f"{dataset}@{BEFORE}"):
        return "right"
    found = outcome.coverage
    told = found is not None and (
        found.changes or found.questions or found.reasons or found.told or found.lost or found.new
    )
    return "told" if told else "silent"


def good_of(path: Path, root: Path) -> tuple[str, tuple[Rows, set[str]]]:
    """Return the dataset of an intact file, what it reads and what is said of it."""
    outcome = load([path], root, registry()).outcomes[0]
    return outcome.edition.partition("@")[0], (rows_of(root, outcome.edition), words(outcome))
