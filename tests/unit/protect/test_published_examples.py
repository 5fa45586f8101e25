"""K3: examples that other programs publish; D11, D12: texts and filters over a protected table."""

import itertools
import random
import re
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import linprog

from sojourn.cli import cli
from sojourn.errors import SojournError
from sojourn.protect.alternatives.cellkey import Noise, perturbed, record_key
from sojourn.protect.alternatives.dp import discrete_laplace
from sojourn.protect.audit.attack import Attacker
from sojourn.protect.audit.audit import attack
from sojourn.protect.run.protect import Asked, protect
from sojourn.protect.run.publishable import publishable
from sojourn.protect.suppress.primary import _parts, primary_cells
from sojourn.protect.suppress.protect import suppress
from sojourn.protect.table.equations import Key, System, system_of
from sojourn.protect.table.policy import Policy, packaged
from sojourn.protect.table.table import Row, Table


def policy(**changed: object) -> Policy:
    return msgspec.structs.replace(packaged("default"), **changed)


def crossed(inside: dict[tuple[str, str], float], top: dict[tuple[str, str], list[float]]) -> Table:
    """A table of two dimensions with its totals; contributions by cell where given."""
    codes = [["_T", *dict.fromkeys(k[i] for k in inside)] for i in (0, 1)]
    rows = []
    for cell in itertools.product(*codes):
        under = [k for k in inside if all(c in ("_T", x) for c, x in zip(cell, k, strict=True))]
        parts = sorted((v for k in under for v in top.get(k, [])), reverse=True)
        rows.append(Row(cell, round(sum(inside[k] for k in under), 6), top=tuple(parts[:2])))
    return Table("t", ("d0", "d1"), tuple(rows))


def ends(one: System, withheld: np.ndarray, cell: int) -> tuple[float, float]:
    bounds = [(0, None) if w else (v, v) for w, v in zip(withheld, one.value, strict=True)]
    cost, zero = np.zeros(len(bounds)), np.zeros(one.matrix.shape[0])
    cost[cell] = 1.0
    low = linprog(cost, A_eq=one.matrix, b_eq=zero, bounds=bounds)
    high = linprog(-cost, A_eq=one.matrix, b_eq=zero, bounds=bounds)
    return low.fun, np.inf if high.status == 3 else -high.fun


#: sdcTable 0.32, tests/testthat/test-simpleheuristic.R (GPL-3; its numbers as facts).
FOUR = {
    (r, c): v
    for r, row in zip(
        "wxyz",
        ((30, 47, 64, 89), (90, 124, 5, 31), (92, 100, 59, 85), (800, 991, 651, 685)),
        strict=True,
    )
    for c, v in zip("abcd", row, strict=True)
}
BLANKS = ("wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd")


def test_k3_the_four_by_four_of_sdctable() -> None:
    """Two and more blanks in every line, and one of them exact; with x|b as well it is 0 to 141."""
    one = system_of([crossed({k: float(v) for k, v in FOUR.items()}, {})])
    at = {tuple(dict(k).get(d, "_T") for d in ("d0", "d1")): i for i, k in enumerate(one.keys)}
    blank = np.zeros(len(one.keys), dtype=bool)
    blank[[at[b[0], b[1]] for b in BLANKS]] = True
    exact = at["w", "b"]
    n = len(one.keys)
    for more, told in (((), (47, 47)), ((at["x", "b"],), (0, 141))):
        withheld = blank.copy()
        withheld[list(more)] = True
        made = Attacker(one, withheld, one.value, np.zeros(n), np.full(n, np.inf), whole=True)
        found = made.intervals()
        assert (found.low[exact], found.high[exact]) == told
        assert ends(one, withheld, exact) == pytest.approx(told)
    asked = policy(w=10, w1=4, w2=4, contributor=0)
    marked = Table(
        "t",
        ("d0", "d1"),
        tuple(Row(r.codes, r.value, primary=r.codes[0] + r.codes[1] in BLANKS) for r in one.rows),
        declared=True,
    )
    made_safe = publishable([marked], asked)
    assert made_safe.audited.withheld.sum() >= 10
    for cell in np.flatnonzero(blank):
        low, high = ends(one, made_safe.audited.withheld, int(cell))
        assert high - low >= 10


