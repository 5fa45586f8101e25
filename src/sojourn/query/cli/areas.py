"""``sojourn areas``: places and groups by what people call them."""

import json
from pathlib import Path

import click

from sojourn.terminal.options import groups_option, json_option, language_option


@click.command()
@click.argument("words", nargs=-1)
@click.option("--members", metavar="PLACE", help="Print the members of a group instead.")
@click.option("--period", type=int, help="Year of the members; without it, with their dates.")
@groups_option
@language_option
@json_option
def command(
    words: tuple[str, ...],
    members: str | None,
    period: int | None,
    groups: Path | None,
    language: str,
    *,
    as_json: bool,
) -> None:
    """Print areas and groups, or those whose id, codes or names hold every one of WORDS.

    A group is one that publishers print, or one composed of its members, with the dates of their
    entry and exit: EU28, EU@2010, WB_HIGH@FY17, 903@2019-09-17, DEU+FRA.
    """
    from sojourn.query.names import area_names, member_names

    if members is not None:
        found = member_names(members, period, language, groups)
    else:
        found = area_names(" ".join(words), language, groups)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        codes = " ".join(c for c in (one.get("iso3"), one.get("iso2")) if c)
        more = "  ".join(str(x) for x in (codes, one.get("kind"), one.get("dates")) if x)
        click.echo(f"{one['id']:<20} {one['name']}  {more}".rstrip())
    if not found:
        click.echo(f"no area holds {' '.join(words)!r}", err=True)
