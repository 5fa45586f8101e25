"""Every indicator that a publisher's declaration names has its words, its unit and its rules."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from sojourn.errors import UnknownIndicator
from sojourn.vocab.indicator import indicator, indicator_or_code, indicators, search

NO_MEASURE = {"definition", "footnote", "none", "income_class", "who_status"}  # columns of words


def _declared(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(name := value.get("indicator"), str):
            yield name
        elif isinstance(name, dict):  # what the words of a column mean
            yield from (one for one in name.values() if isinstance(one, str))
        for one in value.values():
            yield from _declared(one)
    elif isinstance(value, list):
        for one in value:
            yield from _declared(one)


def test_every_declared_indicator_has_a_name_and_a_definition() -> None:
    declared = {
        name
        for entry in files("sojourn.sources").iterdir()
        if entry.name.endswith(".toml")
        for name in _declared(tomllib.loads(entry.read_text("utf-8")))
    }
    assert declared - NO_MEASURE <= set(indicators())


@pytest.mark.parametrize("name", sorted(indicators()))
def test_a_row_is_whole(name: str) -> None:
    one = indicators()[name]
    for language in ("en", "fr", "es"):
        assert one.names[language]
        assert one.definitions[language]
    assert one.kind in ("stock", "flow", "event", "rate")
    assert one.axes <= {"area", "origin", "sex", "time"}
    assert one.source


def test_rates_are_never_added_and_stocks_never_over_time() -> None:
    for one in indicators().values():
        assert not (one.kind == "rate" and one.axes), one.id
        assert not (one.kind == "stock" and one.adds_over("time")), one.id


def test_names_are_found_by_id_by_name_and_without_accents() -> None:
    assert indicator("refugees").id == "refugees"
    assert indicator("migrants internationaux").id == "migrant_stock"
    assert search("tuberculose", "fr")[0].id.startswith("tb_")


def test_a_mistyped_indicator_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownIndicator, match="migrant_stock"):
        indicator("migrant_stok")


def test_a_code_without_a_row_is_told_by_its_code_and_added_to_nothing() -> None:
    bare = indicator_or_code("tps00170")
    assert (bare.id, bare.name("fr"), bare.axes) == ("tps00170", "tps00170", frozenset())
    assert indicator_or_code("refugees") is indicators()["refugees"]
