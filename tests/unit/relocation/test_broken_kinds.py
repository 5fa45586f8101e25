"""A hundred and more ways in which a plan, its folder or its inputs can be wrong: each is told, none ends in a traceback."""

import contextlib
import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sojourn.errors import SojournError
from sojourn.files import MARKER
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import Outcome, Price, Proposal
from sojourn.relocation.run.explain import explain_case
from sojourn.relocation.run.manifests import write_manifests
from sojourn.relocation.run.relocate import audit_plan, write_example_site, write_plan
from sojourn.relocation.run.report import read_report
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site

Rows = Callable[[Proposal], Proposal]


@dataclass(frozen=True)
class Whole:
    """A site, its plan, and both as they stand on a disk."""

    site: Site
    plan: Proposal
    folder: Path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("broken")
    write_example_site(folder / "site", people=150, seed=3)
    site = read_site(folder / "site")
    plan = make_plan(site)
    assert plan.unplaced
    assert plan.out_of_plan
    report = audit(site, plan)
    assert not any(c.violations for c in report)
    write_plan(plan, site, folder / "plan", report)
    return Whole(site, plan, folder)


def first(table: str, **new: Any) -> Rows:
    """Change fields of a table's first row; a callable is given the row."""

    def broken(plan: Proposal) -> Proposal:
        row, *others = getattr(plan, table)
        given = {n: v(row) if callable(v) else v for n, v in new.items()}
        return replace(plan, **{table: (replace(row, **given), *others)})  # type: ignore[arg-type]

    return broken


