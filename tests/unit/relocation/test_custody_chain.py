"""A ledger edited by hand, clocks behind and ahead, voids, twins, and children whom nobody minds."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import CustodyAlarm, NoSuchCase, PlanError
from sojourn.relocation.custody.chain import chain_faults, tick
from sojourn.relocation.custody.custody import Event, order, standing
from sojourn.relocation.custody.expected import Expected, elsewhere, overdue
from sojourn.relocation.custody.watch import concerns
from sojourn.relocation.run.custody import append, open_ledger, read_ledger, write_merged
from sojourn.relocation.run.devices import device_key, known_devices
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site

START = datetime(2016, 10, 24, 8, tzinfo=UTC)
Lines = list[dict[str, object]]


def event(person: str, state: str, minutes: int, device: str = "A", **more: str) -> Event:
    at = (START + timedelta(minutes=minutes)).isoformat()
    said = {"where": "", "responsible": "", **more}
    return Event(person=person, state=state, at=at, device=device, number=1, **said)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger"
    for n in range(5):
        append(path, event(f"p{n}", "on vehicle", n, where="V1", responsible="R1"))
    return path


def by_hand(path: Path, change: Callable[[Lines], Lines]) -> None:
    """Change lines and set their checksums right, as anybody can."""
    lines = [json.loads(line.partition(" ")[2]) for line in path.read_text("utf-8").splitlines()]
    texts = [json.dumps(x, ensure_ascii=False, sort_keys=True) for x in change(lines)]
    digests = [hashlib.sha256(t.encode()).hexdigest()[:16] for t in texts]
    path.write_text("".join(f"{d} {t}\n" for d, t in zip(digests, texts, strict=True)), "utf-8")


def said(path: Path) -> str:
    return " | ".join(f.what for f in chain_faults(read_ledger(path)[0], known_devices(path)))


def test_a_ledger_as_it_was_written_is_in_order(ledger: Path) -> None:
    assert said(ledger) == ""
    assert CliRunner().invoke(cli, ["custody", "check", str(ledger)]).exit_code == 0
    assert all(e.signature and e.clock for e in read_ledger(ledger)[0])


def _moved(lines: Lines) -> Lines:
    lines[2]["state"], lines[2]["where"] = "arrived", "P9"
    return lines


def _slipped_in(lines: Lines) -> Lines:
    return [*lines, {**lines[4], "number": 6, "person": "p9"}]


def _bare(lines: Lines) -> Lines:
    empty = {"signature": "", "previous": "", "clock": "", "noted": "", "key": ""}
    return [*lines, {**lines[4], **empty, "number": 6, "person": "p9"}]


def _stranger(lines: Lines) -> Lines:
    empty = {"signature": "", "previous": "", "clock": "", "noted": "", "key": ""}
    return [*lines, {**lines[4], **empty, "number": 1, "device": "Z"}]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_moved, "altered"),
        (lambda x: x[:2] + x[3:], "missing"),
        (lambda x: x[:3], "were here and are missing"),
        (lambda x: x[:0], "were here and are missing"),
        (lambda x: [x[1], x[0], *x[2:]], "re-ordered"),
        (_slipped_in, "altered"),
        (_bare, "no signature"),
        (_stranger, "unknown"),
        (lambda x: [{**x[0], "number": 2}, {**x[1], "number": 1}, *x[2:]], "altered"),
    ],
)
def test_what_was_done_by_hand_is_told(
    ledger: Path, change: Callable[[Lines], Lines], told: str
) -> None:
    by_hand(ledger, change)
    run = CliRunner().invoke(cli, ["custody", "check", str(ledger)])
    assert run.exit_code != 0
    assert told in run.stdout.replace("not in this ledger", "missing")


@pytest.mark.parametrize("command", ["status", "missing", "alarm"])
def test_no_count_is_given_of_a_ledger_that_lacks_events_without_a_word(
    ledger: Path, command: str
) -> None:
    whole = CliRunner().invoke(cli, ["custody", command, str(ledger)])
    assert "not in it" not in whole.stderr
    by_hand(ledger, lambda x: x[:1] + x[2:-1])
    lacks = CliRunner().invoke(cli, ["custody", command, str(ledger)])
    assert "2 events of its devices are not in it" in lacks.stderr


def test_a_merge_exchanges_heads(ledger: Path, tmp_path: Path) -> None:
    other, out = tmp_path / "other", tmp_path / "all"
    append(other, event("q", "in queue", 3, "B"))
    write_merged([ledger, other], out)
    assert said(out) == ""
    assert {d: k.number for d, k in known_devices(out).items()} == {"A": 5, "B": 1}
    by_hand(out, lambda x: [e for e in x if e["device"] != "B"])
    assert "were here and are missing" in said(out)


def test_a_private_key_is_its_owners_alone_and_not_beside_the_ledger(ledger: Path) -> None:
    device_key(ledger, "A")
    assert [p.name for p in ledger.parent.iterdir()] == ["ledger"]


def test_a_clock_that_is_behind_is_found_by_what_it_follows() -> None:
    ahead = tick([], 10_000_000)
    assert tick([ahead], 1) > ahead
    assert tick([ahead], 20_000_000) > tick([ahead], 1)


def test_two_of_one_moment_stand_as_they_followed_never_by_name(tmp_path: Path) -> None:
    for first, second in (("A", "Z"), ("Z", "A")):
        path = tmp_path / first
        append(path, event("p", "in queue", 0, first))
        append(path, event("p", "on vehicle", 0, second))
        assert standing(read_ledger(path)[0]).last["p"].state == "on vehicle"
        assert [e.device for e in order(read_ledger(path)[0])] == [first, second]


def test_a_void_and_twins(tmp_path: Path) -> None:
    path, run = tmp_path / "ledger", CliRunner().invoke
    append(path, event("a", "in queue", 0))
    wrong = append(path, event("a", "arrived", 5, where="P1"))
    append(path, event("b", "on vehicle", 9))
    done = run(cli, ["custody", "void", str(path), wrong.id, "wrong person", "--device", "A"])
    assert done.exit_code == 0
    assert standing(read_ledger(path)[0]).last["a"].state == "in queue"
    unknown = run(cli, ["custody", "void", str(path), "0" * 24, "x", "--device", "A"])
    assert isinstance(unknown.exception, NoSuchCase)
    run(cli, ["custody", "same-as", str(path), "b", "a", "--device", "A"])
    found = standing(read_ledger(path)[0])
    assert (found.registered, found.last["a"].state) == (1, "on vehicle")
    assert len(read_ledger(path)[0]) == 5  # nothing was taken out


def test_who_has_two_pseudonyms_is_looked_for_once_and_by_either(tmp_path: Path) -> None:
    path, run = tmp_path / "ledger", CliRunner().invoke
    append(path, event("a", "in queue", 0))
    append(path, event("b", "left", 9))
    assert run(cli, ["custody", "same-as", str(path), "a", "b", "--device", "A"]).exit_code == 0
    found, later = standing(read_ledger(path)[0]), START + timedelta(hours=30)
    assert concerns(found, later, 12, register={"a", "b"}) == []
    [alone] = concerns(found, later, 12, register={"a", "b"}, children={"b"})
    assert (alone.person, alone.what) == ("a", "a child that left alone")
    [unseen] = concerns(found, later, 12, register={"a", "b", "c"})
    assert (unseen.person, unseen.last) == ("c", None)
    rides = [
        Expected(person=p, trip="T", vehicle="V", place=place, departs=START, arrives=later)
        for p, place in (("a", "P1"), ("b", "P2"))
    ]
    assert overdue(found, rides, later + timedelta(hours=9), 2) == []
    append(path, event("b", "arrived", 20, where="P2"))
    assert elsewhere(standing(read_ledger(path)[0]), rides) == []
    append(path, event("b", "arrived", 21, where="P3"))
    assert {e.where for _, e in elsewhere(standing(read_ledger(path)[0]), rides)} == {"P3"}


def test_the_register_decides_who_is_known(tmp_path: Path) -> None:
    site, path, run = tmp_path / "SYNTHETIC", tmp_path / "ledger", CliRunner().invoke
    write_example_site(site, people=40, seed=1)
    open_ledger(path, site, event("-", "registered", 0, source="register of the site"))
    known = read_site(site).persons[0].id
    noted = ["custody", "note", str(path), f"{known}x", "in queue", "--device", "A"]
    refused = run(cli, noted)
    assert isinstance(refused.exception, NoSuchCase)
    assert known in str(refused.exception)
    assert run(cli, [*noted, "--new"]).exit_code == 0


@pytest.mark.parametrize(
    ("state", "more", "told"),
    [
        ("missing since", {}, "missing"),
        ("left", {}, "left alone"),
        ("arrived", {"where": "nowhere", "responsible": "R"}, "no such place"),
        ("arrived", {"where": "P1"}, "without a responsible adult"),
        ("arrived", {"where": "P1", "responsible": "R"}, "not checked in"),
        ("transferred", {"where": "P1"}, "without a responsible adult"),
        ("checked in", {"where": "P1", "responsible": "R"}, ""),
        ("left", {"responsible": "R"}, ""),
    ],
)
def test_no_child_alone_is_settled_before_a_named_person_checks_it_in(
    state: str, more: dict[str, str], told: str
) -> None:
    found = standing([event("child", state, 0, **more)])
    later = START + timedelta(hours=30)
    said = concerns(found, later, 12, children={"child"}, places={"P1"}, register={"child"})
    assert bool(said) == bool(told)
    assert all(told in c.what for c in said)


def test_a_missing_child_raises_the_alarm_with_a_code_of_its_own(tmp_path: Path) -> None:
    path, run = tmp_path / "ledger", CliRunner().invoke
    append(path, event("child", "missing since", 0))
    told = run(cli, ["custody", "alarm", str(path)])
    assert isinstance(told.exception, CustodyAlarm)
    assert told.exception.exit_code == 65
    assert "child: missing" in told.stdout
    absent = run(cli, ["custody", "alarm", str(tmp_path / "none")]).exception
    assert isinstance(absent, PlanError)
    assert absent.exit_code == 60
