"""``sojourn editions``: which editions are loaded, what they cover, and on which terms."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sojourn.store.covered import Coverage
from sojourn.errors import counted
from sojourn.terminal.options import data_option, json_option


@click.command()
@click.option("--files", is_flag=True, help="List the files of each edition, with their digests.")
@click.option("--coverage", is_flag=True, help="List the key set of each measure.")
@click.option("--receipt", is_flag=True, help="Say what became of each file's rows and columns.")
@data_option
@json_option
def command(
    data: Path | None, *, files: bool, coverage: bool, receipt: bool, as_json: bool
) -> None:
    """List the editions in a data directory, oldest first within each dataset.

    Shows the day of release, the years covered, the number of observations, the terms, and
    whether the edition is complete or a part: of what, by which selection, and who accepted it.
    """
    from sojourn.query.editions import editions
    from sojourn.query.opening import open_data

    store, _ = open_data(data)
    found = editions(store)
    if as_json:
        click.echo(json.dumps([asdict(e) for e in found], ensure_ascii=False, indent=1))
        return
    for e in found:
        years = f"{e.first}–{e.last}" if e.first else "—"
        mark = f"  [{e.mark}]" if e.mark else ""
        click.echo(f"{e.edition:40} {years:>10} {e.observations:>11,}  {e.title}{mark}")
        click.echo(f"{'':40} {e.publisher}; {e.license}; redistribution: {e.redistribution}")
        if e.coverage is not None:
            for line in coverage_lines(e.coverage, every=coverage):
                click.echo(f"{'':40} {line}")
        for f in e.files:
            if files or receipt:
                click.echo(f"{'':40} {f.sha256[:16]}…  {f.path or f.name}")
            for line in f.receipt if receipt else ():
                click.echo(f"{'':42} {line}")


def coverage_lines(found: "Coverage", *, every: bool) -> list[str]:
    """Return what an edition covers, line by line."""
    lines = [f"{found.status}: {reason}" for reason in found.reasons] or [found.status]
    if found.selection:
        lines.append(f"selection as printed: {'; '.join(found.selection)}")
    if found.accepted:
        lines.append(f"accepted: {found.accepted}")
    if found.compared_with:
        lines.append(
            f"beside {found.compared_with}: {counted(found.lost, 'key')} lost, {found.new:,} new"
        )
    lines += found.told
    lines += [f"question: {question}" for question in found.questions]
    if found.until:
        lines.append(f"covers time up to {found.until}")
    if every:
        lines += [
            f"{m.indicator}: {counted(m.keys, 'key')}, {counted(m.places, 'place')}, {counted(m.origins, 'origin')}, "
            f"{counted(m.periods, 'period')} ({m.first}–{m.last}), sexes {' '.join(m.sexes)}"
            for m in found.measures
        ]
    return lines