def whole_rows(table: str, change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Rows:
    return lambda plan: replace(plan, **{table: change(getattr(plan, table))})  # type: ignore[arg-type]


def level(which: str, **new: Any) -> Rows:
    return lambda plan: replace(
        plan, bounds=tuple(replace(b, **new) if b.level == which else b for b in plan.bounds)
    )


def swapped(table: str, field: str) -> Rows:
    """Exchange a field of the first row with that of the first row in which it differs."""

    def broken(plan: Proposal) -> Proposal:
        rows = list(getattr(plan, table))
        mine = getattr(rows[0], field)
        other = next(i for i, r in enumerate(rows) if getattr(r, field) != mine)
        theirs = getattr(rows[other], field)
        rows[0] = replace(rows[0], **{field: theirs})
        rows[other] = replace(rows[other], **{field: mine})
        return replace(plan, **{table: tuple(rows)})  # type: ignore[arg-type]

    return broken


def stop(**new: Callable[[Any], Any]) -> Rows:
    def changed(trip: Any) -> tuple[Any, ...]:
        given = {n: v(trip.stops[0]) for n, v in new.items()}
        return (replace(trip.stops[0], **given), *trip.stops[1:])

    return first("trips", stops=changed)


def kind(name: str, text: str) -> Rows:
    """Give a case without a place another reason."""
    return first("unplaced", kind=name, reason=text)


TABLES = ("assignments", "unplaced", "out_of_plan", "trips", "manifest", "bounds", "groups")
PLANS: dict[str, Rows] = {
    **{f"{t}: a row less": whole_rows(t, lambda rows: rows[1:]) for t in TABLES},
    **{f"{t}: a row twice": whole_rows(t, lambda rows: (*rows, rows[0])) for t in TABLES},
    **{f"{t}: no row": whole_rows(t, lambda _: ()) for t in TABLES},
    "prices: on a place that is not there": whole_rows(
        "prices",
        lambda rows: (*rows, Price(level="L1", what="arrivals", at="nowhere", millionths=1)),
    ),
    "cases exchange places": swapped("assignments", "place_id"),
    "cases exchange trips": swapped("assignments", "trip_id"),
    "people exchange trips": swapped("manifest", "trip_id"),
    "people exchange cases": swapped("manifest", "case_id"),
    "people exchange seats": swapped("manifest", "seat"),
    "people exchange needs": swapped("manifest", "needs"),
    "coaches exchange hours": swapped("trips", "departure"),
    "coaches exchange escorts": swapped("trips", "escorts"),
    "coaches exchange kinds": swapped("trips", "group"),
    "more persons than the case": first("assignments", persons=lambda a: a.persons + 1),
    "another day": first("assignments", day=lambda a: a.day + timedelta(days=1)),
    "a kind of room that is not there": first("assignments", room_type="hangar"),
    "beds of another room": first("assignments", beds_per_room=9),
    "rooms that nobody takes": first("assignments", rooms=3),
    "fewer rooms than nobody": first("assignments", rooms=-1),
    "a person nobody knows": first("manifest", person_id="ghost"),
    "a case nobody knows": first("assignments", case_id="ghost"),
    "a place nobody knows": first("assignments", place_id="ghost"),
    "a coach nobody knows": first("trips", vehicle_id="ghost"),
    "an escort nobody knows": first("trips", escorts=("ghost",)),
    "an escort twice": first("trips", escorts=lambda t: t.escorts + t.escorts[:1]),
    "boards last": first("manifest", order=999),
    "boards before the first": first("manifest", order=0),
    "leaves on another day": first("trips", day=lambda t: t.day + timedelta(days=400)),
    "leaves a minute early": first("trips", departure=lambda t: t.departure - 1),
    "leaves at night": first("trips", departure=60),
    "is called the day before": first("trips", call=-700),
    "is called after it left": first("trips", call=lambda t: t.departure + 1),
    "a bay that is not there": first("trips", bay=99),
    "another region": first("trips", region="nowhere"),
    "a kind of coach that is not there": first("trips", group="open-topped"),
    "another tier": first("trips", tier=lambda t: 3 if t.tier < 3 else 1),
    "no rest": first("trips", rests=()),
    "a rest more": first("trips", rests=lambda t: (*t.rests, t.rests[-1])),
    "rests in another order": first("trips", rests=lambda t: t.rests[::-1]),
    "a rest after the end": first("trips", rests=lambda t: (*t.rests[:-1], 5000)),
    "no stop": first("trips", stops=()),
    "a stop twice": first("trips", stops=lambda t: t.stops * 2),
    "arrives early": stop(arrival=lambda s: s.arrival - 1),
    "arrives late": stop(arrival=lambda s: s.arrival + 1),
    "fewer leave the coach": stop(persons=lambda s: s.persons - 1),
    "stops elsewhere": stop(place_id=lambda _: "ghost"),
    "declined and did not": first("out_of_plan", outcome=Outcome.OTHER),
    "out under another case": first("out_of_plan", case_id="C000001"),
    "out and registered nowhere": first("out_of_plan", person_id="ghost"),
    "a reason of no kind": first("unplaced", kind="fate"),
    "no reason": first("unplaced", reason=" "),
    "no fix": first("unplaced", fix=""),
    "a reason in other words": first("unplaced", reason="full"),
    "a rule that is not in the way": first("unplaced", conflict=("R19",)),
    "a rule twice": first("unplaced", conflict=lambda u: u.conflict * 2),
    "no rule": first("unplaced", conflict=()),
    "a rule more": first("unplaced", conflict=lambda u: (*u.conflict, "R16")),
    "not the smallest": first("unplaced", minimal=False),
    "short of beds that are not asked": first("unplaced", short_by=4),
    "full, and it is not": kind("capacity", "5 beds or rooms wanted, 3 there in 2 pools of child"),
    "no seat, and no place either": kind("transport", "no seat"),
    "more people without a place": first("unplaced", persons=lambda u: u.persons + 1),
    "a level better than it is": level("L5", value=9999.0, bound=9999.0),
    "a level without a number": level("L1", value=float("nan")),
    "a bound without a number": level("L1", bound=float("nan")),
    "a gap without a number": level("L1", gap=float("inf")),
    "a share without a number": level("L1", gap_share=float("nan")),
    "a share of no gap": level("L1", gap_share=0.5),
    "a share below nothing": level("L1", gap_share=-0.1),
    "a level under another name": level("L1", name="unplaced, tier 2"),
    "a level in another unit": level("L8", unit="person-hours"),
    "a level the other way": level("L3", sense="most"),
    "a level that is not there": level("L4", level="L0"),
    "a level that is not proven": level("L2", method=""),
    "soft links that nobody keeps": level("L6", value=99.0, bound=99.0),
    "services that nobody has": level("L7", value=9999.0, bound=9999.0),
    "levels in another order": whole_rows("bounds", lambda rows: rows[::-1]),
    "a group of other people": first("groups", persons=lambda g: g.persons + 1),
    "a group of nobody": first("groups", group="of nobody"),
    "another name": lambda plan: replace(plan, name="another"),
    "invented people called real": lambda plan: replace(plan, synthetic=False),
    "other inputs": lambda plan: replace(plan, site_digest="0" * 64),
    "nothing said to be without proof": lambda plan: replace(plan, unproven=()),
    "another share of travel": level("L8", gap_share=1e-6),
    "no notice": lambda plan: replace(plan, notice=""),
    "no solver": lambda plan: replace(plan, solver=""),
    "a price below nothing": lambda plan: replace(plan, price_of_fairness=-1.0),
    "more threads than a machine has": lambda plan: replace(plan, threads=2_000),
    "an earlier plan of no digest": lambda plan: replace(plan, previous_digest="Z" * 64),
    "an earlier plan of half a digest": lambda plan: replace(plan, previous_digest="ab" * 16),
    "no thread": lambda plan: replace(plan, threads=0),
    "a warning of something else": lambda plan: replace(plan, warnings=("all is well",)),
    "frozen and out": lambda plan: replace(plan, frozen=("ghost",)),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_that_is_wrong_is_told(whole: Whole, name: str) -> None:
    broken = PLANS[name](whole.plan)
    assert broken != whole.plan
    assert any(c.violations for c in audit(whole.site, broken))


def text_of(file: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def broken(folder: Path) -> None:
        path = folder / file
        before = path.read_text("utf-8")
        after = change(before)
        assert after != before, file
        path.write_text(after, "utf-8")

    return broken


def bytes_of(file: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda folder: (folder / file).write_bytes(change((folder / file).read_bytes())) and None


def plan_of(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def broken(folder: Path) -> None:
        path = folder / "plan/plan.json"
        content = json.loads(path.read_text("utf-8"))
        change(content)
        path.write_text(json.dumps(content), "utf-8")

    return broken


def cell(file: str, column: str, value: str, row: int = 1) -> Callable[[Path], None]:
    """Put another value into a table."""

    def change(text: str) -> str:
        lines = text.splitlines()
        at = lines[0].split(",").index(column)
        cells = lines[row].split(",")
        cells[at] = value
        return "\n".join([*lines[:row], ",".join(cells), *lines[row + 1 :]]) + "\n"

    return text_of(file, change)


def sql(command: str) -> Callable[[Path], None]:
    def broken(folder: Path) -> None:
        with sqlite3.connect(folder / "plan/plan.sqlite") as con:
            con.execute(command)
        con.close()

    return broken


def gone(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def half(file: str) -> Callable[[Path], None]:
    return bytes_of(file, lambda b: b[: len(b) // 2])


SITE_TABLES = ("person", "case", "place", "room", "vehicle", "escort", "link")
LISTS = ("assignments", "unplaced", "manifest", "driver", "trips", "out_of_plan", "arrivals")
FILES: dict[str, Callable[[Path], None]] = {
    **{f"half of {t}.csv": half(f"site/{t}.csv") for t in SITE_TABLES},
    **{f"no {t}.csv": gone(f"site/{t}.csv") for t in SITE_TABLES},
    **{
        f"a row less in {t}": text_of(f"plan/{t}.csv", lambda s: s[: s.rstrip().rindex("\n") + 1])
        for t in LISTS
    },
    **{f"no list {t}": gone(f"plan/{t}.csv") for t in LISTS},
    "persons in UTF-16": bytes_of("site/person.csv", lambda b: b.decode().encode("utf-16")),
    "persons in Latin-1": bytes_of("site/person.csv", lambda b: b.replace(b"P000001", b"P\xe9", 1)),
    "a workbook called CSV": bytes_of("site/place.csv", lambda b: b"PK\x03\x04" + b),
    "nothing in it": bytes_of("site/case.csv", lambda _: b""),
    "a byte of nothing": bytes_of("site/room.csv", lambda b: b + b"\0\n"),
    "a person less": text_of("site/person.csv", lambda s: s[: s.rstrip().rindex("\n") + 1]),
    "a person twice": text_of("site/person.csv", lambda s: s + s.splitlines()[1] + "\n"),
    "a person more": text_of(
        "site/person.csv", lambda s: s + s.splitlines()[1].replace("P000001", "P999999") + "\n"
    ),
    "a person of another case": cell("site/person.csv", "case_id", "C000002"),
    "a person of no case": cell("site/person.csv", "case_id", "ghost"),
    "a sex in words": cell("site/person.csv", "sex", "man"),
    "a birth in month 13": cell("site/person.csv", "birth", "2001-13-01"),
    "a birth to come": cell("site/person.csv", "birth", "2031-01-01"),
    "a flag nobody knows": cell("site/person.csv", "flags", "MIRACLE"),
    "another flag": cell("site/person.csv", "flags", "TR"),
    "another wish": cell("site/case.csv", "wishes", "any"),
    "consent of nobody": cell("site/case.csv", "consent", "maybe"),
    "consent that was not given": cell("site/case.csv", "consent", "declined"),
    "fewer seats": cell("site/vehicle.csv", "seats", "1"),
    "seats below nothing": cell("site/vehicle.csv", "seats", "-4"),
    "seats in words": cell("site/vehicle.csv", "seats", "many"),
    "a coach on another day": cell("site/vehicle.csv", "days", "2030-01-01"),
    "an escort of another kind": cell("site/escort.csv", "kind", "clown"),
    "fewer beds": cell("site/room.csv", "rooms", "0"),
    "beds below nothing": cell("site/room.csv", "beds_per_room", "-1"),
    "a place that moved": cell("site/place.csv", "lat", "12.5"),
    "a place off the earth": cell("site/place.csv", "lat", "99"),
    "a place that closed": cell("site/place.csv", "closes", "2000-01-01"),
    "a link to nobody": cell("site/link.csv", "b", "ghost"),
    "a column more": text_of("site/person.csv", lambda s: s.replace("\n", ",x\n")),
    "another day of departure": text_of(
        "site/rules.toml", lambda s: re.sub(r"departure = \d{4}", "departure = 2017", s, count=1)
    ),
    "a rule switched off by nobody": text_of(
        "site/rules.toml", lambda s: s + "\n[R04]\non = false\n"
    ),
    "rules that are no TOML": text_of("site/rules.toml", lambda s: s + "\n[["),
    "no rules": gone("site/rules.toml"),
    "half a plan": half("plan/plan.json"),
    "no plan": gone("plan/plan.json"),
    "a plan that is a list": bytes_of("plan/plan.json", lambda _: b"[]"),
    "a plan that is nothing": bytes_of("plan/plan.json", lambda _: b"null"),
    "a plan in UTF-16": bytes_of("plan/plan.json", lambda b: b.decode().encode("utf-16")),
    "a plan nested too deep": bytes_of("plan/plan.json", lambda _: b"[" * 100_000),
    "a field more": plan_of(lambda c: c.update(blessing="yes")),
    "a field less": plan_of(lambda c: c.pop("manifest")),
    "a column more in a row": plan_of(lambda c: c["trips"][0].update(colour="blue")),
    "a column less in a row": plan_of(lambda c: c["trips"][0].pop("bay")),
    "words for a number": plan_of(lambda c: c["assignments"][0].update(persons="two")),
    "text for a number": plan_of(lambda c: c["trips"][0].update(departure="480")),
    "yes for a number": plan_of(lambda c: c["trips"][0].update(tier=True)),
    "nothing for a number": plan_of(lambda c: c["trips"][0].update(call=None)),
    "a fraction for a number": plan_of(lambda c: c["manifest"][0].update(order=1.5)),
    "a number for a text": plan_of(lambda c: c["trips"][0].update(region=7)),
    "a text for a list": plan_of(lambda c: c["trips"][0].update(escorts="E1")),
    "a list for a text": plan_of(lambda c: c["assignments"][0].update(case_id=["C1"])),
    "a text for a row": plan_of(lambda c: c["events"].append("all left")),
    "a number for a row": plan_of(lambda c: c["changes"].append(3)),
    "a day that is none": plan_of(lambda c: c["trips"][0].update(day="2016-02-30")),
    "an outcome that is none": plan_of(lambda c: c["out_of_plan"][0].update(outcome="sold")),
    "another place in the list": cell("plan/manifest.csv", "place_id", "L0001X"),
    "another person in the list": cell("plan/driver.csv", "person_id", "ghost"),
    "another hour in the list": cell("plan/trips.csv", "departure", "1"),
    "a column more in the list": text_of("plan/manifest.csv", lambda s: s.replace("\n", ",x\n")),
    "a list in UTF-16": bytes_of("plan/manifest.csv", lambda b: b.decode().encode("utf-16")),
    "rows of a list in another order": text_of(
        "plan/manifest.csv", lambda s: "\n".join(s.splitlines()[:1] + s.splitlines()[:0:-1]) + "\n"
    ),
    "a number that was withheld": text_of(
        "plan/fairness.csv", lambda s: s.replace(",Q\n", ",A\n", 1)
    ),
    "another person in the database": sql("UPDATE manifest SET person_id = 'ghost'"),
    "a row less in the database": sql("DELETE FROM assignments WHERE rowid = 1"),
    "a table less in the database": sql("DROP TABLE trips"),
    **{
        f"{what} in the database": sql(command)
        for what, command in {
            "a column under another name": "ALTER TABLE trips RENAME COLUMN bay TO gate",
            "an empty column more": "ALTER TABLE trips ADD COLUMN guarded TEXT",
            "a table more": "CREATE TABLE final (case_id TEXT)",
            "a view more": "CREATE VIEW final AS SELECT * FROM trips",
            "a trigger": "CREATE TRIGGER t AFTER INSERT ON trips BEGIN DELETE FROM trips; END",
            "another audit of the day": "UPDATE audit SET violated = 1 WHERE rule = 'R04'",
            "a rule more, which nobody asked,": "INSERT INTO audit VALUES ('R99', 'all is well', 9, 0)",
        }.items()
    },
    "half a database": half("plan/plan.sqlite"),
    "no database": gone("plan/plan.sqlite"),
    "a page of another plan": text_of(
        "plan/README.txt", lambda s: re.sub("Plan: [0-9a-f]{8}", "Plan: 00000000", s)
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_wrong_is_told(whole: Whole, name: str, tmp_path: Path) -> None:
    copied = tmp_path / "copy"
    shutil.copytree(whole.folder, copied)
    FILES[name](copied)
    assert told(copied / "site", copied / "plan")


def told(site: Path, plan: Path) -> str:
    """Return what an audit says of a plan; nothing where it finds nothing."""
    try:
        checks, _ = audit_plan(site, plan)
    except SojournError as refused:
        return str(refused)
    return "; ".join(v.witness for c in checks for v in c.violations)


def printed_of(whole: Whole, folder: Path) -> tuple[Path, Path, dict[str, Path]]:
    """Return site, plan and the lists that were printed into the plan's folder."""
    shutil.copytree(whole.folder, folder)
    site, plan = folder / "site", folder / "plan"
    lists = write_manifests(plan, plan, ["en"])
    assert not any(c.violations for c in audit_plan(site, plan)[0])
    return site, plan, {path.name: path for path in lists}


def test_a_list_that_was_changed_after_printing_is_told(whole: Whole, tmp_path: Path) -> None:
    site, plan, lists = printed_of(whole, tmp_path / "copy")
    for path in lists.values():
        kept = path.read_bytes()
        path.write_bytes(kept.replace(b"T0001", b"T0002", 1) + b"\n")
        said = [v.witness for c in audit_plan(site, plan)[0] for v in c.violations]
        assert said == [f"{path.name} was changed after it was printed"]
        path.write_bytes(kept)


def test_a_list_is_held_against_the_plan_whatever_the_records_beside_it_say(
    whole: Whole, tmp_path: Path
) -> None:
    site, plan, lists = printed_of(whole, tmp_path / "copy")
    page, marker = lists["driver.en.html"], plan / MARKER
    other = page.read_bytes().replace(b"P000002", b"P000003", 1)
    record = json.loads(marker.read_text("utf-8"))
    record["files"][page.name] = [hashlib.sha256(other).hexdigest()]
    assert other != page.read_bytes()
    page.write_bytes(other)
    marker.write_text(json.dumps(record), "utf-8")
    (plan / "printed.json").write_text("[]", "utf-8")
    assert "driver.en.html says other things than the plan" in told(site, plan)


def with_its_record(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Change a file of a plan, and the digest that the folder's record has of it."""

    def broken(plan: Path) -> None:
        other = change((plan / name).read_text("utf-8")).encode()
        assert other != (plan / name).read_bytes()
        (plan / name).write_bytes(other)
        record = json.loads((plan / MARKER).read_text("utf-8"))
        record["files"][name] = [hashlib.sha256(other).hexdigest()]
        (plan / MARKER).write_text(json.dumps(record), "utf-8")

    return broken


LEFT = {
    "another audit of the day, and its record": with_its_record(
        "audit.csv", lambda s: s.replace("R04,", "R04,fully ")
    ),
    "words more, and their record": with_its_record("README.txt", lambda s: s + "All must go.\n"),
    "a list that nobody printed": lambda plan: (plan / "manifest.de.html").write_text("<p>L1"),
    "no record": lambda plan: (plan / MARKER).unlink(),
    "another's record": lambda plan: (plan / MARKER).write_text("{}"),
    "no page": lambda plan: (plan / "README.txt").unlink(),
    "a page with other words": lambda plan: (plan / "README.txt").write_text(
        (plan / "README.txt").read_text().replace("may decline", "must go")
    ),
    "another audit of the day": lambda plan: (plan / "audit.csv").write_text("rule,title\n"),
    "no record, and a table less": lambda plan: [
        (plan / name).unlink() for name in (MARKER, "manifest.csv", "README.txt", "audit.csv")
    ],
}


@pytest.mark.parametrize("name", LEFT)
def test_what_lies_with_a_plan_is_as_it_was_written(
    whole: Whole, tmp_path: Path, name: str
) -> None:
    shutil.copytree(whole.folder, tmp_path / "copy")
    LEFT[name](tmp_path / "copy/plan")
    assert told(tmp_path / "copy/site", tmp_path / "copy/plan")


def test_a_lone_plan_is_audited(whole: Whole, tmp_path: Path) -> None:
    shutil.copy(whole.folder / "plan/plan.json", tmp_path)
    assert not told(whole.folder / "site", tmp_path)


def test_every_field_of_a_plan_is_among_the_kinds() -> None:
    """A field that is added to a plan needs a kind of its own here, or a reason why none is wrong."""
    looked = {
        "price_of_fairness",
        "frozen",
        "events",
        "changes",
        "threads",
        "solver",
        "warnings",
        "notice",
        "unproven",
        "name",
        "synthetic",
        "site_digest",
        "prices",
        *TABLES,
    }
    unchecked = {"previous_digest"}
    assert {f.name for f in fields(Proposal)} == looked | unchecked


@pytest.mark.parametrize(
    "new", [{"place_id": "x"}, {"room_type": "x"}, {"beds_per_room": 77}], ids=str
)
def test_a_room_that_is_not_there_is_told_by_every_verb(
    whole: Whole, tmp_path: Path, new: dict[str, Any]
) -> None:
    shutil.copytree(whole.folder, tmp_path / "copy")
    site, plan = tmp_path / "copy/site", tmp_path / "copy/plan"
    content = json.loads((plan / "plan.json").read_text("utf-8"))
    content["assignments"][0] |= new
    (plan / "plan.json").write_text(json.dumps(content), "utf-8")
    assert told(site, plan)
    with contextlib.suppress(SojournError):
        assert any(c.violations for c in read_report(site, plan).checks)
    for case in (content["assignments"][0]["case_id"], content["unplaced"][0]["case_id"]):
        with pytest.raises(SojournError, match="a room that this site does not have"):
            list(explain_case(site, plan, case))
