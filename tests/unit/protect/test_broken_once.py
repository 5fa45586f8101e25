"""Each rule and each step, broken once: something that is asked of a protected table must fail."""

import msgspec
import numpy as np
import pytest

from sojourn.errors import DisclosureRisk
from sojourn.protect.audit import audit as auditing
from sojourn.protect.audit import witness
from sojourn.protect.audit.audit import attack, audited
from sojourn.protect.suppress import primary, protect, search
from sojourn.protect.suppress.protect import Suppression, suppress
from sojourn.protect.suppress.swaps import Movement, Swapper
from sojourn.protect.table.equations import Sums, System, system_of
from sojourn.protect.table.policy import Policy, packaged
from sojourn.protect.table.table import Row, Table

COUNTS = np.array([[3, 40, 60, 25], [50, 61, 7, 30], [80, 1, 45, 35], [22, 33, 44, 55]])


def policy(**changed: object) -> Policy:
    return msgspec.structs.replace(packaged("default"), **changed)


def system(top: bool = False) -> System:
    whole = np.pad(COUNTS, (0, 1))
    whole[-1, :-1], whole[:-1, -1], whole[-1, -1] = COUNTS.sum(0), COUNTS.sum(1), COUNTS.sum()
    rows = tuple(
        Row(
            tuple("_T" if i == 4 else f"c{i}" for i in at),
            float(v),
            top=(float(v) * 0.8, float(v) * 0.15) if top and v == 60 else (),
        )
        for at, v in np.ndenumerate(whole)
    )
    return system_of([Table("t", ("x", "y"), rows)])


def safe(one: System, done: Suppression, asked: Policy) -> bool:
    """Whether the audit passes what the rules, unbroken, call primary."""
    told = primary.primary_cells(one, asked, declared=False).cells
    return attack(one, done.withheld, told, asked).safe


def nothing(*_: object) -> np.ndarray:
    return np.zeros(25, dtype=bool)


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("_group", policy(group=True, t=0, w=4, w1=1, w2=1)),
        ("_p_percent", policy(t=0, k=0)),
        ("_dominance", policy(t=0, p=0)),
    ],
)
def test_a_rule_that_finds_nothing(
    rule: str, asked: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = system(top=rule in ("_p_percent", "_dominance"))
    if rule == "_group":
        one.value[one.value == 3] = 128.0  # now as large as its total
    right = primary.primary_cells(one, asked, declared=False).cells
    monkeypatch.setattr(primary, rule, nothing)
    broken = primary.primary_cells(one, asked, declared=False).cells
    assert broken.sum() < right.sum()


def test_the_threshold_is_asked() -> None:
    one = system()
    told = primary.primary_cells(one, policy(), declared=False)
    assert told.by_rule["threshold"] == 3
    assert primary.primary_cells(one, policy(t=0), declared=False).by_rule["threshold"] == 0


def no_needs(*_: object) -> tuple[object, ...]:
    return ()


def test_without_needs_nothing_is_protected(monkeypatch: pytest.MonkeyPatch) -> None:
    one, asked = system(), policy(exact_cells=0)
    monkeypatch.setattr(protect, "needs_of", no_needs)
    assert not safe(one, suppress(one, asked), asked)


def seen_by_people_alone(one: System, done: Suppression, asked: Policy) -> int:
    """Count the primary cells without a witness that leaves alone what somebody alone knows."""
    told = set(np.flatnonzero(done.primary.cells).tolist())
    sums, seen = Sums(one), 0
    for person in np.flatnonzero(done.primary.cells & (one.value == 1)).tolist():
        known = sums.known_to(person)
        for cell in sums.neighbours(person) & told:
            seen += not any(
                abs(by[cells == cell]).sum() >= asked.contributor
                and not np.isin(cells, known).any()
                for cells, by in done.witnesses
            )
    return seen


def test_a_search_without_its_step_for_people_alone_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = np.array([[52, 41, 35, 9], [25, 9, 2, 10], [18, 50, 1, 1], [5, 40, 1, 46]])
    monkeypatch.setitem(globals(), "COUNTS", counts)
    monkeypatch.setattr(protect, "LEAST_WORK", 0)
    one, asked = system(), policy(exact_cells=0, contributor=10)
    assert seen_by_people_alone(one, suppress(one, asked), asked) == 0
    monkeypatch.setattr(search, "protect_from_contributors", lambda *_: None)
    assert seen_by_people_alone(one, suppress(one, asked), asked) > 0


@pytest.mark.parametrize("step", ["find", "signs"])
def test_a_step_of_the_search_that_fails_is_seen(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, asked = system(), policy(exact_cells=0)
    monkeypatch.setattr(protect, "LEAST_WORK", 0)
    assert safe(one, suppress(one, asked), asked)
    first = search.Search.find

    def alone(_: object, need: object, *__: object, **___: object) -> Movement:
        cell = need.cell  # type: ignore[attr-defined]
        return Movement(np.array([cell]), np.array([float(need.size)]))  # type: ignore[attr-defined]

    def turned(self: search.Search, *args: object, **kwargs: object) -> Movement | None:
        found = first(self, *args, **kwargs)  # type: ignore[arg-type]
        return None if found is None else Movement(found.cells, abs(found.by))

    if step == "find":
        monkeypatch.setattr(search.Search, "find", alone)
    else:
        monkeypatch.setattr(search.Search, "find", turned)
    done = suppress(one, asked)
    told = primary.primary_cells(one, asked, declared=False).cells
    found = attack(one, done.withheld, told, asked, done.witnesses)
    proof = witness.proven(one, done.withheld, (one.value > 0) * 1.0, done.witnesses, whole=True)
    assert not found.safe or proof.broken


def test_an_audit_that_looks_away_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    one, asked = system(), policy()
    bare = primary.primary_cells(one, asked, declared=False).cells
    with pytest.raises(DisclosureRisk):
        audited(one, bare, bare, asked)
    monkeypatch.setattr(auditing._Asked, "narrow", lambda *_: np.zeros(3, dtype=bool))
    found = attack(one, bare, bare, asked)
    assert found.exact > 0  # exactness is asked by itself


def test_a_person_alone_in_a_cell_knows_its_parts() -> None:
    one = system()
    sums = Sums(one)
    total = one.keys.index(())
    assert set(sums.parts(total)) < set(sums.known_to(total))
    alone = int(np.flatnonzero(one.value == 1)[0])
    assert sums.known_to(alone) == (alone,)
    assert len(sums.neighbours(alone)) == 8


def test_no_corner_of_a_box_gives_more_than_it_has() -> None:
    one = system()
    assert one.lattice is not None
    cell = int(np.flatnonzero(one.value == 3)[0])
    boxes = Swapper(one.lattice, one.value - 1, np.ones(25))
    found = boxes.search(cell, 10.0, up=True)
    assert found is not None
    assert (one.value[found.cells] + found.by >= 1).all()
    assert boxes.search(cell, 1e6, up=True) is None
