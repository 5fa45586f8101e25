"""``sojourn brief``: two pages on malaria or tuberculosis, for the world or a country."""

from datetime import date
from pathlib import Path

import click

from sojourn.terminal.options import as_of_option, data_option, languages_option


@click.command()
@click.argument("topic", type=click.Choice(["malaria", "tb"]))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write into.",
)
@click.option("--area", help="A country: name, ISO code or M49 number; the world by default.")
@click.option(
    "--run",
    type=click.Path(path_type=Path),
    help="A run of sojourn simulate: its folder, or a summary.",
)
@languages_option()
@as_of_option
@data_option
def command(
    topic: str,
    out: Path,
    area: str | None,
    run: Path | None,
    language: tuple[str, ...],
    as_of: date | None,
    data: Path | None,
) -> None:
    """Write a brief as page (HTML) and paper (PDF): where we stand, who is left out, what changes."""
    from sojourn.health.inputs.targets import who_area
    from sojourn.health.run.brief import WORLD, write_brief
    from sojourn.query.opening import open_data

    store, _ = open_data(data)
    place = who_area(area) if area else WORLD
    for path in write_brief(
        store, topic, out, area=place, run=run, languages=language, as_of=as_of
    ):
        click.echo(f"{path}")
