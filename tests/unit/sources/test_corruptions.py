"""Spoilt files end in an error that names them, or are read as they are printed now.

``benchmarks/fuzz_readers.py`` does the same some thousand times.
"""

import random
from pathlib import Path

import corruptions
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import read

KINDS = range(13)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, bytes]]:
    files = corruptions.good_files(tmp_path_factory.mktemp("good"))
    return [(p, p.read_bytes()) for p in files]


@pytest.mark.parametrize("kind", KINDS)
def test_each_good_file_is_read_and_judged_good(good: list[tuple[Path, bytes]], kind: int) -> None:
    path, content = good[kind]
    path.write_bytes(content)
    found = read(path)
    assert [r["value"] for r in found.rows if r["value"] is not None]
    cells = corruptions.cells_of(content)
    assert cells is not None
    assert [said for r in found.rows if (said := corruptions.wrong(r, cells))] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_file_is_refused_or_read_as_printed(
    good: list[tuple[Path, bytes]], kind: int
) -> None:
    path, content = good[kind]
    path.write_bytes(content)
    reading, rng = read(path), random.Random(kind)
    for turn in range(25):
        how = corruptions.spoil(path, content, rng)
        assert corruptions.judge(path, reading) == "", f"turn {turn}: {how}"


def test_the_judge_sees_a_number_from_the_wrong_row(good: list[tuple[Path, bytes]]) -> None:
    path, content = good[0]
    path.write_bytes(content)
    row = read(path).rows[0]
    cells = corruptions.cells_of(content)
    assert cells is not None
    assert corruptions.wrong(row, cells) == ""
    assert "reads" in corruptions.wrong({**row, "value": 9.0}, cells)
    assert "stands beside" in corruptions.wrong(
        {**row, "ref_area": "012", "destination": "012"}, cells
    )


@given(at=st.integers(0, 10_000), byte=st.integers(0, 255), kind=st.integers(0, 7))
def test_one_changed_byte_never_gives_a_number_that_is_not_printed(
    good: list[tuple[Path, bytes]], at: int, byte: int, kind: int
) -> None:
    path, content = good[kind]
    path.write_bytes(content)
    reading = read(path)
    at %= len(content)
    path.write_bytes(content[:at] + bytes([byte]) + content[at + 1 :])
    assert corruptions.judge(path, reading) == ""
