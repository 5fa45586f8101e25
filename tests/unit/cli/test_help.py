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


def test_wrong_usage_names_the_command_in_full_also_where_it_is_nested(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("region,count\nA,12\n", "utf-8")
    asked = ["protect", "release", str(table), "--policy", "default", "--to", "Ana"]
    more = ["--out", str(tmp_path / "out"), "--ledger", str(tmp_path / "book")]
    done = CliRunner().invoke(cli, [*asked, *more], prog_name="sojourn")
    assert done.exit_code == 2
    assert done.output.startswith("Usage: sojourn protect release [OPTIONS] TABLE\n")
    assert "Try 'sojourn protect release --help'" in done.output
    assert "--to says nothing to audience 'public'" in done.output


def test_an_option_has_one_name_and_its_older_name_still_works() -> None:
    for command in ("table", "areas", "indicators"):
        shown = CliRunner().invoke(cli, [command, "--help"]).output
        assert "--language" in shown, command
        assert "--lang " not in shown, command
    both = [
        CliRunner().invoke(cli, ["areas", "germany", o, "fr"]) for o in ("--lang", "--language")
    ]
    assert both[0].output == both[1].output
    assert "Allemagne" in both[0].output
