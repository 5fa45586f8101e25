"""Families who are counted themselves, totals that stand elsewhere, and a memory under older names."""

import itertools
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import linprog

from sojourn.cli import cli
from sojourn.errors import DisclosureRisk, Misasked, TableRefused
from sojourn.protect.audit.audit import attack
from sojourn.protect.ledger.ledger import read_ledger
from sojourn.protect.run.protect import attack_file, protect
from sojourn.protect.run.publishable import (
    Memory,
    Publishable,
    publishable,
    remember_made,
    shown_last,
)
from sojourn.protect.run.read import Asked
from sojourn.protect.suppress import protect as suppression
from sojourn.protect.table.equations import Key, System, system_of
from sojourn.protect.table.insiders import insiders, with_contributors
from sojourn.protect.table.policy import packaged
from sojourn.protect.table.table import Row, Table

Person = tuple[str, str]
POLICY = msgspec.structs.replace(packaged("default"), exact_cells=0)


def families(seed: int, many: int = 40) -> list[list[Person]]:
    """Synthetic families of one to six: sex and age of each member."""
    rng = np.random.default_rng(seed)
    ages, of_age = ("a", "b", "c", "d"), (0.45, 0.3, 0.18, 0.07)
    return [
        [(str(rng.choice(["F", "M"])), str(rng.choice(ages, p=of_age))) for _ in range(size)]
        for size in rng.choice([1, 2, 4, 6], size=many, p=[0.3, 0.3, 0.25, 0.15])
    ]


def key(sex: str, age: str) -> Key:
    return tuple((d, c) for d, c in (("age", age), ("sex", sex)) if c != "_T")


def table(people: list[list[Person]]) -> Table:
    counts = Counter(p for one in people for p in one)
    codes = ("_T", "F", "M"), ("_T", "a", "b", "c", "d")
    rows = [
        Row(
            (s, a),
            float(sum(n for (x, y), n in counts.items() if s in ("_T", x) and a in ("_T", y))),
        )
        for s, a in itertools.product(*codes)
    ]
    return Table("families", ("sex", "age"), tuple(rows))


def theirs(people: list[list[Person]]) -> list[dict[Key, float]]:
    return [{key(*p): float(n) for p, n in Counter(one).items()} for one in people]


def width(one: System, hidden: np.ndarray, own: Mapping[Key, float], cell: int) -> float:
    """What somebody who subtracts their own from every cell can tell of a cell, by linprog."""
    bounds = []
    for k, h, v in zip(one.keys, hidden, one.value, strict=True):
        told = dict(k)
        mine = sum(n for o, n in own.items() if all(told.get(d, c) == c for d, c in o) or not told)
        least = max(mine, 1.0) if v else 0.0  # zeros are published: a withheld count is 1 or more
        bounds.append((least, None) if h and mine < v else (v, v))
    cost = np.zeros(len(bounds))
    cost[cell] = 1.0
    zero = np.zeros(one.matrix.shape[0])
    low = linprog(cost, A_eq=one.matrix, b_eq=zero, bounds=bounds)
    high = linprog(-cost, A_eq=one.matrix, b_eq=zero, bounds=bounds)
    assert low.status == 0
    return np.inf if high.status == 3 else float(-high.fun - low.fun)


