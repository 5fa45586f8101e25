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


@pytest.mark.parametrize("left", [0, 1, 3])
def test_what_was_cut_off_the_end_stays_told_whatever_is_noted_after(
    ledger: Path, left: int
) -> None:
    by_hand(ledger, lambda x: x[:left])
    for n in range(7):  # more than were cut
        append(ledger, event("q", "in queue", 60 + n))
        noted = ["custody", "note", str(ledger), "q", "in queue", "--device", "A"]
        shown = CliRunner().invoke(cli, [*noted, "--at", "2016-10-24T12:00:00Z"])
        assert f"{5 - left} events of its devices are not in it" in shown.stderr
    run = CliRunner().invoke(cli, ["custody", "check", str(ledger)])
    assert f"{5 - left} of its events are not in this ledger" in run.stdout
    numbers = [e.number for e in read_ledger(ledger)[0]]
    assert numbers == [*range(1, left + 1), *range(6, 20)]
    at = ["--at", "2016-10-24T12:30:00Z"]
    asked = CliRunner().invoke(cli, ["custody", "alarm", str(ledger), "--hours", "24", *at])
    assert isinstance(asked.exception, CustodyAlarm)
    assert "whom to look for cannot be said" in str(asked.exception)


def test_an_older_copy_in_place_of_a_ledger_is_told(ledger: Path, tmp_path: Path) -> None:
    kept, key = tmp_path / "old.snapshot", tmp_path / "key"
    run = CliRunner().invoke
    run(cli, ["custody", "snapshot", str(ledger), "--out", str(kept), "--key", str(key)])
    append(ledger, event("p9", "missing since", 90))
    ledger.unlink()
    run(cli, ["custody", "restore", str(kept), "--out", str(ledger), "--key", str(key)])
    assert len(read_ledger(ledger)[0]) == 5
    told = run(cli, ["custody", "status", str(ledger)])
    assert "1 event of its devices is not in it" in told.stderr


@pytest.mark.parametrize(
    "at",
    [
        "now",
        "24.10.2016 09:30",
        "2016-10-24",
        "2016-10-24T09:30:00",
        "2016-10-24 09:30:00+02:00",
        "2016-10-24x09:30:00+02:00",
        "2016-W43-1T09:30:00+02:00",
        "1477294200",
        "2999-01-01T00:00:00Z",
        "0016-10-24T09:30:00+02:00",
    ],
)
def test_a_time_that_is_none_or_still_to_come_is_refused_with_what_was_found(
    ledger: Path, at: str, tmp_path: Path
) -> None:
    before, site = ledger.read_bytes(), str(tmp_path)
    for command in (
        ["note", str(ledger), "p1", "arrived", "--device", "A"],
        ["open", str(ledger), site, "--device", "A"],
        ["status", str(ledger)],
        ["missing", str(ledger)],
        ["alarm", str(ledger)],
    ):
        run = CliRunner().invoke(cli, ["custody", *command, "--at", at])
        assert run.exit_code == 2, command
        told = " ".join(run.stderr.replace("│", " ").split())
        assert f"found '{at}'" in told
        assert "expected" in told
    assert ledger.read_bytes() == before


@pytest.mark.parametrize("at", ["2016-10-24T09:30:00+02:00", "2016-10-24T09:30Z", "20161024T0930Z"])
def test_a_time_with_its_offset_is_taken(ledger: Path, at: str) -> None:
    noted = ["custody", "note", str(ledger), "p1", "arrived", "--device", "A", "--at", at]
    assert CliRunner().invoke(cli, noted).exit_code == 0


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
        Expected(
            person=p, case="c", trip="T", vehicle="V", place=place, departs=START, arrives=later
        )
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
