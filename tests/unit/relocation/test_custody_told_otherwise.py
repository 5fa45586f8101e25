"""Ledgers of devices whose clocks are wrong, merged in any order: the same people stand where a plain machine says.

The machine keeps what happened in the order in which it happened, knows nothing of chains or clocks of
ours, and says who stands where by going through it once.
"""

import itertools
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from custody_events import START, event

import sojourn
from sojourn.cli import cli
from sojourn.relocation.custody.chain import Known, chain_faults, heads, linked, new_key, public_of
from sojourn.relocation.custody.custody import (
    MISSING,
    SAME_AS,
    STATES,
    VOID,
    Event,
    merge,
    missing,
    standing,
)
from sojourn.relocation.custody.declined import ANSWER, declined
from sojourn.relocation.custody.watch import concerns
from sojourn.relocation.run.custody import append, append_all, read_ledger, write_merged
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site

# Minutes by which the clock of a device is wrong: right, minutes behind, a day ahead, 1970, 2099.
CLOCKS = (0, -7, 1_440, -24_600_000, 43_500_000)
KEYS = {d: new_key() for d in "ABC"}


@dataclass
class Act:
    """One thing that was noted: a sighting, a void of another act, or two pseudonyms of one person."""

    kind: str
    person: str
    told: str
    at: datetime
    turn: int


@dataclass
class Plain:
    """What happened, and where everybody stands by it."""

    acts: dict[str, Act] = field(default_factory=dict)

    def void(self, act: str) -> bool:
        """Whether an act does not count: another that counts says so of it."""
        return any(
            a.kind == VOID and a.told == act and not self.void(i) for i, a in self.acts.items()
        )

    def group(self, person: str) -> frozenset[str]:
        """Return all pseudonyms of a person, by pairs that count, one after another."""
        pairs = [
            {a.person, a.told}
            for i, a in self.acts.items()
            if a.kind == SAME_AS and not self.void(i)
        ]
        found = {person}
        while grown := {p for pair in pairs if pair & found for p in pair} - found:
            found |= grown
        return frozenset(found)

    def states(self) -> dict[str, str]:
        """Return state by the first pseudonym of each person."""
        seen = sorted(
            (a for i, a in self.acts.items() if a.kind in STATES and not self.void(i)),
            key=lambda a: (a.at, a.turn),
        )
        return {min(self.group(a.person)): a.kind for a in seen}