def told_by_families(made: Publishable, people: list[list[Person]]) -> list[float]:
    one, hidden = made.audited.system, made.audited.withheld
    primary = set(np.flatnonzero(made.suppression.primary.cells).tolist())
    found = []
    for own in theirs(people):
        mine = {i for i, k in enumerate(one.keys) if one.value[i] and own.get(k) == one.value[i]}
        found += [width(one, hidden, own, cell) for cell in sorted(primary - mine)]
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("boxes", [False, True])
def test_no_family_tells_who_else_is_in_a_small_count(
    seed: int, boxes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if boxes:
        monkeypatch.setattr(suppression, "LEAST_WORK", 0)
    people = families(seed)
    try:
        made = publishable([table(people)], POLICY, contributors=theirs(people))
    except DisclosureRisk:
        return  # refused is safe
    assert min(told_by_families(made, people), default=99) >= POLICY.contributor - 1e-6
    asked = insiders(made.audited.system, made.suppression.primary.cells, POLICY)
    assert made.rung != "whole" or any(len(i.own) for i in asked)


def test_a_home_that_is_nearly_all_of_two_withheld_counts_is_reckoned_with() -> None:
    counts = {("F", "a"): 9, ("F", "b"): 12, ("F", "c"): 70, ("F", "d"): 70}
    counts |= {("M", age): 90 for age in "abcd"}
    home = [("F", "a")] * 8 + [("F", "b")] * 11
    rest = Counter(counts)
    rest.subtract(home)
    people = [home, *([person] for person in rest.elements())]
    plain = publishable([table(people)], POLICY)
    cell = plain.audited.system.keys.index(key("F", "a"))
    own = theirs([home])
    assert plain.audited.withheld[plain.audited.system.keys.index(key("F", "b"))]
    assert width(plain.audited.system, plain.audited.withheld, own[0], cell) == 2
    asked = publishable([table(people)], POLICY, contributors=own)
    system, primary = asked.audited.system, asked.suppression.primary.cells
    found = attack(system, plain.audited.withheld, primary, POLICY)
    assert not found.safe
    assert [f.narrow for f in found.findings if f.attacker.startswith("contributor")] == [1]
    assert width(system, asked.audited.withheld, own[0], cell) >= POLICY.contributor


def test_what_is_theirs_of_a_total_is_the_sum_of_its_parts_once() -> None:
    people = families(3)
    one = with_contributors(system_of([table(people)]), theirs(people))
    for row, members in enumerate(people):
        for cell, k in enumerate(one.keys):
            told = dict(k)
            mine = sum(all(told.get(d, c) == c for d, c in key(*p)) for p in members)
            assert one.own[row, cell] == mine
    everybody = [{k: float(one.value[i]) for i, k in enumerate(one.keys) if len(k) == 2}]
    whole = publishable([table(people)], POLICY, contributors=everybody)
    assert whole.audited.system.own[0, one.keys.index(())] == one.value.max()


def test_a_contribution_is_a_part_of_a_cell_of_the_table() -> None:
    people = families(0)
    with pytest.raises(TableRefused, match="no table has"):
        publishable([table(people)], POLICY, contributors=[{(("sex", "X"),): 1}])
    with pytest.raises(TableRefused, match="more of a cell than is in it"):
        publishable([table(people)], POLICY, contributors=[{key("F", "d"): 1e6}])


ROWS = (("F", 40), ("M", 52), ("X", 3), ("U", 30))


def test_what_is_known_from_elsewhere_is_published_and_reckoned_with() -> None:
    one = Table("t", ("sex",), tuple(Row((c,), float(v)) for c, v in ROWS))
    alone = publishable([one], POLICY)
    assert alone.audited.withheld.sum() == 1  # no total is printed
    made = publishable([one], POLICY, known={(): 125, (("sex", "U"),): 30})
    shown = made.audited.cells()
    assert shown[()] == 125
    assert shown[("sex", "U"),] == 30
    assert shown[("sex", "X"),] is None
    assert list(shown.values()).count(None) >= 2
    with pytest.raises(TableRefused, match="another value"):
        publishable([one], POLICY, known={(("sex", "U"),): 31})
    with pytest.raises(TableRefused, match="do not add up"):
        publishable([one], POLICY, known={(): 126})
    with pytest.raises(TableRefused, match="no table has these dimensions"):
        publishable([one], POLICY, known={(("age", "U"),): 30})


def test_a_small_count_that_everybody_knows_is_told_as_such() -> None:
    one = Table("t", ("sex",), (Row(("_T",), 125.0), *(Row((c,), float(v)) for c, v in ROWS)))
    made = publishable([one], POLICY, known={(("sex", "X"),): 3})
    assert made.suppression.primary.public == 1
    assert not made.audited.withheld.any()  # nothing else is small


def test_a_memory_under_older_names_is_carried_over(tmp_path: Path) -> None:
    def of(column: str, counts: tuple[tuple[str, int], ...]) -> Table:
        rows = tuple(Row((c,), float(v)) for c, v in counts)
        return Table("t", (column,), (Row(("_T",), float(sum(v for _, v in counts))), *rows))

    old = Memory(tmp_path / "m.jsonl", "s", date(2026, 1, 1))
    first = publishable([of("group", ROWS)], POLICY, memory=old)
    remember_made(first)

    def names(name: str) -> str | None:
        return name.replace("group=", "sex=")

    def new(counts: tuple[tuple[str, int], ...], *, scheduled: bool = False) -> Publishable:
        memory = Memory(tmp_path / "m.jsonl", "s", date(2026, 2, 1), scheduled, names)
        return publishable([of("sex", counts)], POLICY, memory=memory)

    again = new(ROWS)
    assert (again.audited.withheld == first.audited.withheld).all()
    assert [r.public for r in again.audited.system.rows] == (~first.audited.withheld).tolist()
    assert shown_last(again.memory or old) == again.audited.cells()
    remember_made(again)
    assert len(read_ledger(tmp_path / "m.jsonl")) == 1
    with pytest.raises(DisclosureRisk, match="few persons"):
        new((*ROWS[:3], ("U", 31)))
    assert shown_last(Memory(tmp_path / "no.jsonl", "s", date(2026, 2, 1))) is None


def test_families_and_known_totals_from_the_command_line(tmp_path: Path) -> None:
    people = families(1)
    lines = [f"f{i},{s},{a}" for i, one in enumerate(people) for s, a in one]
    (tmp_path / "p.csv").write_text("\n".join(["case,sex,age", *lines]) + "\n", "utf-8")
    (tmp_path / "k.csv").write_text(f"sex,obs_value\n_T,{len(lines)}\n", "utf-8")
    files = [str(tmp_path / n) for n in ("p.csv", "k.csv", "OUT", "L")]
    asked = ["protect", "release", files[0], "--policy", "default", "--out", files[2]]
    more = ["--by", "sex,age", "--contributor", "case", "--known", files[1], "--ledger", files[3]]
    ran = CliRunner().invoke(cli, [*asked, *more])
    assert ran.exit_code == 0, ran.output
    text = (tmp_path / "OUT" / "table.csv").read_text("utf-8")
    assert f"_T,_T,{len(lines)},A,," in text
    made = publishable([table(people)], packaged("default"), contributors=theirs(people))
    read = attack_file(tmp_path / "OUT" / "table.csv", "default")
    assert read["withheld"] == int(made.audited.withheld.sum())
    (tmp_path / "p.csv").write_text("\n".join(["case,sex,age", *lines, ",F,a"]) + "\n", "utf-8")
    with pytest.raises(TableRefused, match=f"line {len(lines) + 2}: the record has no case"):
        protect(Asked((tmp_path / "p.csv",), "default", by=("sex", "age"), contributor="case"))
    with pytest.raises(Misasked, match="names a column of microdata"):
        protect(Asked((tmp_path / "k.csv",), "default", contributor="case"))
