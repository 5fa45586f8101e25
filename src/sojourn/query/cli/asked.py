"""What `table` and `chart` both are asked with."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sojourn.terminal.options import as_of_option, data_option, groups_option, language_option

if TYPE_CHECKING:
    from sojourn.query.table_model import Table
    from sojourn.store.observations import Store

_OPTIONS = (
    click.argument("measures", nargs=-1, required=True),
    click.option(
        "--area",
        multiple=True,
        help="Area or group; EU28, DEU+FRA, World. Default: every country.",
    ),
    click.option(
        "--origin", multiple=True, help="Origin or group of origins; '*' for each of them."
    ),
    click.option(
        "--period", multiple=True, help="2015, or 1990,2020, or 2010-2020. Default: the newest."
    ),
    click.option("--sex", multiple=True, help="F, M or _T (both together, the default)."),
    click.option("--per", default="", help="Divide by this measure, for instance population."),
    click.option(
        "--scale",
        type=float,
        default=0.0,
        help="Of the ratio; by default 1000 for population, else 100.",
    ),
    click.option("--growth", is_flag=True, help="The growth since the first period, in per cent."),
    click.option(
        "--share-of",
        default="",
        metavar="WHOLE",
        help="Share of sex, origin, area (the world) or a place.",
    ),
    click.option(
        "--by",
        type=click.Choice(["source", "edition", "revision"]),
        help="One for each source or edition that counts it.",
    ),
    as_of_option,
    groups_option,
    language_option,
    data_option,
)


def asked_options(function: Any) -> Any:
    """Add the measures, and the options that say which numbers of them."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def asked_table(
    store: "Store",
    measures: tuple[str, ...],
    made: tuple[str, ...],
    *,
    as_of: date | None,
    groups: Path | None,
    **asked: Any,
) -> "Table":
    """Return the table that the options ask for.

    Parameters
    ----------
    made : tuple of str
        Options that say what is made of the measures.
    """
    from sojourn.query.table import Transforms, table
    from sojourn.vocab.group import own_groups

    return table(
        store,
        measures,
        area=asked["area"] or None,
        origin=asked["origin"] or "_T",
        period=asked["period"] or None,
        sex=asked["sex"] or None,
        by=asked["by"] or "",
        as_of=as_of,
        language=asked["language"],
        cells=asked.get("cells", False),
        groups=None if groups is None else own_groups(groups),
        transforms=Transforms(**{name: asked[name] for name in made}),
    )
