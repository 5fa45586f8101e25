"""A series has one method; releases of changed numbers are remembered and held against the next."""

import csv
import io
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import linprog

from sojourn.cli import cli
from sojourn.errors import LedgerBroken, SojournError
from sojourn.protect.ledger.ledger import read_ledger
from sojourn.protect.run import perturb as perturbing
from sojourn.protect.run import protect as running

KEYS = {"key": bytes(range(32)), "other": bytes(range(1, 33))}
METHODS = {
    "suppress": (),
    "round": ("--method", "round"),
    "cellkey": ("--method", "cellkey", "--key", "@key", "--id", "id"),
    "dp": ("--method", "dp", "--epsilon", "1", "--budget", "9"),
}


def people(seed: int, many: int = 300) -> list[tuple[str, ...]]:
    """People: name, sex, age, region."""
    rng = np.random.default_rng(seed)
    weights = [2.0 ** -(np.arange(n) / 1.5) for n in (2, 4, 5)]
    codes = [rng.choice(len(w), many, p=w / w.sum()) for w in weights]
    return [
        (f"p{i}", f"s{a}", f"a{b}", f"r{c}") for i, (a, b, c) in enumerate(zip(*codes, strict=True))
    ]


def write(folder: Path, rows: list[tuple[str, ...]]) -> None:
    lines = ["id,sex,age,region", *(",".join(r) for r in rows)]
    (folder / "p.csv").write_text("\n".join(lines) + "\n", "utf-8")
    for name, content in KEYS.items():
        (folder / name).write_bytes(content)


def release(
    folder: Path, method: str, day: str, *more: str, by: str = "sex,age", out: str = "OUT"
) -> tuple[int, str]:
    """Run one release of the series and return its exit code and all it said."""
    verb = "release" if method == "suppress" else "run"
    options = [o.replace("@", f"{folder}/") for o in (*METHODS[method], *more)]
    memory = ["--ledger", str(folder / "L"), "--series", "s", "--day", day]
    words = ["protect", verb, str(folder / "p.csv"), "--policy", "default", "--by", by]
    ran = CliRunner().invoke(cli, [*words, *options, *memory, "--out", str(folder / out / day)])
    if isinstance(ran.exception, SojournError):
        return ran.exception.exit_code, ran.output + str(ran.exception)
    return ran.exit_code, ran.output


def numbers(folder: Path, day: str) -> dict[tuple[tuple[str, str], ...], int]:
    """Published numbers by cell, totals left out of its name."""
    rows = csv.DictReader(io.StringIO((folder / "OUT" / day / "table.csv").read_text("utf-8")))
    return {
        tuple((d, r[d]) for d in ("sex", "age", "region") if r.get(d, "_T") != "_T"): int(
            r["obs_value"]
        )
        for r in rows
    }


@pytest.mark.parametrize(("before", "now"), list(itertools.permutations(METHODS, 2)))
def test_a_series_that_was_published_by_one_method_is_refused_by_another(
    before: str, now: str, tmp_path: Path
) -> None:
    write(tmp_path, people(1))
    assert release(tmp_path, before, "2026-01-01")[0] == 0
    write(tmp_path, people(2))  # many changed: nothing but the method stands against it
    kept = (tmp_path / "L").read_bytes()
    code, said = release(tmp_path, now, "2026-02-01")
    assert code == 74
    assert "'s' was published" in said
    assert "2026-01-01" in said
    assert f"--method {before} as before" in said
    assert (tmp_path / "L").read_bytes() == kept
    assert not (tmp_path / "OUT" / "2026-02-01").exists()


@pytest.mark.parametrize(
    ("method", "more", "hint"),
    [
        ("round", ("--base", "3"), "--base 5, as before"),
        ("cellkey", ("--key", "@other"), "the key of the office, as before"),
        ("cellkey", ("--noise", "4,2,0"), "--noise 5,3,2, as before"),
    ],
)
def test_other_numbers_of_the_same_method_are_refused(
    method: str, more: tuple[str, ...], hint: str, tmp_path: Path
) -> None:
    write(tmp_path, people(1))
    assert release(tmp_path, method, "2026-01-01")[0] == 0
    code, said = release(tmp_path, method, "2026-02-01", *more)
    assert code == 74
    assert hint in said
    assert all(
        content.hex() not in (tmp_path / "L").read_text("utf-8") for content in KEYS.values()
    )


