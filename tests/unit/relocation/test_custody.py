"""The ledger: states sum to the registered, nothing lost or doubled, a crash costs at most its own line."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from custody_events import START, event
from hypothesis import given
from hypothesis import strategies as st

from sojourn.cli import cli
from sojourn.errors import PlanError
from sojourn.relocation.custody.custody import (
    STATES,
    Event,
    merge,
    missing,
    order,
    silent,
    standing,
)
from sojourn.relocation.run.custody import append, read_ledger, write_merged

events = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from(STATES),
        st.integers(0, 500),
        st.sampled_from("XYZ"),
    ),
    max_size=30,
).map(
    lambda rows: [
        event(p, s, m, d, sum(r[3] == d for r in rows[: i + 1]))
        for i, (p, s, m, d) in enumerate(rows)
    ]
)


@given(events, st.randoms())
def test_any_order_and_any_doubling_give_the_same_standing(kept: list[Event], rng: object) -> None:
    shuffled = [*kept, *kept[: len(kept) // 2]]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standing(shuffled) == standing(kept)
    assert order(shuffled) == order(kept)


@given(events, st.integers(0, 500))
def test_states_sum_to_the_registered_at_every_moment(kept: list[Event], minutes: int) -> None:
    found = standing(kept, START + timedelta(minutes=minutes))
    assert sum(found.states.values()) == found.registered == len(found.last)
    assert len(missing(found)) == found.states["missing since"]


@given(events)
def test_ledgers_kept_apart_merge_without_loss(kept: list[Event]) -> None:
    apart = [[e for e in kept if e.device == d] for d in "XYZ"]
    assert merge(apart) == order(kept)
    assert merge([kept, *apart]) == order(kept)


def test_an_altered_ledger_is_not_merged() -> None:
    one, other = event("a", "arrived", 1), event("a", "left", 1)
    with pytest.raises(PlanError, match="device A, event 1: two different events"):
        merge([[one], [other]])


def test_the_missing_are_a_list_with_the_last_that_is_known() -> None:
    found = standing(
        [
            event("a", "registered", 0),
            event("b", "registered", 0, number=2),
            event("a", "missing since", 60, number=3, where="hangar", responsible="R7"),
        ]
    )
    [one] = missing(found)
    assert (one.person, one.responsible) == ("a", "R7")
    assert one.seen is not None
    assert (one.seen.state, one.seen.where) == ("registered", "")


def test_a_missing_person_without_a_responsible_adult_keeps_the_last_who_was_noted() -> None:
    rows = [
        event("a", "on vehicle", 0, where="V1", responsible="R7"),
        event("a", "missing since", 60, number=2),
        event("b", "missing since", 30, number=3),
    ]
    b, a = missing(standing(rows))
    assert (a.responsible, a.seen and a.seen.where) == ("R7", "V1")
    assert (b.responsible, b.seen) == ("", None)


def test_the_missing_stand_in_the_order_of_moments_whatever_their_offsets() -> None:
    early = Event(
        person="z",
        state="missing since",
        at="2016-10-24T10:00:00+02:00",
        where="",
        responsible="",
        device="A",
        number=1,
    )
    late = Event(
        person="a",
        state="missing since",
        at="2016-10-24T09:30:00+01:00",
        where="",
        responsible="",
        device="A",
        number=2,
    )
    assert [m.person for m in missing(standing([late, early]))] == ["z", "a"]


def test_silence_is_told_for_those_who_have_not_settled() -> None:
    rows = [
        event("a", "on vehicle", 0),
        event("b", "arrived", 0, number=2),
        event("c", "in queue", 600, number=3),
    ]
    found = silent(standing(rows), START + timedelta(hours=12), 6.0)
    assert [e.person for e in found] == ["a"]
    with pytest.raises(PlanError):
        silent(standing(rows), START, 0.0)


def test_a_torn_last_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    for n in range(3):
        append(path, event(f"p{n}", "registered", n))
    whole = path.read_bytes()
    for cut in range(2, len(whole.splitlines()[-1]) + 1):
        path.write_bytes(whole[:-cut])
        kept, torn = read_ledger(path)
        assert [e.person for e in kept] == ["p0", "p1"]
        assert "torn" in torn
    append(path, event("p9", "registered", 9))
    kept, torn = read_ledger(path)
    assert [(e.person, e.number) for e in kept] == [
        ("p0", 1),
        ("p1", 2),
        ("p9", 4),
    ]  # 3 was acknowledged
    assert torn == ""


def test_damage_in_the_middle_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    for n in range(3):
        append(path, event(f"p{n}", "registered", n))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b"p1", b"p7") + lines[2])
    with pytest.raises(PlanError, match="line 2 is damaged"):
        read_ledger(path)


@pytest.mark.parametrize(
    "wrong", [{"state": "vanished"}, {"at": "2016-10-24T08:00:00"}, {"at": "noon"}, {"person": ""}]
)
def test_an_event_that_cannot_be_is_not_noted(tmp_path: Path, wrong: dict[str, str]) -> None:
    from dataclasses import replace

    path = tmp_path / "ledger"
    with pytest.raises(PlanError):
        append(path, replace(event("a", "arrived", 0), **wrong))  # type: ignore[arg-type]
    assert read_ledger(path)[0] == []


def test_devices_merge_into_one_file(tmp_path: Path) -> None:
    for device in "AB":
        append(tmp_path / device, event("a", "registered", 0, device))
        append(tmp_path / device, event(device, "arrived", 5, device))
    out = tmp_path / "all"
    assert write_merged([tmp_path / "A", tmp_path / "B", tmp_path / "A"], out) == 4
    assert write_merged([out, tmp_path / "B"], tmp_path / "again") == 4


def test_the_commands_keep_a_ledger(tmp_path: Path) -> None:
    run, ledger = CliRunner().invoke, str(tmp_path / "ledger")
    at = "2016-10-24T08:00:00+02:00"
    for person, state in (("P1", "registered"), ("P2", "on vehicle"), ("P3", "missing since")):
        noted = run(
            cli,
            [
                "custody",
                "note",
                ledger,
                person,
                state,
                "--device",
                "desk-1",
                "--at",
                at,
                "--responsible",
                "R1",
            ],
        )
        assert noted.exit_code == 0
    assert "registered: 3" in run(cli, ["custody", "status", ledger]).stdout
    assert (
        "P3: missing since 2016-10-24T08:00:00+02:00"
        in run(cli, ["custody", "missing", ledger]).stdout
    )
    alarm = run(
        cli, ["custody", "alarm", ledger, "--hours", "6", "--at", "2016-10-24T20:00:00+02:00"]
    )
    assert alarm.exit_code != 0
    assert "P2: last on vehicle" in alarm.stdout
    assert run(cli, ["custody", "note", ledger, "P1", "vanished", "--device", "d"]).exit_code != 0
    assert run(cli, ["custody", "status", str(tmp_path / "none")]).exit_code != 0
