"""``sojourn custody snapshot`` and ``restore``: an encrypted copy of a ledger, and back."""

from pathlib import Path

import click

from sojourn.errors import counted
from sojourn.relocation.cli.kept import KeptPath

_file = click.Path(path_type=Path, dir_okay=False)
key_option = click.option(
    "--key", type=_file, help="File of the secret; without it a passphrase is asked at a terminal."
)


@click.command("snapshot")
@click.argument("ledger", type=KeptPath(path_type=Path, dir_okay=False))
@click.option("--out", type=_file, required=True, help="New file.")
@key_option
def snapshot(ledger: Path, out: Path, key: Path | None) -> None:
    """Write an encrypted copy of LEDGER; a key file that is not there is made."""
    from sojourn.relocation.run.snapshot import to_be_copied, write_snapshot
    from sojourn.relocation.site.seal import secret_of

    to_be_copied(ledger, out)
    count = write_snapshot(ledger, out, secret_of(key, make=True))
    click.echo(f"{out}: {counted(count, 'event')}, encrypted; keep its key elsewhere")


@click.command("restore")
@click.argument("snapshot_file", metavar="SNAPSHOT", type=_file)
@click.option("--out", type=_file, required=True, help="New ledger.")
@key_option
def restore(snapshot_file: Path, out: Path, key: Path | None) -> None:
    """Write the ledger of SNAPSHOT to a new file; nothing is written over."""
    from sojourn.relocation.run.snapshot import restore_snapshot
    from sojourn.relocation.site.seal import secret_of

    count = restore_snapshot(snapshot_file, out, secret_of(key, make=False))
    click.echo(
        f"{out}: {counted(count, 'event')}; note on with a new --device name, for no device's key is in a snapshot"
    )
