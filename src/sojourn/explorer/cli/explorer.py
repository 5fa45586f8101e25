"""``sojourn explorer``: the numbers of a data directory as a folder of pages, without a server."""

import json
from datetime import date
from pathlib import Path

import click

from sojourn.errors import counted
from sojourn.terminal.options import as_of_option, data_option, json_option
from sojourn.terminal.progress import progress


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out/explorer"),
    show_default=True,
    help="Folder to write.",
)
@click.option("--public", is_flag=True, help="Leave out editions whose terms allow no copy.")
@click.option(
    "--freeze",
    default="",
    metavar="'#…'",
    help="Write one view instead, named by its permanent link: a page, a drawing and a table.",
)
@as_of_option
@data_option
@json_option
def command(
    out: Path, freeze: str, as_of: date | None, data: Path | None, *, public: bool, as_json: bool
) -> None:
    """Write a site to choose a measure, an edition, a year and places in; every number has its cell.

    Open its index.html: it needs no network and no server. Without --data it is made from the
    embedded edition.
    """
    from sojourn.explorer.run.explorer import write_site
    from sojourn.query.opening import open_data

    store, embedded = open_data(data)
    if freeze:
        from sojourn.explorer.run.freeze import freeze as frozen

        view = frozen(store, freeze, out, public=public)
        click.echo(f"{out}: {view.title}; index.html, view.svg, view.csv")
        return
    with progress("writing") as step:
        made = write_site(store, out, as_of=as_of, public=public, embedded=embedded, progress=step)
    if as_json:
        told = {"out": str(made.out), "files": made.files, "bytes": made.bytes}
        click.echo(json.dumps({**told, "withheld": list(made.withheld)}, indent=1))
        return
    click.echo(
        f"{made.out}: {counted(made.files, 'file')}, {made.bytes / 1e6:.1f} MB; open {made.out}/index.html"
    )
    if made.withheld:
        click.echo(f"left out by their terms: {', '.join(made.withheld)}", err=True)
