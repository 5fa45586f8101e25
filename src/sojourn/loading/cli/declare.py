"""``sojourn declare``: a draft of what a file has to have declared before it loads."""

from pathlib import Path

import click

from sojourn.errors import counted


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--declare",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file whose declarations are known already.",
)
@click.option(
    "--new",
    is_flag=True,
    help="A table of its own: draft a dataset, an edition and a layout, whatever it looks like.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; it must not exist. Without it the draft is printed.",
)
def command(file: Path, declare: Path | None, new: bool, out: Path | None) -> None:
    """Draft the declaration of a publisher's file that is new, or that its publisher changed.

    The draft names the nearest layout, what differs (headings, labels, places, marks, sheet) with
    candidates for all of it, and the terms as the file prints them. What is alike but for case and
    brackets is a line; what is only similar is a comment, for you to choose.
    """
    from sojourn.loading.verbs import declare_file

    found = declare_file(file, declare=declare, new=new, out=out)
    if out is None:
        click.echo(found.toml, nl=False)
        return
    click.echo(
        f"{out}: {counted(found.lines, 'line')}"
        + ("; the file loads without it" if found.loads else "")
    )