#: GaussSuppression 1.2, vignette "Magnitude table suppression" (MIT, Statistics Norway).
COMPANIES = [
    ("Iceland", "Industry", {"B": 9.6, "C": 8.8, "D": 1.9}),
    ("Iceland", "Entertainment", {"B": 16.8}),
    ("Portugal", "Agriculture", {"A": 75.9}),
    ("Portugal", "Entertainment", {"B": 7.1, "D": 2.3}),
    ("Portugal", "Governmental", {"B": 21.6, "D": 2.0}),
    ("Portugal", "Industry", {"B": 25.7, "D": 3.4}),
    ("Spain", "Agriculture", {"A": 96.6}),
    ("Spain", "Entertainment", {"A": 77.4, "B": 11.5, "C": 16.4}),
    ("Spain", "Governmental", {"C": 6.5, "D": 2.7}),
    ("Spain", "Industry", {"C": 8.4}),
]


def sales() -> tuple[Table, list[dict[Key, float]]]:
    inside = {(s, g): round(sum(v.values()), 6) for g, s, v in COMPANIES}
    sectors, places = {k[0] for k in inside}, {k[1] for k in inside}
    inside |= {k: 0.0 for k in itertools.product(sectors, places) if k not in inside}
    own: dict[str, dict[Key, float]] = defaultdict(dict)
    for place, sector, parts in COMPANIES:
        for company, value in parts.items():
            own[company][("d0", sector), ("d1", place)] = value
    return crossed(inside, {(s, g): [*v.values()] for g, s, v in COMPANIES}), [*own.values()]


def test_k3_the_dominance_rule_of_the_magnitude_example() -> None:
    """By hand: the two largest make more than 90 % of these cells, as in its table 3."""
    table, _ = sales()
    one = system_of([table])
    found = primary_cells(one, policy(t=0, p=0, n=2, k=90), declared=False)
    told = {
        tuple(dict(one.keys[i]).get(d, "_T") for d in ("d0", "d1"))
        for i in np.flatnonzero(found.cells)
    }
    inner = {
        (s, g) for g, s, v in COMPANIES if sum(sorted(v.values())[-2:]) > 0.9 * sum(v.values())
    }
    assert ("Industry", "Iceland") in inner  # 18.4 of 20.3
    assert ("Entertainment", "Spain") not in inner  # 93.8 of 105.3
    assert {k for k in told if "_T" not in k} == inner
    assert ("Agriculture", "_T") in told  # 172.5 of 172.5
    assert ("_T", "_T") not in told


def test_k3_a_single_contributor_does_not_reveal_the_next() -> None:
    """Its singleton problem: B alone in Entertainment:Iceland must not tell Entertainment:Portugal."""
    table, companies = sales()
    asked = policy(
        t=0, p=0, n=2, k=90, w=3, w1=1, w2=1, contributor=1, zeros="published", exact_cells=0
    )
    made = publishable([table], asked, contributors=companies)
    one, hidden = made.audited.system, made.audited.withheld
    portugal = one.keys.index((("d0", "Entertainment"), ("d1", "Portugal")))
    iceland = one.keys.index((("d0", "Entertainment"), ("d1", "Iceland")))
    known = hidden.copy()
    known[iceland] = False  # B knows it
    low, high = ends(one, known, portugal)
    assert high - low >= 1 - 1e-6
    bare = made.suppression.primary.cells.copy()
    assert bare[portugal]
    assert bare[iceland]
    judged = attack(one, bare, made.suppression.primary.cells, asked)
    assert not judged.safe


