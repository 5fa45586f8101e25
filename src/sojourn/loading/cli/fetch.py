"""``sojourn fetch``: editions from their publishers, each with its terms."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.errors import counted
from sojourn.terminal.options import json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.loading.fetch import Fetched


@click.command()
@click.argument("sources", nargs=-1)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="SOJOURN_DATA",
    help="Data directory (or SOJOURN_DATA); files go to its raw/ folder.",
)
@click.option(
    "--list", "listed", is_flag=True, help="List what can be fetched, with terms and landing pages."
)
@click.option(
    "--newer",
    "ask_newer",
    is_flag=True,
    help="List newer editions of what --data (else the embedded edition) holds, and how to get them.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be fetched, and from where.")
@click.option("--load", "then_load", is_flag=True, help="Load what was fetched.")
@click.option(
    "--base-url", default="", help="A mirror: scheme and host instead of the publishers'."
)
@click.option(
    "--attempts",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Attempts for each file.",
)
@json_option
def command(
    sources: tuple[str, ...],
    data: Path | None,
    base_url: str,
    attempts: int,
    *,
    listed: bool,
    ask_newer: bool,
    dry_run: bool,
    then_load: bool,
    as_json: bool,
) -> None:
    """Download editions of SOURCES: publishers (undesa), datasets (undesa.ims) or editions.

    Nothing is overwritten: a file that changed under the same address is kept beside the older
    one. An interrupted download goes on where it stopped.
    """
    from sojourn.errors import FetchFailed
    from sojourn.loading.fetch import chosen, fetch
    from sojourn.loading.transfer import Patience
    from sojourn.sources.declaration import registry
    from sojourn.terminal.progress import progress

    known = registry()
    if ask_newer or listed or not sources:
        _newer(data, as_json=as_json) if ask_newer else _list(as_json=as_json)
        return
    addresses = chosen(known, sources)
    if dry_run:
        for a in addresses:
            click.echo(
                f"{a.dataset}{'@' + a.edition if a.edition else ''}  {a.url} → raw/{a.dataset}/{a.name}"
            )
        return
    if data is None:
        raise click.UsageError("name a data directory: --data or SOJOURN_DATA")
    with progress("fetching") as step:
        patience = Patience(attempts=attempts)
        done = fetch(data, addresses, known, base_url=base_url, patience=patience, progress=step)
    _said(done, as_json=as_json)
    arrived = [Path(f.path) for f in done if f.status in ("new", "changed")]
    if then_load and arrived:
        from sojourn.loading.verbs import load_files

        for outcome in load_files(arrived, data).outcomes:
            click.echo(f"{outcome.status:9}  {outcome.name}  {outcome.edition}", err=as_json)
    failed = sum(f.status == "failed" for f in done)
    if failed:
        raise FetchFailed(
            f"{failed} of {counted(len(done), 'file')} did not come", hint="the others are kept"
        )


def _said(done: "Sequence[Fetched]", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(f) for f in done], ensure_ascii=False, indent=1))
    else:
        for f in done:
            said = (
                f.error
                if f.status == "failed"
                else f"{f.path}  {f.bytes:,} bytes; terms: {f.license}"
            )
            click.echo(f"{f.status:9}  {said}", err=f.status == "failed")


def _newer(data: Path | None, *, as_json: bool) -> None:
    from sojourn.loading.verbs import fetch_newer

    found = fetch_newer(data)
    if as_json:
        click.echo(json.dumps([asdict(n) for n in found], ensure_ascii=False, indent=1))
        return
    for n in found:
        click.echo(f"{n.dataset:32} {n.held} → {n.edition}  {n.how}\n{'':33}{n.title}; {n.license}")
    click.echo(
        f"{counted(len(found), 'newer edition is', 'newer editions are')} declared; a publisher may have released later ones:"
        " see the landing pages of sojourn fetch --list"
    )


def _list(*, as_json: bool) -> None:
    from sojourn.loading.verbs import fetch_list

    rows = fetch_list()
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=1))
        return
    for row in rows:
        files = row["files"]
        how = f"{counted(len(files), 'file')}" if files else f"by hand: {row['landing_page']}"
        click.echo(f"{row['dataset']:32} {how}\n{'':33}{row['title']}; {row['terms']}")
