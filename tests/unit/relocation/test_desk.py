"""The desk page: four roles, each told what it needs; nothing from outside, nothing without a key."""

import html
import re
import socket
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from guarded import TestClient

import sojourn
from sojourn.cli import cli
from sojourn.errors import PlanError, PlanMismatch, SojournError
from sojourn.relocation.custody.chain import new_key
from sojourn.relocation.custody.custody import STATES, Event
from sojourn.relocation.desk import pages
from sojourn.relocation.desk.answers import TABLE
from sojourn.relocation.desk.app import HEADERS, application
from sojourn.relocation.desk.forms import fields_of
from sojourn.relocation.desk.held import Held
from sojourn.relocation.desk.roles import Role, known_keys, make_keys
from sojourn.relocation.desk.running import hold
from sojourn.relocation.run.custody import append
from sojourn.relocation.run.sign import SIGNATURE, sign_plan, signature_of
from sojourn.relocation.site.rules import default_needs_map_text

NAME = "Canaria Kanarienvogel"
FLAG = "canary-flag"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SYNTHETIC site with names and a flag nobody but protection may see, and its plan."""
    room = tmp_path_factory.mktemp("desk")
    site = sojourn.site_example(room / "S", people=60)
    table = room / "S" / "person.csv"
    lines = table.read_text("utf-8").splitlines()
    head = lines[0].split(",")
    rows = [line.split(",") for line in lines[1:]]
    for row in rows:
        row[head.index("flags")] = FLAG
    table.write_text("\n".join(",".join(r) for r in [head, *rows]) + "\n", "utf-8")
    names = [f"{row[head.index('id')]},{NAME}" for row in rows]
    (room / "S" / "name.csv").write_text("person_id,name\n" + "\n".join(names) + "\n", "utf-8")
    needs = default_needs_map_text()
    first = needs.splitlines()[1].split(",")
    more = [FLAG, "gp", "2", "1", *([""] * (len(first) - 4))]
    (room / "S" / "needs_map.csv").write_text(needs.rstrip() + "\n" + ",".join(more) + "\n")
    site.plan(room / "P")
    return room


@pytest.fixture
def held(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Held:
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "keys-of-devices"))
    key = tmp_path / "snapshot.key"
    key.write_text("a long enough secret")
    found = hold(
        made / "S",
        tmp_path / "ledger.jsonl",
        "desk-1",
        plan=made / "P",
        snapshots=tmp_path / "shots",
        snapshot_key=key,
    )
    make_keys(found.ledger.path, tmp_path / "roles")
    return found


def entered(held: Held, role: Role | str) -> TestClient:
    client = TestClient(application(held), base_url="http://127.0.0.1:8010")
    key = (held.ledger.path.parent / "roles" / f"{role}.key").read_text()
    assert client.post("/in", data={"text": key}).status_code == 200
    return client


def csrf(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)
    assert found
    return found[1]


def post(client: TestClient, path: str, **fields: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf": csrf(client), **fields})
    return answer.status_code, answer.text


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in {"src", "href", "action"} and not (value or "").startswith("/"):
                self.outside.append(f"{tag} {name}={value}")
            if name.startswith("on") or name == "style":
                self.outside.append(f"{tag} {name}")


def test_nothing_is_shown_without_a_key_and_a_wrong_key_opens_nothing(held: Held) -> None:
    client = TestClient(application(held), base_url="http://127.0.0.1:8010")
    person = next(iter(held.people))
    for method, path in TABLE:
        answer = client.request(method, path, params={"q": person})
        assert answer.status_code == (200 if (method, path) == ("GET", "/") else 401)
        assert person not in answer.text
        assert NAME not in answer.text
    other = new_key()
    for text in ("", "nonsense", other, "\x00"):
        assert client.post("/in", data={"text": text}).status_code == 403
    assert "Key file" in client.get("/").text


@pytest.mark.parametrize("role", Role)
def test_a_role_is_answered_by_its_own_pages_alone(held: Held, role: Role) -> None:
    client, token = entered(held, role), ""
    token = csrf(client)
    person = next(iter(held.seats))
    for (method, path), (roles, _) in TABLE.items():
        if role in roles:
            continue
        sent = {"csrf": token, "person": person, "state": "left", "case": "", "q": person}
        answer = client.post(path, data=sent) if method == "POST" else client.get(path, params=sent)
        assert answer.status_code == 403, path
        assert person not in answer.text
    assert len(held.ledger.events) == len(held.people)


def every_page(held: Held, role: Role) -> str:
    client, person = entered(held, role), next(iter(held.seats))
    case, trip = held.people[person].case_id, next(iter(held.trips))
    asked = ("/", f"/find?q={person}", f"/find?q={case}", f"/trip?id={trip}", "/answers")
    asked += ("/look-for", "/exchange", "/plan", f"/find?q={NAME[:6]}")
    shown = [client.get(path) for path in asked]
    assert all(a.status_code in (200, 403) for a in shown)
    for answer in shown:
        links = _Links()
        links.feed(answer.text)
        assert links.outside == []
        assert "script" not in links.tags
        assert {k: answer.headers[k] for k in HEADERS} == HEADERS
    return "".join(a.text for a in shown)


def test_what_a_role_may_not_see_is_never_sent(held: Held) -> None:
    told = {role: every_page(held, role) for role in Role}
    assert {r for r in Role if FLAG in told[r]} == {Role.PROTECTION}
    assert {r for r in Role if NAME in told[r]} == {Role.PROTECTION, Role.REGISTRAR}
    anybody = {r for r in Role if any(p in told[r] for p in held.people)}
    assert anybody == {Role.PROTECTION, Role.REGISTRAR, Role.TRANSPORT}
    nations = {p.nationality for p in held.people.values() if len(p.nationality) == 3}
    assert not any(f">{n}<" in text for n in nations for text in told.values())


def test_a_slip_is_of_one_person_and_asks_nothing_from_outside(held: Held) -> None:
    client, person = entered(held, Role.REGISTRAR), next(iter(held.seats))
    assert f"/slip?person={person}" in client.get(f"/find?q={person}").text
    answer = client.get(f"/slip?person={person}")
    assert answer.status_code == 200
    assert person in answer.text
    assert NAME not in answer.text
    assert FLAG not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert client.get("/slip?person=Nobody").status_code == 400


def test_a_note_is_signed_chained_and_of_the_states_of_the_role(held: Held) -> None:
    client, person = entered(held, Role.TRANSPORT), next(iter(held.seats))
    status, text = post(client, "/note", person=person, state="on vehicle", where="V1")
    assert (status, "Noted" in text) == (200, True)
    last = held.ledger.events[-1]
    assert (last.person, last.state, last.where, last.source) == (
        person,
        "on vehicle",
        "V1",
        "desk, transport",
    )
    assert last.signature
    assert list(held.ledger.check()) == []
    before = len(held.ledger.events)
    for state in ("missing since", "left", "void", "nonsense", ""):
        assert post(client, "/note", person=person, state=state)[0] == 400
    for nobody in ("", "Nobody-1", "../etc"):
        assert post(client, "/note", person=nobody, state="arrived")[0] == 400
    assert len(held.ledger.events) == before


def test_an_answer_is_noted_for_a_region_that_is_safe_alone(held: Held) -> None:
    client = entered(held, Role.REGISTRAR)
    case = held.people[next(iter(held.seats))].case_id
    shown = client.get(f"/offers?case={case}").text
    safe = re.findall(r'value="region:([^"]+)"', shown)
    assert sorted(safe) == sorted(sojourn.site(held.folder).offers(case).safe)
    assert post(client, "/answer", case=case, answer="region:Nowhere")[0] == 400
    assert post(client, "/answer", case=case, answer=f"region:{safe[0]}")[0] == 200
    assert post(client, "/answer", case=case, answer="declined")[0] == 200
    said = [e.source for e in held.ledger.events if e.source.startswith("desk answer")]
    assert [s.partition(";")[0] for s in said] == [
        f"desk answer: {case}: chooses {safe[0]}",
        f"desk answer: {case}: declined",
    ]
    assert "declined" in client.get("/answers").text
    assert held.ledger.status().registered == len(held.people)


@pytest.mark.parametrize("answer", ["declined", "later"])
def test_who_declines_and_is_in_the_plan_is_told_to_be_planned_again(
    held: Held, answer: str
) -> None:
    client = entered(held, Role.REGISTRAR)
    person, seat = next(iter(held.seats.items()))
    together = {p for p, s in held.seats.items() if s.case_id == seat.case_id}
    _, text = post(client, "/answer", case=seat.case_id, answer=answer)
    assert ("to be made again" in text) == (answer == "declined")
    page = entered(held, Role.PROTECTION).get("/look-for").text
    rows, _, stale = page.partition("Declined, and still in the plan")
    assert bool(stale) == (answer == "declined")
    for one in together:
        awaited = re.search(
            rf"<tr>(?:(?!</tr>).)*>{one}<(?:(?!</tr>).)*, expected", rows, re.DOTALL
        )
        assert (f">{one}<" in stale) == (answer == "declined")
        assert bool(awaited) == (answer != "declined"), "nobody waits for who declined"
    assert person in together


def test_an_event_that_does_not_count_stays_with_its_reason(held: Held) -> None:
    client, person = entered(held, Role.PROTECTION), next(iter(held.people))
    post(client, "/note", person=person, state="missing since")
    assert person in client.get("/look-for").text
    event = held.ledger.events[-1].id
    assert post(client, "/void", event=event, reason="")[0] == 400
    assert post(client, "/void", event="0" * 24, reason="wrong person")[0] == 400
    assert post(client, "/void", event=event, reason="wrong person")[0] == 200
    assert held.ledger.status().last[person].state == "registered"


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.PROTECTION])
def test_last_noted_is_what_counts_under_either_pseudonym(held: Held, role: Role) -> None:
    one, other = sorted(held.people)[:2]
    held.ledger.note(other, "in safe zone", device="desk-1", where="TENT-7")
    wrong = held.ledger.note(other, "left", device="desk-1", where="GATE-9")
    held.ledger.void(wrong.id, "another person", device="desk-1")
    held.ledger.same_as(one, other, device="desk-1")
    client = entered(held, role)
    for person in (one, other):
        said = client.get("/find", params={"q": person}).text.split("</dl>")[0]
        assert "TENT-7" in said
        assert "GATE-9" not in said


def test_ledgers_are_exchanged_and_each_merge_leaves_a_snapshot_that_opens(
    held: Held, tmp_path: Path
) -> None:
    client = entered(held, Role.PROTECTION)
    other = sojourn.custody(tmp_path / "other.jsonl")
    other.note("P-elsewhere", "in queue", device="tablet", new=True)
    sent = {"file": ("other.jsonl", other.path.read_bytes())}
    done = client.post("/merge", data={"csrf": csrf(client)}, files=sent)
    assert done.status_code == 200
    assert "P-elsewhere" in held.ledger.status().last
    [shot] = (tmp_path / "shots").iterdir()
    assert b"P-elsewhere" not in shot.read_bytes()
    again = sojourn.custody(tmp_path / "restored.jsonl")
    assert again.restore(shot, again.path, tmp_path / "snapshot.key") == len(held.ledger.events)
    assert again.path.read_bytes() == held.ledger.path.read_bytes()
    assert client.get("/ledger").content == held.ledger.path.read_bytes()
    before = held.ledger.path.read_bytes()
    for bad in (b"", b"no ledger\n", b"\x00\xff" * 99, b"0123 {}\nx"):
        sent = {"file": ("other.jsonl", bad)}
        assert client.post("/merge", data={"csrf": csrf(client)}, files=sent).status_code == 400
    assert held.ledger.path.read_bytes() == before


def test_a_snapshot_that_was_altered_or_has_another_key_leaves_no_file(
    held: Held, tmp_path: Path
) -> None:
    key, shot = tmp_path / "k", tmp_path / "one.snapshot"
    assert held.ledger.snapshot(shot, key) == len(held.people)
    assert shot.stat().st_mode & 0o077 == 0
    good = shot.read_bytes()
    bad = [
        good[:-1],
        good[:-1] + bytes([good[-1] ^ 1]),
        b"",
        b"\n",
        b"{}\n",
        good.replace(b"20", b"19", 1),
    ]
    for n, content in enumerate(bad):
        broken = tmp_path / f"bad-{n}"
        broken.write_bytes(content)
        with pytest.raises(PlanError):
            held.ledger.restore(broken, tmp_path / "out.jsonl", key)
    other = tmp_path / "other.key"
    other.write_text("another long secret")
    with pytest.raises(PlanError, match="another key"):
        held.ledger.restore(shot, tmp_path / "out.jsonl", other)
    with pytest.raises(PlanError, match="exists"):
        held.ledger.restore(shot, held.ledger.path, key)
    with pytest.raises(PlanError, match="exists"):
        held.ledger.snapshot(shot, key)
    assert not (tmp_path / "out.jsonl").exists()


def test_the_signer_alone_signs_with_her_own_key(held: Held, made: Path) -> None:
    client = entered(held, Role.SIGNER)
    assert "Not signed yet" in client.get("/plan").text
    roles = held.ledger.path.parent / "roles"
    wrong = (roles / "registrar.key").read_text()
    assert post(client, "/sign", name="A. Name", text=wrong)[0] == 400
    right = (roles / "signer.key").read_text()
    assert post(client, "/sign", name=" ", text=right)[0] == 400
    try:
        status, text = post(client, "/sign", name="A. Name", text=right)
        assert (status, "Signed by A. Name" in text) == (200, True)
        found = signature_of(made / "S", made / "P")
        assert found
        assert found.by == "A. Name"
        kept = (made / "P" / SIGNATURE).read_bytes()
        status, text = post(client, "/sign", name="B. Other", text=right)
        assert (status, "is signed by A. Name" in text) == (400, True)
        assert (made / "P" / SIGNATURE).read_bytes() == kept
        assert "in the place of that of A. Name" in client.get("/plan").text
        status, text = post(client, "/sign", name="B. Other", text=right, replace="1")
        assert (status, "Signed by B. Other" in text) == (200, True)
    finally:
        (made / "P" / "signature.json").unlink(missing_ok=True)


def test_a_plan_that_moves_who_declined_is_not_signed_at_the_desk(held: Held, made: Path) -> None:
    case = next(iter(held.seats.values())).case_id
    post(entered(held, Role.REGISTRAR), "/answer", case=case, answer="declined")
    client = entered(held, Role.SIGNER)
    assert "Declined, and still in the plan: 1." in client.get("/plan").text
    right = (held.ledger.path.parent / "roles" / "signer.key").read_text()
    status, text = post(client, "/sign", name="A. Name", text=right)
    assert (status, "1 case declined since" in text) == (400, True)
    assert not (made / "P" / SIGNATURE).exists()


def test_a_form_of_another_page_and_another_host_are_refused(held: Held) -> None:
    client, person = entered(held, Role.REGISTRAR), next(iter(held.people))
    token = csrf(client)
    sent = {"person": person, "state": "left"}
    assert client.post("/note", data=sent).status_code == 403
    assert client.post("/note", data={**sent, "csrf": "x"}).status_code == 403
    foreign = {"origin": "https://example.org"}
    answer = client.post("/note", data={**sent, "csrf": token}, headers=foreign)
    assert answer.status_code == 403
    for host in ("example.org", "127.0.0.1.example.org:8010", "10.0.0.5:8010", ""):
        assert client.get(f"/find?q={person}", headers={"host": host}).status_code == 403
    assert len(held.ledger.events) == len(held.people)
    client.post("/out", data={"csrf": token})
    assert client.get(f"/find?q={person}").status_code == 401


def test_what_is_typed_is_never_taken_for_a_page(held: Held) -> None:
    client, person = entered(held, Role.REGISTRAR), next(iter(held.people))
    bad = "<script>alert(1)</script>"
    assert "<script" not in client.get("/find", params={"q": bad}).text
    post(client, "/note", person=person, state="in queue", where=bad)
    assert "<script" not in client.get(f"/find?q={person}").text
    assert post(client, "/note", person=person, state="in queue", where="x" * 600)[0] == 400
    assert client.post("/note", content=b"x" * 70_000).status_code == 413


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_page_speaks_the_language_in_its_direction(held: Held, language: str) -> None:
    client = entered(held, Role.REGISTRAR)
    shown = client.get(f"/language?to={language}").text
    way = {"ar": "rtl"}.get(language, "ltr")
    assert f'<html lang="{language}" dir="{way}">' in shown
    assert pages.words_of(language)["find"] in shown


def test_each_language_has_the_same_words_and_blanks() -> None:
    blanks = {
        language: {k: set(re.findall(r"{\w+}", v)) for k, v in pages.words_of(language).items()}
        for language in pages.LANGUAGES
    }
    assert blanks["fr"] == blanks["en"]
    assert blanks["ar"] == blanks["en"]
    assert set(pages.states_of("en")) >= {*STATES}


def test_a_form_is_read_in_both_encodings() -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xd8\xb3\r\n--B\r\nContent-Disposition: form-data; name="f"; filename="x"\r\nContent-Type: application/octet-stream\r\n\r\n1\n2\n\r\n--B--\r\n'
    assert fields_of("multipart/form-data; boundary=B", body) == {
        "a": "س".encode(),
        "f": b"1\n2\n",
    }
    assert fields_of("multipart/form-data", b"\xff\x00") == {}


def test_another_plan_and_snapshots_without_a_key_are_refused(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "k"))
    other = sojourn.site_example(tmp_path / "S", people=40)
    with pytest.raises(PlanMismatch):
        hold(other.path, tmp_path / "l", "d", plan=made / "P")
    with pytest.raises(PlanError, match="key file"):
        hold(other.path, tmp_path / "l", "d", snapshots=tmp_path / "s")
    assert not (tmp_path / "l").exists()


@pytest.mark.parametrize("wrong", ["keys", "port", "plan", "site", "shots", "short key", "no key"])
def test_a_refused_desk_makes_no_key_and_notes_nobody(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "k"))
    monkeypatch.setattr("sojourn.relocation.desk.running.run", lambda *_: None)
    full, short = tmp_path / "full", tmp_path / "short"
    full.mkdir()
    (full / "kept").write_text("x")
    short.write_text("x")
    other = sojourn.site_example(tmp_path / "S", people=40).path
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        given = {
            "--plan": made / "P",
            "--keys": full if wrong == "keys" else tmp_path / "roles",
            "--port": taken.getsockname()[1] if wrong == "port" else 0,
            "--snapshots": short / "in" if wrong == "shots" else tmp_path / "shots",
            "--snapshot-key": short if wrong == "short key" else tmp_path / "shot.key",
        }
        if wrong == "no key":
            del given["--snapshot-key"]
        site = {"plan": other, "site": full}.get(wrong, made / "S")
        options = [str(x) for pair in given.items() for x in pair]
        desk = ["relocate", "desk", str(site), "--ledger", str(tmp_path / "l"), "--device", "d"]
        run = CliRunner().invoke(cli, [*desk, *options])
    assert isinstance(run.exception, SojournError), run.output
    assert not any((tmp_path / n).exists() for n in ("roles", "shot.key", "k", "l", "shots"))


def test_new_keys_end_the_old_only_when_a_person_at_a_terminal_says_so(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "k"))
    monkeypatch.setattr("sojourn.relocation.desk.running.run", lambda *_: None)
    desk = ["relocate", "desk", str(made / "S"), "--ledger", str(tmp_path / "l"), "--device", "d"]
    desk += ["--port", "0", "--keys"]
    assert CliRunner().invoke(cli, [*desk, str(tmp_path / "one")]).exit_code == 0
    before = known_keys(tmp_path / "l")
    monkeypatch.setattr("sojourn.relocation.cli.desk._at_a_terminal", lambda: True)
    refused = CliRunner().invoke(cli, [*desk, str(tmp_path / "two")], input="n\n")
    assert refused.exit_code == 1
    assert known_keys(tmp_path / "l") == before
    assert not (tmp_path / "two").exists()
    agreed = CliRunner().invoke(cli, [*desk, str(tmp_path / "two")], input="y\n")
    assert agreed.exit_code == 0, agreed.output
    assert not before.keys() & known_keys(tmp_path / "l").keys()


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_whom_to_look_for_and_why_is_said_in_the_language_of_the_page(
    held: Held, language: str
) -> None:
    young = sorted(held.alone)[:5]
    for person, state in zip(
        young, ("missing since", "left", "arrived", "on vehicle"), strict=False
    ):
        held.ledger.note(person, state, device="desk-1", where="nowhere")
    client = entered(held, Role.PROTECTION)
    client.get(f"/language?to={language}")
    page = client.get("/look-for").text
    words = pages.words_of(language)
    for why in ("why_missing", "why_left_alone", "why_no_place", "why_arrival"):
        assert words[why].partition("{")[0].strip() in page
    english = ("overdue", "silent since", "planned for", "no such place", "a child that")
    assert language == "en" or not any(word in page for word in english)


def test_the_desk_says_that_events_are_known_of_and_not_in_its_ledger(held: Held) -> None:
    path = held.ledger.path
    held.ledger.note(sorted(held.alone)[0], "in queue", device="desk-1")
    client = entered(held, Role.PROTECTION)
    said = pages.words_of("en")["lacks"].format(events=2)
    assert said not in client.get("/look-for").text
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-2]), "utf-8")
    assert said in client.get("/look-for").text


@pytest.mark.parametrize(
    ("cut", "said"),
    [(lambda c: c[:-40], "is torn and was left out"), (lambda _: b"0a1", "holds no event")],
)
def test_a_ledger_that_came_in_part_is_told_to_who_merges_it(held: Held, cut, said: str) -> None:  # type: ignore[no-untyped-def]
    client = entered(held, Role.PROTECTION)
    whole = client.get("/ledger").content
    sent = {"file": ("other.jsonl", cut(whole))}
    answer = client.post("/merge", data={"csrf": csrf(client)}, files=sent)
    assert answer.status_code == 200
    assert said in answer.text
    assert (
        said
        not in client.post(
            "/merge", data={"csrf": csrf(client)}, files={"file": ("other.jsonl", whole)}
        ).text
    )


def test_a_signature_in_somebodys_name_by_another_key_is_told(held: Held, tmp_path: Path) -> None:
    """Anybody can make a key and sign in the name of the person who ought to."""
    assert held.plan_folder is not None
    sign_plan(held.folder, held.plan_folder, tmp_path / "own.key", "A. Signer")
    forged = entered(held, Role.SIGNER).get("/").text
    assert "not with the key of this desk" in forged
    own = held.ledger.path.parent / "roles" / "signer.key"
    sign_plan(held.folder, held.plan_folder, own, "A. Signer", replace=True)
    true = entered(held, Role.SIGNER).get("/").text
    (held.plan_folder / SIGNATURE).unlink()  # the folder is that of every test here
    assert "Signed by A. Signer" in true
    assert "not with the key" not in true


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_note_of_a_clock_that_is_behind_says_that_it_changed_nothing(
    held: Held, language: str
) -> None:
    """Another device's clock was a month ahead; what this desk notes stands behind it, and the page says so."""
    person = next(iter(held.seats))
    ahead = datetime.now(UTC) + timedelta(days=30)
    append(
        held.ledger.path,
        Event(
            person=person,
            state="in queue",
            at=ahead.isoformat(timespec="seconds"),
            where="",
            responsible="",
            device="bus",
            number=1,
        ),
    )
    client = entered(held, Role.REGISTRAR)
    client.cookies.set("language", language)
    _, said = post(client, "/note", person=person, state="in safe zone")
    assert ahead.isoformat(timespec="seconds") in html.unescape(said)
    words = {"en": "a later note stands", "fr": "note plus tardive", "ar": "تسجيلًا لاحقًا"}
    assert words[language] in said
    case = held.people[person].case_id
    _, said = post(client, "/answer", case=case, answer="declined")
    assert (words[language] in said) == any(c.head == person for c in held.site.cases)


