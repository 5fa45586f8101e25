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


@command.command("counts")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
def counts(file: Path | None) -> None:
    """List rival counts of a site side by side (of Calais 2016 by default); never a mean."""
    from importlib.resources import files

    from sojourn.errors import SiteRefused
    from sojourn.plan.counts import net, read_counts, rivals

    name = "counts_calais.toml" if file is None else file.name
    try:
        text = files("sojourn.plan").joinpath(name).read_text("utf-8") if file is None else file.read_text("utf-8")  # fmt: skip
    except (OSError, UnicodeDecodeError) as error:
        raise SiteRefused(f"{file}: cannot be read ({error})", hint="name a TOML file") from None
    found = read_counts(text, where=name)
    for low, high, same in rivals(found):
        click.echo(f"{same[0].day:%Y-%m} {same[0].group}: {low:,} to {high:,}")
        for c in same:
            click.echo(f"    {c.value:,}  {c.method}, {c.publisher} ({c.reference})")
    ordered = sorted(found, key=lambda c: c.day)
    for i, one in enumerate(ordered):
        for two in ordered[i + 1 :]:
            if (one.scope, one.group) == (two.scope, two.group) and one.day.month != two.day.month and one.publisher.split(" /")[0] == two.publisher.split(" /")[0]:  # fmt: skip
                change = net(one, two).change
                click.echo(f"{one.id} → {two.id}: {change:+,} (a net figure: nobody by name)")
                break
