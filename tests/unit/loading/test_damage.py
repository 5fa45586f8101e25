"""No damage to a printed table changes a number in silence when the earlier edition is there.

``benchmarks/fuzz_tables.py`` does every kind of damage to every file; here each kind meets some
readers, and each reader some kinds.
"""

from pathlib import Path

import corruptions
import pytest
import spoiled_tables
from damage import alone, beside, good_of

FILES = 13
EVERY = 6
#: The kinds that happen to publishers' files most: their names begin so.
COMMON = (
    *("heading renamed", "heading blanked", "heading in capitals", "column moved"),
    *("column times", "column shifted", "column emptied", "neighbouring", "keys swapped"),
    *("first row lost", "half of the rows lost", "cut to one", "a row doubled", "all rows doubled"),
    *("labels of two rows", "one number", "unknown column", "hidden row", "year formatted"),
)
KINDS = [k for k in spoiled_tables.KINDS if k.name.startswith(COMMON)]


@pytest.mark.parametrize("nth", range(FILES))
def test_damage_is_right_refused_or_told(tmp_path: Path, nth: int) -> None:
    files = corruptions.good_files(tmp_path)
    assert len(files) == FILES
    path = files[nth]
    intact = path.with_name(f"intact{path.suffix}")
    intact.write_bytes(content := path.read_bytes())
    dataset, good = good_of(path, tmp_path / "good")
    silent = []
    for number, kind in enumerate(KINDS):
        if (number + nth) % EVERY or (
            spoilt := spoiled_tables.spoiled(path, content, kind)
        ) is None:
            continue
        path.write_bytes(spoilt[0])
        if spoilt[1] and alone(path, tmp_path / f"a{number}", good) == "silent":
            silent.append(f"alone: {kind.name}")
        if beside(path, intact, tmp_path / f"b{number}", dataset) == "silent":
            silent.append(f"beside the intact one: {kind.name}")
        path.write_bytes(content)
    assert not silent, f"{path.name}: {silent}"
