"""Programmes as data: unknown keys and impossible shares are told; commodities are conserved."""

import numpy as np
import pytest

from sojourn.errors import SimulateError
from sojourn.health.engine.scenario import budget, read_scenarios, scenarios


def test_the_six_programmes_differ_as_designed() -> None:
    by_id = {s.id: s for s in scenarios()}
    assert list(by_id) == [
        "current",
        "residents_only",
        "included",
        "border_screening",
        "included_and_source",
        "same_commodities",
    ]
    assert by_id["residents_only"].inclusion == 0.0
    assert [s.by_status for s in scenarios()] == [False, True, False, True, False, False]
    assert by_id["included"].inclusion == 1.0
    assert by_id["border_screening"].pre_entry > 0
    assert by_id["included_and_source"].source_support > 0
    assert by_id["same_commodities"].same_commodities


def test_a_scale_up_begins_and_is_complete() -> None:
    first = scenarios()[0]
    assert [first.scale(y) for y in (2010, 2015, 2020, 2025, 2035)] == [0.0, 0.0, 0.5, 1.0, 1.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[mine]\ncolour = 1\n", "unknown key 'colour'"),
        ("[mine]\nid = 'other'\n", "unknown key 'id'"),
        ("[mine]\ncover = 1.5\n", "cover is 1.5"),
        ("[mine]\ncover = 'all'\n", "cover is 'all'"),
        ("[mine]\ninclusion = -2\n", "inclusion is -2"),
        ("[mine]\ninclusion = -0.5\n", "inclusion is -0.5"),
        ("[mine]\ncover = true\n", "cover is True"),
        ("[mine]\ncover = nan\n", "cover is nan"),
        ("[mine]\nstart = 2015.5\n", "start is 2015.5"),
        ("[mine]\ntitle = 1\n", "title is 1"),
        ("[mine]\nstart = 2020\nfull = 2016\n", "complete in 2016"),
        ("[mine]\nsame_commodities = 1\n", "same_commodities is 1"),
        ("[mine]\ncover = 0.8\n", "no start"),
        ("[mine]\ncover = 0.8\nstart = 1900\n", "the baseline"),
        ("[mine]\ncover = 0.8\nstart = 2020\nfull = 9999\n", "from 2020 to 9999"),
        ("[mine]\ncover = nan\nstart = 2020\n", "cover is nan"),
        ("[mine]\ncover = 0.8\nstart = 2020\nby_status = 1\n", "by_status is 1"),
        ("[mine]\nstart = 2020\n", "no cover"),
        ("[mine]\ncover = 80\nstart = 2020\n", "cover is 80"),
        ("cover = 1\n", "no scenario"),
        ("", "no scenario"),
        ("[mine", "mine.toml"),
    ],
)
def test_a_wrong_scenario_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(SimulateError, match=said):
        read_scenarios(text, where="mine.toml")


def test_the_same_commodities_are_used_whoever_gets_them() -> None:
    cover, residents, migrants = np.array([0.8, 0.5]), np.array([90.0, 10.0]), np.array([10.0, 0.0])
    shared = budget(cover, residents, migrants)
    np.testing.assert_allclose(shared * (residents + migrants), cover * residents)
    assert budget(np.ones(1), np.zeros(1), np.zeros(1))[0] == 0.0
