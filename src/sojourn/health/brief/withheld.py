"""What of a run is withheld, and why: decided here once, for briefs, for the terminal and for JSON.

Each decision rests on the claims of the run, held against its own data, and on the flags of the place.
"""

from collections.abc import Mapping
from typing import Any

from sojourn.health.engine.outcomes import INCLUDED
from sojourn.health.targets.series import WORLD
from sojourn.health.tb.flags import DEATHS, EFFECTS, GROUPS

DETERMINED, WITHHELD, UNTRIED = "determined", "withheld", "untried"
PROGRAMMES, PATH, SCREENING = "programmes", "path", "screening"
COUNTS = ("cases_residents", "cases_migrants", "deaths_residents", "deaths_migrants")
ENDS = ("low", "median", "high")
CONTROL = (
    "a_year_where_below_one",
    "r",
    "below_one",
    "imports",
    "no_indigenous_36_months",
    "countries_below_one",
)
WORDS = {
    "unvalidated": "this run was not held against WHO's later estimates on its own data: nothing of "
    "programmes is told",
    "not_fitted": "the fit meets WHO's series in too few draws: nothing of programmes is told",
    "malaria": "WHO's estimates after 2015 are not reproduced: no level, milestone or effect",
    "reactivation": "disease from infections that exist is too far from what was published: nothing of "
    "programmes is told",
    "world_path": "the sum of the countries' anchors misses WHO's world of 2019: no change or milestone "
    "of the world",
    "country_path": "held against WHO's later estimates, the anchor's levels or its band are not good "
    "enough: no change or milestone of a country",
    "untried": "what it would be held against is in no loaded file",
    "groups": "people born abroad and born in the country are not told apart",
    "deaths_conflict": "WHO's deaths and WHO's treatment coverage do not fit together: no deaths averted",
    "world_deaths": "the anchor's number of deaths is too far from WHO's: no deaths averted in the world",
    "screening": "what the model finds before entry is too far from what was published: nothing of what "
    "screening of arrivals averts",
    "trend_open": "how transmission goes on without a programme stays open: intervals alone",
}


def withheld(told: Mapping[str, Any]) -> dict[str, str]:
    """Return what is withheld of a run's summary, each with the claim or flag that withholds it.

    Kinds: ``programmes`` (everything that programmes change), ``path`` (changes and milestones),
    ``groups``, ``deaths averted``, ``screening``, ``programme effects`` (medians of what is not determined).
    """
    claims = told.get("claims", {})
    flags = {f["withholds"]: f["id"] for f in told.get("flags", ())}
    everything = _everything(told, claims)
    if everything:
        return {PROGRAMMES: everything}
    here = "world_path" if told.get("area") == WORLD else "country_path"
    asked = [(PATH, here), (GROUPS, "groups"), (SCREENING, "screening")]
    if told.get("area") == WORLD:
        asked.append((DEATHS, "world_deaths"))
    tb = told.get("topic") != "malaria"
    found = {kind: _lost(claims, claim) for kind, claim in asked if tb and not _kept(claims, claim)}
    if GROUPS in flags:
        found[GROUPS] = flags[GROUPS]
    for kind in (DEATHS, EFFECTS):
        if kind in flags:
            found[kind] = flags[kind]
    return found


def _everything(told: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Return what withholds all that programmes change; empty where nothing does."""
    if not claims or any(not claim["rows"] for claim in claims.values()):
        return "unvalidated"
    if any(f["id"] == "not_fitted" for f in told.get("flags", ())):
        return "not_fitted"
    rests = "malaria" if told.get("topic") == "malaria" else "reactivation"
    if _kept(claims, rests):
        return ""
    return "unvalidated" if _lost(claims, rests) == UNTRIED else rests


def _lost(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim that is not kept: by its name where it is missed, else that it was not tried."""
    of = claims.get(name, {})
    return UNTRIED if of.get("untried") and not of.get("missed") else name


def _kept(claims: Mapping[str, Any], name: str) -> bool:
    return bool(claims.get(name, {}).get("kept"))


def in_words(found: Mapping[str, str]) -> dict[str, str]:
    """Return what is withheld with its reason in words."""
    return {kind: WORDS.get(why, WORDS["groups"]) for kind, why in found.items()}


def without(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a summary without the numbers that are withheld: null, each reason beside it."""
    found = withheld(told)
    said = in_words(found)
    out = {**told, "withheld": said}
    out["scenarios"] = {
        name: _programme(one, found, said) for name, one in told["scenarios"].items()
    }
    verdict = out["scenarios"].get(INCLUDED, {}).get("averted", {}).get("verdict", DETERMINED)
    if PROGRAMMES in found:
        out["left_out"] = {
            k: told["left_out"][k] for k in ("formula", "mobile") if k in told["left_out"]
        }
    if verdict != DETERMINED:  # what drives it, and its size, are not told by another number either
        for name in ("drivers", "drivers_middle", "effect", "by_structure"):
            out.pop(name, None)
    return out


def _programme(
    one: Mapping[str, Any], found: Mapping[str, str], said: Mapping[str, str]
) -> dict[str, Any]:
    """Return what is told of one programme."""
    out = dict(one)
    screens = one.get("pre_entry", 0.0) > 0 and SCREENING in found
    why = said.get(PROGRAMMES) or said.get(PATH) or (said[SCREENING] if screens else "")
    if why:
        out |= {"milestones": [], "year_reached": {}, WITHHELD: why}
    if DEATHS in found:  # two programmes' deaths side by side tell what one averts
        out["milestones"] = [m for m in out["milestones"] if m["target"] != "tb_deaths"]
        out["year_reached"] = {k: v for k, v in out["year_reached"].items() if k != "tb_deaths"}
    if PROGRAMMES in found:
        out = {k: v for k, v in out.items() if k not in CONTROL}
    if "averted" in one:
        nothing = said.get(PROGRAMMES) or (said[SCREENING] if screens else "")
        out["averted"] = _averted(one["averted"], found, nothing)
    return out


def signed(one: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return a count averted; without its median where the interval holds none: its sign is open.

    The verdict of a programme is on everybody together, and says nothing of each group.

    Examples
    --------
    >>> signed({"low": -1.0, "median": 3.0, "high": 26.0})
    {'low': -1.0, 'median': None, 'high': 26.0}
    """
    low, high = one["low"], one["high"]
    is_open = low is not None and high is not None and low < 0.0 < high
    return {**one, "median": None} if is_open else dict(one)


def _averted(one: Mapping[str, Any], found: Mapping[str, str], why: str) -> dict[str, Any]:
    """Return what a programme averts: what is withheld is null, what is not determined has no median."""
    none = dict.fromkeys(ENDS)
    if why:
        return {
            **one,
            **dict.fromkeys((*COUNTS, "residents_share"), none),
            "verdict": WITHHELD,
            "why": why,
        }
    out = {**one, **{k: signed(one[k]) for k in COUNTS}}
    if out["verdict"] != DETERMINED:
        out |= {k: {**one[k], "median": None} for k in (*COUNTS, "residents_share")}
    if GROUPS in found:
        out |= dict.fromkeys((*COUNTS, "residents_share"), none)
    if DEATHS in found:
        out |= dict.fromkeys(COUNTS[2:], none)
    return out
