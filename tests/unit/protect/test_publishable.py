"""Tables of other subjects: latent numbers, widths of single cells, groups of one, the ladder."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.ledger import read_ledger
from sojourn.protect.run.publishable import Memory, Publishable, publishable, remember_made
from sojourn.protect.table.equations import Sums, System, system_of
from sojourn.protect.table.hierarchy import Hierarchy
from sojourn.protect.table.policy import packaged
from sojourn.protect.table.table import Row, Table

OUTCOME = Hierarchy("outcome", {"_T": ("placed", "without"), "placed": ("wished", "elsewhere")})
LATENT = ("without", "elsewhere")


def outcomes(name: str, groups: dict[str, tuple[int, int, int]]) -> Table:
    """Groups by outcome: (without a place, placed elsewhere, placed as wished)."""
    rows = []
    whole = tuple(sum(g[i] for g in groups.values()) for i in range(3))
    for group, (without, elsewhere, wished) in {"_T": whole, **groups}.items():
        told = {
            "_T": without + elsewhere + wished,
            "placed": elsewhere + wished,
            "wished": wished,
            "without": without,
            "elsewhere": elsewhere,
        }
        rows += [Row((group, o), float(v), latent=o in LATENT) for o, v in told.items()]
    return Table(name, (name, "outcome"), tuple(rows))


def ends(one: System, hidden: np.ndarray, cell: int, known: tuple[int, ...]) -> tuple[float, float]:
    bounds = [
        (0, None) if h and i not in known else (v, v)
        for i, (h, v) in enumerate(zip(hidden, one.value, strict=True))
    ]
    cost = np.zeros(len(bounds))
    cost[cell] = 1.0
    zero = np.zeros(one.matrix.shape[0])
    least = linprog(cost, A_eq=one.matrix, b_eq=zero, bounds=bounds).fun
    return least, -linprog(-cost, A_eq=one.matrix, b_eq=zero, bounds=bounds).fun


def safe_against_all(made: Publishable) -> None:
    audited, primary = made.audited, made.suppression.primary.cells
    one, policy = audited.system, audited.policy
    sums = Sums(one)
    alone = np.flatnonzero(primary & (one.value == 1)).tolist()
    for cell in np.flatnonzero(primary).tolist():
        low, high = ends(one, audited.withheld, cell, ())
        assert high - low >= policy.w - 1e-6
        for person in alone:
            known = sums.known_to(person)
            kin = cell in known or person in sums.known_to(cell)
            if not kin:
                low, high = ends(one, audited.withheld, cell, known)
                assert high - low >= policy.contributor - 1e-6


def test_a_group_of_one_does_not_learn_the_lines_of_the_others() -> None:
    sex = outcomes("sex", {"F": (20, 30, 60), "M": (25, 40, 70), "X": (0, 1, 0), "N": (2, 12, 30)})
    age = outcomes("age", {"child": (15, 30, 50), "adult": (30, 41, 80), "old": (2, 12, 30)})
    made = publishable([sex, age], packaged("site"), hierarchies={"outcome": (OUTCOME,)})
    assert made.rung == "whole"
    safe_against_all(made)
    told = made.audited.system
    latent = np.array([r.latent for r in told.rows])
    assert made.audited.withheld[latent].all()
    assert made.suppression.loss <= told.value[made.audited.withheld & ~latent].sum()


def test_few_people_are_one_number_and_fewer_are_none() -> None:
    few = outcomes("sex", {"F": (2, 3, 7), "M": (1, 4, 6)})
    made = publishable([few], packaged("site"), hierarchies={"outcome": (OUTCOME,)})
    assert made.rung == "one number"
    assert [
        k for k, w in zip(made.audited.system.keys, made.audited.withheld, strict=True) if not w
    ] == [()]
    fewer = outcomes("sex", {"F": (1, 1, 1), "M": (1, 2, 1)})
    with pytest.raises(DisclosureRisk, match="too few people"):
        publishable([fewer], packaged("site"), hierarchies={"outcome": (OUTCOME,)})


def test_a_cell_may_have_its_own_width() -> None:
    rows = [
        Row(("_T",), 40.0),
        *(Row((c,), float(v), width=3) for c, v in zip("abcd", (4, 4, 16, 16), strict=True)),
    ]
    table = Table("t", ("x",), tuple(rows))
    made = publishable([table], packaged("default"))
    assert made.audited.withheld.sum() == 2
    plain = Table("t", ("x",), tuple(Row(r.codes, r.value) for r in rows))
    assert publishable([plain], packaged("default")).audited.withheld.sum() > 2
    assert system_of([table]).rows[1].width == 3


def test_what_was_made_is_remembered_once_and_one_person_later_refused(tmp_path: Path) -> None:
    def made(people: int, day: int, *, scheduled: bool = False) -> Publishable:
        table = outcomes("sex", {"F": (20, 30, people), "M": (25, 40, 70)})
        memory = Memory(tmp_path / "m.jsonl", "fairness", date(2026, 11, day), scheduled)
        return publishable(
            [table], packaged("site"), hierarchies={"outcome": (OUTCOME,)}, memory=memory
        )

    for day in (1, 2):
        remember_made(made(60, day))
    assert len(read_ledger(tmp_path / "m.jsonl")) == 1
    with pytest.raises(DisclosureRisk, match="few persons"):
        made(61, 3)
    assert made(61, 3, scheduled=True).differences[0].changed == 1


def test_what_the_same_people_were_published_with_is_not_withheld_afterwards(
    tmp_path: Path,
) -> None:
    def asked(width: float) -> Publishable:
        rows = [
            Row((c,), float(v), width=width)
            for c, v in zip("abcde", (4, 16, 17, 60, 70), strict=True)
        ]
        table = Table("t", ("x",), (Row(("_T",), 167.0), *rows))
        memory = Memory(tmp_path / "m.jsonl", "s", date(2026, 11, 1))
        return publishable([table], packaged("default"), memory=memory)

    first = asked(10)
    remember_made(first)
    shown = ~first.audited.withheld
    again = asked(10)
    assert not again.audited.withheld[shown].any()
    assert [r.keep for r in again.audited.system.rows] == shown.tolist()


def test_of_the_parts_of_a_small_known_number_no_more_is_asked_than_it_leaves() -> None:
    groups = {"a": (2, 0, 20), "b": (3, 0, 30), "c": (0, 0, 40)}
    table = outcomes("age", groups)
    known = {(("outcome", "without"),): 5.0, (("outcome", "placed"),): 90.0, (): 95.0}
    made = publishable([table], packaged("plan"), hierarchies={"outcome": (OUTCOME,)}, known=known)
    system, hidden = made.audited.system, made.audited.withheld
    for name in ("a", "b"):
        cell = system.keys.index((("age", name), ("outcome", "without")))
        assert ends(system, hidden, cell, ()) == (0, 5), "anything that five allow"
    assert made.rung == "whole"
    assert sum(v is not None for v in made.audited.cells().values()) > 3


def test_a_family_is_counted_once_in_a_total_of_several_breakdowns() -> None:
    tables = [outcomes(n, {"x": (20, 0, 30), "y": (25, 0, 40)}) for n in ("sex", "age", "speaks")]
    family = {
        tuple(sorted(((n, "x"), ("outcome", "wished")))): 6.0 for n in ("sex", "age", "speaks")
    }
    made = publishable(
        tables, packaged("plan"), hierarchies={"outcome": (OUTCOME,)}, contributors=[family]
    )
    own = made.audited.system.own
    assert own is not None
    assert own.toarray()[0, made.audited.system.keys.index(())] == 6