A_COMMAND = re.compile(r"sojourn [a-z]|(?<![\w-])--[a-z]|`")  # what only a terminal takes


def spoken(text: str) -> str:
    """Return what a page says, without its tags and style."""
    return html.unescape(re.sub(r"<[^>]*>", " ", text))


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_page_tells_what_can_be_done_at_the_page(
    held: Held, made: Path, tmp_path: Path, language: str
) -> None:
    words = pages.words_of(language)
    assert [w for w in words.values() if A_COMMAND.search(w)] == []
    other = Event(**{**asdict(held.ledger.events[0]), "where": "elsewhere", "signature": ""})
    append(tmp_path / "other.jsonl", replace(other, device=held.device))
    bare = replace(held, plan=None, plan_folder=None)
    sign_plan(held.folder, made / "P", tmp_path / "own.key", "A. Name")
    key = (held.ledger.path.parent / "roles" / "signer.key").read_text()
    person = next(iter(held.seats))
    found = {}
    for name, at, role, path, fields in (
        ("signed", held, Role.SIGNER, "/sign", {"name": "B. Other", "text": key}),
        ("no plan", bare, Role.SIGNER, "/sign", {"name": "B. Other", "text": key}),
        ("no slip", bare, Role.REGISTRAR, "/slip", {"person": person}),
        (
            "declined",
            held,
            Role.REGISTRAR,
            "/answer",
            {"case": held.seats[person].case_id, "answer": "declined"},
        ),
        ("no event", held, Role.PROTECTION, "/void", {"event": "0" * 24, "reason": "wrong"}),
    ):
        client = entered(at, role)
        client.cookies.set("language", language)
        answer = (
            client.get(path, params=fields).text
            if path == "/slip"
            else post(client, path, **fields)[1]
        )
        found[name] = spoken(answer)
    client = entered(held, Role.PROTECTION)
    client.cookies.set("language", language)
    sent = {"file": ("other.jsonl", (tmp_path / "other.jsonl").read_bytes())}
    found["clash"] = spoken(client.post("/merge", data={"csrf": csrf(client)}, files=sent).text)
    (made / "P" / SIGNATURE).unlink()
    assert {n: m[0] for n, said in found.items() if (m := A_COMMAND.search(said))} == {}
    assert words["tick_to_replace"] in found["signed"]
    for name in ("no plan", "no slip", "clash"):
        assert words["ask_who_started"] in found[name], name
    assert words["plan_again"] in found["declined"]


def test_a_signature_of_another_plan_is_told_and_can_be_replaced_at_the_page(
    held: Held, made: Path, tmp_path: Path
) -> None:
    sign_plan(held.folder, made / "P", tmp_path / "own.key", "A. Name")
    path = made / "P" / SIGNATURE
    path.write_text(path.read_text("utf-8").replace("A. Name", "B. Name"), "utf-8")
    client = entered(held, Role.SIGNER)
    key = (held.ledger.path.parent / "roles" / "signer.key").read_text()
    try:
        shown = client.get("/plan").text
        assert "A signature lies beside this plan that is not of it" in shown
        assert 'name="replace"' in shown
        assert post(client, "/sign", name="C. Own", text=key)[0] == 400
        status, text = post(client, "/sign", name="C. Own", text=key, replace="1")
        assert (status, "Signed by C. Own" in text) == (200, True)
    finally:
        path.unlink()
