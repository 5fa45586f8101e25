"""``sojourn site seal`` and ``unseal``: tables about people, encrypted at rest, and plain again."""

from pathlib import Path

import click

from sojourn.errors import counted
from sojourn.relocation.cli.kept import KeptPath

_folder = KeptPath(path_type=Path, file_okay=False)
_key = click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="SOJOURN_KEY",
    help="File of the secret; without it a passphrase is asked at a terminal.",
)


@click.command("seal")
@click.argument("folder", type=_folder)
@_key
def seal(folder: Path, key: Path | None) -> None:
    """Encrypt what FOLDER, a site or a plan, holds about people; a key file that is not there is made.

    Every command reads it while SOJOURN_KEY names the key file, or asks for the passphrase.
    """
    from sojourn.relocation.run.seal import seal_folder, to_be_sealed
    from sojourn.relocation.site.seal import secret_of

    to_be_sealed(folder)
    done = seal_folder(folder, secret_of(key, make=True))
    click.echo(
        f"{folder}: {counted(len(done), 'file')} encrypted; keep the key elsewhere: without it they are lost"
    )


@click.command("unseal")
@click.argument("folder", type=_folder)
@_key
def unseal(folder: Path, key: Path | None) -> None:
    """Decrypt FOLDER, a site or a plan, again."""
    from sojourn.relocation.run.seal import open_folder
    from sojourn.relocation.site.seal import secret_of

    done = open_folder(folder, secret_of(key, make=False))
    click.echo(f"{folder}: {counted(len(done), 'file lies', 'files lie')} in plain text again")
