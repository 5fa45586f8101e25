"""The desk over a move worked out by hand: what each page says, cell by cell, and what each request is answered."""

import re
import stat
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from custody_events import START, event
from guarded import TestClient
from hand_worked import PLAN, SITE, WORLD, World, all_of, at, person, plus

from sojourn.errors import NoSuchCase, PlanError, SojournError
from sojourn.relocation.custody.custody import STATES, Event
from sojourn.relocation.custody.expected import Expected, Overdue
from sojourn.relocation.custody.watch import Concern
from sojourn.relocation.desk import app, signing
from sojourn.relocation.desk.answers import TABLE
from sojourn.relocation.desk.app import IDLE, SMALL, application
from sojourn.relocation.desk.asked import Asked
from sojourn.relocation.desk.forms import MOST, fields_of
from sojourn.relocation.desk.held import (
    MOST_FOUND,
    NOTES,
    Held,
    answers,
    care,
    facts,
    find,
    history,
)
from sojourn.relocation.desk.pages import states_of, words_of
from sojourn.relocation.desk.roles import Role, keys_can_be, known_keys, make_keys, role_of
from sojourn.relocation.desk.running import listen, run
from sojourn.relocation.desk.whom import whom
from sojourn.relocation.run.custody import Alarm, append
from sojourn.relocation.run.devices import folder_of
from sojourn.relocation.run.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = {"p1": "Ada Example", "p2": "Bea Example", "p4": "Cem Sample"}
HOME = "http://127.0.0.1:8010"
WORDS = words_of("en")


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Held:
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "devices"))
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for p in SITE.persons:
        append(ledger.path, replace(event(p.id, "registered", 0), device="desk 1/x"))
    make_keys(ledger.path, tmp_path / "roles")
    return Held(tmp_path / "S", SITE, NAMES, ledger, "desk 1/x", plan=PLAN, call="999")


def of_site(held: Held, world: World) -> Held:
    return replace(held, site=world.site, plan=world.plan)


def entered(held: Held, role: str, *, host: str = HOME) -> TestClient:
    client = TestClient(application(held), base_url=host)
    key = (held.ledger.path.parent / "roles" / f"{role}.key").read_text()
    assert client.post("/in", data={"text": key}).status_code == 200
    return client


def post(client: TestClient, path: str, **fields: str) -> tuple[int, str]:
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)
    assert token
    answer = client.post(path, data={"csrf": token[1], **fields})
    return answer.status_code, answer.text


