"""Acts on a ledger that are no sightings: a void, two pseudonyms of one person, the register."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.relocation.cli.kept import KeptPath

if TYPE_CHECKING:
    from sojourn.relocation.custody.custody import Event

ledger_argument = click.argument("ledger", type=KeptPath(path_type=Path, dir_okay=False))


@click.command("void")
@ledger_argument
@click.argument("event_id", metavar="EVENT")
@click.argument("reason")
@click.option("--device", required=True, help="Name of this device.")
def void(ledger: Path, event_id: str, reason: str, device: str) -> None:
    """Say that EVENT (its id) does not count, and why; it stays in the ledger."""
    from sojourn.relocation.run.ledger import Ledger

    _say(Ledger(ledger).void(event_id, reason, device=device))


@click.command("same-as")
@ledger_argument
@click.argument("one")
@click.argument("other")
@click.option("--device", required=True, help="Name of this device.")
@click.option("--reason", default="", help="How it is known.")
def same_as(ledger: Path, one: str, other: str, device: str, reason: str) -> None:
    """Say that the pseudonyms ONE and OTHER are the same person."""
    from sojourn.relocation.run.ledger import Ledger

    _say(Ledger(ledger).same_as(one, other, device=device, reason=reason))


def _say(done: "Event") -> None:
    click.echo(f"{done.id} {done.person} {done.state} {done.where}")
