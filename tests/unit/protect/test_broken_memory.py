"""Rules and steps of the memory, broken once each: what every one of them is for is asked here."""

import dataclasses

import msgspec
import numpy as np
import pytest

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.difference import differences, refuse_small
from sojourn.protect.ledger.ledger import Release, cell_name, release_of
from sojourn.protect.ledger.remembered import remembered
from sojourn.protect.suppress.primary import primary_cells
from sojourn.protect.table.equations import System, system_of
from sojourn.protect.table.hierarchy import Hierarchy
from sojourn.protect.table.policy import packaged
from sojourn.protect.table.table import Row, Table

POLICY = packaged("default")


def system(*counts: float, tree: bool = False) -> System:
    """Counts of codes c0, c1 … of one dimension and their total; with ``tree``, of c0 and c1 too."""
    rows = [Row((f"c{i}",), v) for i, v in enumerate(counts)]
    rows.append(Row(("_T",), float(sum(counts))))
    if not tree:
        return system_of([Table("t", ("a",), tuple(rows))])
    rows.append(Row(("p",), float(counts[0] + counts[1])))
    others = tuple(f"c{i}" for i in range(2, len(counts)))
    division = Hierarchy("h", {"_T": ("p", *others), "p": ("c0", "c1")})
    return system_of([Table("t", ("a",), tuple(rows))], {"a": (division,)})


def released(one: System, *withheld: str) -> Release:
    """The release of a system with some cells withheld."""
    hidden = np.array([cell_name(k) in withheld for k in one.keys], dtype=bool)
    return release_of(one, hidden, hidden, "s", "2026-01-01", "default@1")


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True), (10, True), (11, False)])
def test_a_release_is_refused_after_one_to_changed_persons_and_after_no_others(
    more: int, refused: bool
) -> None:
    before, today = released(system(40, 50, 60)), system(40 + more, 50, 60)
    assert POLICY.changed == 10
    if refused:
        with pytest.raises(DisclosureRisk, match="only a few persons changed"):
            refuse_small(today, [before], "s", POLICY, scheduled=False)
    else:
        assert refuse_small(today, [before], "s", POLICY, scheduled=False)[0].changed == more


def test_who_came_and_who_left_are_both_counted() -> None:
    found = differences(system(46, 44, 60), [released(system(40, 50, 60))], "s")
    assert found[0].changed == 12


@pytest.mark.parametrize("people", [1, 60])
def test_a_cell_that_is_new_or_gone_held_nobody_elsewhen(people: int) -> None:
    """As many went to another cell: the total is the same, and two of each moved."""
    more, fewer = system(40, 50, people), system(40 + people, 50)
    assert differences(fewer, [released(more)], "s")[0].changed == 2 * people
    assert differences(more, [released(fewer)], "s")[0].changed == 2 * people


def test_a_total_tells_how_many_changed_where_its_parts_are_not_at_hand() -> None:
    before = released(system(40, 5, 60, tree=True), "a=c0", "a=c1")
    lost = dataclasses.replace(before, truth={})
    found = differences(system(70, 5, 30, tree=True), [lost], "s")
    assert found[0].hidden
    assert found[0].changed == 30


def test_what_was_published_of_the_same_people_stays_so_and_what_was_withheld_too() -> None:
    one = system(4, 12, 60, 3)
    before = released(one, "a=c0", "a=c1")
    names = [cell_name(k) for k in one.keys]
    known = remembered(one, [before], "s")
    public = {n for n, r in zip(names, known.system.rows, strict=True) if r.public}
    assert public == {"a=c2", "a=c3", "_T"}
    assert {n for n, w in zip(names, known.withheld, strict=True) if w} == {"a=c0", "a=c1"}
    other = remembered(system(9, 32, 90, 30), [before], "s")  # others: the pattern stays
    assert not any(r.public for r in other.system.rows)
    assert {n for n, w in zip(names, other.withheld, strict=True) if w} == {"a=c0", "a=c1"}
    assert not remembered(one, [before], "another").withheld.any()


def test_everybody_of_a_group_in_one_of_its_two_parts_is_a_group() -> None:
    asked = msgspec.structs.replace(POLICY, group=True, t=0)
    told = primary_cells(system(50, 0), asked, declared=False)
    assert told.by_rule["group"] == 1
    assert primary_cells(system(50), asked, declared=False).by_rule["group"] == 0
    assert primary_cells(system(0, 0), asked, declared=False).by_rule["group"] == 0
