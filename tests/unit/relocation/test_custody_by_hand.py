"""Custody in small, each number and each word worked out by hand: fields, names, hours, journeys, devices."""

import hashlib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from custody_events import START, event
from hand_worked import PLAN, WORLD, at, stop

from sojourn.errors import PlanError
from sojourn.relocation.custody.chain import (
    Known,
    chain_faults,
    heads,
    lacking,
    linked,
    new_key,
    public_of,
    sign,
    text_of,
    verifies,
)
from sojourn.relocation.custody.custody import (
    LONGEST,
    STATES,
    Event,
    clashes,
    device_faults,
    effective,
    merge,
    missing,
    order,
    refuse,
    same_people,
    silent,
    standing,
)
from sojourn.relocation.custody.declined import against_plan, answered, declined
from sojourn.relocation.custody.expected import (
    Expected,
    elsewhere,
    expected,
    not_coming,
    overdue,
)
from sojourn.relocation.custody.watch import concerns

HOUR = timedelta(hours=1)
ONE = replace(
    event("p", "arrived", 0, where="A", responsible="R"),
    source="desk",
    previous="0" * 24,
    clock="00000000002000.000005",
    noted="2000",
    key="k",
    signature="s",
)
SAID = ("person", "state", "at", "where", "responsible", "device", "number", "source")
CHAIN = ("previous", "clock", "noted", "key")


@pytest.mark.parametrize("clock", [ONE.clock, ""])
def test_the_id_of_an_event_is_the_digest_of_all_it_says_but_its_signature(clock: str) -> None:
    one = replace(ONE, clock=clock)
    names = (*SAID, *CHAIN) if clock else SAID
    text = "\x1f".join(str(getattr(one, n)) for n in names)
    assert one.id == hashlib.sha256(text.encode()).hexdigest()[:24]
    assert {f.name for f in fields(Event)} == {*SAID, *CHAIN, "signature"}


TEXTS = [f.name for f in fields(Event) if f.name != "number"]
FREE = ("person", "where", "responsible", "device", "source", "previous", "key", "signature")


@pytest.mark.parametrize("name", FREE)
def test_a_field_has_five_hundred_characters_at_most(name: str) -> None:
    refuse(replace(ONE, **{name: "x" * LONGEST}))
    with pytest.raises(PlanError, match=f"more than {LONGEST} characters"):
        refuse(replace(ONE, **{name: "x" * (LONGEST + 1)}))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("wrong", ["a\nb", "\x00", 7, None])
def test_a_field_is_a_text_of_one_line(name: str, wrong: object) -> None:
    with pytest.raises(PlanError, match="no text, has a line break"):
        refuse(replace(ONE, **{name: wrong}))  # type: ignore[arg-type]


@pytest.mark.parametrize("state", [*STATES, "void", "same as"])
def test_every_state_and_both_acts_may_be_noted(state: str) -> None:
    refuse(replace(ONE, state=state))


@pytest.mark.parametrize("state", ["", "Arrived", "voided", "zzz", "aaa"])
def test_no_other_state_may(state: str) -> None:
    with pytest.raises(PlanError, match="state '") as error:
        refuse(replace(ONE, state=state))
    assert error.value.hint == f"one of: {', '.join(STATES)}"


def same(one: str, other: str, minutes: float, number: int) -> Event:
    return event(one, "same as", minutes, number=number, where=other)


def test_pseudonyms_lead_to_the_first_of_the_alphabet_one_after_another() -> None:
    told = [same("c", "d", 0, 1), same("d", "b", 1, 2), same("e", "e", 2, 3), same("a", "b", 3, 4)]
    assert same_people(told) == {"b": "a", "c": "a", "d": "a"}
    void = event("x", "void", 9, number=5, where=told[1].id)
    assert same_people([*told, void]) == {"b": "a", "d": "c"}
    assert same_people([same("d", "c", 0, 1), same("c", "d", 1, 2)]) == {"d": "c"}


def test_the_order_of_one_moment_is_that_of_clocks_then_numbers_then_digests() -> None:
    late = event("z", "arrived", 1)
    by_clock = [
        replace(event("p", "arrived", 0, number=9), clock=f"0000000000000{n}.000000")
        for n in (1, 2)
    ]
    bare = [event("p", "arrived", 0, device=d, number=n) for n in (1, 2) for d in "AB"]
    wanted = [
        *sorted(bare[:2], key=lambda e: e.id),
        *sorted(bare[2:], key=lambda e: e.id),
        *by_clock,
        late,
    ]
    assert order([late, *by_clock[::-1], *bare[::-1], late]) == wanted