class Cells(HTMLParser):
    """The tables of a page: rows of texts; and its list of facts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.facts: list[str] = []
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self._in = "cell"
        elif tag in {"dt", "dd"}:
            self.facts.append("")
            self._in = "fact"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "dt", "dd"}:
            self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "cell":
            self.tables[-1][-1][-1] += data
        elif self._in == "fact":
            self.facts[-1] += data


def told(text: str) -> dict[str, str]:
    found = Cells(text).facts
    return dict(zip(found[::2], found[1::2], strict=True))


TRIPS = [
    ["Trip", "Day", "Departs", "Vehicle", "Persons"],
    ["T1", "2016-10-24", "08:00", "V1", "2"],
    ["T2", "2016-10-24", "08:02", "V2", "5"],
    ["T3", "2016-10-24", "08:15", "V3", "1"],
]
LINKS = {
    "registrar": {"/answers"},
    "protection": {"/look-for", "/exchange"},
    "transport": set[str](),
}


@pytest.mark.parametrize("role", LINKS)
def test_the_first_page_of_a_role_has_its_trips_and_its_links(held: Held, role: str) -> None:
    text = entered(held, role).get("/").text
    assert Cells(text).tables == ([] if role == "registrar" else [TRIPS])
    assert {h for h in ("/answers", "/look-for", "/exchange") if f'href="{h}"' in text} == LINKS[
        role
    ]
    assert f"Desk: {WORDS[f'role_{role}']}" in text
    none = entered(replace(held, plan=None), role).get("/").text
    assert (WORDS["no_plan"] in none) == (role != "registrar")


LAST = {"Last noted": "registered, 2016-10-24 08:00:00+00:00"}
PLAIN = {"Name": "Cem Sample", "Case": "c3", "Together with": "p3, p5", "Sex": "M", "Age": "6"}
PERSON = {
    ("registrar", "p4"): {**PLAIN, **LAST},
    ("registrar", "p1"): {
        "Name": "Ada Example",
        "Case": "c1",
        "Sex": "M",
        "Age": "34",
        "Languages": "ar",
        **LAST,
    },
    ("transport", "p2"): {
        "Trip": "T2",
        "Vehicle": "V2",
        "Day": "2016-10-24",
        "Place": "A",
        "Seat": "seat",
        "Needs on the road": "seat with room, short stages",
        **LAST,
    },
    ("protection", "p7"): {
        "Case": "c5",
        "Sex": "M",
        "Age": "11",
        "Age known by": "own statement",
        "Child without family": "yes",
        "Mobility": "walks without aid",
        "Fit to travel": "yes",
        **LAST,
    },
    ("protection", "p3"): {
        "Case": "c3",
        "Together with": "p4, p5",
        "Sex": "F",
        "Age": "35",
        "Age known by": "own statement",
        "Specific needs": "nobody was asked",
        "Mobility": "walks without aid",
        "Fit to travel": "yes",
        **LAST,
    },
    ("protection", "p8"): {
        "Case": "c6",
        "Sex": "M",
        "Age": "59",
        "Age known by": "own statement",
        "Specific needs": "SM, TR",
        "Mobility": "wheelchair",
        "Fit to travel": "yes, with an escort",
        **LAST,
    },
}
PERSON["protection", "p4"] = {
    **PLAIN,
    "Age known by": "own statement",
    "Mobility": "walks without aid",
    "Fit to travel": "yes",
    **LAST,
}


@pytest.mark.parametrize(("role", "who"), PERSON)
def test_what_a_role_is_told_of_a_person(held: Held, role: str, who: str) -> None:
    text = entered(held, role).get(f"/find?q={who}").text
    assert told(text) == PERSON[role, who]
    assert f"<h1>Person {who}</h1>" in text
    notes = re.findall(r'name="state" value="([^"]+)"', text)
    assert notes == [*NOTES[Role(role)]]
    where = 'value="V2"' if role == "transport" else 'value=""'
    assert f'id="where" name="where" {where}' in text
    assert ("/slip?person=" in text, "/offers?case=" in text) == ((role == "registrar"),) * 2


def test_who_has_no_seat_has_no_slip(held: Held) -> None:
    client = entered(held, "registrar")
    assert "/slip?person=" not in client.get("/find?q=p9").text
    none = entered(replace(held, plan=None), "registrar").get("/slip?person=p1")
    assert (none.status_code, WORDS["no_plan"] in none.text) == (400, True)


@pytest.mark.parametrize("role", Role)
def test_whom_a_role_can_look_up(held: Held, role: Role) -> None:
    there = [f"p{n}" for n in range(1, 10)] + ["q1"]
    may = {Role.SIGNER: [], Role.TRANSPORT: there[:8]}.get(role, there)
    for who in (*there, "q2", "ghost"):
        if who in may:
            facts(held, role, who)
        else:
            with pytest.raises(NoSuchCase):
                facts(held, role, who)
    found = {
        q: find(held, role, q)
        for q in ("P4", " p4 ", "C3", "c7", "", "q2", "example", "EXAMPLE", "a", "x")
    }
    names = role in (Role.REGISTRAR, Role.PROTECTION)
    seen = role is not Role.SIGNER
    assert found == {
        "P4": ["p4"] * seen,
        " p4 ": ["p4"] * seen,
        "C3": ["p3", "p4", "p5"] * seen,
        "c7": ["p9"] * names,
        "": [],
        "q2": [],
        "example": ["p1", "p2"] * names,
        "EXAMPLE": ["p1", "p2"] * names,
        "a": ["p1", "p2", "p4"] * names,
        "x": ["p1", "p2"] * names,
    }


def test_a_search_finds_twenty_people_and_no_more(held: Held) -> None:
    more = [person(f"m{n:02}", "c3", "M", 7) for n in range(25)]
    many = of_site(held, plus("persons", *more)(WORLD))
    assert find(many, Role.REGISTRAR, "c3") == [f"m{n:02}" for n in range(20)]
    assert MOST_FOUND == 20


def test_several_who_are_found_are_listed_with_names_where_they_may_be_seen(held: Held) -> None:
    rows = Cells(entered(held, "registrar").get("/find?q=c3").text).tables
    assert rows == [[["Person", "Name"], ["p3", ""], ["p4", "Cem Sample"], ["p5", ""]]]
    bare = Cells(entered(held, "transport").get("/find?q=c3").text).tables
    assert bare == [[["Person"], ["p3"], ["p4"], ["p5"]]]
    nobody = entered(held, "transport").get("/find?q=Cem").text
    assert f'<p class="bad" role="alert">{WORDS["nobody"]}</p>' in nobody


def test_children_without_family_are_those_of_whose_case_nobody_is_grown(held: Held) -> None:
    assert held.alone == {"p6", "p7"}
    assert care(held, held.ledger.status()) == [("p6", "registered"), ("p7", "registered")]
    held.ledger.note("p7", "in queue", device="d")
    assert care(held, held.ledger.status())[1] == ("p7", "in queue")
    world = all_of(plus("persons", person("n", "c4", "F", 18)))(WORLD)
    assert of_site(held, world).alone == {"p7"}
    assert care(
        of_site(held, plus("persons", person("n", "c5", "F", 1))(WORLD)), held.ledger.status()
    )[0] == ("n", "")


LIST_HEAD = ["Here", "Person", "Place", "Seat", "Needs on the road"]


def test_the_list_of_a_trip_has_names_for_protection_alone(held: Held) -> None:
    rows = [
        ["p1", "C", "seat", ""],
        ["p2", "A", "seat", "seat with room, short stages"],
        *([p, "A", "seat", ""] for p in ("p3", "p4", "p5")),
    ]
    plain = Cells(entered(held, "transport").get("/trip?id=T2").text).tables
    assert plain == [[LIST_HEAD, *(["☐", *r] for r in rows)]]
    named = Cells(entered(held, "protection").get("/trip?id=T2").text).tables[0]
    assert named[0] == ["Here", "Person", "Name", *LIST_HEAD[2:]]
    assert named[1:] == [["☐", r[0], NAMES.get(r[0], ""), *r[1:]] for r in rows]
    without = Cells(entered(replace(held, names={}), "protection").get("/trip?id=T2").text).tables[
        0
    ]
    assert without[0] == LIST_HEAD
    text = entered(held, "transport").get("/trip?id=T3").text
    assert "Vehicle V3, 2016-10-24, 08:15" in text
    assert "wheelchair" in text
    for wrong, desk in (("T9", held), ("T1", replace(held, plan=None))):
        answer = entered(desk, "transport").get(f"/trip?id={wrong}")
        assert (answer.status_code, f"no trip &#39;{wrong}&#39;" in answer.text) == (400, True)


def test_protection_reads_the_whole_history_and_others_what_counts(held: Held) -> None:
    for state in ("in queue", "on vehicle"):
        held.ledger.note("p1", state, device="d")
    wrong = held.ledger.note("p1", "left", device="d")
    held.ledger.void(wrong.id, "another", device="d")
    states = [e.state for e in history(held, Role.PROTECTION, "p1")]
    assert states == ["void", "left", "on vehicle", "in queue", "registered"]
    assert [e.state for e in history(held, Role.TRANSPORT, "p1")] == ["on vehicle"]
    assert [e.state for e in history(held, Role.REGISTRAR, "p2")] == ["registered"]


@pytest.mark.parametrize("role", ["registrar", "protection", "transport"])
def test_a_role_notes_its_own_states_with_its_own_name(held: Held, role: str) -> None:
    client = entered(held, role)
    for state in STATES:
        status, text = post(client, "/note", person="p1", state=state, where="Z", responsible="R")
        may = state in NOTES[Role(role)]
        assert status == (200 if may else 400)
        if may:
            last = held.ledger.events[-1]
            wanted = ("p1", state, "Z", "R", "desk 1/x", f"desk, {role}")
            assert (
                last.person,
                last.state,
                last.where,
                last.responsible,
                last.device,
                last.source,
            ) == wanted
            assert f"Noted: p1, {states_of('en')[state]}." in text


def test_an_answer_leaves_a_person_where_she_was(held: Held) -> None:
    held.ledger.note("p2", "in queue", device="d", where="gate", responsible="R")
    client = entered(held, "registrar")
    status, text = post(client, "/answer", case="c2", answer="later")
    assert (status, "Noted for c2: Wants to think." in text) == (200, True)
    said = held.ledger.events[-1]
    assert (said.person, said.state, said.where, said.responsible) == (
        "p2",
        "in queue",
        "gate",
        "R",
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", said.at)
    assert said.source.startswith("desk answer: c2: later; offered ")
    assert post(client, "/answer", case="d2", answer="later")[0] == 400
    assert post(client, "/answer", case="c2", answer="maybe")[0] == 400
    post(client, "/answer", case="c7", answer="declined")
    rows = Cells(client.get("/answers").text).tables[0]
    assert rows[0] == ["Person", "Answer", "Time"]
    assert [r[0] for r in rows[1:]] == ["p9", "p2"]
    assert rows[2][1].startswith("c2: later; offered ")
    assert [e.person for e in answers(held)] == ["p9", "p2"]


def test_regions_are_offered_in_the_order_of_the_wishes(held: Held) -> None:
    rooms = tuple(replace(r, rooms=20) for r in SITE.rooms)
    more = tuple(replace(r, place_id="B") for r in rooms if r.place_id == "A")
    places = tuple(
        replace(
            p,
            women_safe=True,
            school_primary=9,
            school_secondary=9,
            max_arrivals_per_day=50,
            max_children=50,
            latest_arrival=23.0,
        )
        for p in SITE.places
    )
    world = replace(WORLD, site=replace(SITE, rooms=(*rooms, *more), places=places))
    for wishes, order in (
        (("S", "N"), ["S", "N"]),
        (("N", "S"), ["N", "S"]),
        (("any",), ["N", "S"]),
    ):
        desk = of_site(held, at("cases", "c3", wishes=wishes)(world))
        text = entered(desk, "registrar").get("/offers?case=c3").text
        assert re.findall(r'value="region:([^"]+)"', text) == order
        assert "Regions to offer: c3" in text


def ask(held: Held, path: str, host: str = "127.0.0.1:8010", **headers: str) -> int:
    client = TestClient(application(held), base_url=HOME)
    return int(client.get(path, headers={"host": host, **headers}).status_code)


def test_the_desk_answers_to_this_machine_alone(held: Held) -> None:
    for host in ("127.0.0.1:8010", "127.0.0.1", "localhost:1", "localhost", "[::1]:80", "[::1]"):
        assert ask(held, "/", host) == 200
    for host in (
        "a.localhost",
        "127.0.0.2:80",
        "[::2]",
        "::1",
        "localhost.example.org:80",
        "0.0.0.0",
    ):
        assert ask(held, "/", host) == 403
    assert ask(held, "/", origin="https://example.org") == 200
    assert [ask(held, path) for path in ("/nowhere", "/in", "/out")] == [401] * 3
    assert ask(held, "/desk.css") == 200


@pytest.mark.parametrize(
    ("origin", "status"), [(HOME, 200), ("http://127.0.0.1", 403), ("null", 403)]
)
def test_a_form_comes_from_a_page_of_the_desk(held: Held, origin: str, status: int) -> None:
    client = entered(held, "registrar")
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)
    assert token
    sent = {"csrf": token[1], "person": "p1", "state": "in queue"}
    assert client.post("/note", data=sent, headers={"origin": origin}).status_code == status


def test_a_page_that_there_is_not_and_a_role_that_may_not(held: Held) -> None:
    client = entered(held, "registrar")
    unseen = ((p, 404) for p in ("/nowhere", "/note", "/in", "/out"))
    for path, status in (*unseen, ("/look-for", 403), ("/plan", 403)):
        answer = client.get(path)
        assert answer.status_code == status
        said = "no such page" if status == 404 else WORDS["forbidden"]
        assert f'<p class="bad" role="alert">{said}</p>' in answer.text
    assert client.get("/trip", params={"id": "T1"}).status_code == 403
    assert client.put("/note").status_code == 405


def test_a_desk_that_nobody_used_for_half_an_hour_asks_for_the_key(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(app, "monotonic", lambda: clock[0])
    client = entered(held, "registrar")
    for _ in range(3):
        clock[0] += IDLE
        assert client.get("/answers").status_code == 200
    clock[0] += IDLE + 1
    assert client.get("/answers").status_code == 401
    clock[0] -= 10
    assert client.get("/answers").status_code == 401  # forgotten, not only too old
    assert IDLE == 1800


def test_a_key_opens_its_role_until_the_desk_is_closed(held: Held) -> None:
    client = TestClient(application(held), base_url=HOME, follow_redirects=False)
    key = (held.ledger.path.parent / "roles" / "transport.key").read_text()
    for field in ("key", "text"):
        answer = client.post("/in", data={field: f"\n {key} \n"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert len(re.findall(r"desk=([^;]+)", cookie)[0]) == 43
    assert "Transport" in client.get("/").text
    gone = client.post(
        "/out", data={"csrf": re.findall(r'name="csrf" value="([^"]+)"', client.get("/").text)[0]}
    )
    assert (gone.status_code, gone.headers["location"]) == (303, "/")
    assert 'desk=""' in gone.headers["set-cookie"]
    wrong = client.post("/in", data={"text": "nonsense"})
    assert (wrong.status_code, WORDS["wrong_key"] in wrong.text) == (403, True)
    assert client.get("/find?q=p1").status_code == 401


def test_a_language_is_kept_when_it_is_one(held: Held) -> None:
    client = TestClient(application(held), base_url=HOME, follow_redirects=False)
    kept = client.get("/language?to=fr")
    assert (kept.status_code, kept.headers["location"]) == (303, "/")
    assert "samesite=strict" in kept.headers["set-cookie"].lower()
    assert '<html lang="fr"' in client.get("/").text
    assert "set-cookie" not in client.get("/language?to=xx").headers
    assert '<html lang="fr"' in client.get("/").text
    client.cookies.set("language", "xx")
    assert words_of("xx") == WORDS


def test_a_form_is_small_and_a_ledger_is_not(held: Held) -> None:
    client = entered(held, "protection")
    token = re.findall(r'name="csrf" value="([^"]+)"', client.get("/").text)[0].encode()
    head = b"csrf=" + token + b"&person=p1&state=left&where="
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for path in ("/note", "/void"):
        for size, status in ((SMALL, 400), (SMALL + 1, 413)):
            body = head + b"x" * (size - len(head))
            assert client.post(path, content=body, headers=kind).status_code == status
    assert client.post("/merge", content=head + b"x" * SMALL, headers=kind).status_code == 400
    assert (SMALL, MOST) == (65_536, 67_108_864)


def test_a_part_of_a_form_that_has_no_name_is_left_out() -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b"--B\r\nContent-Disposition: form-data\r\n\r\n2\r\n"
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n3\r\n--B--\r\n'
    )
    assert fields_of("Multipart/Form-Data; boundary=B", body) == {"a": b"3"}
    assert fields_of("", b"a=1&a=2&b=&=") == {"a": b"2", "b": b"", "": b""}
    many = "&".join(f"f{n}=1" for n in range(100)).encode()
    assert len(fields_of("", many)) == 100
    with pytest.raises(ValueError, match="fields"):
        fields_of("", many + b"&z=1")


def test_each_role_has_a_key_of_its_own_and_only_public_ones_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "devices"))
    ledger, folder = tmp_path / "ledger", tmp_path / "roles"
    assert known_keys(ledger) == {}
    assert make_keys(ledger, folder) == [folder / f"{role}.key" for role in Role]
    known = known_keys(ledger)
    assert [role_of(known, (folder / f"{r}.key").read_text()) for r in Role] == [*Role]
    assert role_of(known, "nonsense") is None
    assert role_of({}, (folder / "signer.key").read_text()) is None
    record = folder_of(ledger) / "desk.json"
    assert "PRIVATE" not in record.read_text()
    assert stat.S_IMODE(record.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    for text in ("[]", "{", '{"k": "king"}', "7"):
        record.write_text(text)
        with pytest.raises(PlanError, match="no record of roles"):
            known_keys(ledger)
    with pytest.raises(PlanError):
        keys_can_be(folder)
    keys_can_be(tmp_path / "new")


def test_a_port_is_listened_on_once_and_on_this_machine_alone() -> None:
    one = listen(0)
    try:
        host, port = one.getsockname()
        assert host == "127.0.0.1"
        one.listen()
        with pytest.raises(SojournError, match=f"127.0.0.1:{port}: cannot be listened on"):
            listen(port)
    finally:
        one.close()


def test_the_ledger_leaves_under_the_name_of_its_device(held: Held) -> None:
    answer = entered(held, "protection").get("/ledger")
    assert answer.headers["content-disposition"] == 'attachment; filename="ledger-desk1x.jsonl"'
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.content == held.ledger.path.read_bytes()
    nameless = entered(replace(held, device="--"), "protection").get("/ledger")
    assert 'filename="ledger-device.jsonl"' in nameless.headers["content-disposition"]


def test_a_voided_event_is_named_by_its_beginning(held: Held) -> None:
    wrong = held.ledger.note("p1", "left", device="d")
    status, text = post(entered(held, "protection"), "/void", event=wrong.id, reason="another")
    assert (status, f"Noted: event {wrong.id[:8]} does not count." in text) == (200, True)
    assert held.ledger.events[-1].source == "another"


RIDE = Expected(
    person="p1",
    case="c1",
    trip="T2",
    vehicle="V2",
    place="C",
    departs=START,
    arrives=START + timedelta(hours=2, minutes=45),
)


def concern(why: str, last: Event | None) -> Concern:
    return Concern(person="p1", what="in words", last=last, why=why)


def test_whom_to_look_for_is_said_with_place_hour_and_state() -> None:
    seen = event("p1", "arrived", 30, where="mill")
    nowhere = event("p2", "in queue", 5)
    alarm = Alarm(
        silent=[nowhere],
        overdue=[
            Overdue(person="p1", what="arrival", at=RIDE.arrives, expected=RIDE, last=None),
            Overdue(person="p3", what="departure", at=RIDE.departs, expected=RIDE, last=None),
        ],
        elsewhere=[(RIDE, seen)],
        concerns=[
            concern("missing", None),
            concern("no_place", seen),
            concern("no_place", replace(nowhere, state="arrived")),
            concern("unchecked", seen),
            concern("unseen", None),
        ],
    )
    assert whom(alarm, "en", 12.5) == [
        ("p1", "missing"),
        ("p1", "arrived at mill: there is no such place"),
        ("p1", "arrived at –: there is no such place"),
        ("p1", "a child, arrived: nobody checked it in within 12.5 hours"),
        ("p1", "on the register, and nothing noted yet"),
        ("p1", "not arrived at C, expected 2016-10-24 10:45"),
        ("p3", "not on the way to C, expected 2016-10-24 08:00"),
        ("p1", "arrived at mill, planned for C"),
        ("p2", "not seen since 2016-10-24 08:05"),
    ]
    assert "12,5" in whom(alarm, "fr", 12.5)[3][1]


def test_the_fields_of_a_form_lose_what_cannot_be_printed(held: Held) -> None:
    client = entered(held, "registrar")
    post(client, "/note", person=" p1 ", state="in queue", where="ga\x00te\n7 ")
    assert held.ledger.events[-1].where == "gate7"


def test_who_may_ask_for_what_is_as_the_page_says() -> None:
    wanted: Mapping[str, set[str]] = {
        "registrar": {"/", "/find", "/slip", "/note", "/offers", "/answer", "/answers"},
        "protection": {
            "/",
            "/find",
            "/note",
            "/look-for",
            "/trip",
            "/exchange",
            "/ledger",
            "/merge",
            "/void",
        },
        "transport": {"/", "/find", "/note", "/trip"},
        "signer": {"/", "/plan", "/sign"},
    }
    assert {r: {p for (_, p), (roles, _) in TABLE.items() if r in roles} for r in wanted} == wanted
    assert {p for m, p in TABLE if m == "POST"} == {"/note", "/answer", "/merge", "/void", "/sign"}


@pytest.mark.parametrize("ends", [None, KeyboardInterrupt])
def test_a_desk_that_is_closed_frees_its_port(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ends: type[BaseException] | None,
) -> None:
    def served(_: object, sockets: list[object]) -> None:
        assert sockets == [one]
        if ends is not None:
            raise ends

    monkeypatch.setattr("uvicorn.Server.run", served)
    one = listen(0)
    port = one.getsockname()[1]
    run(application(Held(Path("S"), SITE, {}, Ledger(Path("l")), "d")), one)
    assert one.fileno() == -1
    said = capsys.readouterr()
    assert said.out == f"http://127.0.0.1:{port}/ (stop with Ctrl+C)\n"
    assert said.err == ("" if ends is None else "stopped\n")


def test_a_plan_is_signed_by_name_with_the_key_that_was_handed_in(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key lies in a folder of its own while it is used, and nowhere afterwards."""
    used = list[tuple[object, ...]]()

    def signed(site: Path, plan: Path, key: Path, name: str, *, replace: bool) -> None:
        used.append((site, plan, key.read_text(), name, replace))
        kept.append(key)

    kept = list[Path]()
    monkeypatch.setattr(signing, "sign_plan", signed)
    monkeypatch.setattr(
        signing, "plan", lambda asked, **_: asked.page("home.html", "", links=[], tables=[])
    )
    desk = replace(held, plan_folder=held.folder / "P")
    roles = held.ledger.path.parent / "roles"
    key = (roles / "signer.key").read_text()
    asked = Asked(
        desk, Role.SIGNER, "en", "", {"name": b" A. Name ", "text": f"\n{key}\n\n".encode()}
    )
    assert signing.sign(asked).status_code == 200
    signing.sign(
        replace(asked, fields={**asked.fields, "key": key.encode(), "text": b"", "replace": b"1"})
    )
    wanted = (desk.folder, desk.plan_folder, key.strip() + "\n", "A. Name")
    assert used == [(*wanted, False), (*wanted, True)]
    assert not any(k.exists() for k in kept)
    other = (roles / "registrar.key").read_bytes()
    for fields, said in (
        ({"name": b"A", "text": other}, "not the signer's key"),
        ({"name": b" ", "text": key.encode()}, "by a named person"),
    ):
        with pytest.raises(SojournError, match=said):
            signing.sign(replace(asked, fields=fields))
    with pytest.raises(PlanError, match="no plan was named"):
        signing.sign(replace(asked, held=held))
    assert len(used) == 2
