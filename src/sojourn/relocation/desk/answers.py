"""What each page of the desk shows and notes; which role may ask for it stands in the table below."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from starlette.responses import HTMLResponse, Response

from sojourn.errors import Misasked, NoSuchCase, PlanError
from sojourn.files import scratch
from sojourn.relocation.custody.custody import Event
from sojourn.relocation.custody.declined import ANSWER, DECLINED
from sojourn.relocation.custody.watch import overtaken
from sojourn.relocation.desk.asked import Asked
from sojourn.relocation.desk.held import NOTES, answers, care, facts, find, history
from sojourn.relocation.desk.pages import states_of
from sojourn.relocation.desk.roles import Role
from sojourn.relocation.desk.signing import plan, sign
from sojourn.relocation.desk.whom import whom
from sojourn.relocation.lists.manifest import clock
from sojourn.relocation.lists.manifest import words_of as list_words
from sojourn.relocation.lists.slip_paper import slips_html
from sojourn.relocation.lists.slips import slips
from sojourn.relocation.planner.offers import Offers, safe_offers
from sojourn.relocation.run.custody import append, read_ledger
from sojourn.relocation.run.snapshot import write_snapshot
from sojourn.relocation.site.seal import secret_of
from sojourn.relocation.site.site import NOT_ASKED

#: Of a slip: its own style and typefaces, and nothing else.
SLIP_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; frame-ancestors 'none'"
)
SILENT = 12.0  # hours after which somebody is asked for
Answer = Callable[[Asked], Response]
R, P, T, S = Role.REGISTRAR, Role.PROTECTION, Role.TRANSPORT, Role.SIGNER


def _home(asked: Asked, said: str = "", *, bad: bool = False) -> Response:
    w, role = asked.words, asked.role
    if role is S:
        return plan(asked, said, bad=bad)
    links = [
        {"href": path, "text": w[word]}
        for path, word, roles in (
            ("/look-for", "look_for", {P}),
            ("/exchange", "exchange", {P}),
            ("/answers", "answers", {R}),
        )
        if role in roles
    ]
    tables = [_trips(asked)] if role in {P, T} else []
    title = f"{w['desk']}: {w['role_' + role]}"
    return asked.page("home.html", title, links=links, tables=tables, said=said, bad=bad)


def _trips(asked: Asked) -> Mapping[str, object]:
    w, held = asked.words, asked.held
    rows = [
        (
            {"href": f"/trip?id={t.id}", "text": t.id},
            t.day.isoformat(),
            clock(t.departure),
            t.vehicle_id,
            str(sum(s.persons for s in t.stops)),
        )
        for t in held.trips.values()
    ]
    heads = (w["trip"], w["day"], w["departure"], w["vehicle"], w["persons"])
    return {"heads": heads, "rows": rows, "caption": w["trips"], "empty": w["no_plan"]}


def _find(asked: Asked) -> Response:
    found = find(asked.held, asked.role, asked.text("q"))
    if len(found) == 1:
        return _person(asked, found[0])
    w = asked.words
    if not found:
        return _home(asked, w["nobody"], bad=True)
    named = asked.role is not T
    rows = [
        ({"href": f"/find?q={p}", "text": p}, *([asked.held.names.get(p, "")] * named))
        for p in found
    ]
    heads = (w["person"], *([w["name"]] * named))
    table = {"heads": heads, "rows": rows, "caption": w["find"], "empty": ""}
    return asked.page("home.html", w["find"], links=[], tables=[table])


def _person(asked: Asked, person: str, said: str = "") -> Response:
    told = facts(asked.held, asked.role, person)
    w = asked.words
    if asked.role is T:
        lists, row = list_words(asked.language), asked.held.seats[person]
        told["seat"] = lists["seat_" + row.seat.replace(" ", "_")]
        told["needs"] = ", ".join(lists[f"need_{n}"] for n in row.needs)
    if "flags" in told:
        told["flags"] = told["flags"].replace(NOT_ASKED, w["not_asked"])
    if "alone" in told:
        told["alone"] = w["yes"] if told["alone"] else ""
        for field in ("age_source", "mobility", "fit"):
            told[field] = w[f"{field}_{told[field].replace(' ', '_')}"]
    return asked.page(
        "person.html",
        f"{w['person']} {person}",
        person=person,
        case=told.get("case", ""),
        facts=[(key, value) for key, value in told.items() if value],
        events=history(asked.held, asked.role, person),
        last=asked.held.ledger.status().of(person),
        states=states_of(asked.language),
        notes=NOTES[asked.role],
        where=told.get("vehicle", ""),
        seated=person in asked.held.seats,
        said=said,
    )


def _note(asked: Asked) -> Response:
    person, state = asked.text("person"), asked.text("state")
    facts(asked.held, asked.role, person)
    if state not in NOTES[asked.role]:
        raise Misasked(f"state {state!r}: {asked.role} does not note that")
    done = asked.held.ledger.note(
        person,
        state,
        device=asked.held.device,
        where=asked.text("where"),
        responsible=asked.text("responsible"),
        source=f"desk, {asked.role}",
    )
    said = asked.words["noted"].format(person=person, state=states_of(asked.language)[state])
    return _person(asked, person, _with_later(asked, done, said))


def _with_later(asked: Asked, done: Event, said: str) -> str:
    """Say, with what was noted, that it changed nothing: something is dated later."""
    later = overtaken(asked.held.ledger.events, done)
    if later is None:
        return said
    state = states_of(asked.language)[later.state]
    return f"{said} {asked.words['overtaken'].format(state=state, at=later.at, now=done.at)}"


def _slip(asked: Asked) -> Response:
    """Return a person's own slip in her language; its page carries its typefaces and its style."""
    held, person = asked.held, asked.text("person")
    facts(held, asked.role, person)
    if held.plan is None:
        raise PlanError(asked.words["no_plan"], hint="start the desk with --plan PLAN")
    made = slips(held.site, held.plan, call=held.call, people=[person])
    return HTMLResponse(slips_html(made), headers={"Content-Security-Policy": SLIP_POLICY})