def test_who_was_seen_until_a_moment_counts_that_moment() -> None:
    rows = [event("a", "in queue", 0, responsible="R1"), event("a", "left", 60, number=2)]
    for minutes, state in ((59, "in queue"), (60, "left"), (61, "left")):
        found = standing(rows, START + timedelta(minutes=minutes))
        assert {s: n for s, n in found.states.items() if n} == {state: 1}
        assert found.responsible == {"a": "R1"}
    assert standing(rows, START - HOUR).registered == 0


def test_the_missing_stand_by_moment_then_by_person() -> None:
    rows = [
        event(p, "missing since", m, number=n)
        for n, (p, m) in enumerate((("b", 5), ("a", 5), ("c", 1)), 1)
    ]
    rows.append(event("d", "left", 0, number=4))
    assert [m.person for m in missing(standing(rows))] == ["c", "a", "b"]


@pytest.mark.parametrize("state", STATES)
def test_silence_is_longer_than_the_hours_and_not_of_who_is_settled(state: str) -> None:
    settled = state in ("arrived", "checked in", "reunified", "left", "missing since")
    rows = [event(p, state, 0, number=n) for n, p in enumerate("cab", 1)]
    rows.append(event("z", state, -5, number=4))
    for hours, said in ((5.9, True), (6.0, False), (6.1, False)):
        found = silent(standing(rows[:3]), START + 6 * HOUR, hours)
        assert [e.person for e in found] == (["a", "b", "c"] if said and not settled else [])
    found = silent(standing(rows), START + 6 * HOUR, 1.0)
    assert [e.person for e in found] == ([] if settled else ["z", "a", "b", "c"])


def test_two_events_under_one_number_are_refused_or_both_kept() -> None:
    one, other, third = (event(p, "arrived", n, number=7) for n, p in enumerate("abc"))
    alone = event("d", "arrived", 5, device="B", number=7)
    assert clashes([third, alone, other, one]) == [other, third]
    with pytest.raises(PlanError, match="device A, event 7: two different events"):
        merge([[one, alone], [other]])
    assert merge([[one], [other, alone], [one]], keep_both=True) == [one, other, alone]


