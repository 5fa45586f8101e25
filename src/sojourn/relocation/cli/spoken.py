"""The languages of what is printed about a site, as options: of the lists, and of each person's slip."""

import click

from sojourn.terminal.options import Language, languages_option


def _of_lists() -> tuple[str, ...]:
    from sojourn.relocation.lists.manifest import list_languages

    return list_languages()


def _of_slips() -> tuple[str, ...]:
    from sojourn.relocation.lists.slips import slip_languages

    return slip_languages()


list_language_option = languages_option(_of_lists)

slip_language_option = click.option(
    "--language", type=Language(_of_slips), help="Of all slips; each person's own by default."
)
