"""``sojourn check``: what the loaded tables contradict, each with its cell."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.errors import counted
from sojourn.terminal.options import data_option, json_option, page_language_option

if TYPE_CHECKING:
    from sojourn.query.check import Checked


UNNAMED = (
    "the manifest names no such file: nothing is read of it. A load that was stopped clears away its "
    "own at the next load; remove any other yourself"
)


@click.command()
@click.option("--edition", help="Only this edition, for instance undesa.ims@2015-12-01.")
@click.option("--contract", help="Only this contract, for instance parts-are-the-total.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="Cells to list for each contract of an edition; 0 lists all.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all of them to this CSV file.",
)
@click.option(
    "--page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the page of known problems (HTML).",
)
@page_language_option
@data_option
@json_option
def command(
    edition: str | None,
    contract: str | None,
    limit: int,
    out: Path | None,
    page: Path | None,
    language: str,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Ask every contract of every loaded file: parts and totals, women and men, closed world, units.

    What a publisher's own file contradicts is listed and is no error, and so is a file that the
    manifest does not name. The exit code is 26 when a file that is not the publisher's own bytes
    breaks a contract.
    """
    from sojourn.errors import ContractBroken
    from sojourn.query.check import check_store, write_page, write_table
    from sojourn.query.opening import open_data
    from sojourn.terminal.progress import progress

    store, _ = open_data(data)
    with progress("asking the contracts") as step:
        found = check_store(store, edition=edition, contract=contract, progress=step)
    if out is not None:
        write_table(found, out)
        click.echo(f"{out}: {counted(len(found.violations), 'violation')}", err=True)
    if page is not None:
        write_page(found, page, language)
        click.echo(f"{page}", err=True)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        _print(found, limit)
    if found.ours:
        raise ContractBroken(
            f"{counted(found.ours, 'violation stands', 'violations stand')} in files that are not the publisher's own bytes",
            hint="compare the file with the publisher's, or declare it as an edition of its own",
        )


def _print(found: "Checked", limit: int) -> None:
    click.echo(
        f"{counted(found.files, 'file')}, {counted(len(found.contracts), 'contract')}, {counted(len(found.violations), 'violation')}"
    )
    for line in found.not_held:
        click.echo(line)
    for path in found.unnamed:
        click.echo(f"{path}: {UNNAMED}")
    groups: dict[tuple[str, str], list[str]] = {}
    for v in found.violations:
        mark = "" if v.verified else "  (unverified copy)"
        groups.setdefault((v.edition, v.contract), []).append(f"  {v.cell}: {v.message}{mark}")
    for (edition, contract), lines in groups.items():
        click.echo(f"{edition} {contract}: {len(lines):,}")
        for line in lines[: limit or None]:
            click.echo(line)
