"""Known answers K1-K4 and the attacks D1-D26 that are not asked elsewhere, by their names.

K1, K2b: test_protect; D4, D16, D19, D21 in part: test_protect; D13, D15: test_methods; D24: test_publishable.
"""

import itertools
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from scipy.optimize import linprog

from sojourn.errors import DisclosureRisk
from sojourn.protect.alternatives.cellkey import record_key
from sojourn.protect.audit.attack import Attacker
from sojourn.protect.audit.audit import attack
from sojourn.protect.run.protect import Asked, protect, write_protected
from sojourn.protect.suppress.primary import primary_cells
from sojourn.protect.suppress.protect import suppress
from sojourn.protect.table.equations import System, system_of
from sojourn.protect.table.granted import widths_of
from sojourn.protect.table.hierarchy import Hierarchy, read_hierarchy
from sojourn.protect.table.policy import Policy, packaged
from sojourn.protect.table.table import Row, Table, read_table


def policy(**changed: object) -> Policy:
    return msgspec.structs.replace(packaged("default"), **changed)


def csv_of(inside: Sequence[object]) -> str:
    a = np.asarray(inside)
    lines = [",".join([*(f"d{i}" for i in range(a.ndim)), "obs_value"])]
    for at in itertools.product(*(range(n + 1) for n in a.shape)):
        cut = tuple(i if i < n else slice(None) for i, n in zip(at, a.shape, strict=True))
        codes = ["_T" if i == n else f"c{i}" for i, n in zip(at, a.shape, strict=True)]
        lines.append(",".join([*codes, str(int(a[cut].sum()))]))
    return "\n".join(lines) + "\n"


def system(inside: Sequence[object]) -> System:
    return system_of([read_table(csv_of(inside), name="t.csv")])


def ends(one: System, withheld: np.ndarray, cell: int) -> tuple[float, float]:
    bounds = [(0, None) if w else (v, v) for w, v in zip(withheld, one.value, strict=True)]
    cost = np.zeros(len(bounds))
    cost[cell] = 1.0
    zero = np.zeros(one.matrix.shape[0])
    low = linprog(cost, A_eq=one.matrix, b_eq=zero, bounds=bounds).fun
    high = linprog(-cost, A_eq=one.matrix, b_eq=zero, bounds=bounds)
    return low, np.inf if high.status == 3 else -high.fun


def withstands(one: System, withheld: np.ndarray, primary: np.ndarray, asked: Policy) -> None:
    for cell in np.flatnonzero(primary).tolist():
        low, high = ends(one, withheld, cell)
        assert high - low >= asked.w - 1e-6


def divided(counts: dict[str, int], *divisions: dict[str, str]) -> tuple[Table, list[Hierarchy]]:
    rows = [Row((k,), float(v)) for k, v in {"_T": sum(counts.values()), **counts}.items()]
    rows += [Row((k,), float(sum(counts[c] for c in v))) for d in divisions for k, v in d.items()]
    trees = [
        Hierarchy(f"h{i}", {"_T": tuple(d), **{k: tuple(v) for k, v in d.items()}})
        for i, d in enumerate(divisions)
    ]
    return Table("t", ("region",), tuple(rows)), trees


COUNTY = {"county-1": "ABIJ", "county-2": "KLMN"}
SIZE = {"BIG": "LM", "small": "ABIJKN"}


@pytest.mark.parametrize(
    "counts",
    [(2, 2, 8, 8, 3, 3, 3, 7), (11, 7, 3, 9, 4, 30, 40, 50)],
    ids=["UserSupport #136", "UserSupport #133, its other regions synthetic"],
)
def test_k2_two_tables_one_after_the_other_are_unsafe_and_together_safe(
    counts: tuple[int, ...],
) -> None:
    table, both = divided(dict(zip("ABIJKLMN", counts, strict=True)), COUNTY, SIZE)
    asked = policy(t=5, w=5, w1=2, w2=2, contributor=0)
    whole = system_of([table], {"region": both})
    done = suppress(whole, asked)
    withstands(whole, done.withheld, done.primary.cells, asked)
    at = {dict(k).get("region"): i for i, k in enumerate(whole.keys)}
    known = np.ones(len(whole.keys), dtype=bool)  # withheld in each table that shows the cell
    for codes, tree in ((COUNTY, both[0]), (SIZE, both[1])):
        rows = tuple(r for r in table.rows if len(r.codes[0]) == 1 or r.codes[0] in ("_T", *codes))
        one = system_of([Table("t", ("region",), rows)], {"region": (tree,)})
        alone = suppress(one, asked).withheld
        for key, hidden in zip(one.keys, alone, strict=True):
            known[at[dict(key).get("region")]] &= bool(hidden)
    if counts[0] == 2:
        assert not attack(whole, known, done.primary.cells, asked).safe


