"""``sojourn site``: the tables of a relocation site."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from sojourn.errors import counted
from sojourn.relocation.cli.kept import KeptPath, site_argument
from sojourn.relocation.cli.seal import seal, unseal
from sojourn.terminal.options import json_option


@click.group()
def command() -> None:
    """Make, import and check the tables of a relocation site; its rival counts."""


command.add_command(seal)
command.add_command(unseal)


@command.command("example")
@click.option(
    "--people",
    type=click.IntRange(min=10),
    default=7000,
    show_default=True,
    help="How many people.",
)
@click.option(
    "--places", type=click.IntRange(min=2), help="How many places; in proportion by default."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the draw."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="New folder for the tables.",
)
def example(people: int, places: int | None, seed: int, out: Path) -> None:
    """Write a synthetic site, drawn from published totals alone; nobody in it exists."""
    from sojourn.relocation.run.relocate import write_example_site

    count = write_example_site(out, people=people, seed=seed, places=places)
    click.echo(f"{out}: SYNTHETIC site of {counted(count, 'person')}")


@command.command("new")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
def new(out: Path) -> None:
    """Write an empty site into the new folder OUT, with a page on what to do first."""
    from sojourn.relocation.run.site import write_new_site

    write_new_site(out)
    click.echo(f"{out}: an empty site; read {out / 'FIRST.md'}")


@command.command("check")
@site_argument
@json_option
def check(site: Path, *, as_json: bool) -> None:
    """Read every table of SITE; every faulty row is named with file, row and field."""
    from sojourn.errors import SiteRefused, counted
    from sojourn.relocation.site.needs import not_asked, read_as_main
    from sojourn.relocation.site.read import look_at_site

    found = look_at_site(site)
    if as_json:
        click.echo(
            json.dumps({"faults": [asdict(f) for f in found.faults]}, ensure_ascii=False, indent=1)
        )
    else:
        for fault in found.faults:
            click.echo(str(fault))
    if found.site is None:
        raise SiteRefused(
            f"{site}: {counted(len(found.faults), 'fault')}, listed above",
            hint="correct them; nothing is planned on a site with a refused row",
        )
    if not as_json:
        click.echo(
            f"{site}: {counted(len(found.site.persons), 'person')} in {counted(len(found.site.cases), 'case')}, "
            f"{counted(len(found.site.places), 'place')}, {counted(len(found.site.vehicles), 'vehicle')}, "
            f"inputs {found.site.digest[:12]}"
        )
        for main, codes in read_as_main(found.site).items():
            told = counted(codes, "code")
            click.echo(f"{told} without a row of the needs map: read as {main}")
        if asked := not_asked(found.site):
            told = counted(asked, "person", "people")
            click.echo(f"of {told} nobody was asked about needs: planned as without any")


@command.command("schema")
@click.argument("table", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write every schema into this folder.",
)
def schema(table: str | None, out: Path | None) -> None:
    """Print the published JSON Schema of TABLE; without it, the tables and their fields."""
    from sojourn.errors import NoSuchCase
    from sojourn.files import add_files
    from sojourn.relocation.site.schema import PUBLISHED, read_schema, schema_text

    if out is not None:
        add_files(out, {f"{name}.schema.json": schema_text(name) for name in PUBLISHED})
    if table is not None and table not in PUBLISHED:
        raise NoSuchCase(f"no table {table!r}", hint=f"one of: {', '.join(PUBLISHED)}")
    if table:
        click.echo(schema_text(table), nl=False)
        return
    for name in PUBLISHED:
        fields, required = read_schema(name).fields, read_schema(name).required
        click.echo(
            f"{name}: {', '.join(f'{f} (required)' if f in required else f for f in fields)}"
        )


@command.command("mapping")
@click.argument("name", type=click.Choice(["kobo", "odk", "primero"]))
def mapping(name: str) -> None:
    """Print an example mapping of an export of NAME, to be checked against your own form."""
    from sojourn.relocation.run.site import mapping_text

    click.echo(mapping_text(name), nl=False)


@command.command("import")
@click.argument("export", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="TOML that says which of their columns gives which field.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A new folder, or a site without these tables.",
)
def import_(export: Path, mapping_file: Path, out: Path) -> None:
    """Bring EXPORT (Kobo, ODK, Primero, any other) into a site by a mapping.

    A folder of CSV files, a workbook with a sheet a group, or a zip of CSV files.
    """
    from sojourn.relocation.run.site import import_tables

    done = import_tables(export, mapping_file, out, tell=lambda said: click.echo(said, err=True))
    for table, count in done.items():
        click.echo(f"{out / table}.csv: {counted(count, 'row')}")
    click.echo("next: sojourn site check, once the folder holds every table and rules.toml")


@command.command("counts")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--all", "list_all", is_flag=True, help="List every count, with its source.")
@json_option
def counts(files: tuple[Path, ...], *, list_all: bool, as_json: bool) -> None:
    """Hold rival counts of a site (FILES: CSV, TOML; Calais 2015-16 by default) side by side; never a mean."""
    from sojourn.relocation.run.counts import compare

    found = compare(files)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1, default=str))
        return
    for c in sorted(found.counts, key=lambda c: (c.day, c.id)) if list_all else ():
        click.echo(
            f"{c.when}  {c.id}: {c.shown} {c.unit} ({c.measure}, {c.method}, {c.publisher}; {', '.join(c.scope)}; {c.reference})"
        )
    for low, high, same in found.rivals:
        click.echo(
            f"{same[0].day:%Y-%m} {same[0].group} ({', '.join(same[0].scope)}): {low:,} to {high:,}"
        )
        for c in same:
            click.echo(f"    {c.shown}  {c.method}, {c.publisher} ({c.reference})")
    for change in found.changes:
        click.echo(
            f"{change.earlier.id} → {change.later.id}: {change.change:+,} (a net figure: nobody by name)"
        )
    for answer in found.answers:
        click.echo(f"{answer.id}: {answer.text}")


@command.command("indicators")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--site",
    type=KeptPath(path_type=Path, file_okay=False),
    help="Count people and places by kind in the tables of this site.",
)
@json_option
def indicators(file: Path | None, site: Path | None, *, as_json: bool) -> None:
    """Weigh the quantities in FILE (TOML: persons = 900, toilets = 30) against cited standards."""
    from sojourn.relocation.run.counts import indicators as weighed

    found = weighed(file, site)
    if as_json:
        click.echo(json.dumps([asdict(i) for i in found], ensure_ascii=False, indent=1))
        return
    for i in found:
        click.echo(i.text + (f" ({i.standard.source})" if i.standard.source else ""))
