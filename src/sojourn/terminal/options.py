"""Options that several commands share, so that they read the same everywhere."""

from datetime import date
from pathlib import Path

import click

from sojourn.errors import Misasked
from sojourn.terminal.asked import day_of
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

language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(languages()),
    default="en",
    show_default=True,
    help="Language of names and words.",
)

groups_option = click.option(
    "--groups",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Your own groups of areas: a TOML file, one table a group.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")
