"""``sojourn relocate desk``: the page of the desk."""

import sys
from pathlib import Path

import click

from sojourn.relocation.cli.kept import KeptPath

_kept_file = KeptPath(path_type=Path, dir_okay=False)
_kept = KeptPath(path_type=Path, file_okay=False)
_file = click.Path(path_type=Path, dir_okay=False)
_folder = click.Path(path_type=Path, file_okay=False)


@click.command("desk")
@click.argument("site", type=_kept)
@click.option("--ledger", type=_kept_file, required=True, help="The custody ledger of this device.")
@click.option("--device", required=True, help="Name of this device.")
@click.option("--plan", type=_kept, help="A written plan: trips, and what is to be signed.")
@click.option(
    "--keys",
    type=_folder,
    help="New folder for a key file a role; keys made before then open nothing.",
)
@click.option("--snapshots", type=_folder, help="Folder for an encrypted snapshot at each merge.")
@click.option("--snapshot-key", type=_file, help="Its key file; made when it is not there.")
@click.option("--call", default="", help="Whom slips say to call; else a line to fill in by hand.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8010,
    show_default=True,
    help="Port; 0 takes a free one.",
)
def desk(
    site: Path,
    ledger: Path,
    device: str,
    plan: Path | None,
    keys: Path | None,
    snapshots: Path | None,
    snapshot_key: Path | None,
    call: str,
    port: int,
) -> None:
    """Open the desk page of SITE on this machine: four roles, each opened by its key file.

    Registrar, protection, transport and signer each see what they need and nothing else. Whoever
    is on the register and not in the ledger is noted as registered.
    """
    from sojourn.extras import need

    for package in ("starlette", "uvicorn"):
        need(package, "the desk page")
    from sojourn.relocation.desk.app import application
    from sojourn.relocation.desk.roles import make_keys
    from sojourn.relocation.desk.running import hold, listen, run
    from sojourn.relocation.site.seal import secret_of

    _ask(ledger, keys)
    with listen(port) as listening:  # whatever can be refused is, before a key is made
        held = hold(
            site,
            ledger,
            device,
            plan=plan,
            snapshots=snapshots,
            snapshot_key=snapshot_key,
            call=call,
        )
        if keys is not None:
            for path in make_keys(ledger, keys):
                click.echo(f"key of a role: {path}")
            click.echo("give each person her own key file, and remove it here", err=True)
        if snapshots is not None:
            secret_of(snapshot_key, make=True)
        if not held.names:
            click.echo("no table of names: people are found by pseudonym alone", err=True)
        else:
            for name in ("name.csv", "name.json"):
                if (site / name).is_file():
                    told = f"names lie unencrypted in {name}; keep this disk encrypted"
                    click.echo(f"{site}: {told}", err=True)
        run(application(held), listening)


def _ask(ledger: Path, keys: Path | None) -> None:
    """Ask whether there are keys, or can be, and at a terminal whether those made before may end."""
    from sojourn.errors import PlanError
    from sojourn.relocation.desk.roles import keys_can_be, known_keys

    if keys is not None:
        keys_can_be(keys)
    known = known_keys(ledger)
    if keys is None and not known:
        raise PlanError(
            f"{ledger}: no key files were made on this machine", hint="add --keys NEW-FOLDER"
        )
    if keys is not None and known and _at_a_terminal():
        click.confirm("The key files made before will open nothing. Make new ones?", abort=True)


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()
