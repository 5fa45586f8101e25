"""What `sojourn explorer` takes, as its help page says it."""

from pathlib import Path

import given
import pytest

TABLE: given.Options = {
    "explorer": (
        (),
        {
            "--out": "folder = out/explorer",
            "--public": "flag",
            "--freeze": "words",
            "--as-of": "date",
            "--data": "folder",
            "--json": "flag",
        },
    )
}


def test_nothing_must_be_given() -> None:
    given.must_be_given(TABLE, "explorer")
    assert given.names_of("explorer") == set(TABLE["explorer"][1])


@pytest.mark.parametrize(("command", "option"), given.options_of(TABLE))
def test_an_option_takes_what_the_help_says(command: str, option: str, tmp_path: Path) -> None:
    given.takes(TABLE, command, option, tmp_path)
