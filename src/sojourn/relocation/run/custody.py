"""The custody ledger as a file: one line an event, each with its checksum, on disk before it counts."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from itertools import combinations
from pathlib import Path
from typing import BinaryIO

from sojourn.errors import PlanError
from sojourn.files import make_folders, write_whole
from sojourn.relocation.custody.chain import linked
from sojourn.relocation.custody.custody import (
    ACTS,
    Event,
    Standing,
    merge,
    refuse,
    same_people,
    silent,
    standing,
)
from sojourn.relocation.custody.expected import (
    Expected,
    Overdue,
    elsewhere,
    expected,
    not_coming,
    overdue,
)
from sojourn.relocation.custody.watch import Concern, concerns
from sojourn.relocation.run.devices import device_key, exchange, known_devices, remember
from sojourn.relocation.site.private import FILE, FOLDER
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Presence, Sex
from sojourn.terminal.one_line import OneLine

_TORN = re.compile(
    rb"[0-9a-f]{0,16}( (\{.*)?)?\x00*", re.DOTALL
)  # how a line of ours may end early


APART = 5  # years by which two declared ages of one person may differ
REGISTER = "register of the site"  # source of the events that a ledger is opened with


@dataclass(frozen=True, slots=True)
class _Content:
    """A ledger's events, and from which byte on its last line is torn (its length: it is whole)."""

    events: tuple[Event, ...]
    whole: int
    torn: bool
    unended: bool


def read_ledger(path: Path) -> tuple[list[Event], str]:
    """Return the events of a ledger, and what must be said of its last line.

    A last line that was torn by a crash is left out and named; a damaged line in the middle is an
    error, for something else has happened to the file.

    Raises
    ------
    PlanError
        The file cannot be read, is no ledger, or a line that is not the last is damaged.
    """
    try:
        with path.open("rb") as stream:
            fcntl.flock(stream.fileno(), fcntl.LOCK_SH)  # nobody is in the middle of a line
            content = _parse(path, stream.read())
    except FileNotFoundError:
        return [], ""
    except OSError as error:
        raise PlanError(
            f"{path}: cannot be read ({error.strerror})", hint="check the file"
        ) from None
    said = f"{path}: the last line was torn by a crash and holds no event" if content.torn else ""
    return list(content.events), said


def append(path: Path, event: Event) -> Event:
    """Write one event; it is on disk when this returns. The number is the device's next.

    Raises
    ------
    PlanError
        The event cannot be, the ledger is damaged, or the disk is full.
    """
    return append_all(path, [event])[0]


def append_all(path: Path, events: Sequence[Event]) -> list[Event]:
    """Write several events, all or none; they are on disk when this returns.

    Raises
    ------
    PlanError
        An event cannot be, the ledger is damaged, or the disk is full.
    """
    for event in events:
        refuse(event)
    try:
        with _locked(path) as stream:
            stream.seek(0)
            kept = _parse(path, stream.read())
            wall = int(datetime.now(UTC).timestamp() * 1000)
            pem = {d: device_key(path, d) for d in {e.device for e in events}}
            numbered = linked(kept.events, events, pem, wall, known_devices(path))
            _write_at_end(stream, kept, b"".join(map(_line, numbered)))
            remember(path, numbered)
    except OSError as error:
        raise PlanError(
            f"{path}: cannot be written ({error.strerror})",
            hint="check the path and make room: nothing was noted",
        ) from None
    return numbered


def open_ledger(path: Path, site: Path, event: Event) -> int:
    """Note everybody of a site who is present and of whom no event counts yet; return how many.

    Parameters
    ----------
    event : Event
        State, time, device and so on of each; its person is put in.

    Raises
    ------
    SiteRefused, PlanError
        The site is refused, or the ledger cannot be written.
    """
    found = standing(read_ledger(path)[0])
    present = sorted(p.id for p in read_site(site).persons if p.presence is Presence.PRESENT)
    new = [replace(event, person=p) for p in present if found.of(p) is None]
    return len(append_all(path, new)) if new else 0


