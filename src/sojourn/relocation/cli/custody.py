"""``sojourn custody``: who is where, event by event; the missing are a list of names, never a number."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.errors import counted
from sojourn.relocation.cli.custody_acts import ledger_argument, same_as, void
from sojourn.relocation.cli.kept import KeptPath, site_argument
from sojourn.relocation.cli.snapshot import restore, snapshot
from sojourn.terminal.options import json_option

if TYPE_CHECKING:
    from sojourn.relocation.custody.custody import Event, Standing
    from sojourn.relocation.run.custody import Alarm

names_option = click.option(
    "--names",
    type=KeptPath(path_type=Path, file_okay=False),
    help="A site with a table of names; they are printed to a terminal alone.",
)


@click.group()
def command() -> None:
    """Keep the custody ledger of a move: append-only, safe against crashes, kept on many devices."""


command.add_command(void)
command.add_command(same_as)
command.add_command(snapshot)
command.add_command(restore)


def _moment(text: str | None) -> datetime:
    from sojourn.errors import Misasked
    from sojourn.relocation.run.ledger import moment_of

    try:
        return moment_of(text)
    except Misasked as error:
        raise click.BadParameter(error.problem) from None


@command.command("note")
@ledger_argument
@click.argument("person")
@click.argument("state")
@click.option("--where", default="", help="Place or vehicle.")
@click.option("--responsible", default="", help="Pseudonym of the responsible adult or worker.")
@click.option(
    "--device", required=True, help="Name of this device; each device keeps its own ledger."
)
@click.option(
    "--at", help="Time with its offset (2016-10-24T09:30:00+02:00), not to come; now by default."
)
@click.option("--source", default="", help="How it is known.")
@click.option(
    "--new", is_flag=True, help="PERSON is not on the register that the ledger was opened with."
)
def note(
    ledger: Path,
    person: str,
    state: str,
    where: str,
    responsible: str,
    device: str,
    at: str | None,
    source: str,
    *,
    new: bool,
) -> None:
    """Note that PERSON (a pseudonym) is in STATE; it is on disk when this returns."""
    from sojourn.errors import Misasked
    from sojourn.relocation.custody.watch import overtaken
    from sojourn.relocation.run.ledger import Ledger

    try:
        done = Ledger(ledger).note(
            person,
            state,
            device=device,
            where=where,
            responsible=responsible,
            at=_moment(at),
            source=source,
            new=new,
        )
    except Misasked as error:
        raise click.BadParameter(
            f"{error.problem}; {error.hint}" if error.hint else error.problem
        ) from None
    click.echo(f"{done.id} {done.person} {done.state} {done.at}")
    if later := overtaken(_events(ledger, None), done):
        click.echo(
            f"{person}: {_seen(later)}, which is later and stands: --at, or the clock of this device, is before it",
            err=True,
        )


@command.command("open")
@ledger_argument
@site_argument
@click.option("--device", required=True, help="Name of this device.")
@click.option(
    "--at", help="Time with its offset (2016-10-24T09:30:00+02:00), not to come; now by default."
)
def open_(ledger: Path, site: Path, device: str, at: str | None) -> None:
    """Note everybody on SITE's register who has no event yet as registered; may be repeated."""
    from sojourn.relocation.run.ledger import Ledger

    done = Ledger(ledger).open(site, device=device, at=_moment(at))
    click.echo(f"{ledger}: {counted(done, 'person', 'people')} registered")


@command.command("status")
@ledger_argument
@click.option(
    "--at", help="As known at this time (2016-10-24T09:30:00+02:00), not to come; now by default."
)
@json_option
def status(ledger: Path, at: str | None, *, as_json: bool) -> None:
    """Count the states; they sum to the number registered, at every moment."""
    from sojourn.relocation.custody.custody import standing

    moment = _moment(at)
    found = standing(_events(ledger, moment), moment)
    if as_json:
        click.echo(
            json.dumps({"registered": found.registered, "states": dict(found.states)}, indent=1)
        )
        return
    click.echo(f"registered: {found.registered}")
    for state, count in found.states.items():
        click.echo(f"  {state}: {count}")


