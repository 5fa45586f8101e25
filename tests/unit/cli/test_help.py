"""The front page of the help, and what --verbose says."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli import COMMANDS, SUBJECTS, cli, subject_of


def test_the_help_groups_every_command_by_subject() -> None:
    text = CliRunner().invoke(cli, ["--help"]).output
    for name in COMMANDS:
        heading = subject_of(name)
        block = text.split(f"\n{heading}:\n", 1)[1].split("\n\n", 1)[0]
        assert f"\n  {name} " in f"\n{block}", name
    assert [h for h in SUBJECTS if f"\n{h}:\n" in text] == list(SUBJECTS)


def test_verbose_speaks_on_the_error_stream_and_silence_is_the_default(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    asked = ["table", "migrant_stock", "--area", "DEU", "--period", "2015", "--out", str(out)]
    for given, heard in ((["--verbose", *asked], True), (asked, False)):
        done = subprocess.run(
            [sys.executable, "-m", "sojourn", *given], capture_output=True, text=True, check=True
        )
        assert done.stdout == ""
        assert ("opening the embedded edition" in done.stderr) is heard
        assert (f"wrote {out}" in done.stderr) is heard


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("simulate place --mobile 0.1", "--r0"),
        ("flows --period 2010-2015 --sex F --band", "no whole edition|both sexes"),
        ("figures 2015 --sum", "no figures to add"),
        ("figures 2015 migrant_stock --as-of yesterday", "not a date"),
    ],
)
def test_wrong_usage_is_said_without_a_traceback(line: str, said: str) -> None:
    import re

    done = subprocess.run(
        [sys.executable, "-m", "sojourn", *line.split()], capture_output=True, text=True
    )
    assert done.returncode in (2, 30)
    assert re.search(said, done.stderr)
    assert "Traceback" not in done.stderr
