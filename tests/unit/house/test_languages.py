"""A language is asked for in one way: what has no words is refused first, with the languages at hand."""

import inspect
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from commands import FOUND, twin

import sojourn
from sojourn import api
from sojourn.errors import Misasked
from sojourn.explorer.model.link import read_link
from sojourn.publish import catalogue, languages
from sojourn.relocation.lists.manifest import list_languages, words_of
from sojourn.relocation.lists.slips import slip_languages, slip_words
from sojourn.relocation.lists.words import report_words
from sojourn.terminal.options import Language

#: Parameters that name a language, on the command line and in Python.
NAMED = {"lang", "language", "languages"}
ASKED = sorted(name for name, one in FOUND.items() if {p.name for p in one.params} & NAMED)
TWINS = sorted(
    name
    for name in api.TWINS
    if set(inspect.signature(twin(name)).parameters) & NAMED  # type: ignore[arg-type]
)
#: In no catalogue: another, a dialect, a case, a path, a name, none.
WRONG = ("xx", "en-GB", "EN", "../en", "French", " ")


def _option(name: str) -> click.Option:
    [found] = (p for p in FOUND[name].params if p.name in NAMED)
    assert isinstance(found, click.Option)
    return found


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_command_refuses_a_language_without_words_before_any_work(
    name: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    option = _option(name)
    assert isinstance(option.type, Language)
    ran = CliRunner().invoke(FOUND[name], [option.opts[0], wrong])
    assert ran.exit_code == 2
    assert f"no language {wrong!r}" in ran.output
    assert all(code in ran.output for code in option.type.known())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ASKED)
def test_help_shows_the_languages_at_hand(name: str) -> None:
    option = _option(name)
    assert isinstance(option.type, Language)
    said = CliRunner().invoke(FOUND[name], ["--help"], terminal_width=200).output
    assert f"[{'|'.join(option.type.known())}]" in said


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("wrong", [*WRONG, 5, ["en", "xx"]])
def test_a_twin_refuses_a_language_without_words_before_any_work(
    name: str, wrong: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    verb = api.TWINS[name]
    owner: Any = {
        "Data": sojourn.open,
        "SiteFolder": lambda: sojourn.site(tmp_path),
        "Plan": lambda: sojourn.Plan(None, None),  # type: ignore[arg-type]
    }.get(verb.partition(".")[0], lambda: None)()
    asked = inspect.signature(twin(name)).parameters  # type: ignore[arg-type]
    [parameter] = NAMED & set(asked)
    needed = [
        "2015"
        for p in asked.values()
        if p.default is p.empty and p.name != "self" and p.kind is not p.VAR_KEYWORD
    ]
    if name == "replay" or "replay" in name:
        needed[0] = "calais-2016"
    call = getattr(owner, verb.rpartition(".")[2]) if owner else getattr(sojourn, verb)
    with pytest.raises(Misasked) as told:
        call(*needed, **{parameter: wrong})
    if isinstance(wrong, str):
        assert f"no language {wrong!r}" in str(told.value)
        assert "one of: en, " in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_every_command_that_takes_a_language_is_held() -> None:
    assert {"table", "chart", "areas", "indicators", "diff", "disagreements"} < set(ASKED)
    assert {"check", "factsheet", "brief", "relocate manifests", "relocate slips"} < set(ASKED)
    assert set(TWINS) | {"chart"} == set(ASKED)


def test_what_is_offered_has_words() -> None:
    for code in languages():
        assert catalogue(code).language == code
    for code in list_languages():
        assert words_of(code)
        assert report_words(code)
    for code in slip_languages():
        assert slip_words(code)


def test_a_link_of_the_explorer_in_a_language_without_words_is_refused() -> None:
    with pytest.raises(Misasked, match="no language 'xx'"):
        read_link("#v=1&m=undesa.ims/migrant_stock&l=xx")


def test_a_chart_from_python_refuses_it_too() -> None:
    with pytest.raises(Misasked, match="no language 'xx'"):
        sojourn.open().chart("ranking", "migrant_stock", period=2015, language="xx")
