"""``sojourn relocate slips``: each person's own paper, in her language."""

from pathlib import Path

import click

from sojourn.errors import counted
from sojourn.relocation.cli.kept import plan_argument, site_argument
from sojourn.relocation.cli.spoken import slip_language_option


@click.command("slips")
@site_argument
@plan_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder for the slips.",
)
@click.option("--call", default="", help="Whom to call; without it a line to fill in by hand.")
@click.option("--person", multiple=True, help="Only of this person. May be repeated.")
@slip_language_option
def slips(
    site: Path,
    plan_folder: Path,
    out: Path,
    call: str,
    person: tuple[str, ...],
    language: str | None,
) -> None:
    """Print a slip for everybody with a place in PLAN (HTML, PDF): where, when, with whom, how to say no, whom to call.

    With pictograms; ku is Kurmanji. What no reader of the language has signed is marked as a draft
    on every slip.
    """
    from sojourn.relocation.run.slips import write_slips

    done = write_slips(site, plan_folder, out, call=call, people=person, language=language or "")
    for path in done.written:
        click.echo(str(path))
    click.echo(counted(done.people, "slip"))
    if done.drafts:
        click.echo(f"drafts, no reader has signed them: {', '.join(done.drafts)}", err=True)
    for code, count in done.without_words.items():
        click.echo(
            f"no words in {code}: {counted(count, 'slip is', 'slips are')} in English", err=True
        )
    if not call:
        click.echo("no --call: write whom to call by hand", err=True)
