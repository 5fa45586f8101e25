"""An output that is an input: the file that was to be read would be gone."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sojourn.cli import COMMANDS, cli
from sojourn.flows.cli.flows import VERBS, command
from sojourn.terminal.asking import as_asked

NET = "area,value\nA,1\nB,-1\n"
FLOWS = ",A,B\nA,0,5\nB,4,0\n"
STOCKS = ",A,B\nA,100,20\nB,10,200\n"


def files(folder: Path) -> dict[str, Path]:
    found = {}
    for name, text in (("prior", FLOWS), ("net", NET), ("start", STOCKS), ("end", STOCKS)):
        found[name] = folder / f"{name}.csv"
        found[name].write_text(text, "utf-8")
    return found


def asked(given: dict[str, Path], out: Path, verb: str) -> list[str]:
    update = ["flows", "update", "--prior", str(given["prior"]), "--net", str(given["net"])]
    stocks = ["--stock-start", str(given["start"]), "--stock-end", str(given["end"])]
    words = update if verb == "update" else ["flows", "--method", "drop-negative", *stocks]
    return [*words, "--out", str(out)]


@pytest.mark.parametrize("how", ["itself", "symbolic link to it", "hard link", "by another path"])
@pytest.mark.parametrize(
    ("verb", "name"), [("update", "prior"), ("update", "net"), ("own", "start"), ("own", "end")]
)
def test_no_command_writes_over_what_it_reads(
    how: str, verb: str, name: str, tmp_path: Path
) -> None:
    given = files(tmp_path)
    out = given[name]
    if how == "by another path":
        out = tmp_path / ".." / tmp_path.name / out.name
    elif how != "itself":
        out = tmp_path / "other.csv"
        (os.symlink if "symbolic" in how else os.link)(given[name], out)
    before = hashlib.sha256(given[name].read_bytes()).digest()
    done = CliRunner().invoke(cli, asked(given, out, verb))
    assert done.exit_code == 2
    assert "is the file that is read" in done.output
    assert "nothing was changed" in done.output
    assert hashlib.sha256(given[name].read_bytes()).digest() == before


@pytest.mark.parametrize("verb", ["update", "own"])
def test_an_output_of_an_earlier_run_is_replaced(verb: str, tmp_path: Path) -> None:
    out = tmp_path / "flows.csv"
    out.write_text("an earlier run\n", "utf-8")
    done = CliRunner().invoke(cli, asked(files(tmp_path), out, verb))
    assert done.exit_code == 0, done.output
    assert "an earlier run" not in out.read_text("utf-8")


def leaves(command: click.Command) -> Iterator[click.Command]:
    yield command
    for nested in command.commands.values() if isinstance(command, click.Group) else ():
        yield from leaves(nested)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_asked_in_one_way(name: str) -> None:
    group = cli.get_command(click.Context(cli), name)
    assert group is not None
    for one in leaves(group):
        assert one.callback is None or hasattr(one.callback, "as_asked"), one.name
    before = group.callback
    as_asked(group)  # a second time changes nothing
    assert group.callback is before


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_beside_options_are_asked_as_commands_are(verb: str) -> None:
    made = command.make_context("flows", [verb, "--help"], resilient_parsing=True)
    assert hasattr(made.command.callback, "as_asked")