def write_merged(paths: Iterable[Path], out: Path, *, keep_both: bool = False) -> int:
    """Merge ledgers into one file, with what it already holds; return how many events it has.

    Raises
    ------
    PlanError
        A ledger is absent, damaged or was altered; nothing is written.
    """
    apart = [p for p in paths if not (p.exists() and out.exists() and p.samefile(out))]
    for path in apart:
        if not path.is_file():
            raise PlanError(
                f"{path}: no ledger", hint="name each ledger as it is; nothing was merged"
            )
    ledgers: list[Iterable[Event]] = [read_ledger(p)[0] for p in apart]
    try:
        if not out.exists():
            merged = merge(ledgers, keep_both=keep_both)
            _replace(out, merged)
            exchange(out, apart, merged)
            return len(merged)
        with _locked(out) as stream:  # whoever notes meanwhile waits, and then sees the new file
            stream.seek(0)
            merged = merge([_parse(out, stream.read()).events, *ledgers], keep_both=keep_both)
            _replace(out, merged)
            exchange(out, apart, merged)
    except OSError as error:
        raise PlanError(
            f"{out}: cannot be written ({error.strerror})",
            hint="check the path and make room: nothing was merged",
        ) from None
    return len(merged)


@dataclass(frozen=True)
class Alarm(OneLine):
    """Whom to look for now.

    Attributes
    ----------
    silent : list of Event
        Not seen for too long, and not settled.
    overdue : list of Overdue
        Expected by the plan, and not there.
    elsewhere : list of (Expected, Event)
        Arrived, but not where the plan says.
    not_coming : list of Expected
        Their case declined by a signed event and the plan still moves them: nobody waits for them
        at a departure, and ``relocate replan --ledger`` gives their places to others.
    absent : int
        Events that are known of and not in the ledger: nobody tells here whom they name.
    """

    silent: list[Event]
    overdue: list[Overdue]
    elsewhere: list[tuple[Expected, Event]]
    concerns: list[Concern] = field(default_factory=list)
    absent: int = 0
    not_coming: list[Expected] = field(default_factory=list)


def raise_alarm(
    found: Standing,
    now: datetime,
    hours: float,
    *,
    plan: Path | None,
    late: float,
    zone: tzinfo,
    site: Path | None = None,
    declined: Container[str] = (),
) -> Alarm:
    """Return who is silent and, with a plan, who is overdue.

    Parameters
    ----------
    hours : float
        Of silence.
    late : float
        Hours after an expected departure or arrival.
    site : Path, optional
        Whose register says who is a child without family, and which places there are.
    declined : container of str
        Cases that declined, by signed events: their journeys that have not begun are not waited for.

    Raises
    ------
    PlanMismatch, PlanError
        The plan cannot be read, or the hours are not a positive number.
    """
    from sojourn.relocation.run.relocate import (
        read_plan,  # the solver comes with it: noting stays fast
    )

    quiet = silent(found, now, hours)
    worried = concerns(found, now, hours, **_of_site(site))
    named = {c.person for c in worried}
    if plan is None:
        return Alarm([e for e in quiet if e.person not in named], [], [], worried)
    journeys = expected(read_plan(plan), zone)
    stale = not_coming(found, journeys, declined)
    awaited = [j for j in journeys if j not in stale]
    due = overdue(found, awaited, now, late)
    named |= {o.person for o in due}
    quiet = [e for e in quiet if e.person not in named]
    return Alarm(quiet, due, elsewhere(found, journeys), worried, not_coming=stale)


def _of_site(site: Path | None) -> dict[str, frozenset[str]]:
    """Return who is on the register, who of them is a child without family, and the places."""
    if site is None:
        return {}
    read = read_site(site)
    present = [p for p in read.persons if p.presence is Presence.PRESENT]
    day = read.rules.operation.departure
    grown = {p.case_id for p in present if not p.counts_as_child(day)}
    return {
        "register": frozenset(p.id for p in present),
        "children": frozenset(p.id for p in present if p.case_id not in grown),
        "places": frozenset(p.id for p in read.places),
    }


