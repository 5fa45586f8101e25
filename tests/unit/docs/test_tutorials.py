"""Every tutorial is run as it is printed, from an empty folder."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner
from synthetic_tb import synthetic_tb

from sojourn.cli import cli
from sojourn.health.run.corridor import ask

ROOT = Path(__file__).parents[3] / "docs" / "tutorials"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.M | re.S)


def changed_file(folder: Path) -> None:
    """The file that a publisher changed: one heading reads otherwise."""
    path = twins.unhcr_population(folder / "FILE", day="3 June 2026")
    told = path.read_text("utf-8").replace("Asylum-seekers", "Asylum Seekers (pending)")
    path.write_text(told, "utf-8")


def people(folder: Path) -> None:
    """Rows of people that do not exist."""
    rows = [
        f"{region},{sex},{age}"
        for region, many in (("north", 9), ("south", 14))
        for sex in ("F", "M")
        for age, share in (("Y0T17", 1), ("Y18T59", 2), ("Y_GE60", 1))
        for _ in range(many * share if (region, age) != ("north", "Y_GE60") else 2)
    ]
    (folder / "PEOPLE.csv").write_text("\n".join(["region,sex,age", *rows]) + "\n", "utf-8")
    told = ["region,sex,obs_value", *(f"{r},{s},12" for r in ("north", "south") for s in "FM")]
    (folder / "PEOPLE2.csv").write_text("\n".join(told) + "\n", "utf-8")


def corridor(folder: Path) -> None:
    """Synthetic countries in place of the files of WHO and UN DESA, and the question as printed."""
    synthetic_tb(folder / "my-data")
    text = (ROOT / "tb-corridor.md").read_text("utf-8")
    found = re.search(r"```toml\n(\[uk_india\]\n.*?)```", text, re.S)
    assert found is not None
    (folder / "uk-india.toml").write_text(found[1], "utf-8")


#: What a tutorial asks its reader to have.
GIVEN: dict[str, Callable[[Path], None]] = {
    "an-edition-of-your-own": changed_file,
    "a-safe-table": people,
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