def test_k4_only_the_small_cells_withheld_tell_most_of_them() -> None:
    rng = np.random.default_rng(4)
    inside = np.floor(np.exp(rng.normal(3.4, 1.0, (5, 4, 3)))).astype(int)
    one, asked = system(inside), packaged("default")
    small = primary_cells(one, asked, declared=False).cells
    bare = attack(one, small, small, asked)
    assert bare.exact > 0
    done = suppress(one, asked)
    after = attack(one, done.withheld, done.primary.cells, asked, done.witnesses)
    assert (after.exact, after.narrow) == (0, 0)


def test_d1_a_total_less_its_parts_tells_the_part() -> None:
    one = system([[3, 40], [50, 60]])
    bare = one.value == 3
    assert ends(one, bare, int(np.flatnonzero(bare)[0])) == (3, 3)
    done = suppress(one, packaged("default"))
    withstands(one, done.withheld, done.primary.cells, packaged("default"))


def test_d2_linked_tables_share_their_cells() -> None:
    a = read_table(
        "r,s,obs_value\n_T,_T,200\nx,_T,60\ny,_T,140\n_T,F,90\n_T,M,110\nx,F,4\nx,M,56\ny,F,86\ny,M,54\n",
        name="a",
    )
    b = read_table(
        "r,g,obs_value\n_T,_T,200\nx,_T,60\ny,_T,140\n_T,o,120\n_T,u,80\nx,o,30\nx,u,30\ny,o,90\ny,u,50\n",
        name="b",
    )
    one = system_of([a, b])
    assert len(one.keys) == 15  # margins over r, and the total, once
    done = suppress(one, packaged("default"))
    withstands(one, done.withheld, done.primary.cells, packaged("default"))


def test_d3_a_department_does_not_tell_its_place() -> None:
    tree = read_hierarchy("_T,N\n_T,S\nN,n1\nN,n2\nS,s1\nS,s2\nS,s3\n", name="h.csv")
    told = {"n1": 3, "n2": 40, "s1": 50, "s2": 60, "s3": 70, "N": 43, "S": 180, "_T": 223}
    table = Table("t", ("r",), tuple(Row((c,), float(v)) for c, v in told.items()))
    one, asked = system_of([table], {"r": (tree,)}), packaged("default")
    done = suppress(one, asked)
    assert done.withheld[[dict(k).get("r") == "n2" for k in one.keys]].all()
    withstands(one, done.withheld, done.primary.cells, asked)


def test_d5_overlapping_age_bands_are_one_system() -> None:
    ages = dict(zip("abcdef", (40, 3, 50, 60, 70, 80), strict=True))
    table, trees = divided(ages, {"young": "ab", "old": "cdef"}, {"minor": "abc", "major": "def"})
    one, asked = system_of([table], {"region": trees}), packaged("default")
    done = suppress(one, asked)
    withstands(one, done.withheld, done.primary.cells, asked)


def test_d6_who_knows_the_threshold_learns_nothing_more() -> None:
    one, asked = system([[3, 40, 9], [50, 60, 70], [8, 30, 20]]), packaged("default")
    done = suppress(one, asked)
    value = np.where(done.withheld, 0.0, one.value)
    knows = Attacker(
        one,
        done.withheld,
        one.value,
        done.withheld.astype(float),
        np.full(len(value), np.inf),
        whole=True,
    )
    interval = knows.intervals()
    for cell in np.flatnonzero(done.primary.cells):
        assert interval.high[cell] - interval.low[cell] >= asked.w