@command.command("missing")
@ledger_argument
@click.option(
    "--at", help="As known at this time (2016-10-24T09:30:00+02:00), not to come; now by default."
)
@names_option
@json_option
def missing(ledger: Path, at: str | None, names: Path | None, *, as_json: bool) -> None:
    """List the missing: who, since when, last seen where, in whose care."""
    from sojourn.relocation.custody.custody import missing as listed
    from sojourn.relocation.custody.custody import standing

    moment, say = _moment(at), _namer(names, as_json=as_json)
    found = listed(standing(_events(ledger, moment), moment))
    if as_json:
        click.echo(json.dumps([asdict(m) for m in found], ensure_ascii=False, indent=1))
        return
    for m in found:
        click.echo(
            f"{say(m.person)}: missing since {m.since}, {_seen(m.seen)}, responsible {say(m.responsible) or 'nobody noted'}"
        )
    click.echo(f"{len(found)} missing")


@command.command("alarm")
@ledger_argument
@click.option(
    "--hours", type=float, default=12.0, show_default=True, help="Silence after which to ask."
)
@click.option(
    "--plan",
    type=KeptPath(path_type=Path, file_okay=False),
    help="A written plan, whose departures and arrivals are expected.",
)
@click.option(
    "--late",
    type=float,
    default=2.0,
    show_default=True,
    help="Hours after an expected departure or arrival.",
)
@click.option(
    "--zone",
    default="",
    help="In which the plan's hours are meant: Europe/Paris or +02:00; the last event's by default.",
)
@click.option(
    "--at", help="The time to judge at (2016-10-24T09:30:00+02:00), not to come; now by default."
)
@click.option(
    "--site",
    type=KeptPath(path_type=Path, file_okay=False),
    help="The register: who is a child without family, which places there are.",
)
@names_option
@json_option
def alarm(
    ledger: Path,
    hours: float,
    plan: Path | None,
    late: float,
    zone: str,
    at: str | None,
    site: Path | None,
    names: Path | None,
    *,
    as_json: bool,
) -> None:
    """List who is missing or was not seen for so long, or not where a plan expects them; fails when there is anybody."""
    from sojourn.errors import CustodyAlarm
    from sojourn.relocation.custody.custody import standing
    from sojourn.relocation.run.ledger import Ledger

    moment, say = _moment(at), _namer(names, as_json=as_json)
    found = standing(_events(ledger, moment), moment)
    told = Ledger(ledger).alarm(hours=hours, plan=plan, late=late, zone=zone, at=moment, site=site)
    if as_json:
        click.echo(json.dumps(asdict(told), ensure_ascii=False, indent=1, default=str))
    else:
        for line in _lines(told, found, say):
            click.echo(line)
    people = {e.person for e in told.silent} | {o.person for o in told.overdue}
    people |= {c.person for c in told.concerns}
    people |= {e.person for _, e in told.elsewhere}
    if people:
        raise CustodyAlarm(
            f"{counted(len(people), 'person', 'people')} to look for: {len(told.concerns)} missing or not safely arrived, {len(told.elsewhere)} elsewhere, {len(told.overdue)} overdue by the plan, {len(told.silent)} not seen for {hours:g} hours",
            hint="look for them; note what you find",
        )
    if told.absent:
        raise CustodyAlarm(
            f"{ledger}: {counted(told.absent, 'event is', 'events are')} known of and not in it: whom to look for cannot be said",
            hint="sojourn custody check names the devices; merge their ledgers, or a snapshot that was restored",
        )


def _lines(told: "Alarm", found: "Standing", say: Callable[[str], str]) -> Iterator[str]:
    """Say whom to look for, who was last responsible, and who is elsewhere than planned."""

    def care(person: str) -> str:
        return f"responsible {say(found.responsible.get(found.name(person), '')) or 'nobody noted'}"

    for c in told.concerns:
        what = f"{c.what}, {_seen(c.last)}" if c.last else c.what
        yield f"{say(c.person)}: {what}, {care(c.person)}"
    for o in told.overdue:
        where = f"at {o.expected.place}" if o.what == "arrival" else f"with {o.expected.vehicle}"
        yield f"{say(o.person)}: {o.what} expected {where} by {o.at.isoformat()} (trip {o.expected.trip}), {_seen(o.last)}, {care(o.person)}"
    for e in told.silent:
        yield f"{say(e.person)}: {_seen(e)}, {care(e.person)}"
    for planned, e in told.elsewhere:
        yield f"{say(e.person)}: arrived at {e.where}, not at {planned.place} as planned"
    for one in told.not_coming:
        yield f"{say(one.person)}: case {one.case} declined and the plan still moves it (trip {one.trip}): plan again, sojourn relocate replan SITE PLAN --ledger LEDGER --out AGAIN"


