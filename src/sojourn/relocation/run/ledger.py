"""A custody ledger from Python, by the names of the command line."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sojourn.errors import Misasked, NoSuchCase, PlanError
from sojourn.relocation.custody.chain import chain_faults, lacking
from sojourn.relocation.custody.custody import (
    SAME_AS,
    STATES,
    VOID,
    DeviceFault,
    Event,
    Missing,
    Standing,
    device_faults,
    standing,
)
from sojourn.relocation.custody.custody import missing as listed
from sojourn.relocation.custody.declined import declined
from sojourn.relocation.run.custody import (
    REGISTER,
    against_site,
    append,
    open_ledger,
    raise_alarm,
    read_ledger,
    unlike,
    write_merged,
)
from sojourn.relocation.run.devices import known_devices
from sojourn.relocation.run.snapshot import restore_snapshot, to_be_copied, write_snapshot
from sojourn.relocation.run.verbs import SiteFolder
from sojourn.relocation.site.seal import secret_of
from sojourn.terminal.asked import one_of, path_of
from sojourn.terminal.nearest import near
from sojourn.terminal.one_line import OneLine
from sojourn.terminal.rows import Rows

if TYPE_CHECKING:
    from sojourn.relocation.run.custody import Alarm

Moment = datetime | str
FIRST_YEAR = 1950
_ISO = re.compile(r"\d{4}-?\d{2}-?\d{2}T\d{2}.*")  # a day of the calendar and an hour
_FORM = "ISO 8601 with its offset, as in 2016-10-24T09:30:00+02:00"
SKEW = timedelta(minutes=10)  # by which devices may differ


def moment_of(given: Moment | None) -> datetime:
    """Return a moment with its offset; now where none is named.

    Raises
    ------
    Misasked
        It is no moment, lacks its offset, its year cannot be meant, or it is still to come.

    Examples
    --------
    >>> moment_of("2016-10-24T09:30:00+02:00").isoformat()
    '2016-10-24T09:30:00+02:00'
    """
    if given is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        found = given if isinstance(given, datetime) else datetime.fromisoformat(given)
    except ValueError:
        raise Misasked(f"found {given!r}, expected {_FORM}") from None
    if isinstance(given, str) and not _ISO.fullmatch(given):
        raise Misasked(f"found {given!r}, expected {_FORM}")
    if found.tzinfo is None:
        raise Misasked(f"found {given!r} without its offset, expected {_FORM}")
    if found.year < FIRST_YEAR:
        raise Misasked(f"found {given!r}, expected a year from {FIRST_YEAR} on")
    if found > datetime.now(UTC) + SKEW:
        raise Misasked(
            f"found {given!r}, expected no time to come: this device's clock says it is {datetime.now(UTC):%Y-%m-%dT%H:%M:%S+00:00}"
        )
    return found


def zone_of(text: str, found: Standing) -> tzinfo:
    """Return the zone in which a plan's hours are meant: the last event's where none is named.

    Raises
    ------
    Misasked
        It is no zone.
    """
    if not text:
        newest = max(found.last.values(), key=lambda e: e.moment, default=None)
        return (newest.moment.tzinfo if newest else None) or UTC
    try:
        if text[0] in "+-":
            return datetime.fromisoformat(f"2016-01-01T00:00:00{text}").tzinfo or UTC
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise Misasked(f"--zone {text!r}: expected Europe/Paris or +02:00") from None


def on_register(ledger: Path, person: str) -> None:
    """Refuse a pseudonym that is not on the register that the ledger was opened with.

    Raises
    ------
    NoSuchCase
        The ledger was opened with a register, and this person is not on it.
    """
    events = read_ledger(ledger)[0]
    if not any(e.source == REGISTER for e in events):
        return
    known = {e.person for e in events}
    if person not in known:
        found = near(person, sorted(known), most=3)
        raise NoSuchCase(
            f"{person!r} is not on the register of {ledger}",
            hint=f"nearest: {', '.join(found) or 'none'}; --new notes somebody who is not on it",
        )


@dataclass(frozen=True)
class Ledger(OneLine):
    """A custody ledger: append-only, event by event, kept on many devices.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import sojourn
    >>> with TemporaryDirectory() as folder:                  # P1 is a pseudonym of nobody
    ...     ledger = sojourn.custody(f"{folder}/ledger.jsonl")
    ...     noted = ledger.note("P1", "in queue", device="d1", at="2016-10-24T09:30:00+02:00")
    ...     ledger.status().registered, noted.state
    (1, 'in queue')
    """

    path: Path

    @property
    def events(self) -> Rows[Event]:
        """Every event that is whole, in the order of the file."""
        if not self.path.is_file():
            raise PlanError(f"{self.path}: no ledger", hint="note a first event")
        found, torn = read_ledger(self.path)
        return Rows(found, {"torn": torn})

    def note(
        self,
        person: str,
        state: str,
        *,
        device: str,
        where: str = "",
        responsible: str = "",
        at: Moment | None = None,
        source: str = "",
        new: bool = False,
    ) -> Event:
        """Note that a person (a pseudonym) is in a state; it is on disk when this returns.

        Raises
        ------
        Misasked
            The state is none, or the moment is none or still to come.
        NoSuchCase
            The person is not on the register, and ``new`` does not say so.
        """
        moment = moment_of(at)
        one_of(state, STATES, "state")
        if not new:
            on_register(self.path, person)
        return self._append(person, state, device, moment, (where, responsible, source))

    def open(self, site: Path | str, *, device: str, at: Moment | None = None) -> int:
        """Note everybody on a site's register who has no event yet; return how many."""
        event = _event("-", "registered", device, moment_of(at), ("", "", REGISTER))
        return open_ledger(self.path, SiteFolder(Path(site)).path, event)

    def status(self, at: Moment | None = None) -> Standing:
        """Return where everybody stands: the states sum to the number registered."""
        moment = moment_of(at)
        return standing(self.events, moment)

    def missing(self, at: Moment | None = None) -> Rows[Missing]:
        """Return the missing: who, since when, last seen where, in whose care."""
        return Rows(listed(self.status(at)))

    def alarm(
        self,
        *,
        hours: float = 12.0,
        plan: Path | str | None = None,
        late: float = 2.0,
        zone: str = "",
        at: Moment | None = None,
        site: Path | str | None = None,
    ) -> "Alarm":
        """Return whom to look for now: silent, overdue by the plan, elsewhere, not safely arrived.

        Raises
        ------
        PlanMismatch, PlanError
            The plan cannot be read, or the hours are not a positive number.
        """
        now, events = moment_of(at), self.events
        found, known = standing(events, now), known_devices(self.path)
        told = raise_alarm(
            found,
            now,
            hours,
            plan=None if plan is None else Path(plan),
            late=late,
            zone=zone_of(zone, found),
            site=None if site is None else SiteFolder(Path(site)).path,
            declined=declined((e for e in events if e.moment <= now), known),
        )
        return replace(told, absent=lacking(events, known))

    def check(self, site: Path | str | None = None) -> Rows[DeviceFault]:
        """Return what is not in order of each device; with a site, ``about`` compares the register."""
        events = list(self.events)
        faults = [
            *chain_faults(events, known_devices(self.path)),
            *device_faults(events, moment_of(None)),
        ]
        if site is None:
            return Rows(faults)
        absent, strange = against_site(events, SiteFolder(Path(site)).path)
        two = unlike(events, SiteFolder(Path(site)).path)
        return Rows(
            faults, {"without_event": absent, "not_on_register": strange, "not_the_same": two}
        )

    def merge(self, *ledgers: Path | str, keep_both: bool = False) -> int:
        """Merge ledgers of other devices into this one; return how many events it then holds."""
        return write_merged([Path(p) for p in ledgers], self.path, keep_both=keep_both)

    def snapshot(self, out: Path | str, key: Path | str) -> int:
        """Write an encrypted copy; a key file that is not there is made. Return how many events."""
        to_be_copied(self.path, Path(out))
        return write_snapshot(self.path, Path(out), secret_of(Path(key), make=True))

    @staticmethod
    def restore(snapshot_file: Path | str, out: Path | str, key: Path | str) -> int:
        """Write the ledger of a snapshot to a new file; return how many events it holds.

        Raises
        ------
        PlanError
            The snapshot was altered, or the key is another.
        """
        return restore_snapshot(Path(snapshot_file), Path(out), secret_of(Path(key), make=False))

    def void(self, event: str, reason: str, *, device: str) -> Event:
        """Say that an event (its id) does not count, and why; it stays in the ledger.

        Raises
        ------
        NoSuchCase
            The ledger has no such event.
        """
        found = next((e for e in self.events if e.id == event), None)
        if found is None:
            raise NoSuchCase(f"{self.path}: no event {event!r}", hint="name it by its whole id")
        return self._append(found.person, VOID, device, moment_of(None), (event, "", reason))

    def same_as(self, one: str, other: str, *, device: str, reason: str = "") -> Event:
        """Say that two pseudonyms are the same person.

        Raises
        ------
        NoSuchCase
            One of them has no event.
        """
        known = {e.person for e in self.events}
        for person in (one, other):
            if person not in known or one == other:
                raise NoSuchCase(
                    f"{person!r}: no second person of {self.path}", hint="name two that have events"
                )
        return self._append(one, SAME_AS, device, moment_of(None), (other, "", reason))

    def _append(
        self, person: str, state: str, device: str, at: datetime, more: tuple[str, str, str]
    ) -> Event:
        return append(self.path, _event(person, state, device, at, more))


def _event(person: str, state: str, device: str, at: datetime, more: tuple[str, str, str]) -> Event:
    where, responsible, source = more
    return Event(
        person=person,
        state=state,
        at=at.isoformat(),
        where=where,
        responsible=responsible,
        device=device,
        number=1,
        source=source,
    )


def custody(path: Path | str) -> Ledger:
    """Return a custody ledger; its first event makes the file."""
    return Ledger(path_of(path, "a ledger"))
