"""Parameters carry source, mark and range; a draw is the same whatever else is drawn."""

import numpy as np
import pytest

from sojourn.errors import SimulateError
from sojourn.simulate.parameters import MARKS, draw, parameters, read_parameters, replaced

ENTRY = {
    "id": '"x"', "value": "0.5", "low": "0.4", "high": "0.7", "law": '"uniform"', "unit": '"share"',
    "source": '"a paper"', "mark": '"P"',
}  # fmt: skip


def text(**changed: str | None) -> str:
    entry = {k: v for k, v in {**ENTRY, **changed}.items() if v is not None}
    return "[[parameter]]\n" + "".join(f"{k} = {v}\n" for k, v in entry.items())


@pytest.mark.parametrize("topic", ["tb", "malaria"])
def test_every_packaged_parameter_has_a_source_and_a_mark(topic: str) -> None:
    for parameter in parameters(topic).values():
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
        ({"value": '"many"'}, "not within"),
        ({"law": '"guess"'}, "'guess'"),
        ({"law": '"lognormal"', "low": "0.0"}, "positive"),
        ({"colour": '"red"'}, "colour"),
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
