"""Custody at its bounds: clocks, hours, chains and concerns, each as it is counted by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from custody_events import START, event

from sojourn.errors import PlanError
from sojourn.relocation.custody.chain import (
    SKEW_MS,
    Known,
    chain_faults,
    lacking,
    linked,
    new_key,
    public_of,
    sign,
    text_of,
    tick,
)
from sojourn.relocation.custody.custody import (
    MOST_HOURS,
    STATES,
    Event,
    device_faults,
    effective,
    refuse,
    silent,
    standing,
)
from sojourn.relocation.custody.expected import Expected, elsewhere, overdue
from sojourn.relocation.custody.watch import concerns

PEM = new_key()
KEY = public_of(PEM)
WALL = 1_477_296_000_000


def wrote(count: int, kept: Sequence[Event] = (), wall: int = WALL) -> list[Event]:
    new = [event(f"p{n}", "registered", n) for n in range(count)]
    return [*kept, *linked(kept, new, {"A": PEM}, wall)]


def told(events: Sequence[Event], known: dict[str, Known]) -> list[str]:
    return [f"{f.device}: {f.what}" for f in chain_faults(events, known)]


def anew(one: Event, **changed: object) -> Event:
    """An event as its device would have signed it otherwise."""
    made = replace(one, **changed)  # type: ignore[arg-type]
    return replace(made, signature=sign(PEM, text_of(made)))


@pytest.mark.parametrize(
    ("seen", "wall", "then"),
    [
        ([], 0, "00000000000000.000000"),
        ([], 5, "00000000000005.000000"),
        (["00000000002000.000005"], 2000, "00000000002000.000006"),
        (["00000000002000.000005"], 1, "00000000002000.000006"),
        (["00000000002000.000005"], 2001, "00000000002001.000000"),
        (["00000000002000.999998"], 2000, "00000000002000.999999"),
        (["00000000002000.999999"], 2000, "00000000002001.000000"),
        (["00000000000009.000009", "00000000000010.000000", ""], 3, "00000000000010.000001"),
    ],
)
def test_a_clock_never_stands_before_what_was_seen(seen: list[str], wall: int, then: str) -> None:
    """By the rule of Kulkarni and others (2014): wall time where it is ahead, else one count more."""
    assert tick(seen, wall) == then
    assert all(then > one for one in seen)


@pytest.mark.parametrize(
    ("changed", "ok"),
    [
        ({"at": "1900-01-01T00:00:00+00:00"}, True),
        ({"at": "9000-12-31T00:00:00+00:00"}, True),
        ({"at": "1899-12-31T00:00:00+00:00"}, False),
        ({"at": "9001-01-01T00:00:00+00:00"}, False),
        ({"at": "2016-10-24T08:00:00"}, False),
        ({"at": "yesterday"}, False),
        ({"number": 2}, True),
        ({"number": 0}, False),
        ({"number": True}, False),
        ({"person": ""}, False),
        ({"device": ""}, False),
        ({"clock": "00000000002000.000005", "noted": "2000"}, True),
        ({"clock": "2000.5"}, False),
        ({"noted": "soon"}, False),
        ({"noted": "2000"}, True),
    ],
)
def test_what_cannot_be_an_event_is_refused(changed: dict[str, object], *, ok: bool) -> None:
    one = replace(event("p", "arrived", 0), **changed)  # type: ignore[arg-type]
    if ok:
        refuse(one)
    else:
        with pytest.raises(PlanError):
            refuse(one)


@pytest.mark.parametrize(
    ("hours", "silence", "lateness"),
    [
        (-1.0, False, False),
        (-0.5, False, False),
        (0.0, False, True),
        (0.1, True, True),
        (float(MOST_HOURS), True, True),
        (MOST_HOURS + 0.1, False, False),
        (float("nan"), False, False),
    ],
)
def test_hours_are_asked_within_ten_years(hours: float, *, silence: bool, lateness: bool) -> None:
    found = standing([])
    for ok, asked in (
        (silence, lambda: silent(found, START, hours)),
        (lateness, lambda: overdue(found, [], START, hours)),
    ):
        if ok:
            assert asked() == []
        else:
            with pytest.raises(PlanError, match="hours"):
                asked()


def test_a_whole_chain_is_without_fault() -> None:
    events = wrote(2, wrote(2))
    head = events[-1].id
    assert [e.number for e in events] == [1, 2, 3, 4]
    assert [e.key for e in events] == [KEY, "", "", ""]
    for known in ({}, {"A": Known(KEY)}, {"A": Known(KEY, 4, head)}, {"A": Known(KEY, 4)}):
        assert told(events, known) == []
    assert told(events[:2], {"A": Known(KEY, 2, events[1].id)}) == []
    assert [e.number for e in wrote(1, [*reversed(events)])][-1] == 5
    assert wrote(1, [*reversed(events)])[-1].previous == head


@pytest.mark.parametrize(
    ("there", "number", "said"),
    [
        (3, 4, "A: its events 4 to 4 were here and are missing"),
        (3, 6, "A: its events 4 to 6 were here and are missing"),
        (0, 2, "A: its events 1 to 2 were here and are missing"),
    ],
)
def test_what_was_cut_off_the_end_is_told_by_its_numbers(
    there: int, number: int, said: str
) -> None:
    assert told(wrote(4)[:there], {"A": Known(KEY, number)}) == [said]
    assert lacking(wrote(4)[:there], {"A": Known(KEY, number)}) == number - there


def test_what_is_absent_is_counted_device_by_device() -> None:
    events = [event("p", "registered", 0, number=n) for n in (1, 3)]
    events += [event("q", "registered", 0, device="B", number=n) for n in (1, 2)]
    assert lacking(events, {}) == 1
    assert lacking(events, {"A": Known("", 5), "B": Known("", 1), "C": Known("", 2)}) == 3 + 0 + 2


@pytest.mark.parametrize("previous", ["0" * 24, "f" * 24, ""])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_an_event_that_does_not_follow_is_told_by_its_number(previous: str, place: int) -> None:
    events = wrote(4)
    events[place] = anew(events[place], previous=previous)
    broken = f"A: event {place + 1} does not follow the event before it: altered or re-ordered"

    found = told(events, {"A": Known(KEY)})
    assert found[0] == broken
    assert len(found) == 1  # the first is named; what follows it hangs on it


def test_another_event_in_the_place_of_the_last_is_told_whatever_its_digest() -> None:
    events = wrote(3)
    head, sides = events[-1].id, set()
    for n in range(40):
        other = anew(events[-1], where=f"w{n}")
        sides.add(other.id > head)
        found = told([*events[:-1], other], {"A": Known(KEY, 3, head)})
        assert found == ["A: event 3 is another than the one that was here: altered"]
    assert sides == {True, False}


def test_events_without_a_signature_are_told_where_others_bear_one() -> None:
    events = wrote(3)
    bare = [replace(e, signature="") for e in events]
    said = "A: {} of its events bear no signature, the first is number {}"
    assert told(bare, {}) == []  # of a ledger from before there were signatures
    assert told(bare, {"A": Known(KEY)}) == [said.format(3, 1)]
    for known in ({}, {"A": Known(KEY)}):
        assert told([*events[:1], *bare[1:]], known) == [said.format(2, 2)]
        assert told([*events[:2], *bare[2:]], known) == [said.format(1, 3)]


def test_a_stranger_is_told_only_where_anybody_is_known() -> None:
    events = wrote(2)
    assert told(events, {}) == []
    found = told(events, {"B": Known(public_of(new_key()))})
    assert len(found) == 1
    assert found[0].startswith("A: is unknown here")
    altered = [events[0], replace(events[1], where="elsewhere")]
    for known in ({}, {"A": Known(KEY)}):
        assert told(altered, known)[0] == (
            "A: 1 of its events are not as it signed them, the first is number 2: altered"
        )


@pytest.mark.parametrize(("late", "fault"), [(0, False), (1, True)])
def test_a_clock_that_is_far_behind_what_it_follows_is_told(late: int, *, fault: bool) -> None:
    events = wrote(1, wrote(1), WALL - SKEW_MS - late)
    found = told(events, {"A": Known(KEY)})
    assert [
        f.startswith("A: event 2 was noted before an event that it follows") for f in found
    ] == ([True] if fault else [])


def test_events_in_another_order_are_told() -> None:
    events = wrote(3)
    said = "A: its events stand in another order than it wrote them: re-ordered"
    assert told([events[1], events[0], events[2]], {}) == [said]


def test_faults_of_numbers_and_clocks_are_those_of_their_own_device() -> None:
    events = [
        event("p", "registered", 0, device="A", number=1),
        event("p", "arrived", 9, device="A", number=3),
        event("q", "registered", 5, device="B", number=1),
        event("q", "arrived", 2, device="B", number=2),
        event("r", "registered", 0, device="C", number=1),
        event("s", "registered", 1, device="C", number=1),
        event("t", "registered", 0, device="D", number=1),
    ]
    found = {f.device: f.what for f in device_faults(events, START + timedelta(minutes=8))}
    first = {f.device: f.what for f in device_faults(events[:1], START)}
    assert first == {}
    assert set(found) == {"A", "B", "C"}
    assert "1 event is dated after now" in found["A"]
    assert "1 event is dated before the one noted before, the first is number 2" in found["B"]
    assert "1 number stands for two events" in found["C"]
    gaps = [f.what for f in device_faults(events[:2], START + timedelta(hours=1))]
    assert [g.partition(":")[0] for g in gaps] == [
        "1 of its events are not in this ledger, the first is number 2"
    ]


@pytest.mark.parametrize("state", STATES)
def test_only_a_void_makes_an_event_void(state: str) -> None:
    one = event("p", "registered", 0)
    other = event("q", state, 1, number=2, where=one.id)
    assert [e.person for e in effective([one, other])] == ["p", "q"]
    assert [e.person for e in effective([one, replace(other, state="void")])] == []


ALONE = ("arrived", "transferred", "reunified", "checked in")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("minded", [True, False])
@pytest.mark.parametrize("child", [True, False])
def test_who_is_looked_for_is_as_the_page_says(state: str, *, minded: bool, child: bool) -> None:
    """A day of 24 hours: a child that came must be checked in by a named person within it."""
    adult = "adult" if minded else ""
    one = event("c", state, 0, where="home", responsible=adult)
    for hours, places, at in (
        (23, {"home"}, 24),
        (25, {"home"}, 24),
        (24, {"far"}, 24),
        (23, {}, 24),
    ):
        now = START + timedelta(hours=at)
        found = concerns(
            standing([one]),
            now,
            hours,
            register=["c"],
            children=["c"] if child else [],
            places=places,
        )
        want = ""
        if state == "missing since":
            want = "missing"
        elif state in ("arrived", "checked in") and places and "home" not in places:
            want = "no_place"
        elif child and state == "left" and not minded:
            want = "left_alone"
        elif child and state in ALONE and not minded:
            want = "unminded"
        elif child and state in ("arrived", "transferred") and hours <= at:
            want = "unchecked"
        assert [c.why for c in found] == ([want] if want else [])


def test_who_is_on_the_register_without_an_event_is_named() -> None:
    found = concerns(
        standing([event("a", "registered", 0)]),
        START,
        1,
        register=["b", "a"],
        children=[],
        places=[],
    )
    assert [(c.person, c.why) for c in found] == [("b", "unseen")]


def journey(person: str = "p", place: str = "home") -> Expected:
    return Expected(
        person=person,
        case="c",
        trip="t",
        vehicle="v",
        place=place,
        departs=START,
        arrives=START + timedelta(hours=2),
    )


@pytest.mark.parametrize(
    ("state", "hours", "what"),
    [
        ("", 0.9, []),
        ("", 1.0, ["departure"]),
        ("in queue", 1.0, ["departure"]),
        ("on vehicle", 1.0, []),
        ("on vehicle", 2.9, []),
        ("on vehicle", 3.0, ["arrival"]),
        ("in queue", 3.0, ["arrival"]),
        ("", 3.0, ["arrival"]),
        ("arrived", 9.0, []),
    ],
)
def test_each_person_is_overdue_once(state: str, hours: float, what: list[str]) -> None:
    """Away after an hour's grace: due to leave at 8 and to come at 10."""
    seen = standing([event("p", state, -5)] if state else [])
    late = overdue(seen, [journey()], START + timedelta(hours=hours), 1)
    assert [o.what for o in late] == what


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("where", ["home", "far", ""])
def test_only_who_arrived_can_have_arrived_elsewhere(state: str, where: str) -> None:
    found = elsewhere(standing([event("p", state, 5, where=where)]), [journey()])
    assert bool(found) == (state == "arrived" and where == "far")