FAULTS = {
    "a gap": (
        ((1, 0), (2, 1), (5, 2)),
        ["2 of its events are not in this ledger, the first is number 3: merge its own ledger"],
    ),
    "without the first": (
        ((2, 0), (3, 1)),
        ["1 of its events are not in this ledger, the first is number 1: merge its own ledger"],
    ),
    "a number twice": (
        ((1, 0), (2, 1), (2, 2)),
        ["1 number stands for two events: two devices have one name"],
    ),
    "a number three times": (
        ((1, 0), (1, 1), (1, 2)),
        ["2 numbers stand for two events: two devices have one name"],
    ),
    "set back": (
        ((1, 5), (2, 4), (3, 6), (4, 1)),
        [
            (
                "2 events are dated before the one noted before, the first is number 2: "
                "noted afterwards, or the clock was set back"
            )
        ],
    ),
    "of one moment": (((1, 5), (2, 5)), []),
    "up to now": (((1, 59), (2, 60)), []),
    "ahead": (
        ((1, 60), (2, 61), (3, 62)),
        [
            "2 events are dated after now and not counted yet, the first is number 2: its clock is ahead"
        ],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_not_in_order_with_a_device_is_told_to_the_word(name: str) -> None:
    rows, said = FAULTS[name]
    events = [event(f"p{i}", "in queue", m, number=n) for i, (n, m) in enumerate(rows)]
    beside = [event("q", "in queue", 0, device="B")]
    found = device_faults([*events[::-1], *beside], START + HOUR)
    assert [(f.device, f.what) for f in found] == [("A", s) for s in said]


def test_journeys_are_those_that_the_plan_states() -> None:
    zone = timezone(timedelta(hours=2))
    day = datetime(2016, 10, 24, tzinfo=zone)
    found = expected(PLAN, zone)
    assert [e.person for e in found] == [f"p{n}" for n in range(1, 9)]
    assert found[3] == Expected(
        person="p4",
        case="c3",
        trip="T2",
        vehicle="V2",
        place="A",
        departs=day + timedelta(minutes=482),
        arrives=day + timedelta(minutes=609),
    )
    assert found[0].arrives == day + timedelta(minutes=645)
    for wrong in (at("manifest", "p4", place_id="B"), at("manifest", "p4", trip_id="T9")):
        with pytest.raises(PlanError, match="no stop at"):
            expected(wrong(WORLD).plan, zone)
    over_night = at("trips", "T3", stops=(stop("A", 1500, 1),))(WORLD).plan
    assert expected(over_night, zone)[7].arrives == day + timedelta(days=1, minutes=60)


def journey(
    person: str, leaves: float, comes: float, place: str = "home", *, offset: int = 0
) -> Expected:
    zone = timezone(timedelta(hours=offset))
    start = START.astimezone(zone)
    return Expected(
        person=person,
        case=f"c{person}",
        trip="t",
        vehicle="v",
        place=place,
        departs=start + timedelta(hours=leaves),
        arrives=start + timedelta(hours=comes),
    )


def test_the_longest_overdue_come_first_whatever_their_offsets() -> None:
    rides = [
        journey("d", 0, 5, offset=9),
        journey("a", 0, 3),
        journey("c", 0, 3, offset=-9),
        journey("b", 0, 3, offset=5),
        journey("e", 4, 9),
    ]
    found = overdue(standing([]), rides, START + 5 * HOUR, 1)
    assert [(o.person, o.what) for o in found] == [
        ("d", "departure"),
        ("a", "arrival"),
        ("b", "arrival"),
        ("c", "arrival"),
        ("e", "departure"),
    ]
    assert [o.at for o in found] == [START, *[START + 3 * HOUR] * 3, START + 4 * HOUR]
    assert {o.expected for o in found} == {*rides}
    assert {o.last for o in found} == {None}


@pytest.mark.parametrize("state", STATES)
def test_who_declined_is_not_coming_unless_on_the_way_or_settled(state: str) -> None:
    away = (
        "arrived",
        "checked in",
        "reunified",
        "left",
        "transferred",
        "missing since",
        "on vehicle",
    )
    rides = [journey(p, 0, 2) for p in "ab"]
    found = not_coming(standing([event("a", state, 0)]), rides, {"ca"})
    assert found == ([] if state in away else rides[:1])
    assert not_coming(standing([]), rides, {"cb"}) == rides[1:]


def test_who_has_two_journeys_arrives_at_either_place() -> None:
    rides = [journey("a", 0, 2, "home"), journey("b", 0, 2, "mill")]
    seen = [
        event("b", "arrived", 0, where="mill"),
        event("a", "arrived", 0, number=2, where="mill"),
    ]
    found = elsewhere(standing(seen), rides)
    assert [(one.place, e.where) for one, e in found] == [("home", "mill")]
    assert elsewhere(standing([*seen, same("a", "b", 1, 3)]), rides) == []


CHILD = {
    "missing since": ("missing", "missing"),
    "arrived": ("unminded", "a child arrived without a responsible adult"),
    "checked in": ("unminded", "a child checked in without a responsible adult"),
    "transferred": ("unminded", "a child transferred without a responsible adult"),
    "reunified": ("unminded", "a child reunified without a responsible adult"),
    "left": ("left_alone", "a child that left alone"),
}


@pytest.mark.parametrize("state", STATES)
def test_why_a_child_is_looked_for_is_said_in_words(state: str) -> None:
    found = concerns(standing([event("p", state, 0)]), START, 12, children=["p"])
    assert [(c.why, c.what) for c in found] == [CHILD[s] for s in (state,) if s in CHILD]


def test_where_a_place_is_none_of_ours_it_is_named() -> None:
    rows = [
        event("a", "arrived", 0),
        event("b", "checked in", 0, number=2, where="mill"),
        event("c", "left", 0, number=3),
    ]
    found = concerns(standing(rows), START, 12, places=["home"])
    assert [c.what for c in found] == [
        "arrived where no such place is (no place noted)",
        "checked in where no such place is (mill)",
    ]
    rows = [event("a", "transferred", 0, responsible="R")]
    late = concerns(standing(rows), START + 12.5 * HOUR, 12.5, children=["a"])
    assert [c.what for c in late] == [
        "a child transferred and not checked in by a named person within 12.5 hours"
    ]
    assert concerns(standing(rows), START + 12.4 * HOUR, 12.5, children=["a"]) == []


PEM = new_key()
KEY = public_of(PEM)


def wrote(*texts: str) -> list[Event]:
    """Return signed events of one device, each with a source."""
    made = [replace(event(f"p{n}", "registered", n), source=t) for n, t in enumerate(texts)]
    return linked([], made, {"A": PEM}, 1_477_296_000_000)


def test_an_answer_is_the_last_that_a_known_device_signed() -> None:
    said = wrote(
        "desk answer: c1: declined; offered N",
        "desk answer: c2: chooses N; offered N, S",
        "desk answer: c1: later; offered N",
        "desk answer: c3: declined; offered none",
        "answer: c4: declined;",
        "desk answer: c5 declined;",
        "desk answer: c6: declined",
    )
    known = {"A": Known(KEY)}
    assert answered(said, known) == {"c1": "later", "c2": "chooses N", "c3": "declined"}
    assert declined(said, known) == {"c3"}
    for nobody in ({}, {"B": Known(KEY)}, {"A": Known(public_of(new_key()))}):
        assert answered(said, nobody) == {}
    bare = [replace(e, signature="") for e in said]
    assert answered(bare, known) == {}
    assert answered([*said[:3], replace(said[3], where="x"), *said[4:]], known).keys() == {
        "c1",
        "c2",
    }


def test_a_plan_is_held_against_who_declined() -> None:
    said = wrote("desk answer: c1: declined; offered N", "desk answer: c2: declined; offered N")
    known = {"A": Known(KEY)}
    assert against_plan(said, known, ["c1", "c2"], ["c3"]) == []
    assert against_plan(said, known, ["c4", "c3"], ["c2", "c1", "c5"]) == [
        "case c3 is out of the plan as declined, and no signed event says so",
        "case c4 is out of the plan as declined, and no signed event says so",
        "case c1 has declined by a signed event, and the plan moves it",
        "case c2 has declined by a signed event, and the plan moves it",
    ]
    unknown = against_plan(said, {}, [], ["c1"])
    assert [f[:45] for f in unknown] == ["this machine keeps no record of the devices o"]
    torn = against_plan(said[1:], known, [], [])
    assert torn == []
    altered = against_plan([said[0], replace(said[1], where="x")], known, ["c1"], [])
    assert altered == [
        "device A: 1 of its events are not as it signed them, the first is number 2: altered"
    ]


def test_a_signature_is_of_one_text_by_one_key() -> None:
    signature = sign(PEM, "text")
    assert verifies(KEY, signature, "text")
    assert not verifies(KEY, signature, "texts")
    assert not verifies(public_of(new_key()), signature, "text")
    for key, signed in (
        ("", signature),
        ("zz", signature),
        (KEY, ""),
        (KEY, "zz"),
        (KEY[:-2], signature),
    ):
        assert not verifies(key, signed, "text")
    told = text_of(ONE)
    assert '"signature"' not in told
    assert all(f'"{n}"' in told for n in (*SAID, *CHAIN))


def test_what_is_known_of_a_device_grows_and_its_first_key_stays() -> None:
    events = wrote("", "", "")
    first = heads(events, {})
    assert first == {"A": Known(KEY, 3, events[2].id)}
    assert heads(events[::-1][1:], {}) == {"A": Known(KEY, 2, events[1].id)}
    assert heads(events[:2], first) == first
    assert heads(events, {"A": Known("other", 2, "h")}) == {"A": Known("other", 3, events[2].id)}
    assert heads([replace(e, key="") for e in events], {}) == {}
    assert heads([], {"B": Known("k")}) == {"B": Known("k")}


def test_a_device_goes_on_after_what_is_known_of_it() -> None:
    events = wrote("", "")
    new = [event("q", "in queue", 9)]
    for known, number, previous in (
        ({}, 3, events[1].id),
        ({"A": Known(KEY, 1, events[0].id)}, 3, events[1].id),
        ({"A": Known(KEY, 7, "h")}, 8, "h"),
    ):
        [made] = linked(events, new, {"A": PEM}, 1, known)
        assert (made.number, made.previous, made.key, made.noted) == (number, previous, "", "1")
        assert made.clock > events[1].clock
    [own] = linked(events, [replace(new[0], device="B")], {"B": PEM}, 1)
    assert (own.number, own.previous, own.key) == (1, "", KEY)
    assert lacking([*events, made], {}) == 8 - 3


def test_of_several_that_are_altered_the_first_is_named() -> None:
    events = wrote("", "", "", "")
    bent = [events[0], replace(events[1], where="x"), events[2], replace(events[3], where="x")]
    found = [f.what for f in chain_faults(bent, {"A": Known(KEY)})]
    assert found == [
        "2 of its events are not as it signed them, the first is number 2: altered",
        "event 3 does not follow the event before it: altered or re-ordered",
    ]


def test_an_event_of_two_pseudonyms_counts_under_one() -> None:
    rows = [event("b", "in queue", 0), same("b", "a", 1, 2), event("a", "left", 2, number=3)]
    assert [(e.person, e.state) for e in effective(rows)] == [("a", "in queue"), ("a", "left")]
    assert standing(rows).name("b") == "a"
    last = standing(rows).of("b")
    assert last is not None
    assert last.state == "left"
    assert standing(rows).of("c") is None
    assert datetime.fromisoformat(last.at) == START + timedelta(minutes=2)
    assert last.moment.astimezone(UTC) == START + timedelta(minutes=2)