def _seen(event: "Event | None") -> str:
    """Say what is last known of somebody."""
    if event is None:
        return "no event at all"
    return f"last {event.state} at {event.at}, {event.where or 'no place noted'}"


@command.command("check")
@ledger_argument
@click.option(
    "--site",
    type=KeptPath(path_type=Path, file_okay=False),
    help="Compare with the register of this site.",
)
def check(ledger: Path, site: Path | None) -> None:
    """Say what is not in order: events of a device that are absent, clocks, people without an event."""
    from sojourn.errors import PlanError
    from sojourn.relocation.custody.chain import chain_faults
    from sojourn.relocation.custody.custody import device_faults
    from sojourn.relocation.run.custody import against_site, read_ledger, unlike
    from sojourn.relocation.run.devices import known_devices

    _events(ledger, None)
    events, _ = read_ledger(ledger)
    faults = [*chain_faults(events, known_devices(ledger)), *device_faults(events, _moment(None))]
    found = [f"device {f.device}: {f.what}" for f in faults]
    if site is not None:
        absent, strange = against_site(events, site)
        found += [f"{p}: on the register, no event in the ledger" for p in absent]
        found += [f"{p}: in the ledger, not on the register" for p in strange]
        found += [
            f"{one} and {other}: one person by same-as, two by the register; void that event if it is wrong"
            for one, other in unlike(events, site)
        ]
    for line in found:
        click.echo(line)
    if found:
        raise PlanError(
            f"{ledger}: {len(found):,} things not in order, listed above",
            hint="merge every device's ledger; set clocks right; sojourn custody open notes who has no event",
        )
    click.echo(f"{ledger}: {counted(len(events), 'event')} in order")


@command.command("merge")
@click.argument("ledgers", nargs=-1, required=True, type=KeptPath(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The merged ledger; what it already holds is kept.",
)
@click.option(
    "--keep-both", is_flag=True, help="Keep two events that one device wrote under one number."
)
def merge(ledgers: tuple[Path, ...], out: Path, *, keep_both: bool) -> None:
    """Merge ledgers kept offline on several devices; no event is lost or doubled."""
    from sojourn.relocation.custody.custody import clashes
    from sojourn.relocation.run.custody import read_ledger, write_merged

    for path in ledgers:
        events, torn = read_ledger(path)
        if torn or (path.is_file() and not events):
            click.echo(torn or f"{path}: holds no event", err=True)
    click.echo(f"{out}: {counted(write_merged(ledgers, out, keep_both=keep_both), 'event')}")
    for e in clashes(read_ledger(out)[0]):
        click.echo(f"kept both: device {e.device}, event {e.number} ({e.person} {e.state} {e.at})")


def _events(ledger: Path, moment: datetime | None) -> list["Event"]:
    """Read a ledger; say on the error stream what of it does not count, or is not there."""
    from sojourn.errors import PlanError
    from sojourn.relocation.run.custody import read_ledger

    if not ledger.is_file():
        raise PlanError(f"{ledger}: no ledger", hint="note a first event: sojourn custody note")
    events, torn = read_ledger(ledger)
    if torn:
        click.echo(torn, err=True)
    later = sum(moment is not None and e.moment > moment for e in events)
    if later:
        click.echo(
            f"{counted(later, 'event is', 'events are')} dated later and not counted: sojourn custody check",
            err=True,
        )
    _absent(ledger)
    return events


def _absent(ledger: Path) -> int:
    """Return how many events are known of and not in a ledger; say so on the error stream."""
    from sojourn.relocation.custody.chain import lacking
    from sojourn.relocation.run.custody import read_ledger
    from sojourn.relocation.run.devices import known_devices

    absent = lacking(read_ledger(ledger)[0], known_devices(ledger))
    if absent:
        click.echo(
            f"{ledger}: {counted(absent, 'event of its devices is', 'events of its devices are')} not in it, whom they name nobody tells here: sojourn custody check",
            err=True,
        )
    return absent


def _namer(names: Path | None, *, as_json: bool) -> Callable[[str], str]:
    """Return how a pseudonym is said: with the name only on request, and only to a terminal."""
    from sojourn.errors import PlanError
    from sojourn.relocation.site.read import read_names

    if names is None:
        return lambda person: person
    if as_json or not sys.stdout.isatty():
        raise PlanError(
            "--names prints to a terminal alone",
            hint="leave --names out where the output is kept in a file",
        )
    known = read_names(names)
    return lambda person: f"{person} ({known[person]})" if person in known else person
