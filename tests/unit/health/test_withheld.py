"""What is withheld is decided once: brief, terminal and JSON show the same numbers and no others."""

import json
import re
from collections.abc import Iterator
from typing import Any

import click
import pytest
from briefs import brief, page_of, tb_run
from click.testing import CliRunner

from sojourn.health.brief.withheld import COUNTS, ENDS, WORDS, in_words, withheld, without
from sojourn.health.cli import simulate as shown
from sojourn.health.run.claims import claims
from sojourn.health.tb.flags import DEATHS, EFFECTS, GROUPS
from sojourn.publish.text import languages

FLAGS = {
    "share_conflict": GROUPS,
    "share_unknown": GROUPS,
    "deaths_conflict": DEATHS,
    "not_fitted": EFFECTS,
    "trend_open": EFFECTS,
}
CLAIMS = [c.id for c in claims("tb")]


def interval(middle: float) -> dict[str, float]:
    return {"low": middle - 0.25, "median": middle, "high": middle + 0.25}


def whole(
    area: str, missed: str = "", flag: str = "", verdict: str = "determined"
) -> dict[str, Any]:
    """Return a summary with every number that a run tells, each of them told once."""
    told = {**tb_run(verdict), "area": area}
    told["claims"] = {
        c.id: {
            "kept": c.id != missed,
            "missed": [],
            "rows": {r: {"ours": 0.9, "published": 0.8, "verdict": "met"} for r in c.rests_on},
        }
        for c in claims("tb")
    }
    told |= {
        "countries": 2,
        "corridors": 2,
        "share_of_migrants": 0.5,
        "fit_met": 0.5,
        "left_out": {
            "formula": "R",
            "mobile": 0.11,
            **{k: interval(61.0) for k in ("r0", "included", "left_out", "floor")},
        },
        "effect": {
            "world": interval(63.0),
            "here": interval(62.0),
            "strongest": [{"area": "840", **interval(64.0)}],
        },
        "by_structure": {"one": interval(65.0)},
        "flags": [{"id": flag, "size": 0.5, "withholds": FLAGS[flag]}] if flag else [],
    }
    told["drivers"] = [{**d, "correlation": 0.5, "mark": "A"} for d in told["drivers"]]
    for at, (name, one) in enumerate(told["scenarios"].items(), 1):
        rows = [
            {
                "target": t,
                "year": 2030,
                "required": 80,
                "probability": 0.25,
                "change": interval(-at - off),
                "gap": interval(at + off),
            }
            for t, off in (("tb_incidence", 20.0), ("tb_deaths", 40.0))
        ]
        told["scenarios"][name] = {
            "pre_entry": 0.0,
            **one,
            "milestones": rows,
            "year_reached": {"tb_incidence": (2031.0, 0.5), "tb_deaths": (2032.0, 0.5)},
        }
        if "averted" in one:
            numbers = {k: interval(100.0 * at + i) for i, k in enumerate(COUNTS)}
            share = {"residents_share": interval(0.5), "why": "because"}
            told["scenarios"][name]["averted"] = {**one["averted"], **numbers, **share}
    return told


CASES = [
    (area, missed, flag, verdict)
    for area in ("900", "250")
    for missed, flag, verdict in (
        *((c, "", "determined") for c in ["", *CLAIMS]),
        *(("", f, "determined") for f in FLAGS if area != "900"),
        ("", "", "not determined"),
        ("groups", "deaths_conflict" if area != "900" else "", "determined"),
    )
]


@pytest.mark.parametrize(("area", "missed", "flag", "verdict"), CASES)
@pytest.mark.parametrize("language", languages())
def test_a_brief_of_a_summary_shows_what_is_left_of_it_and_nothing_more(
    area: str, missed: str, flag: str, verdict: str, language: str
) -> None:
    told = whole(area, missed, flag, verdict)
    pages = [page_of(brief("tb", area=area, run=run), language) for run in (told, without(told))]
    assert pages[0] == pages[1]
    assert without(without(told)) == without(told)


def numbers(told: Any) -> Iterator[float]:
    if isinstance(told, dict):
        for value in told.values():
            yield from numbers(value)
    elif isinstance(told, list | tuple):
        for value in told:
            yield from numbers(value)
    elif isinstance(told, float):
        yield told


@pytest.mark.parametrize(("area", "missed", "flag", "verdict"), CASES)
def test_what_a_brief_withholds_is_in_no_json_and_on_no_terminal(
    area: str, missed: str, flag: str, verdict: str
) -> None:
    left = without(whole(area, missed, flag, verdict))
    kinds = withheld(whole(area, missed, flag, verdict))
    told = json.loads(json.dumps(left))
    every = told["scenarios"].values()
    averted = [one["averted"] for one in every if "averted" in one]
    if "programmes" in kinds:
        assert not [m for one in every for m in one["milestones"]]
        assert not list(numbers([a[k] for a in averted for k in COUNTS]))
        assert not {"effect", "drivers", "by_structure"} & set(told)
        assert "floor" not in told["left_out"]
    if "path" in kinds:
        assert not [m for one in every for m in one["milestones"] or one["year_reached"]]
    if "groups" in kinds:
        assert not list(numbers([a[k] for a in averted for k in (*COUNTS, "residents_share")]))
    if DEATHS in kinds:
        assert not list(numbers([a[k] for a in averted for k in COUNTS[2:]]))
        assert not [m for one in every for m in one["milestones"] if m["target"] == "tb_deaths"]
    if "screening" in kinds:
        screened = told["scenarios"]["border_screening"]
        assert (screened["milestones"], screened["averted"]["verdict"]) == ([], "withheld")
        assert not list(numbers([screened["averted"][k] for k in COUNTS]))
    if verdict != "determined":
        assert all(a[k]["median"] is None for a in averted for k in COUNTS)
    if kinds:
        assert told["withheld"] == in_words(kinds)
        assert all(told["withheld"].values())
    printed = _printed(left)
    for one in (a[k] for a in averted for k in COUNTS):
        assert one["low"] is None or set(one) == set(ENDS)
    for why in told["withheld"].values():
        assert why in printed
    assert ("last milestone" in printed) == any(one["year_reached"] for one in every)
    assert ("deaths averted beside" in printed) == any(a["verdict"] != "withheld" for a in averted)


def _printed(told: dict[str, Any]) -> str:
    @click.command()
    def command() -> None:
        shown._print(told)

    ran = CliRunner().invoke(command)
    assert ran.exit_code == 0, ran.exception
    return ran.stdout


def test_every_reason_has_words_and_every_claim_a_reason() -> None:
    assert set(FLAGS) - {"share_conflict", "share_unknown"} <= set(WORDS)
    assert set(CLAIMS) | {"malaria", "unvalidated"} <= set(WORDS)


@pytest.mark.parametrize("language", languages())
def test_of_whom_it_is_open_whether_more_or_fewer_are_spared_no_median_is_told(
    language: str,
) -> None:
    """The verdict is on everybody together: determined of the sum, a group may still be open."""
    told = whole("250")
    averted = told["scenarios"]["included"]["averted"]
    averted["cases_migrants"] = {"low": -7.25, "median": 88.5, "high": 260.0}
    left = without(told)
    found = left["scenarios"]["included"]["averted"]
    assert found["cases_migrants"] == {"low": -7.25, "median": None, "high": 260.0}
    assert found["cases_residents"]["median"] == averted["cases_residents"]["median"]
    html = page_of(brief("tb", area="250", run=told), language)
    assert re.search(r"−7[.,][23]\D+260", html)
    assert not re.search(r"\(−7[.,][23]", html)  # no median before it
    assert "88.5" not in _printed(left)
