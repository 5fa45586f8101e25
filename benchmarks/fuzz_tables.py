"""Kinds of damage to printed tables of every reader: how many change a number without a word.

Each damaged file is loaded twice: alone, and as the next edition of the intact one. Each time the
result is right, refused, told (a note, a warning, a line of the receipt, the comparison with the
edition before) or silent. Alone, only damage that the file shows must be told; beside the edition
before, all of it.
"""

import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import corruptions
import spoiled_tables
from damage import alone, beside, good_of


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
