"""What `sojourn serve` takes, as its help page says it."""

from pathlib import Path

import given
import pytest

TABLE: given.Options = {
    "serve": (
        (),
        {
            "--host": "words = 127.0.0.1",
            "--port": "0..65535 = 8000",
            "--public": "flag",
            "--at-once": "1.. = 16",
            "--seconds": "0.1.. = 120.0",
            "--access-log": "off or paths or full = off",
            "--data": "folder",
        },
    )
}


def test_what_must_be_given_is_asked_for() -> None:
    given.must_be_given(TABLE, "serve")
    assert given.names_of("serve") == set(TABLE["serve"][1])


@pytest.mark.parametrize(("command", "option"), given.options_of(TABLE))
def test_an_option_takes_what_the_help_says(command: str, option: str, tmp_path: Path) -> None:
    given.takes(TABLE, command, option, tmp_path)
