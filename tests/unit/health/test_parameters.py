"""Parameters carry source, mark and range; a draw is the same whatever else is drawn."""

from pathlib import Path

import numpy as np
import pytest

import sojourn
from sojourn.errors import SimulateError
from sojourn.health.engine.parameters import (
    MARKS,
    constants,
    draw,
    parameters,
    read_parameters,
    replaced,
)

ENTRY = {
    "id": '"x"',
    "value": "0.5",
    "low": "0.4",
    "high": "0.7",
    "law": '"uniform"',
    "unit": '"share"',
    "source": '"a paper"',
    "mark": '"P"',
}


def text(**changed: str | None) -> str:
    entry = {k: v for k, v in {**ENTRY, **changed}.items() if v is not None}
    return "[[parameter]]\n" + "".join(f"{k} = {v}\n" for k, v in entry.items())


@pytest.mark.parametrize("topic", ["tb", "malaria"])
def test_every_packaged_parameter_has_a_source_and_a_mark(topic: str) -> None:
    declared = [*parameters(topic).values(), *(constants(topic).values() if topic == "tb" else ())]
    for parameter in declared:
        assert parameter.mark in MARKS
        assert len(parameter.source) > 10
        assert parameter.is_evidence == (parameter.mark in ("P", "P*"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mark": None}, "mark"),
        ({"mark": '"sure"'}, "'sure'"),
        ({"source": '" "'}, "no source"),
        ({"low": "0.6"}, "not within"),
        ({"high": "nan"}, "not within"),
        ({"value": '"many"'}, "value is 'many'"),
        ({"law": '"guess"'}, "'guess'"),
        ({"law": '"lognormal"', "low": "0.0"}, "positive"),
        ({"colour": '"red"'}, "colour"),
        ({"source": "3"}, "source is 3"),
        ({"value": "true"}, "value is True"),
        ({"low": "-0.1"}, "impossible"),
        ({"law": '"beta"', "high": "1.5"}, "beta"),
    ],
)
def test_an_impossible_parameter_is_refused_by_name(changed: dict[str, str], said: str) -> None:
    with pytest.raises(SimulateError, match=said) as refused:
        read_parameters(text(**changed), where="mine.toml")
    assert "mine.toml" in str(refused.value)


def test_ones_own_values_replace_packaged_ones_and_no_others() -> None:
    known = parameters("tb")
    own = replaced(known, text(id='"mixing"'), where="mine.toml")
    assert own["mixing"].value == 0.5
    assert own["relapse"] == known["relapse"]
    with pytest.raises(SimulateError, match="'x'"):
        replaced(known, text(), where="mine.toml")


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("treatment_success", "0.5", "1.2"),
        ("mixing", "-0.2", "0.8"),
        ("untreated_years", "0.0", "3.0"),
        ("preventive_reach", "0.2", "3.0"),
    ],
)
def test_what_cannot_be_is_refused_for_ones_own_values_too(name: str, low: str, high: str) -> None:
    own = text(id=f'"{name}"', low=low, high=high, most="1e9", least="-1e9")
    with pytest.raises(SimulateError, match=f"{name}: .* impossible"):
        replaced(parameters("tb"), own, where="mine.toml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no parameter"),
        ("parameter = 3\n", "no parameter"),
        ("[parameter]\nid = 'x'\n", "no parameter"),
        ("[[parameters]]\nid = 'x'\n", "unknown key 'parameters'"),
        (text() + text(), "x twice"),
    ],
)
def test_a_file_of_another_shape_is_refused(content: str, said: str) -> None:
    with pytest.raises(SimulateError, match=said):
        read_parameters(content, where="mine.toml")


@pytest.mark.parametrize("topic", ["tb", "malaria"])
def test_no_declared_parameter_is_idle_and_each_says_what_is_possible(topic: str) -> None:
    package = Path(sojourn.__file__).parent
    source = "".join(p.read_text("utf-8") for p in (package / "health").rglob("*.py"))
    declared = {**parameters(topic), **(constants(topic) if topic == "tb" else {})}
    for name, parameter in declared.items():
        publication = name.partition("_")[0] if topic == "tb" else ""
        asked = publication if publication in ("menzies", "ragonnet") else name
        assert f'"{asked}"' in source, name
        assert parameter.least <= parameter.low <= parameter.high <= parameter.most < np.inf


def test_a_draw_is_the_same_in_any_company() -> None:
    known = parameters("tb")
    whole = draw(known, 7, 100, range(100))
    some = draw({"mixing": known["mixing"]}, 7, 100, [99, 3])
    np.testing.assert_array_equal(some["mixing"], whole["mixing"][[99, 3]])
    assert not np.array_equal(draw(known, 8, 100, range(100))["mixing"], whole["mixing"])


def test_draws_fill_every_stratum_once_and_keep_the_stated_interval() -> None:
    known = parameters("tb")
    drawn = draw(known, 1, 1000, range(1000))
    share = np.sort((drawn["mixing"] - 0.3) / 0.7 * 1000).astype(int)
    np.testing.assert_array_equal(share, np.arange(1000))
    low, high = np.quantile(drawn["early_progression"], [0.025, 0.975])
    assert (low, high) == (pytest.approx(0.033, rel=0.01), pytest.approx(0.046, rel=0.01))
    assert np.quantile(drawn["reinfection"], 0.5) == pytest.approx(0.21, rel=0.03)
