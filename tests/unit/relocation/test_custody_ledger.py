"""The ledger under stress: kills, two writers, clocks, offline devices; and whom a plan expects."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner
from custody_events import START, event
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sojourn.cli import cli
from sojourn.errors import PlanError
from sojourn.relocation.custody.custody import (
    STATES,
    Event,
    clashes,
    device_faults,
    merge,
    missing,
    order,
    silent,
    standing,
)
from sojourn.relocation.custody.expected import elsewhere, expected, overdue
from sojourn.relocation.proposal.proposal import ManifestRow, Proposal
from sojourn.relocation.run.custody import (
    against_site,
    append,
    append_all,
    open_ledger,
    read_ledger,
    write_merged,
)
from sojourn.relocation.run.relocate import plan_site, read_plan, write_example_site

SRC = Path(__file__).parents[3] / "src"
PARIS = timezone(timedelta(hours=2))


class Devices(RuleBasedStateMachine):
    """Three devices note offline, with clocks that differ, and exchange ledgers at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.ledgers: dict[str, list[Event]] = {d: [] for d in "XYZ"}
        self.written: dict[str, int] = dict.fromkeys("XYZ", 0)
        self.all: dict[str, Event] = {}
        self.minutes = 0

    @rule(
        device=st.sampled_from("XYZ"),
        person=st.sampled_from("abcde"),
        state=st.sampled_from(STATES),
        skew=st.integers(-90, 90),
    )
    def note(self, device: str, person: str, state: str, skew: int) -> None:
        self.minutes += 3
        self.written[device] += 1
        new = event(person, state, self.minutes + skew, device, self.written[device])
        self.ledgers[device].append(new)
        self.all[new.id] = new

    @rule(one=st.sampled_from("XYZ"), two=st.sampled_from("XYZ"))
    def exchange(self, one: str, two: str) -> None:
        self.ledgers[one] = merge([self.ledgers[one], self.ledgers[two]])

    @rule(device=st.sampled_from("XYZ"))
    def hand_over_twice_and_backwards(self, device: str) -> None:
        self.ledgers[device] = [*reversed(self.ledgers[device]), *self.ledgers[device]]

    @invariant()
    def the_states_sum_to_the_registered_on_every_device_at_every_moment(self) -> None:
        for kept in self.ledgers.values():
            for at in (None, START + timedelta(minutes=self.minutes / 2)):
                found = standing(kept, at)
                people = {e.person for e in kept if at is None or e.moment <= at}
                assert sum(found.states.values()) == found.registered == len(people)
                assert {m.person for m in missing(found)} == {
                    p for p, e in found.last.items() if e.state == "missing since"
                }

    @invariant()
    def together_the_devices_hold_every_event_once(self) -> None:
        merged = merge(list(self.ledgers.values()))
        assert sorted(e.id for e in merged) == sorted(self.all)


TestDevices = Devices.TestCase
TestDevices.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)

ledgers = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(STATES),
        st.integers(-200, 200),
        st.sampled_from("XY"),
    ),
    max_size=12,
).map(lambda rows: [event(p, s, m, d, n) for n, (p, s, m, d) in enumerate(rows, start=1)])


@given(ledgers, ledgers, ledgers)
@settings(deadline=None)
def test_merging_is_commutative_associative_and_idempotent(
    a: list[Event], b: list[Event], c: list[Event]
) -> None:
    def both(one: list[Event], two: list[Event]) -> list[Event]:
        return merge([one, two], keep_both=True)

    assert both(a, b) == both(b, a)
    assert both(both(a, b), c) == both(a, both(b, c))
    assert both(a, a) == merge([a], keep_both=True) == order(a)
    assert {e.id for e in both(a, b)} == {e.id for e in [*a, *b]}


def test_two_devices_with_one_name_are_refused_or_both_kept(tmp_path: Path) -> None:
    one, two, out = tmp_path / "one", tmp_path / "two", tmp_path / "all"
    append(one, event("a", "arrived", 1))
    append(two, event("b", "left", 1))
    run = CliRunner().invoke
    refused = run(cli, ["custody", "merge", str(one), str(two), "--out", str(out)])
    assert "--keep-both" in str(refused.exception)
    assert not out.exists()
    kept = run(cli, ["custody", "merge", str(one), str(two), "--out", str(out), "--keep-both"])
    assert "2 events" in kept.stdout
    assert (
        kept.stdout.count("kept both: device A, event 1") == len(clashes(read_ledger(out)[0])) == 1
    )