class Device:
    """One device with its own ledger and its own clock."""

    def __init__(self, name: str, wrong: int) -> None:
        self.name, self.wrong = name, timedelta(minutes=wrong)
        self.kept: list[Event] = []

    def note(self, plain: Plain, turn: int, person: str, kind: str, told: str = "") -> None:
        """Note an act at the time that this device's clock says it is."""
        now = START + timedelta(minutes=turn) + self.wrong
        new = event(person, kind, turn + self.wrong.total_seconds() / 60, self.name, where=told)
        wall = int((now - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
        [made] = linked(self.kept, [new], {self.name: KEYS[self.name]}, max(wall, 0))
        self.kept.append(made)
        plain.acts[made.id] = Act(kind, person, told, made.moment, turn)


def lived(seed: int) -> tuple[Plain, list[Device]]:
    """Return three devices after a random day, and what happened."""
    rng, plain = random.Random(seed), Plain()
    devices = [Device(n, rng.choice(CLOCKS)) for n in "ABC"]
    people = [f"p{n}" for n in range(5)]
    for turn in range(1, 60):
        one = rng.choice(devices)
        what = rng.random()
        if what < 0.15:
            other = rng.choice(devices)
            one.kept = merge([one.kept, other.kept])
        elif what < 0.4 and one.kept:
            voids = [e for e in one.kept if e.state == VOID]
            about = rng.choice(voids if voids and rng.random() < 0.6 else one.kept)
            one.note(plain, turn, rng.choice(people), VOID, about.id)
        elif what < 0.5:
            one.note(plain, turn, rng.choice(people), SAME_AS, rng.choice(people))
        else:
            one.note(plain, turn, rng.choice(people), rng.choice(STATES))
    return plain, devices


@pytest.mark.parametrize("seed", range(40))
def test_after_every_merge_everybody_stands_where_a_plain_machine_says(seed: int) -> None:
    plain, devices = lived(seed)
    for order in itertools.permutations(devices):
        merged: list[Event] = []
        for device in (*order, order[0]):
            merged = merge([merged, device.kept])
        found = standing(merged)
        assert {p: e.state for p, e in found.last.items()} == plain.states()
        assert {found.name(p) for p in ("p0", "p1")} == {min(plain.group(p)) for p in ("p0", "p1")}
        assert [m.person for m in missing(found)] == [
            m.person for m in missing(standing(reversed(merged)))
        ]
        assert {m.person for m in missing(found)} == {
            p for p, s in plain.states().items() if s == MISSING
        }


def test_a_void_that_was_voided_gives_back_what_it_took(tmp_path: Path) -> None:
    ledger = sojourn.custody(tmp_path / "ledger")
    wrong = ledger.note("p", "arrived", device="A", where="P1")
    for expected in (0, 1, 0):
        wrong = ledger.void(wrong.id, "mistaken", device="A")
        assert ledger.status().registered == expected


def test_a_stranger_takes_no_answer_away() -> None:
    """Who declined is said by devices that are known; a void that none of them signed says nothing."""
    said = replace(event("head", "registered", 0), source=f"{ANSWER}C1: declined; offered N")
    [signed] = linked([], [said], {"A": KEYS["A"]}, 1)
    known = {"A": Known(public_of(KEYS["A"]))}
    [void] = linked([signed], [event("head", VOID, 1, "B", where=signed.id)], {"B": KEYS["B"]}, 2)
    for stranger in (void, replace(void, device="A"), replace(void, signature="")):
        assert declined([signed, stranger], known) == {"C1"}
    own = event("head", VOID, 1, "A", where=signed.id)
    assert declined([signed, *linked([signed], [own], {"A": KEYS["A"]}, 2)], known) == frozenset()


@pytest.mark.parametrize("responsible", ["", "child", "twin", "other"])
@pytest.mark.parametrize("state", ["arrived", "checked in", "left", "reunified", "transferred"])
def test_no_child_alone_minds_itself_nor_another(state: str, responsible: str) -> None:
    kept = [
        event("child", state, 0, where="P1", responsible=responsible),
        event("twin", "in queue", -9, "A", 2),
        event("child", SAME_AS, 1, "A", 3, where="twin"),
    ]
    found = standing(kept)
    said = concerns(found, START + timedelta(minutes=5), 12, children={"child", "other"})
    assert [c.why for c in said] == [{"left": "left_alone"}.get(state, "unminded")]
    grown = standing([event("child", state, 0, where="P1", responsible="R"), *kept[1:]])
    assert concerns(grown, START + timedelta(minutes=5), 12, children={"child", "other"}) == []


def test_a_note_that_changes_nothing_says_so_at_once(tmp_path: Path) -> None:
    path, run = tmp_path / "ledger", CliRunner().invoke
    append(path, event("p", "in queue", 0, "A"))
    note = ["custody", "note", str(path), "p", "arrived", "--device", "B", "--at"]
    early = run(cli, [*note, "2016-10-24T07:00:00+00:00"])
    assert "last in queue at 2016-10-24T08:00:00+00:00" in early.stderr
    assert "which is later and stands" in early.stderr
    assert "stands" not in run(cli, [*note, "2016-10-24T09:00:00+00:00"]).stderr


def test_every_order_of_merging_gives_the_same_bytes_and_a_restored_copy_too(
    tmp_path: Path,
) -> None:
    paths = [tmp_path / n for n in "ABC"]
    for n, path in enumerate(paths):
        own = [event(f"p{i % 3}", STATES[(i + n) % 9], 7 * i - 11 * n, path.name) for i in range(9)]
        append_all(path, own)
    sojourn.custody(paths[0]).snapshot(tmp_path / "early", tmp_path / "key")
    append(paths[1], replace(event("p0", VOID, 90, "B"), where=read_ledger(paths[0])[0][2].id))
    append(paths[0], event("p1", "arrived", 91, "A"))
    sojourn.custody(paths[0]).restore(tmp_path / "early", tmp_path / "again", tmp_path / "key")
    found = set()
    for n, turn in enumerate(itertools.permutations([*paths, tmp_path / "again"])):
        out = tmp_path / f"out{n}"
        for path in (*turn, turn[0]):
            write_merged([path], out)
        found.add(out.read_bytes())
    write_merged(paths, tmp_path / "at once")
    assert found == {(tmp_path / "at once").read_bytes()}


def test_two_whom_the_register_knows_apart_are_told_where_they_are_called_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "SYNTHETIC"
    write_example_site(folder, people=60, seed=2)
    people = sorted(read_site(folder).persons, key=lambda p: p.id)
    one = next(p for p in people if p.sex == "M")
    girl = next(p for p in people if p.sex == "F" and p.case_id != one.case_id)
    ledger = sojourn.custody(tmp_path / "ledger")
    ledger.open(folder, device="A")
    joined = ledger.same_as(girl.id, one.id, device="A")
    told = CliRunner().invoke(cli, ["custody", "check", str(ledger.path), "--site", str(folder)])
    first, second = sorted((one.id, girl.id))
    assert f"{first} and {second}: one person by same-as, two by the register" in told.stdout
    ledger.void(joined.id, "another", device="A")
    assert ledger.check(folder).about["not_the_same"] == []


def test_a_device_that_was_brought_back_and_whose_clock_was_set_back_is_not_said_to_be_altered() -> (
    None
):
    """Its ledger is again that of an hour ago, and its clock that of 1970: it is honest, and only its clock is told."""
    pem = {"A": KEYS["A"]}
    first = linked([], [event("p", "in queue", m) for m in range(8)], pem, 1_477_296_000_000)
    known = heads(first, {})
    again = linked(first[:3], [event("p", "on vehicle", 90)], pem, 5_000, known)
    merged = sorted(merge([first, again]), key=lambda e: (e.clock, e.moment, e.number, e.id))
    assert [e.number for e in merged] == list(range(1, 10))
    told = chain_faults(merged, heads(merged, known))
    assert len(told) == 1
    assert "this clock is behind" in told[0].what


def test_whose_registration_was_voided_by_mistake_is_registered_again(tmp_path: Path) -> None:
    folder = tmp_path / "SYNTHETIC"
    write_example_site(folder, people=20, seed=2)
    ledger = sojourn.custody(tmp_path / "ledger")
    everybody = ledger.open(folder, device="A")
    ledger.void(ledger.events[0].id, "mistaken", device="A")
    assert ledger.status().registered == everybody - 1
    assert ledger.open(folder, device="A") == 1
    assert ledger.open(folder, device="A") == 0
    assert ledger.status().registered == everybody