def test_k3_three_people_alone_in_one_row_of_the_ssbtools_example() -> None:
    values = (1, 1, 1, 5, 5, 9, 9, 9, 9, 9, 0, 0, 0, 7, 7)  # SSBtools, GaussSuppression(), examples
    inside = {(str(i // 5 + 1), "ABCDE"[i % 5]): float(v) for i, v in enumerate(values)}
    one = system_of([crossed(inside, {})])
    asked = policy(t=5, w=5, w1=2, w2=2, contributor=2, exact_cells=0)
    done = suppress(one, asked)
    alone = [i for i, k in enumerate(one.keys) if one.value[i] == 1 and len(k) == 2]
    assert len(alone) == 3
    for me, other in itertools.permutations(alone, 2):
        known = done.withheld.copy()
        known[me] = False
        low, high = ends(one, known, other)
        assert high - low >= 2


CANARIES = [[74411, 3, 60107, 81817], [80109, 70213, 4, 92929], [91103, 61301, 90407, 50505]]


def spoken(text: str) -> set[str]:
    """Every number of a text, whatever stands between its digits."""
    plain = re.sub(r"data:[^\s\"')]*", "", text)
    return {re.sub(r"\D", "", m) for m in re.findall(r"\d[\d,.\u00a0\u202f' ]*", plain)} | set(
        re.findall(r"\d+", plain)
    )


def test_d11_no_text_speaks_a_withheld_number_or_its_complement(tmp_path: Path) -> None:
    inside = {(f"r{i}", f"c{j}"): float(v) for i, r in enumerate(CANARIES) for j, v in enumerate(r)}
    lines = [",".join([*r.codes, str(int(r.value or 0))]) for r in crossed(inside, {}).rows]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["d0,d1,obs_value", *lines]) + "\n", "utf-8")
    words = [
        "protect",
        "release",
        str(path),
        "--policy",
        "default",
        "--ledger",
        str(tmp_path / "L"),
    ]
    ran = CliRunner().invoke(cli, [*words, "--out", str(tmp_path / "SAFE")])
    assert ran.exit_code == 0
    done = protect(Asked((path,), "default"))
    value, hidden = done.audited.system.value, done.audited.withheld
    shown = {int(v) for v in value[~hidden]}
    secret = {int(v) for v in value[hidden]}
    secret |= {
        int(value[total] - value[part])
        for total, parts in _parts(done.audited.system)
        for part in parts
        if hidden[part] and not hidden[total]
    }
    secret -= shown
    texts = [ran.output, *(f.read_text("utf-8") for f in (tmp_path / "SAFE").iterdir())]
    lines[7] = lines[7].rsplit(",", 1)[0] + ",1"  # a sum that is wrong now: refused in words
    path.write_text("\n".join(["d0,d1,obs_value", *lines]) + "\n", "utf-8")
    for policy_name in ("default", "trafficking"):
        again = CliRunner().invoke(
            cli,
            ["protect", "run", str(path), "--policy", policy_name, "--out", str(tmp_path / "N")],
        )
        assert isinstance(again.exception, SojournError)
        texts += [again.output, str(again.exception), again.exception.hint]
    for text in texts:
        assert {str(s) for s in secret if s > 999} & spoken(text) == set()


def test_d12_no_pair_of_filters_gives_a_small_count() -> None:
    rng = np.random.default_rng(12)
    inside = {
        (f"r{i}", f"c{j}"): float(v)
        for (i, j), v in np.ndenumerate(rng.negative_binomial(1, 0.04, (4, 4)))
    }
    done = publishable([crossed(inside, {})], policy())
    cells = done.audited.cells()
    people = {
        key: frozenset(
            k
            for k in inside
            if all(dict(key).get(d, c) == c for d, c in zip(("d0", "d1"), k, strict=True))
        )
        for key in cells
    }
    small = {people[k] for k in cells if 0 < sum(inside[p] for p in people[k]) < 10}
    shown = [people[k] for k, v in cells.items() if v is not None]
    assert small
    for a, b in itertools.product(shown, repeat=2):
        assert a - b not in small or not b < a
        assert a | b not in small
        assert a not in small


def test_d13_ten_thousand_queries_give_one_answer() -> None:
    people, noise = [record_key(f"p{i}", b"a" * 32) for i in range(7)], Noise(5, 3.0, 2)
    assert len({perturbed(7, people, noise) for _ in range(10_000)}) == 1


def test_d15_neighbouring_tables_are_no_farther_apart_than_epsilon() -> None:
    """By Monte Carlo: the lower bound of ε from 20,000 draws a side is not above the declared one."""
    rng, epsilon, many = random.Random(15), 1.0, 20_000
    noise = np.array([discrete_laplace(Fraction(1), rng.randrange) for _ in range(2 * many)])
    one, other = 10 + noise[:many], 11 + noise[many:]
    worst = 0.0
    for cut in range(6, 16):
        p, q = (one <= cut).mean(), (other <= cut).mean()
        slack = 3.5 * (np.sqrt((1 - p) / (p * many)) + np.sqrt((1 - q) / (q * many)))
        worst = max(worst, abs(np.log(p / q)) - slack)
    assert 0.7 < worst <= epsilon
    assert len(set(noise[:200].tolist())) > 3  # it is drawn anew each time


def test_every_known_answer_of_the_page_has_its_test() -> None:
    page = Path(__file__).parents[3] / "docs" / "disclosure.md"
    rows = re.findall(r"^\| ((?:[KD]\d+b? ?)+) \|.*`(test_\w+)` \|$", page.read_text("utf-8"), re.M)
    tests = "".join(p.read_text("utf-8") for p in Path(__file__).parent.glob("test_*.py"))
    assert len(rows) > 20
    assert [name for _, name in rows if f"def {name}(" not in tests] == []
    told = {i for ids, _ in rows for i in ids.split()}
    assert {f"K{i}" for i in range(1, 5)} | {
        f"D{i}" for i in range(1, 27) if i not in NOT_HERE
    } <= told


NOT_HERE = (23,)  # the subjects' own tests
