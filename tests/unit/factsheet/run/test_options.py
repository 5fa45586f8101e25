"""What the commands of the factsheet take, as their help pages say it."""

from pathlib import Path

import given
import pytest

ASKED = {"--as-of": "date", "--data": "folder", "--json": "flag"}
YEAR = (("2015",),)
TABLE: given.Options = {
    "figures": (
        YEAR,
        {"YEAR": "year", "FIGURE_IDS": "words", "--area": "words", "--sum": "flag", **ASKED},
    ),
    "trace": (
        (("a name",),),
        {"NAME": "words", "--year": "year = 2015", "--all": "flag", **ASKED},
    ),
    "pack": (
        (*YEAR, ("--out", "out")),
        {"YEAR": "year", "--out": "folder", "--data": "folder", "--json": "flag"},
    ),
    "factsheet": (
        (),
        {
            "YEAR": "year",
            "--out": "folder",
            "--language": "en or fr or es",
            "--single-file": "flag",
            "--flows": "flag",
            **ASKED,
        },
    ),
}


@pytest.mark.parametrize("command", TABLE)
def test_what_must_be_given_is_asked_for(command: str) -> None:
    given.must_be_given(TABLE, command)
    assert given.names_of(command) == set(TABLE[command][1])


@pytest.mark.parametrize(("command", "option"), given.options_of(TABLE))
def test_an_option_takes_what_the_help_says(command: str, option: str, tmp_path: Path) -> None:
    given.takes(TABLE, command, option, tmp_path)
