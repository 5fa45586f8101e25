"""Kinds of damage to printed tables of every reader: how many change a number without a word.

Each damaged file is loaded twice: alone, and as the next edition of the intact one. Each time the
result is right, refused, told (a note, a warning, a line of the receipt, the comparison with the
edition before) or silent. Alone, only damage that the file shows must be told; beside the edition
before, all of it.
"""

import re
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import corruptions
import spoiled_tables

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


def main() -> int:
    """Damage, load, count; return how many changed in silence."""
    counts: dict[str, Counter[str]] = {"alone": Counter(), "beside": Counter()}
    silent: dict[str, list[str]] = {"alone": [], "beside": []}
    with tempfile.TemporaryDirectory() as folder:
        for path in corruptions.good_files(Path(folder)):
            intact = path.with_name(f"intact{path.suffix}")
            intact.write_bytes(content := path.read_bytes())
            dataset, good = good_of(path, Path(folder) / path.stem)
            for nth, kind in enumerate(spoiled_tables.KINDS):
                if (spoilt := spoiled_tables.spoiled(path, content, kind)) is None:
                    continue
                path.write_bytes(spoilt[0])
                root = Path(folder) / f"{path.stem}-{nth}"
                first = alone(path, root / "a", good)
                second = first if first == "right" else beside(path, intact, root / "b", dataset)
                for how, what in (("alone", first), ("beside", second)):
                    counts[how][what] += 1
                    if what == "silent" and (how == "beside" or spoilt[1]):
                        silent[how].append(f"{path.name}: {kind.name}")
                path.write_bytes(content)
    told_of(silent, counts)
    return len(silent["alone"]) + len(silent["beside"])


def told_of(silent: dict[str, list[str]], counts: dict[str, Counter[str]]) -> None:
    """Print the figures, what changed in silence first."""
    print(
        f"changed in silence: {len(silent['alone'])} visible in the file itself, "
        f"{len(silent['beside'])} with the earlier edition in the store"
    )
    kinds = len(spoiled_tables.KINDS)
    print(f"{counts['alone'].total()} damaged files, {kinds} kinds; alone: {dict(counts['alone'])}")
    print(f"as the edition after the intact one: {dict(counts['beside'])}")
    print("\n".join(f"  {how}: {name}" for how, names in silent.items() for name in names))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(1 if main() else 0)