def _offered(asked: Asked) -> tuple[str, Offers]:
    case = asked.text("case")
    if not asked.held.with_case(case):
        raise NoSuchCase(f"case {case!r}: nobody of it is here", hint="find the person again")
    found = safe_offers(asked.held.site, case)
    wished = next(c.wishes for c in asked.held.site.cases if c.id == case)
    order = {region: n for n, region in enumerate(wished)}
    ranked = sorted(found.safe, key=lambda r: (order.get(r, len(order)), r))
    return case, replace(found, safe=tuple(ranked))


def _offers(asked: Asked) -> Response:
    case, found = _offered(asked)
    return asked.page("offers.html", f"{asked.words['offers']}: {case}", case=case, found=found)


def _answer(asked: Asked) -> Response:
    """Note an answer beside the state in which the head of the case already is."""
    case, found = _offered(asked)
    given, w = asked.text("answer"), asked.words
    region = given.removeprefix("region:")
    if given not in (DECLINED, "later") and region not in found.safe:
        raise Misasked(f"{region!r} may not be offered to {case} now")
    held, head = asked.held, next(c.head for c in asked.held.site.cases if c.id == case)
    last = held.ledger.status().of(head)
    said = given if given in (DECLINED, "later") else f"chooses {region}"
    made = append(
        held.ledger.path,
        Event(
            person=head,
            state=last.state if last else "registered",
            at=datetime.now(UTC).replace(microsecond=0).isoformat(),
            where=last.where if last else "",
            responsible=last.responsible if last else "",
            device=held.device,
            number=1,
            source=f"{ANSWER}{case}: {said}; offered {', '.join(found.safe) or 'none'}"[:500],
        ),
    )
    shown = w[given] if given in (DECLINED, "later") else w["accepted"].format(region=region)
    told = _with_later(asked, made, w["answered"].format(case=case, answer=shown))
    stale = given == DECLINED and any(r.case_id == case for r in held.seats.values())
    return _person(asked, head, f"{told} {w['plan_again']}" if stale else told)


def _answers(asked: Asked) -> Response:
    w = asked.words
    rows = [
        ({"href": f"/find?q={e.person}", "text": e.person}, e.source.removeprefix(ANSWER), e.at)
        for e in answers(asked.held)
    ]
    heads = (w["person"], w["answer"], w["at"])
    table = {"heads": heads, "rows": rows, "caption": w["answers"], "empty": w["never"]}
    return asked.page("home.html", w["answers"], links=[], tables=[table])


def _look_for(asked: Asked) -> Response:
    w, held = asked.words, asked.held
    told = held.ledger.alarm(site=held.folder, plan=held.plan_folder, hours=SILENT)
    found = whom(told, asked.language, SILENT)
    rows = [({"href": f"/find?q={p}", "text": p}, held.names.get(p, ""), what) for p, what in found]
    states = states_of(asked.language)
    young = [
        ({"href": f"/find?q={p}", "text": p}, held.names.get(p, ""), states.get(s, w["never"]))
        for p, s in care(held, held.ledger.status())
    ]
    heads = (w["person"], w["name"])
    tables = [
        {
            "heads": (*heads, w["what"]),
            "rows": rows,
            "caption": w["look_for"],
            "empty": w["nobody_to_look_for"],
        },
        {
            "heads": (*heads, w["last"]),
            "rows": young,
            "caption": w["children"],
            "empty": w["nobody"],
        },
    ]
    if told.not_coming:
        stale = [
            ({"href": f"/find?q={j.person}", "text": j.person}, j.case, j.trip)
            for j in told.not_coming
        ]
        tables.append(
            {
                "heads": (w["person"], w["case"], w["trip"]),
                "rows": stale,
                "caption": w["not_coming"],
                "empty": "",
            }
        )
    lacks = w["lacks"].format(events=told.absent) if told.absent else ""
    return asked.page("home.html", w["look_for"], links=[], tables=tables, said=lacks, bad=True)


