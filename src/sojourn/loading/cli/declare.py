"""``sojourn declare``: a draft of what a file has to have declared before it loads."""

from pathlib import Path

import click


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--declare",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file whose declarations are known already.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; it must not exist. Without it the draft is printed.",
)
def command(file: Path, declare: Path | None, out: Path | None) -> None:
    """Draft the declaration of a publisher's file that is new, or that its publisher changed.

    The draft names the nearest layout, what differs (headings, labels, places, marks, sheet) with
    candidates for all of it, and the terms as the file prints them. What is alike but for case and
    brackets is a line; what is only similar is a comment, for you to choose.
    """
    from sojourn.errors import SourceError
    from sojourn.files import write_whole
    from sojourn.loading.declare import declare as draft
    from sojourn.sources.declaration import registry, with_declared

    known = with_declared(declare) if declare is not None else registry()
    found = draft(file, known)
    if out is None:
        click.echo(found.toml, nl=False)
        return
    if out.exists():
        raise SourceError(
            f"{out}: cannot be written (File exists)", hint="name a file that does not exist"
        )
    write_whole(out, found.toml, error=SourceError)
    click.echo(
        f"{out}: {found.lines} lines" + ("; the file loads without it" if found.loads else "")
    )