def test_d8_empty_and_full_groups() -> None:
    one = system([[12, 0, 0], [40, 50, 60]])
    assert primary_cells(one, policy(group=True), declared=False).by_rule["group"] >= 1
    assert primary_cells(one, policy(group=False), declared=False).by_rule["group"] == 0
    done = suppress(one, packaged("default"))
    assert not done.withheld[one.value == 0].any()  # zeros are published
    near = system([[43, 3], [50, 60]])
    told = primary_cells(near, policy(t=5, complement=True), declared=False).by_rule
    assert (told["threshold"], told["complement"]) == (1, 2)  # 46 less 43, and 63 less 60


def test_d9_an_interval_of_fractions_may_hold_one_whole_number() -> None:
    rows = (Row(("_T",), 2.0), Row(("x",), None), Row(("y",), None))
    one = system_of([Table("t", ("a",), rows)])
    hidden = ~np.isfinite(one.value)
    value = np.nan_to_num(one.value)
    low, high = np.where(hidden, 0.5, value), np.where(hidden, 1.5, value)
    whole = Attacker(one, hidden, value, low, high, whole=True).intervals()
    rough = Attacker(one, hidden, value, low, high, whole=False).intervals()
    assert (rough.high - rough.low)[hidden].tolist() == pytest.approx([1.0, 1.0])
    assert (whole.low[hidden].tolist(), whole.high[hidden].tolist()) == ([1, 1], [1, 1])


def test_d14_m_values_are_left_of_each_number() -> None:
    one, asked = system([[3, 40, 60], [50, 60, 70], [80, 30, 20]]), policy(m=15)
    assert widths_of(one, asked, ()).w.min() == 14
    done = suppress(one, asked)
    for cell in np.flatnonzero(done.primary.cells):
        low, high = ends(one, done.withheld, int(cell))
        assert high - low >= 14 - 1e-6


def test_d17_a_record_key_needs_the_secret_of_the_office() -> None:
    name = "Amina, 1990-01-01"
    assert record_key(name, b"a" * 32) != record_key(name, b"b" * 32)
    with pytest.raises(DisclosureRisk):
        record_key(name, b"")


def test_d18_a_camp_of_forty_is_one_number(tmp_path: Path) -> None:
    path = tmp_path / "camp.csv"
    path.write_text(csv_of([[9, 8, 4], [6, 7, 6]]), "utf-8")
    done = protect(Asked(tables=(path,), policy="site"))
    assert done.rung == "one number"
    write_protected(done, tmp_path / "SAFE")
    rows = (tmp_path / "SAFE" / "table.csv").read_text("utf-8").splitlines()[1:]
    assert [r for r in rows if ",A," in r] == ["_T,_T,40,A,,"]


@pytest.mark.slow
def test_d21_the_same_bytes_whatever_the_hash_seed_and_threads(tmp_path: Path) -> None:
    """Three interpreters are what it asks: a seed is set when Python starts."""
    path = tmp_path / "t.csv"
    rng = np.random.default_rng(21)
    path.write_text(csv_of(np.floor(np.exp(rng.normal(3.2, 0.9, (4, 4, 3)))).astype(int)), "utf-8")
    made = set()
    for seed in ("0", "1", "2"):
        out = tmp_path / f"S{seed}"
        env = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "2" if seed == "2" else "1"}
        ran = subprocess.run(
            [
                sys.executable,
                "-m",
                "sojourn",
                "protect",
                "run",
                str(path),
                "--policy",
                "default",
                "--out",
                str(out),
            ],
            env=env,
            capture_output=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        made.add(
            b"".join((out / f).read_bytes() for f in ("table.csv", "audit.json", "report.html"))
        )
    assert len(made) == 1


def test_d26_the_ladder_goes_down_one_rung_at_a_time() -> None:
    from sojourn.protect.run.ladder import down_the_ladder

    one = system([[9, 8, 7, 30], [6, 7, 9, 20]])
    rungs = []
    for few in (0.0, 1000.0):
        done, sealed, rung = down_the_ladder(
            one, policy(few=few), np.zeros(len(one.keys), dtype=bool)
        )
        rungs.append(rung)
        withstands(one, sealed.withheld, done.primary.cells, packaged("default"))
    assert rungs[0] != "one number"
    assert rungs[1] == "one number"
