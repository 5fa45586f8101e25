"""Acts on a ledger that are no sightings: a void, two pseudonyms of one person, the register."""

from datetime import UTC, datetime
from pathlib import Path

import click

ledger_argument = click.argument("ledger", type=click.Path(path_type=Path, dir_okay=False))


def on_register(ledger: Path, person: str) -> None:
    """Refuse a pseudonym that is not on the register that the ledger was opened with."""
    from difflib import get_close_matches

    from sojourn.errors import NoSuchCase
    from sojourn.relocation.run.custody import REGISTER, read_ledger

    events = read_ledger(ledger)[0]
    if not any(e.source == REGISTER for e in events):
        return
    known = {e.person for e in events}
    if person not in known:
        near = get_close_matches(person, sorted(known), n=3)
        raise NoSuchCase(
            f"{person!r} is not on the register of {ledger}",
            hint=f"nearest: {', '.join(near) or 'none'}; --new notes somebody who is not on it",
        )


@click.command("void")
@ledger_argument
@click.argument("event_id", metavar="EVENT")
@click.argument("reason")
@click.option("--device", required=True, help="Name of this device.")
def void(ledger: Path, event_id: str, reason: str, device: str) -> None:
    """Say that EVENT (its id) does not count, and why; it stays in the ledger."""
    from sojourn.errors import NoSuchCase
    from sojourn.relocation.run.custody import read_ledger

    event = next((e for e in read_ledger(ledger)[0] if e.id == event_id), None)
    if event is None:
        raise NoSuchCase(f"{ledger}: no event {event_id!r}", hint="name it by its whole id")
    _act(ledger, event.person, "void", event_id, reason, device)


@click.command("same-as")
@ledger_argument
@click.argument("one")
@click.argument("other")
@click.option("--device", required=True, help="Name of this device.")
@click.option("--reason", default="", help="How it is known.")
def same_as(ledger: Path, one: str, other: str, device: str, reason: str) -> None:
    """Say that the pseudonyms ONE and OTHER are the same person."""
    from sojourn.errors import NoSuchCase
    from sojourn.relocation.run.custody import read_ledger

    known = {e.person for e in read_ledger(ledger)[0]}
    for person in (one, other):
        if person not in known or one == other:
            raise NoSuchCase(
                f"{person!r}: no second person of {ledger}", hint="name two that have events"
            )
    _act(ledger, one, "same as", other, reason, device)


def _act(ledger: Path, person: str, state: str, where: str, reason: str, device: str) -> None:
    from sojourn.relocation.custody.custody import Event
    from sojourn.relocation.run.custody import append

    at = datetime.now(UTC).replace(microsecond=0).isoformat()
    event = Event(
        person=person,
        state=state,
        at=at,
        where=where,
        responsible="",
        device=device,
        number=1,
        source=reason,
    )
    done = append(ledger, event)
    click.echo(f"{done.id} {done.person} {done.state} {done.where}")
