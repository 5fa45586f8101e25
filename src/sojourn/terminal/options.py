"""Options that several commands share, so that they read the same everywhere."""

from collections.abc import Callable, Iterable
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any

import click

from sojourn.errors import Misasked
from sojourn.terminal.asked import day_of, language_of, languages_of
from sojourn.terminal.languages import languages

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="SOJOURN_DATA",
    help="Data directory (or SOJOURN_DATA); without it, the embedded edition.",
)

data_to_write_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="SOJOURN_DATA",
    required=True,
    help="Data directory to write (or SOJOURN_DATA); made when it does not exist.",
)


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD, YYYY-MM or YYYY: the last day meant."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the date, or fail with what was expected."""
        try:
            return day_of(value)
        except Misasked as error:
            return self.fail(error.problem, param, ctx)


as_of_option = click.option(
    "--as-of",
    type=Day(),
    help="Use the editions that were current on this date (default: the newest).",
)


class Language(click.ParamType[str]):
    """A language that has words: of a catalogue, or those that a subject says it has."""

    name = "language"

    def __init__(self, known: Callable[[], Iterable[str]] = languages) -> None:
        self.known = known

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the language, or fail with those at hand."""
        try:
            return language_of(value, self.known())
        except Misasked as error:
            return self.fail(f"{error.problem}; {error.hint}", param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's own names
        """Return the languages at hand, as help shows them."""
        return f"[{'|'.join(self.known())}]"


class OneName(click.Option):
    """An option with a name of earlier versions that still works and is not shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the line of the help, under the first name alone."""
        shown = copy(self)
        shown.opts = self.opts[:1]
        return click.Option.get_help_record(shown, ctx)


language_option = click.option(
    "--language",
    "--lang",
    "language",
    cls=OneName,
    type=Language(),
    default="en",
    show_default=True,
    help="Language of names and words.",
)

page_language_option = click.option(
    "--language", type=Language(), default="en", show_default=True, help="Language of the page."
)


def languages_option(known: Callable[[], Iterable[str]] = languages) -> Callable[..., Any]:
    """Return the option that names some of the languages that have words: all where none is named."""
    spoken = Language(known)

    def every(
        _ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]
    ) -> tuple[str, ...]:
        return languages_of(given, spoken.known())

    return click.option(
        "--language",
        multiple=True,
        type=spoken,
        callback=every,
        help="Language; all by default. May be repeated.",
    )


groups_option = click.option(
    "--groups",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Your own groups of areas: a TOML file, one table a group.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")
