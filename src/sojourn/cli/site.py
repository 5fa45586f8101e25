"""``sojourn site``: the tables of a relocation site."""

from pathlib import Path

import click


@click.group()
def command() -> None:
    """Make and check the tables of a relocation site."""


@command.command("example")
@click.option("--people", type=click.IntRange(min=10), default=7000, show_default=True, help="How many people.")  # fmt: skip
@click.option("--places", type=click.IntRange(min=2), help="How many places; in proportion by default.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the draw.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="New folder for the tables.")  # fmt: skip
def example(people: int, places: int | None, seed: int, out: Path) -> None:
    """Write a synthetic site, drawn from published totals alone; nobody in it exists."""
    from sojourn.pipeline.relocate import write_example_site

    count = write_example_site(out, people=people, seed=seed, places=places)
    click.echo(f"{out}: SYNTHETIC site of {count:,} persons")


@command.command("check")
@click.argument("site", type=click.Path(path_type=Path, file_okay=False))
def check(site: Path) -> None:
    """Read every table of SITE; a faulty row is named with file, row and field."""
    from sojourn.plan.site_read import read_site

    found = read_site(site)
    click.echo(
        f"{site}: {len(found.persons):,} persons in {len(found.cases):,} cases, "
        f"{len(found.places):,} places, {len(found.vehicles):,} vehicles, inputs {found.digest[:12]}"
    )
