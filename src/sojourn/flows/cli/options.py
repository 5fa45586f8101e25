"""Options that ``sojourn flows`` and its verbs share, so that they read the same everywhere."""

from collections.abc import Callable
from typing import TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., object])
CLOSED = ("minimum-closed", "independence", "pseudo-bayes")
METHOD_NAMES = (
    "drop-negative",
    "reverse-negative",
    "dennett",
    "rogers",
    "minimum-open",
    *CLOSED,
)


def _method(names: tuple[str, ...], said: str) -> Callable[[Decorated], Decorated]:
    """Return the option that chooses among methods."""
    return click.option(
        "--method",
        type=click.Choice(names),
        default="pseudo-bayes",
        show_default=True,
        help=said,
    )


method_option = _method(METHOD_NAMES, "How to estimate.")
closed_method_option = _method(CLOSED, "How the intervals are estimated.")
weight_option = click.option(
    "--lambda",
    "weight",
    type=click.FloatRange(0, 1),
    default=0.87,
    show_default=True,
    help="Share of the minimum in pseudo-bayes.",
)
unknown_option = click.option(
    "--unknown",
    type=click.Choice(["origins", "natives", "drop"]),
    default="origins",
    show_default=True,
    help="People of unknown birthplace: a birthplace of their own, natives, or dropped.",
)
revision_option = click.option(
    "--revision",
    default="",
    metavar="DAY",
    help="From the data directory: the revision of population, births, deaths and net migration "
    "(default: the newest), for instance 2022.",
)
sex_option = click.option(
    "--sex",
    type=click.Choice(["_T", "F", "M"]),
    default="_T",
    show_default=True,
    help="From the data directory: both sexes, women or men.",
)
keep_option = click.option(
    "--keep/--no-keep",
    default=True,
    show_default=True,
    help="Keep the estimate in the data directory, with status E.",
)
