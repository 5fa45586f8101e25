"""Every tutorial is run as it is printed, from an empty folder."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from synthetic_tb import synthetic_tb

from sojourn.cli import cli
from sojourn.health.run.corridor import ask

ROOT = Path(__file__).parents[3] / "docs" / "tutorials"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.M | re.S)


def corridor(folder: Path) -> None:
    """Synthetic countries in place of the files of WHO and UN DESA, and the question as printed."""
    synthetic_tb(folder / "my-data")
    text = (ROOT / "tb-corridor.md").read_text("utf-8")
    found = re.search(r"```toml\n(\[uk_india\]\n.*?)```", text, re.S)
    assert found is not None
    (folder / "uk-india.toml").write_text(found[1], "utf-8")


#: What a tutorial asks its reader to have.
GIVEN: dict[str, Callable[[Path], None]] = {
    "tb-corridor": corridor,
}


DRAWS = 6  #: of a simulation: the tutorial is run as printed, but for its 60 draws (8 s a run)


@pytest.mark.parametrize("name", sorted(p.stem for p in ROOT.glob("*.md")))
def test_a_tutorial_runs_as_it_is_printed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / f"{name}.md").read_text("utf-8")
    blocks = BLOCK.findall(text)
    assert blocks, name
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(ask.__kwdefaults__, "draws", DRAWS)
    GIVEN.get(name, lambda _: None)(tmp_path)
    known: dict[str, object] = {}
    for kind, block in blocks:
        if kind == "python":
            exec(compile(block, name, "exec"), known)
            continue
        for line in block.splitlines():
            command, *given = shlex.split(line, comments=True) or ["sojourn", "--help"]
            assert command == "sojourn", line
            given += ["--draws", str(DRAWS)] if given[0] == "simulate" else []
            done = CliRunner().invoke(cli, given)
            assert done.exit_code == 0, f"{line}\n{done.output}\n{done.exception}"


def test_there_are_five_tutorials_or_more_and_the_index_has_them() -> None:
    index = (ROOT.parent / "index.md").read_text("utf-8")
    names = [p.stem for p in ROOT.glob("*.md")]
    assert len(names) >= 5
    assert all(f"tutorials/{n}\n" in index for n in names)
