"""What the commands that fetch, load, declare and upgrade take, as their help pages say it."""

from pathlib import Path

import given
import pytest

FILE = (("table.csv",),)
DATA = (("--data", "data"),)
TABLE: given.Options = {
    "load": (
        (*FILE, *DATA),
        {
            "PATHS": "file or folder",
            "--edition": "words",
            "--declare": "file",
            "--strict": "flag",
            "--accept-coverage": "words",
            "--data": "folder",
            "--json": "flag",
        },
    ),
    "declare": (
        FILE,
        {"FILE": "file", "--declare": "file", "--new": "flag", "--out": "file"},
    ),
    "upgrade": (DATA, {"--data": "folder"}),
    "fetch": (
        (),
        {
            "SOURCES": "words",
            "--data": "folder",
            "--list": "flag",
            "--newer": "flag",
            "--dry-run": "flag",
            "--load": "flag",
            "--base-url": "words",
            "--attempts": "1.. = 5",
            "--json": "flag",
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
