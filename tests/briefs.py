"""Briefs of made-up runs and series, laid out like those of the commands."""

from datetime import date
from html import unescape
from typing import Any

import numpy as np

from sojourn.health.brief.brief import Brief, brief_document
from sojourn.health.brief.withheld import COUNTS
from sojourn.health.engine.parameters import parameters
from sojourn.health.run.claims import claims
from sojourn.health.targets.series import Series
from sojourn.health.targets.targets import targets
from sojourn.health.targets.tracking import Inputs, Tracking, track
from sojourn.publish.page import render_html


def tracking(values: list[float], *, people: float = 1e6) -> Tracking:
    """Return the tracking of a synthetic country: cases by year from 2013 on."""
    at, rows = np.array([values]), np.arange(2, 2 + len(values))[np.newaxis]
    years = tuple(range(2013, 2013 + len(values)))
    cols = np.full_like(rows, 3)
    edition = "who.tb-burden@2024-06-23"
    cases = Series("tb_cases", edition, ("250",), years, at, at * 0.8, at * 1.2, rows, cols)
    inhabitants = Series(
        "population_who", edition, ("250",), years, at * 0 + people, at, at, rows, cols
    )
    return track(targets("tb")[0], Inputs(cases, inhabitants, None), "250", {}, "linear")


def brief(topic: str = "tb", **more: Any) -> Brief:
    given: dict[str, Any] = {
        "topic": topic,
        "area": "900",
        "trackings": (),
        "facts": (),
        "run": {},
        "known": parameters(topic),
        "dated": date(2026, 1, 1),
        "editions": (),
        **more,
    }
    return Brief(**given)


def interval(low: float, median: float, high: float) -> dict[str, float]:
    return {"low": low, "median": median, "high": high}


def kept(topic: str = "tb", /, **missed: float) -> dict[str, Any]:
    """Return claims as a run tells them: all kept, but those that rest on the rows named."""
    told: dict[str, Any] = {}
    for claim in claims(topic):
        rows = {
            r: {"ours": missed.get(r, 0.9), "published": 0.9, "verdict": "met"}
            for r in claim.rests_on
        }
        out = [r for r in claim.rests_on if r in missed]
        told[claim.id] = {"kept": not out, "missed": out, "rows": rows}
    return told


def tb_run(verdict: str = "determined") -> dict[str, Any]:
    """Return a synthetic summary of a run, laid out like those of ``sojourn simulate tb``."""
    averted = {k: interval(110e3, 777e3, 990e3) for k in COUNTS}
    share = interval(0.55, 0.77, 0.89)
    one = {
        "target": "tb_incidence",
        "year": 2030,
        "required": 80,
        "probability": 0.25,
        "change": interval(-51.3, -36.4, -20.2),
        "gap": interval(29, 44, 60),
    }
    return {
        "topic": "tb",
        "area": "900",
        "run": "ab" * 32,
        "claims": kept(),
        "contradicted": 0.1,
        "drivers_middle": 5.0,
        "drivers": [{"parameter": p, "low": 3.0, "high": 9.0} for p in list(parameters("tb"))[:4]],
        "scenarios": {
            "residents_only": {"title": "Residents only", "milestones": [one]},
            "included": {
                "title": "Migrants included",
                "milestones": [one],
                "averted": {**averted, "residents_share": share, "verdict": verdict, "why": ""},
            },
            "border_screening": {
                "title": "Screening",
                "pre_entry": 0.8,
                "milestones": [one],
                "averted": {**averted, "verdict": verdict},
            },
            "my own": {"title": "A programme of mine", "averted": {**averted, "verdict": verdict}},
        },
    }


def page_of(made: Brief, language: str = "en") -> str:
    return unescape(render_html(brief_document(made, language)))
