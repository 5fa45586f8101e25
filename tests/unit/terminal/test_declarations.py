"""Whatever is wrong in somebody's own TOML, the answer is an error of ours that names the place."""

import random
import re
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from spoiled_toml import OTHERS, places, spoiled, written

from sojourn.errors import BadDeclaration, SojournError
from sojourn.health.engine.parameters import parameters, replaced
from sojourn.health.engine.question import read_questions
from sojourn.health.engine.scenario import read_scenarios
from sojourn.protect.table.policy import read_policy
from sojourn.relocation.counts.checks import answer_checks
from sojourn.relocation.counts.counts import read_counts
from sojourn.relocation.counts.indicators import read_quantities
from sojourn.relocation.run.site import mapping_text
from sojourn.relocation.site.mapping import read_column_maps
from sojourn.relocation.site.rules import default_rules_text, read_rules
from sojourn.sources.declaration import registry, with_spellings
from sojourn.vocab.group import own_groups

ROOT = Path(__file__).parents[3]


def text(room: str, name: str) -> str:
    return files(f"sojourn.{room}").joinpath(name).read_text("utf-8")


def question() -> str:
    found = (ROOT / "docs" / "tutorials" / "tb-corridor.md").read_text("utf-8")
    return re.findall(r"```toml\n(.*?)```", found, re.S)[0]


def policy() -> str:
    found = tomllib.loads(text("protect.table", "policies.toml"))
    return written(found["default"])


def calais(told: str) -> object:
    counts = read_counts(text("relocation.counts", "calais.csv"), where="calais.csv")
    return answer_checks(told, counts, where="mine.toml"), read_counts(told, where="mine.toml")


def groups(told: str, tmp_path: Path) -> object:
    path = tmp_path / "groups.toml"
    path.write_text(told, "utf-8")
    return own_groups(path)


READERS: dict[str, tuple[str, Callable[[str, Path], object]]] = {
    "parameters": (
        text("health.tb", "parameters.toml"),
        lambda t, _: replaced(dict(parameters("tb")), t, where="mine.toml"),
    ),
    "scenarios": (
        text("health.engine", "scenarios.toml"),
        lambda t, _: read_scenarios(t, where="mine.toml"),
    ),
    "question": (question(), lambda t, _: read_questions(t, where="mine.toml")),
    "groups": (text("vocab", "groups.toml"), groups),
    "quantities": ("persons = 900\ntoilets = 30\n", lambda t, _: read_quantities(t, where="q")),
    "counts": (text("relocation.counts", "calais.toml"), lambda t, _: calais(t)),
    "policy": (policy(), lambda t, _: read_policy(t, where="mine.toml")),
    "rules": (default_rules_text(), lambda t, _: read_rules(t)),
    **{
        name: (mapping_text(name), lambda t, _: read_column_maps(t, file="m.toml", complete=True))
        for name in ("kobo", "odk", "primero")
    },
    **{
        e.name: (e.read_text("utf-8"), lambda t, _: with_spellings(registry(), t, where="m.toml"))
        for e in files("sojourn.sources").iterdir()
        if e.name.endswith(".toml")
    },
}


@pytest.mark.parametrize("name", sorted(READERS))
def test_one_wrong_thing_is_an_error_of_ours_or_taken_as_said(name: str, tmp_path: Path) -> None:
    whole, read = READERS[name]
    content = tomllib.loads(whole)
    rng = random.Random(7)
    every = [p for p in places(content) if isinstance(p[-1], str)]
    for path in rng.sample(every, min(len(every), 12)):
        for how in ("rename", "drop", *OTHERS):
            told = spoiled(content, path, how)
            try:
                read(told, tmp_path)
            except SojournError as error:
                assert error.problem  # noqa: PT017 - most are refused, some are as good
            except tomllib.TOMLDecodeError:
                pytest.fail(f"{path} {how}: the TOML was not read by the one reader")


@pytest.mark.parametrize(
    ("told", "where", "expected"),
    [
        ("header_rows = 3", "layout a: header_rows is 3", "a list"),
        ('header_rows = [1, "x"]', r"header_rows\[1\] is 'x'", "a whole number"),
        ("by_row.series = 17", "by_row.series is 17", "a table"),
        ('by_row.series."X" = { indicator = 4 }', "series 'X': indicator is 4", "a text"),
        ('says = "("', "says is '\\(', no regular expression", "backslash"),
        ("interval = 1", "interval is 1", "true or false"),
        ('missing."x" = 5', "missing.x is 5", "a text"),
        ("columns.area = [1]", r"columns.area\[0\] is 1", "a text"),
        ('table = [{ sheeet = "a" }]', "table 1: unknown key 'sheeet'", "did you mean 'sheet'"),
        ("table = [{ measures = [{ sex = 1 }] }]", "measure: sex is 1", "a text"),
        ('intervall = "x"', "unknown key 'intervall'", "did you mean 'interval'"),
    ],
)
def test_a_wrong_key_of_a_layout_names_place_found_expected(
    told: str, where: str, expected: str
) -> None:
    whole = f'[[layout]]\nid = "a"\nlike = "worldbank.wdi"\n{told}\n'
    with pytest.raises(BadDeclaration, match=where) as raised:
        with_spellings(registry(), whole, where="mine.toml")
    assert raised.value.problem.startswith("mine.toml")
    assert expected in raised.value.hint


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('[[editon]]\ndataset = "a"', "did you mean 'edition'"),
        ("publisher = 5", "publisher is 5"),
        ('[[dataset]]\nid = ["x"]', "id is"),
        ('[[edition]]\ndataset = "undesa.ims"\nvintag = 2024-01-01', "did you mean 'vintage'"),
        ('[[edition]]\ndataset = "undesa.ims"\nvintage = "2024"', "a date without quotes"),
    ],
)
def test_a_wrong_key_of_an_entry_has_its_nearest(told: str, said: str) -> None:
    with pytest.raises(BadDeclaration) as raised:
        with_spellings(registry(), told, where="mine.toml")
    assert said in str(raised.value)