@pytest.mark.parametrize("method", ["round", "cellkey"])
def test_where_few_changed_since_changed_numbers_are_refused_too(
    method: str, tmp_path: Path
) -> None:
    rows = people(3)
    write(tmp_path, rows)
    assert release(tmp_path, method, "2026-01-01")[0] == 0
    assert release(tmp_path, method, "2026-01-02")[0] == 0
    assert numbers(tmp_path, "2026-01-01") == numbers(tmp_path, "2026-01-02")
    assert len(read_ledger(tmp_path / "L")) == 1  # the same once more is no other release
    write(tmp_path, rows[1:])
    code, said = release(tmp_path, method, "2026-02-01")
    assert code == 74
    assert "only a few persons changed" in said
    assert release(tmp_path, method, "2026-02-01", "--scheduled")[0] == 0
    told = json.loads((tmp_path / "OUT" / "2026-02-01" / "audit.json").read_text("utf-8"))
    assert told["releases"] == [{"since": "2026-01-01", "few_changed": True}]
    write(tmp_path, people(4))
    assert release(tmp_path, method, "2026-03-01")[0] == 0
    (tmp_path / "L.private").unlink()
    write(tmp_path, people(5))
    code, said = release(tmp_path, method, "2026-04-01")
    assert code == 74
    assert "restore" in said or "only a few" in said
    assert not (tmp_path / "OUT" / "2026-04-01").exists()


def widths(folder: Path, rows: list[tuple[str, ...]], days: list[str], base: int) -> list[float]:
    """How wide each count below ten stays to whoever has all these tables: two programmes each."""
    inner = sorted({r[1:] for r in rows})
    shown: dict[tuple[tuple[str, str], ...], set[int]] = {}
    for day in days:
        for cell, value in numbers(folder, day).items():
            shown.setdefault(cell, set()).add(value)
    named = [dict(zip(("sex", "age", "region"), one, strict=True)) for one in inner]
    line = {c: np.array([all(p[d] == v for d, v in c) for p in named], float) for c in shown}
    a = [s * line[c] for c in shown for s in (1.0, -1.0)]
    b = [
        bound
        for c in shown
        for bound in (min(shown[c]) + base - 1, -max(0, max(shown[c]) - base + 1))
    ]
    found = []
    for cell in shown:
        count = sum(
            all(dict(zip(("sex", "age", "region"), r[1:], strict=True))[d] == v for d, v in cell)
            for r in rows
        )
        if 0 < count < 10:
            ends = [linprog(s * line[cell], A_ub=a, b_ub=b, bounds=(0, None)) for s in (1, -1)]
            assert all(e.status == 0 for e in ends)
            found.append(-ends[1].fun - ends[0].fun)
    return found


def test_rounded_tables_of_other_dimensions_are_rounded_beside_each_other(tmp_path: Path) -> None:
    """Without the memory the margin that two tables share gets two roundings, and a narrow interval."""
    parted = narrow = 0
    for seed in (3, 5, 6):
        rows, folders = people(seed, 60), [tmp_path / f"{seed}{kind}" for kind in "ab"]
        days = ["2026-01-01", "2026-02-01"]
        for folder, memory in zip(folders, (True, False), strict=True):
            folder.mkdir()
            write(folder, rows)
            for day, by in zip(days, ("age,region", "sex,age,region"), strict=True):
                assert release(folder, "round", day, by=by)[0] == 0
                if not memory:
                    (folder / "L").unlink()
            one, other = (numbers(folder, day) for day in days)
            same = all(one[c] == other[c] for c in one.keys() & other.keys())
            if memory:
                assert same
                assert min(widths(folder, rows, days, 5)) >= 4 - 1e-6
            else:
                parted += not same
                narrow += min(widths(folder, rows, days, 5)) < 4 - 1e-6
    assert parted
    assert narrow


def test_a_memory_needs_its_file_and_a_place_to_write(tmp_path: Path) -> None:
    write(tmp_path, people(1))
    words = ["protect", "run", str(tmp_path / "p.csv"), "--policy", "default", "--by", "sex,age"]
    for option in (["--series", "s"], ["--day", "2026-01-01"], ["--scheduled"]):
        more = ["--method", "round", *option, "--out", str(tmp_path / "OUT")]
        ran = CliRunner().invoke(cli, [*words, *more])
        assert "says nothing without --ledger" in ran.output + str(ran.exception)
    assert not (tmp_path / "OUT").exists()


@pytest.mark.parametrize("method", METHODS)
def test_nothing_leaves_that_cannot_be_remembered(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LedgerBroken("the disk is full", hint="make room")

    write(tmp_path, people(1))
    for module in (running, perturbing):
        monkeypatch.setattr(module, "append", full)
    assert release(tmp_path, method, "2026-01-01")[0] == 76
    assert not (tmp_path / "OUT").exists()


def test_a_taken_folder_is_told_before_anything_is_remembered(tmp_path: Path) -> None:
    write(tmp_path, people(1))
    (tmp_path / "OUT" / "2026-01-01").mkdir(parents=True)
    (tmp_path / "OUT" / "2026-01-01" / "mine").write_text("x", "utf-8")
    for method in METHODS:
        assert release(tmp_path, method, "2026-01-01")[0] == 70
        assert not (tmp_path / "L").exists()
