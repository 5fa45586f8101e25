"""The documents say what the code does."""

import importlib
import pkgutil
import re
import shlex
from pathlib import Path

import click
import pytest

import sojourn
import sojourn.errors
from sojourn.cli import COMMANDS, LazyGroup, cli
from sojourn.sources.declaration import registry
from sojourn.vocab.observation import COLUMNS

ROOT = Path(__file__).parents[3]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"^\s*sojourn (?P<rest>.+?)(?:\s{2,}#.*)?$", re.M)


def commands() -> list[tuple[str, str]]:
    return [
        (path.name, found["rest"].strip())
        for path in DOCS
        for block in re.findall(r"```(?:sh)?\n(.*?)```", path.read_text("utf-8"), re.S)
        for found in COMMAND.finditer(block)
    ]


@pytest.mark.parametrize(("where", "line"), commands())
def test_every_command_line_shown_is_understood(where: str, line: str) -> None:
    name, *arguments = shlex.split(line)
    assert name in COMMANDS, where
    command = LazyGroup.get_command(cli, click.Context(cli), name)  # type: ignore[arg-type]
    while isinstance(command, click.Group):
        command, arguments = command.commands[arguments[0]], arguments[1:]
    assert command is not None
    command.make_context(name, list(arguments), resilient_parsing=False)


def errors(kind: type = sojourn.errors.SojournError) -> list[type]:
    return [x for sub in kind.__subclasses__() for x in (sub, *errors(sub))]


def test_every_error_is_explained_with_its_exit_code() -> None:
    for module in pkgutil.walk_packages(sojourn.__path__, "sojourn."):
        if not module.name.endswith("__main__"):  # a class is known once its module is imported
            importlib.import_module(module.name)
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    for kind in errors():
        assert re.search(rf"^\| {kind.exit_code} \| {kind.__name__} \|", text, re.M), kind


def test_every_column_of_an_observation_is_explained() -> None:
    text = (ROOT / "docs" / "convention.md").read_text("utf-8")
    for name, _ in COLUMNS:
        assert f"`{name}`" in text, name


def test_every_declared_edition_is_listed_with_its_terms() -> None:
    text = (ROOT / "docs" / "sources.md").read_text("utf-8")
    for edition in registry().editions.values():
        assert re.search(
            rf"^\| {re.escape(edition.id)} \|.*\| {edition.redistribution} \|", text, re.M
        ), edition.id


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    generated = (ROOT / ".gitignore").read_text("utf-8").split()  # by scripts/build_reference.py
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
        place = (path.parent / target).resolve()
        made = place.is_relative_to(ROOT) and str(place.relative_to(ROOT)) in generated
        assert made or place.exists(), target
