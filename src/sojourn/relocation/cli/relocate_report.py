"""``sojourn relocate report``: what the person who signs a plan has to read."""

from pathlib import Path

import click

from sojourn.relocation.cli.kept import KeptPath, plan_argument, site_argument
from sojourn.relocation.cli.spoken import list_language_option


@click.command("report")
@site_argument
@plan_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="New folder for the report.",
)
@list_language_option
@click.option(
    "--scheduled",
    is_flag=True,
    help="The report follows a fixed schedule: made although only a few people changed since the last.",
)
@click.option(
    "--after",
    type=KeptPath(path_type=Path, file_okay=False),
    help="Site folder of the report before, where it was another: what it showed is remembered here.",
)
def report(
    site: Path,
    plan_folder: Path,
    out: Path,
    language: tuple[str, ...],
    after: Path | None,
    *,
    scheduled: bool,
) -> None:
    """Report on PLAN for the person who signs it (HTML, PDF), with a map; small groups withheld.

    Reports of a SITE are remembered: between two of them nobody may be told by the difference.
    """
    from sojourn.relocation.run.report import write_report

    written = write_report(
        site,
        plan_folder,
        out,
        language,
        scheduled=scheduled,
        after=after,
        tell=lambda said: click.echo(said, err=True),
    )
    for path in written:
        click.echo(f"{path}")