def test_merging_into_a_ledger_keeps_what_it_holds(tmp_path: Path) -> None:
    a, b = tmp_path / "A", tmp_path / "B"
    append(a, event("a", "registered", 0, "A"))
    append(b, event("b", "registered", 0, "B"))
    assert write_merged([b], a) == 2
    assert {e.person for e in read_ledger(a)[0]} == {"a", "b"}
    assert append(a, event("a", "arrived", 5, "A")).number == 2
    assert {p.name for p in tmp_path.iterdir()} == {"A", "B"}


def test_a_ledger_that_is_not_there_is_not_merged_in_silence(tmp_path: Path) -> None:
    append(tmp_path / "A", event("a", "registered", 0))
    with pytest.raises(PlanError, match="B: no ledger"):
        write_merged([tmp_path / "A", tmp_path / "B"], tmp_path / "all")
    assert not (tmp_path / "all").exists()


@pytest.mark.parametrize(
    "content", [b"id,name\nP1,x\n", b"P1 P2 P3", b"{}", b"\x89PNG\r\n", b"no\n\n"]
)
def test_another_file_is_never_cut_nor_written_to(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(PlanError, match="no ledger"):
        append(path, event("a", "registered", 0))
    append(tmp_path / "A", event("a", "registered", 0))
    with pytest.raises(PlanError, match="no ledger"):
        write_merged([tmp_path / "A"], path)
    assert path.read_bytes() == content


def test_a_folder_in_place_of_a_ledger_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be written"):
        append(tmp_path, event("a", "registered", 0))
    with pytest.raises(PlanError, match="cannot be read"):
        read_ledger(tmp_path)


def test_a_whole_last_line_counts_though_its_line_break_was_lost(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    append(path, event("a", "registered", 0))
    append(path, event("b", "registered", 1))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    kept, said = read_ledger(path)
    assert ([e.person for e in kept], said) == (["a", "b"], "")
    append(path, event("c", "registered", 2))
    assert [(e.person, e.number) for e in read_ledger(path)[0]] == [("a", 1), ("b", 2), ("c", 3)]


def test_a_last_line_of_zeros_after_a_power_cut_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    append(path, event("a", "registered", 0))
    path.write_bytes(path.read_bytes() + b"\x00" * 200)
    kept, said = read_ledger(path)
    assert len(kept) == 1
    assert "torn" in said
    append(path, event("b", "registered", 1))
    assert [e.person for e in read_ledger(path)[0]] == ["a", "b"]


def test_a_full_disk_leaves_the_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger"
    append(path, event("a", "registered", 0))
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PlanError, match="No space left on device"):
        append(path, event("b", "registered", 1))
    with pytest.raises(PlanError, match="No space left on device"):
        write_merged([path], tmp_path / "all")
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["ledger"]


def test_several_events_are_noted_all_or_none(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with pytest.raises(PlanError, match="vanished"):
        append_all(path, [event("a", "registered", 0), event("b", "vanished", 0)])
    assert not path.exists()
    assert [
        e.number
        for e in append_all(path, [event("a", "registered", 0), event("b", "registered", 0)])
    ] == [1, 2]


@pytest.mark.parametrize(
    "wrong",
    [
        {"where": "a\nb"},
        {"person": "p" * 501},
        {"number": 0},
        {"number": "1"},
        {"at": "0001-01-01T00:00:00+00:00"},
        {"where": None},
        {"source": "\ud800"},
    ],
)
def test_what_no_line_can_hold_is_refused(wrong: dict[str, object]) -> None:
    from sojourn.relocation.custody.custody import refuse

    with pytest.raises(PlanError):
        refuse(replace(event("a", "arrived", 0), **wrong))  # type: ignore[arg-type]


WRITER = """
import sys
from pathlib import Path
from sojourn.relocation.run.custody import append
from sojourn.relocation.custody.custody import Event
path, device, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for n in range(count):
    done = append(path, Event(person=f"p{n}", state="registered", at="2016-10-24T08:00:00+02:00", where="w" * (n % 300), responsible="", device=device, number=1))
    print(done.id, flush=True)
"""


def writer(path: Path, device: str, count: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), device, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def test_a_killed_writer_loses_no_event_it_had_acknowledged(tmp_path: Path) -> None:
    path, told = tmp_path / "ledger", list[str]()
    for stop_after in (1, 7, 40):
        running = writer(path, "A", 100_000)
        assert running.stdout is not None
        told += [running.stdout.readline().strip() for _ in range(stop_after)]
        running.kill()
        told += running.stdout.read().split()
        running.wait()
        running.stdout.close()
    kept = [e.id for e in read_ledger(path)[0]]
    acknowledged = [t for t in told if len(t) == 24]
    assert len(acknowledged) >= 48
    assert set(acknowledged) <= set(kept)
    assert len(kept) == len(set(kept)) <= len(acknowledged) + 3  # one in flight at each kill
    assert sorted(e.number for e in read_ledger(path)[0]) == list(range(1, len(kept) + 1))


@pytest.mark.parametrize("second", ["A", "B"])
def test_two_processes_write_at_once_and_nothing_is_lost_or_doubled(
    tmp_path: Path, second: str
) -> None:
    path = tmp_path / "ledger"
    running = [writer(path, device, 60) for device in ("A", second)]
    told = [i for r in running for i in r.communicate(timeout=60)[0].split()]
    kept, said = read_ledger(path)
    assert said == ""
    assert sorted(e.id for e in kept) == sorted(told)
    assert len({(e.device, e.number) for e in kept}) == len(kept) == 120


def test_a_merge_while_another_process_notes_loses_nothing(tmp_path: Path) -> None:
    path, other = tmp_path / "ledger", tmp_path / "other"
    append(other, event("z", "registered", 0, "Z"))
    running = writer(path, "A", 120)
    assert running.stdout is not None
    told = [running.stdout.readline().strip()]
    for _ in range(30):
        write_merged([other], path)
    told += running.communicate(timeout=60)[0].split()
    assert {e.id for e in read_ledger(path)[0]} >= set(told)
    assert len(told) == 120


def test_a_device_whose_events_are_absent_or_whose_clock_is_wrong_is_named() -> None:
    now = START + timedelta(hours=2)
    kept = [
        event("a", "registered", 0, "A", 1),
        event("b", "registered", 1, "A", 4),
        event("a", "in queue", 30, "B", 1),
        event("b", "in queue", 10, "B", 2),
        event("c", "in queue", 500, "C", 1),
        event("d", "left", 5, "D", 1),
        event("e", "left", 5, "D", 1),
    ]
    said = {f.device: f.what for f in device_faults(kept, now)}
    assert said["A"].startswith("2 of its events are not in this ledger, the first is number 2")
    assert "dated before the one noted before, the first is number 2" in said["B"]
    assert "dated after now and not counted yet" in said["C"]
    assert "1 number stands for two events" in said["D"]
    assert device_faults([kept[0]], now) == []


def test_a_clock_that_is_ahead_hides_nobody(tmp_path: Path) -> None:
    ledger = str(tmp_path / "ledger")
    append(tmp_path / "ledger", event("a", "missing since", 0, "A"))
    append(tmp_path / "ledger", event("a", "arrived", 60 * 24 * 365 * 50, "B"))
    run = CliRunner().invoke
    shown = run(cli, ["custody", "missing", ledger])
    assert "1 missing" in shown.stdout
    assert "1 event is dated later" in shown.stderr
    assert "clock is ahead" in run(cli, ["custody", "check", ledger]).stdout
    assert (
        run(
            cli,
            [
                "custody",
                "note",
                ledger,
                "a",
                "left",
                "--device",
                "d",
                "--at",
                "2090-01-01T00:00:00+00:00",
            ],
        ).exit_code
        != 0
    )


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Proposal]:
    folder = tmp_path_factory.mktemp("custody")
    write_example_site(folder / "SYNTHETIC", people=60, seed=1)
    plan_site(folder / "SYNTHETIC", folder / "plan")
    return folder / "SYNTHETIC", folder / "plan", read_plan(folder / "plan")


def journey(plan: Proposal) -> tuple[ManifestRow, datetime, datetime]:
    row = plan.manifest[0]
    trip = next(t for t in plan.trips if t.id == row.trip_id)
    stop = next(s for s in trip.stops if s.place_id == row.place_id)
    midnight = datetime.combine(trip.day, datetime.min.time(), tzinfo=PARIS)
    return (
        row,
        midnight + timedelta(minutes=trip.departure),
        midnight + timedelta(minutes=stop.arrival),
    )


def seen(row: ManifestRow, state: str, at: datetime, where: str = "") -> Event:
    return Event(
        person=row.person_id,
        state=state,
        at=at.isoformat(),
        where=where,
        responsible="R3",
        device="A",
        number=1,
    )


def test_an_expected_arrival_that_did_not_happen_is_an_alarm(
    planned: tuple[Path, Path, Proposal],
) -> None:
    row, leaves, arrives = journey(planned[2])
    mine = [e for e in expected(planned[2], PARIS) if e.person == row.person_id]
    assert [(e.departs, e.arrives, e.place) for e in mine] == [(leaves, arrives, row.place_id)]
    boarded = standing([seen(row, "on vehicle", leaves)])
    hour = timedelta(hours=1)
    assert overdue(boarded, mine, arrives + 2 * hour - timedelta(seconds=1), 2) == []
    [late] = overdue(boarded, mine, arrives + 2 * hour, 2)
    assert (late.what, late.at, late.last and late.last.responsible) == ("arrival", arrives, "R3")
    for state in ("arrived", "transferred", "reunified", "left", "missing since"):
        assert overdue(standing([seen(row, state, arrives)]), mine, arrives + 9 * hour, 2) == []


def test_an_expected_departure_that_did_not_happen_is_an_alarm(
    planned: tuple[Path, Path, Proposal],
) -> None:
    row, leaves, arrives = journey(planned[2])
    mine = [e for e in expected(planned[2], PARIS) if e.person == row.person_id]
    queue = standing([seen(row, "in queue", leaves - timedelta(hours=3))])
    soon = leaves + timedelta(minutes=30)
    assert soon < arrives
    assert [o.what for o in overdue(queue, mine, soon, 0.5)] == ["departure"]
    assert overdue(standing([seen(row, "on vehicle", leaves)]), mine, soon, 0.5) == []
    assert [o.what for o in overdue(queue, mine, arrives, 0)] == ["arrival"]


def test_somebody_whom_no_device_ever_saw_is_an_alarm(planned: tuple[Path, Path, Proposal]) -> None:
    journeys = expected(planned[2], PARIS)
    late = overdue(standing([]), journeys, max(e.arrives for e in journeys) + timedelta(hours=2), 2)
    assert {o.person for o in late} == {r.person_id for r in planned[2].manifest}
    assert all(o.last is None for o in late)
    with pytest.raises(PlanError):
        overdue(standing([]), journeys, START, float("nan"))


def test_an_arrival_elsewhere_is_told(planned: tuple[Path, Path, Proposal]) -> None:
    row, _, arrives = journey(planned[2])
    journeys = expected(planned[2], PARIS)
    [(one, e)] = elsewhere(standing([seen(row, "arrived", arrives, "L99999")]), journeys)
    assert (one.place, e.where) == (row.place_id, "L99999")
    assert elsewhere(standing([seen(row, "arrived", arrives, row.place_id)]), journeys) == []


def test_the_alarm_of_the_command_takes_a_plan(
    planned: tuple[Path, Path, Proposal], tmp_path: Path
) -> None:
    site, plan, proposal = planned
    row, leaves, arrives = journey(proposal)
    ledger, run = str(tmp_path / "ledger"), CliRunner().invoke
    opened = run(
        cli,
        [
            "custody",
            "open",
            ledger,
            str(site),
            "--device",
            "desk",
            "--at",
            "2016-10-23T18:00:00+02:00",
        ],
    )
    registered = len(read_ledger(tmp_path / "ledger")[0])
    assert f"{registered} people registered" in opened.stdout
    assert (
        "0 people registered"
        in run(cli, ["custody", "open", ledger, str(site), "--device", "desk"]).stdout
    )
    append(tmp_path / "ledger", seen(row, "on vehicle", leaves, "V0001"))
    at = (arrives + timedelta(hours=3)).isoformat()
    told = run(
        cli,
        [
            "custody",
            "alarm",
            ledger,
            "--plan",
            str(plan),
            "--hours",
            "999",
            "--zone",
            "+02:00",
            "--at",
            at,
        ],
    )
    assert told.exit_code != 0
    assert (
        f"{row.person_id}: arrival expected at {row.place_id} by {arrives.isoformat()} (trip {row.trip_id}), last on vehicle at {leaves.isoformat()}, V0001, responsible R3"
        in told.stdout
    )
    paris = run(
        cli,
        [
            "custody",
            "alarm",
            ledger,
            "--plan",
            str(plan),
            "--hours",
            "999",
            "--zone",
            "Europe/Paris",
            "--at",
            at,
        ],
    )
    assert paris.stdout == told.stdout
    assert run(cli, ["custody", "alarm", ledger, "--zone", "Mars"]).exit_code == 2
    early = run(
        cli,
        [
            "custody",
            "alarm",
            ledger,
            "--plan",
            str(plan),
            "--hours",
            "999",
            "--at",
            "2016-10-24T00:00:00+02:00",
        ],
    )
    assert (early.exit_code, early.stdout) == (0, "")
    nowhere = run(cli, ["custody", "alarm", ledger, "--plan", str(site)])
    assert "is no plan" in str(nowhere.exception)


def test_the_register_and_the_ledger_are_held_against_each_other(
    planned: tuple[Path, Path, Proposal], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    open_ledger(ledger, planned[0], event("-", "registered", 0))
    assert against_site(read_ledger(ledger)[0], planned[0]) == ([], [])
    events = [e for e in read_ledger(ledger)[0] if e.person != "P000001"]
    assert against_site([*events, event("X1", "left", 0)], planned[0]) == (["P000001"], ["X1"])


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command as in a terminal; return what it printed."""
    import click

    said: list[str] = []
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "echo", lambda text="", **_: said.append(str(text)))

    def run(*arguments: str) -> str:
        cli(list(arguments), standalone_mode=False)
        return "\n".join(said)

    return run


def test_names_are_printed_on_request_and_to_a_terminal_alone(
    tmp_path: Path, terminal: Callable[..., str]
) -> None:
    ledger, site = tmp_path / "ledger", tmp_path / "site"
    site.mkdir()
    (site / "name.csv").write_text("person_id,name\nP1,Fatima Noor\nR7,Ana Costa\n", "utf-8")
    append(ledger, event("P1", "on vehicle", 0, where="V1", responsible="R7"))
    append(ledger, event("P1", "missing since", 60))
    refused = CliRunner().invoke(cli, ["custody", "missing", str(ledger), "--names", str(site)])
    assert "to a terminal alone" in str(refused.exception)
    assert "Fatima" not in terminal("custody", "missing", str(ledger))
    assert (
        "P1 (Fatima Noor): missing since 2016-10-24T09:00:00+00:00, last on vehicle at 2016-10-24T08:00:00+00:00, V1, responsible R7 (Ana Costa)"
        in terminal("custody", "missing", str(ledger), "--names", str(site))
    )
    with pytest.raises(PlanError):
        terminal("custody", "missing", str(ledger), "--names", str(site), "--json")


def test_silence_is_in_the_order_of_moments() -> None:
    rows = [
        replace(event("z", "in queue", 0), at="2016-10-24T10:00:00+02:00"),
        replace(event("a", "in queue", 0, number=2), at="2016-10-24T09:30:00+01:00"),
    ]
    assert [e.person for e in silent(standing(rows), START + timedelta(hours=9), 1)] == ["z", "a"]


@pytest.mark.parametrize("hours", ["nan", "inf", "-1", "0", "1e300"])
def test_hours_that_cannot_be_are_refused(tmp_path: Path, hours: str) -> None:
    append(tmp_path / "ledger", event("a", "registered", 0))
    ran = CliRunner().invoke(cli, ["custody", "alarm", str(tmp_path / "ledger"), "--hours", hours])
    assert isinstance(ran.exception, PlanError)
    far = CliRunner().invoke(
        cli, ["custody", "alarm", str(tmp_path / "ledger"), "--at", "0001-01-01T00:00:00+00:00"]
    )
    assert far.exit_code == 2
