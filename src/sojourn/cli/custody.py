"""``sojourn custody``: who is where, event by event; the missing are a list of names, never a number."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from sojourn.cli.options import json_option

ledger_argument = click.argument("ledger", type=click.Path(path_type=Path, dir_okay=False))


@click.group()
def command() -> None:
    """Keep the custody ledger of a move: append-only, safe against crashes, kept on many devices."""


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r}: expected 2016-10-24T09:30:00+02:00") from None
    if found.tzinfo is None:
        raise click.BadParameter(f"{text!r}: the offset is missing, for instance +02:00")
    return found


@command.command("note")
@ledger_argument
@click.argument("person")
@click.argument("state")
@click.option("--where", default="", help="Place or vehicle.")
@click.option("--responsible", default="", help="Pseudonym of the responsible adult or worker.")
@click.option("--device", required=True, help="Name of this device; each device keeps its own ledger.")  # fmt: skip
@click.option("--at", help="Time with its offset; now by default.")
@click.option("--source", default="", help="How it is known.")
def note(
    ledger: Path,
    person: str,
    state: str,
    where: str,
    responsible: str,
    device: str,
    at: str | None,
    source: str,
) -> None:
    """Note that PERSON (a pseudonym) is in STATE; it is on disk when this returns."""
    from sojourn.pipeline.custody import append
    from sojourn.plan.custody import Event

    event = Event(
        person=person, state=state, at=_moment(at).isoformat(), where=where,
        responsible=responsible, device=device, number=1, source=source,
    )  # fmt: skip
    done = append(ledger, event)
    click.echo(f"{done.id} {done.person} {done.state} {done.at}")


@command.command("status")
@ledger_argument
@click.option("--at", help="As known at this time; now by default.")
@json_option
def status(ledger: Path, at: str | None, *, as_json: bool) -> None:
    """Count the states; they sum to the number registered, at every moment."""
    from sojourn.plan.custody import standing

    found = standing(_events(ledger), _moment(at) if at else None)
    if as_json:
        click.echo(json.dumps({"registered": found.registered, "states": dict(found.states)}, indent=1))  # fmt: skip
        return
    click.echo(f"registered: {found.registered}")
    for state, count in found.states.items():
        click.echo(f"  {state}: {count}")


@command.command("missing")
@ledger_argument
@json_option
def missing(ledger: Path, *, as_json: bool) -> None:
    """List the missing: who, since when, seen where, in whose care."""
    from sojourn.plan.custody import missing as listed
    from sojourn.plan.custody import standing

    found = listed(standing(_events(ledger)))
    if as_json:
        click.echo(json.dumps([asdict(e) for e in found], ensure_ascii=False, indent=1))
        return
    for e in found:
        click.echo(f"{e.person}: missing since {e.at}, {e.where or 'no place noted'}, responsible {e.responsible or 'nobody noted'}")  # fmt: skip
    click.echo(f"{len(found)} missing")


@command.command("alarm")
@ledger_argument
@click.option("--hours", type=float, default=12.0, show_default=True, help="Silence after which to ask.")  # fmt: skip
@click.option("--at", help="The time to judge at; now by default.")
def alarm(ledger: Path, hours: float, at: str | None) -> None:
    """List who was not seen for so many hours and has not settled; fails when there is anybody."""
    from sojourn.errors import PlanError
    from sojourn.plan.custody import silent, standing

    moment = _moment(at)
    found = silent(standing(_events(ledger), moment), moment, hours)
    for e in found:
        click.echo(f"{e.person}: last {e.state} at {e.at}, {e.where or 'no place noted'}, responsible {e.responsible or 'nobody noted'}")  # fmt: skip
    if found:
        raise PlanError(f"{len(found)} people were not seen for {hours:g} hours", hint="look for them; note what you find")  # fmt: skip


@command.command("merge")
@click.argument("ledgers", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The merged ledger.")  # fmt: skip
def merge(ledgers: tuple[Path, ...], out: Path) -> None:
    """Merge ledgers kept offline on several devices; no event is lost or doubled."""
    from sojourn.pipeline.custody import write_merged

    click.echo(f"{out}: {write_merged(ledgers, out)} events")


def _events(ledger: Path) -> list:  # type: ignore[type-arg] # of Event, imported when it runs
    from sojourn.errors import PlanError
    from sojourn.pipeline.custody import read_ledger

    if not ledger.is_file():
        raise PlanError(f"{ledger}: no ledger", hint="note a first event: sojourn custody note")
    events, torn = read_ledger(ledger)
    if torn:
        click.echo(torn, err=True)
    return events