def against_site(events: Iterable[Event], site: Path) -> tuple[list[str], list[str]]:
    """Return who of the site's register has no event, and who has one but is not on it."""
    known = {e.person for e in events if e.state not in ACTS}
    persons = read_site(site).persons
    present = {p.id for p in persons if p.presence is Presence.PRESENT}
    return sorted(present - known), sorted(known - {p.id for p in persons})


def unlike(events: Iterable[Event], site: Path) -> list[tuple[str, str]]:
    """Return whom events call one person although the register says that they are two.

    They are of one household, or a link joins them; their sexes differ, or their ages by more than
    ``APART`` years, as no two answers of one person do.
    """
    read = read_site(site)
    people = {p.id: p for p in read.persons}
    linked_pairs = {frozenset((link.a, link.b)) for link in read.links}
    day = read.rules.operation.departure
    groups = defaultdict[str, list[str]](list)
    for other, first in same_people(events).items():
        groups[first].append(other)
    pairs = (sorted(pair) for g in groups for pair in combinations([g, *groups[g]], 2))
    found = []
    for one, other in sorted(pairs):
        if one not in people or other not in people:
            continue
        a, b = people[one], people[other]
        ages = [age for p in (a, b) if (age := p.age_on(day)) is not None]
        together = a.case_id == b.case_id or frozenset((one, other)) in linked_pairs
        sexes = {a.sex, b.sex} - {Sex.UNKNOWN}
        if together or len(sexes) > 1 or max(ages, default=0) - min(ages, default=0) > APART:
            found.append((one, other))
    return found


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """Open a ledger for appending, alone; a file that was replaced meanwhile is opened again."""
    made = not path.parent.exists()
    make_folders(path.parent)
    if made:
        path.parent.chmod(FOLDER)
    while True:
        new = not path.exists()
        with os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, FILE), "ab+") as stream:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX)
            try:
                same = path.stat().st_ino == os.fstat(stream.fileno()).st_ino
            except FileNotFoundError:
                same = False
            if not same:
                continue
            if new:
                _sync_folder(path.parent)
            yield stream
            return


def _write_at_end(stream: BinaryIO, kept: _Content, content: bytes) -> None:
    """Cut what is torn, write whole lines and wait for the disk; on failure, as it was."""
    stream.truncate(kept.whole)
    try:
        stream.write(b"\n" + content if kept.unended else content)
        stream.flush()
        os.fsync(stream.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(stream.fileno(), kept.whole)
        raise


def _replace(out: Path, events: Iterable[Event]) -> None:
    """Put a whole ledger in place of a file, on disk before it is seen."""
    in_turn = sorted(events, key=lambda e: (e.clock, e.moment, e.number, e.id))
    content = b"".join(map(_line, in_turn))
    write_whole(out, content, error=PlanError, durable=True, private=True)


def _sync_folder(folder: Path) -> None:
    """Wait until the folder's list of files is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parse(path: Path, content: bytes) -> _Content:
    """Return the events of a ledger's bytes; a whole last line counts without its line break."""
    lines = content.split(b"\n")
    rest = lines.pop()  # what stands after the last line break
    events = []
    for number, line in enumerate(lines, start=1):
        event = _event(line)
        if event is None:
            raise PlanError(
                f"{path}: line {number} is damaged, or this is no ledger",
                hint="restore the ledger from another device: sojourn custody merge",
            )
        events.append(event)
    last = _event(rest) if rest else None
    if last is not None:
        return _Content((*events, last), len(content), torn=False, unended=True)
    if not _TORN.fullmatch(rest):
        raise PlanError(
            f"{path}: the last line is damaged, or this is no ledger",
            hint="name the ledger; nothing was changed",
        )
    return _Content(tuple(events), len(content) - len(rest), torn=bool(rest), unended=False)


def _line(event: Event) -> bytes:
    text = json.dumps(asdict(event), ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{digest} {text}\n".encode()


def _event(line: bytes) -> Event | None:
    digest, _, text = line.partition(b" ")
    if hashlib.sha256(text).hexdigest()[:16].encode() != digest:
        return None
    try:
        event = Event(**json.loads(text))
        refuse(event)
    except (ValueError, TypeError, RecursionError, PlanError):
        return None
    return event
