"""Kinds of damage to printed tables of every reader: how many change a number without a word.

Each result is right, refused, told (a note, warning or line of the receipt) or silent. What only
the edition before could tell is counted apart; the comparison with it is no part of this run.
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
from sojourn.sources.declaration import registry
from sojourn.store.manifest import read_manifest
from sojourn.store.observations import open_store

Read = tuple[list[tuple[object, ...]], set[str]]


def loaded(path: Path, root: Path) -> Read:
    """Return the observations of a file in a store of its own, and the words that were said."""
    outcome = load([path], root, registry()).outcomes[0]
    rows = open_store(read_manifest(root)).con.execute(
        "SELECT indicator, ref_area, origin, destination, sex, age, time_period, unit_measure, "
        "unit_mult, obs_value, obs_status FROM observation ORDER BY ALL"
    )
    said = (*outcome.notes, *outcome.receipt, *outcome.warnings)
    return rows.fetchall(), {re.sub(r"\d", "9", word) for word in said}


def judged(path: Path, good: Read, root: Path) -> str:
    """Return what became of a damaged file."""
    try:
        rows, said = loaded(path, root)
    except SojournError:
        return "refused"
    if rows == good[0]:
        return "right"
    return "told" if said - good[1] else "silent"


def main() -> int:
    """Damage, load, count; return how many changed in silence although the file shows it."""
    counts: Counter[str] = Counter()
    silent: dict[bool, list[str]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(corruptions.good_files(Path(folder))):
            content = path.read_bytes()
            good = loaded(path, Path(folder) / f"good{number}")
            for nth, kind in enumerate(spoiled_tables.KINDS):
                spoilt = spoiled_tables.spoiled(path, content, kind)
                if spoilt is not None:
                    path.write_bytes(spoilt)
                    what = judged(path, good, Path(folder) / f"s{number}-{nth}")
                    counts[what] += 1
                    if what == "silent":
                        silent[kind.seen].append(f"{path.name}: {kind.name}")
                path.write_bytes(content)
    print(f"changed in silence, visible in the file itself: {len(silent[True])}")
    print(f"changed in silence, only against the earlier edition: {len(silent[False])}")
    print(
        f"{sum(counts.values())} damaged files, {len(spoiled_tables.KINDS)} kinds: {dict(counts)}"
    )
    print("\n".join(silent[True]))
    return len(silent[True])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(1 if main() else 0)