def _trip(asked: Asked) -> Response:
    w, held = asked.words, asked.held
    trip = held.trips.get(asked.text("id"))
    if trip is None or held.plan is None:
        raise NoSuchCase(f"no trip {asked.text('id')!r}", hint="choose one from the list of trips")
    named, lists = asked.role is P and bool(held.names), list_words(asked.language)
    rows = [
        {
            "person": r.person_id,
            "name": held.names.get(r.person_id, "") if named else "",
            "place": r.place_id,
            "seat": lists["seat_" + r.seat.replace(" ", "_")],
            "needs": ", ".join(lists[f"need_{n}"] for n in r.needs),
        }
        for r in held.plan.manifest
        if r.trip_id == trip.id
    ]
    about = f"{w['vehicle']} {trip.vehicle_id}, {trip.day.isoformat()}, {clock(trip.departure)}"
    title = f"{w['trip']} {trip.id}"
    return asked.page("trip.html", title, rows=rows, named=named, about=about)


def _exchange(asked: Asked, said: str = "") -> Response:
    lines = [f"{f.device}: {f.what}" for f in asked.held.ledger.check()]
    return asked.page("exchange.html", asked.words["exchange"], lines=lines, said=said)


def _ledger(asked: Asked) -> Response:
    path = asked.held.ledger.path
    name = "".join(c for c in asked.held.device if c.isalnum()) or "device"
    headers = {"Content-Disposition": f'attachment; filename="ledger-{name}.jsonl"'}
    return Response(path.read_bytes(), headers=headers, media_type="application/octet-stream")


def _merge(asked: Asked) -> Response:
    w, held = asked.words, asked.held
    content = asked.fields.get("file", b"")
    if not content.strip():
        raise PlanError("no ledger was sent", hint="choose the file that the other device copied")
    with scratch() as inside:
        inside.write("other.jsonl", content)
        theirs, torn = read_ledger(inside.path / "other.jsonl")
        events = held.ledger.merge(inside.path / "other.jsonl")
    beside = " ".join(w[word] for word, so in (("torn", torn), ("no_event", not theirs)) if so)
    shot = w["no_snapshot"]
    if held.snapshots is not None:
        shot = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.snapshot"
        secret = secret_of(held.snapshot_key, make=False)
        write_snapshot(held.ledger.path, held.snapshots / shot, secret)
    said = w["merged"].format(events=events, snapshot=shot)
    return _exchange(asked, f"{said} {beside}".strip())


def _void(asked: Asked) -> Response:
    event, reason = asked.text("event"), asked.text("reason")
    if not reason:
        raise Misasked("an event is voided with its reason")
    done = asked.held.ledger.void(event, reason, device=asked.held.device)
    return _person(asked, done.person, asked.words["voided"].format(event=event[:8]))


#: Method and path, who may ask, and what answers: a page that is not here for a role is never made.
TABLE: dict[tuple[str, str], tuple[frozenset[Role], Answer]] = {
    ("GET", "/"): (frozenset(Role), _home),
    ("GET", "/find"): (frozenset({R, P, T}), _find),
    ("GET", "/slip"): (frozenset({R}), _slip),
    ("POST", "/note"): (frozenset({R, P, T}), _note),
    ("GET", "/offers"): (frozenset({R}), _offers),
    ("POST", "/answer"): (frozenset({R}), _answer),
    ("GET", "/answers"): (frozenset({R}), _answers),
    ("GET", "/look-for"): (frozenset({P}), _look_for),
    ("GET", "/trip"): (frozenset({P, T}), _trip),
    ("GET", "/exchange"): (frozenset({P}), _exchange),
    ("GET", "/ledger"): (frozenset({P}), _ledger),
    ("POST", "/merge"): (frozenset({P}), _merge),
    ("POST", "/void"): (frozenset({P}), _void),
    ("GET", "/plan"): (frozenset({S}), plan),
    ("POST", "/sign"): (frozenset({S}), sign),
}
