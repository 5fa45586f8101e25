"""A programme officer's question: who is screened, where, from when, step by step, at what cost."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from babel.numbers import list_currencies

from sojourn.errors import SimulateError
from sojourn.health.engine.scenario import scenario_tables
from sojourn.terminal.nearest import nearest_and_all
from sojourn.terminal.typed import refuse_unknown

STEPS = ("invited", "screened", "tested", "started", "completed")
PLACES = ("before_entry", "after_arrival")
OWN = {
    "incidence": "per 100,000 people and year",
    "coverage": "treated share of cases, 0 to 1",
    "arrivals": "people a year from origin to destination",
    "prevalence": "people with active disease among 100,000 who arrive from origin in destination",
    "born_abroad": "share of the notified who were born abroad, 0 to 1",
    "pulmonary": "share of disease that is of the lungs, 0 to 1",
}
RATES, LEAST = ("incidence", "prevalence"), 0.01  # of 100,000 people: what is less is a share
CORRIDOR = ("arrivals", "prevalence")  # of people who move: they name both ends
KEYS = (
    "title",
    "origins",
    "destinations",
    "start",
    "end",
    "cover",
    "where",
    "pulmonary",
    "cascade",
    "tests",
    "costs",
    "own",
)
OWN_KEYS = ("what", "value", "year", "source", "area", "origin", "destination")
FIRST, LAST = 2015, 2035
YEARS = (1950, 2100)  # of a cost or of a number of the asker's
NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Test:
    """A test: shares of the ill and of the healthy whom it tells right."""

    sensitivity: float
    specificity: float
    source: str = ""


@dataclass(frozen=True)
class Costs:
    """Cost of one person at each step, in a currency of a year."""

    currency: str
    year: int
    steps: Mapping[str, float]


@dataclass(frozen=True)
class Own:
    """A number of the asker's that stands in place of WHO's or UN DESA's."""

    what: str
    value: float
    year: int
    source: str
    area: str = ""
    origin: str = ""
    destination: str = ""


@dataclass(frozen=True)
class Question:
    """One scenario.

    Attributes
    ----------
    origins, destinations : tuple of str
        As the asker writes them; no origins are all of them.
    cover : float
        Share of arrivals whom the programme is for, 0 to 1.
    where : str
        Whether it finds disease before entry or after arrival.
    cascade : mapping of step to share
        Of those covered; no step has more people than the one before.
    screen, confirm : Test
        The first test, and the one that confirms it.
    pulmonary : float or None
        Share of disease that is of the lungs, from whichever origin: X-ray and sputum find no other. None,
        not said, is that of WHO's notifications by origin.
    """

    id: str
    title: str
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    start: int
    cover: float
    screen: Test
    confirm: Test
    end: int = LAST
    where: str = "before_entry"
    pulmonary: float | None = None
    cascade: Mapping[str, float] = field(default_factory=dict)
    costs: Costs | None = None
    own: tuple[Own, ...] = ()

    def own_of(self, what: str) -> tuple[Own, ...]:
        """Return the asker's numbers of one kind."""
        return tuple(o for o in self.own if o.what == what)

    def share(self, step: str) -> float:
        """Return the share of arrivals at a step; a step that is not told is as the one before."""
        at = 1.0
        for name in STEPS[: STEPS.index(step) + 1]:
            at = self.cascade.get(name, at)
        return self.cover * at


def read_questions(text: str, *, where: str) -> tuple[Question, ...]:
    """Read scenarios from TOML: one table each.

    Raises
    ------
    SimulateError
        Not TOML; cover, start or places are missing; a percentage for a share; a cascade that gains
        people; costs without currency and year; an unknown key.
    """
    content = scenario_tables(text, where=where)
    return tuple(_question(name, entry, f"{where}, [{name}]") for name, entry in content.items())


def _question(name: str, entry: Mapping[str, Any], at: str) -> Question:
    _known(entry, KEYS, at)
    if not NAME.fullmatch(name):
        raise SimulateError(f"{at}: no name of a scenario", hint="letters, digits, - and _")
    for key in ("cover", "start", "destinations", "tests"):
        if key not in entry:
            raise SimulateError(f"{at}: no {key}", hint="say whom, from when, where and how")
    tests = entry["tests"]
    _known(tests, ("screen", "confirm"), f"{at}.tests")
    start, end = (_year(entry.get(k, LAST), f"{at}: {k}", FIRST, LAST) for k in ("start", "end"))
    if start > end:
        raise SimulateError(f"{at}: from {start} to {end}", hint="start is the earlier of the two")
    place = entry.get("where", PLACES[0])
    if place not in PLACES:
        raise SimulateError(f"{at}: where is {place!r}", hint=nearest_and_all(place, PLACES))
    return Question(
        id=name,
        title=_text(entry.get("title", name), f"{at}: title"),
        origins=_places(entry.get("origins", []), f"{at}: origins"),
        destinations=_places(entry["destinations"], f"{at}: destinations", least=1),
        start=start,
        end=end,
        cover=_share(entry["cover"], f"{at}: cover"),
        where=place,
        pulmonary=_share(entry["pulmonary"], f"{at}: pulmonary") if "pulmonary" in entry else None,
        cascade=_cascade(entry.get("cascade", {}), f"{at}.cascade"),
        screen=_test(tests.get("screen"), f"{at}.tests.screen"),
        confirm=_test(tests.get("confirm"), f"{at}.tests.confirm"),
        costs=_costs(entry["costs"], f"{at}.costs") if "costs" in entry else None,
        own=read_own(entry.get("own", []), at),
    )


def _known(entry: object, keys: Sequence[str], at: str) -> None:
    if not isinstance(entry, Mapping):
        raise SimulateError(f"{at}: no table", hint=f"known keys: {', '.join(keys)}")
    for key in sorted(set(entry) - set(keys)):
        refuse_unknown(key, dict.fromkeys(keys), where=at, error=SimulateError)


SHARE = "a share from 0 to 1: 0.8 for 80 per cent"


def _number(value: object, at: str, hint: str = "a number") -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SimulateError(f"{at} is {value!r}", hint=hint)
    return float(value)


def _share(value: object, at: str) -> float:
    found = _number(value, at, SHARE)
    if not 0.0 <= found <= 1.0:
        raise SimulateError(f"{at} is {value!r}", hint=SHARE)
    return found


def _year(value: object, at: str, first: int = YEARS[0], last: int = YEARS[1]) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not first <= value <= last:
        raise SimulateError(f"{at} is {value!r}", hint=f"a year from {first} to {last}")
    return value


def _text(value: object, at: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SimulateError(f"{at} is {value!r}", hint="a text")
    return value


def _places(value: object, at: str, least: int = 0) -> tuple[str, ...]:
    if (
        not isinstance(value, list)
        or not all(isinstance(v, str) and v for v in value)
        or len(value) < least
    ):
        raise SimulateError(f"{at} is {value!r}", hint='a list of codes or names: ["IND"]')
    return tuple(value)


def _cascade(entry: object, at: str) -> dict[str, float]:
    if isinstance(entry, Mapping) and "treated" in entry:
        raise SimulateError(
            f"{at}: unknown key 'treated'",
            hint="treatment is two steps: started = 0.7, and completed = 0.7 or less",
        )
    _known(entry, STEPS, at)
    assert isinstance(entry, Mapping)  # noqa: S101 - looked at above
    found = {s: _share(entry[s], f"{at}: {s}") for s in STEPS if s in entry}
    before, most = "everybody covered", 1.0
    for step, share in found.items():
        if share > most:
            raise SimulateError(
                f"{at}: {step} is {share:g}, more than {before} ({most:g})",
                hint="shares of those covered: no step has more people than the one before",
            )
        before, most = step, share
    return found


def _test(entry: object, at: str) -> Test:
    if entry is None:
        raise SimulateError(
            f"{at} is not told",
            hint="sensitivity and specificity of both tests, shares from 0 to 1; where every positive "
            "is treated without a second test, confirm has 1.0 and 0.0",
        )
    _known(entry, ("sensitivity", "specificity", "source"), at)
    assert isinstance(entry, Mapping)  # noqa: S101 - looked at above
    for key in ("sensitivity", "specificity"):
        if key not in entry:
            raise SimulateError(f"{at}: no {key}", hint="both, as shares from 0 to 1")
    sensitivity, specificity = (
        _share(entry[k], f"{at}: {k}") for k in ("sensitivity", "specificity")
    )
    return Test(sensitivity, specificity, str(entry.get("source", "")))


def _costs(entry: object, at: str) -> Costs:
    _known(entry, ("currency", "year", *STEPS), at)
    assert isinstance(entry, Mapping)  # noqa: S101 - looked at above
    for key in ("currency", "year"):
        if key not in entry:
            raise SimulateError(f"{at}: no {key}", hint='currency = "GBP" and year = 2024')
    currency = entry["currency"]
    if not isinstance(currency, str) or currency not in list_currencies():
        raise SimulateError(f"{at}: currency is {currency!r}", hint="three letters of ISO 4217")
    steps = {s: _number(entry[s], f"{at}: {s}") for s in STEPS if s in entry}
    if any(v < 0 for v in steps.values()) or not steps:
        raise SimulateError(f"{at}: no cost, or one below zero", hint="cost of one person a step")
    return Costs(currency, _year(entry["year"], f"{at}: year"), steps)


def read_own(entries: object, at: str) -> tuple[Own, ...]:
    """Read the asker's own numbers, tables of TOML or rows of CSV.

    Raises
    ------
    SimulateError
        A quantity is unknown, a number impossible, or it says neither year nor source.
    """
    if not isinstance(entries, list):
        raise SimulateError(f"{at}: own is no list", hint="one [[...own]] table each")
    return tuple(_own(e, f"{at}, own {i + 1}") for i, e in enumerate(entries))


def _own(entry: object, at: str) -> Own:
    _known(entry, OWN_KEYS, at)
    assert isinstance(entry, Mapping)  # noqa: S101 - looked at above
    what = entry.get("what")
    if what not in OWN:
        raise SimulateError(f"{at}: what is {what!r}", hint=nearest_and_all(what, OWN))
    needed = ("origin", "destination") if what in CORRIDOR else ("area",)
    for key in ("value", "year", "source", *needed):
        if not entry.get(key) and entry.get(key) != 0:
            said = f"{what} is told with {' and '.join(needed)}"
            hint = said if key in needed else "a number of your own says whence it is"
            raise SimulateError(f"{at}: no {key}", hint=hint)
    value = _number(entry["value"], f"{at}: value")
    if what in RATES and 0.0 < value < LEAST:
        raise SimulateError(
            f"{at}: {what} is {value:g}", hint=f"{OWN[what]}: 147, where the share is 0.00147"
        )
    most = 1e5 if what in RATES else 1.0 if what == "pulmonary" else math.inf
    if not 0.0 < value <= most or (what in ("coverage", "born_abroad") and not 0.0 < value < 1.0):
        raise SimulateError(f"{at}: {what} is {value:g}", hint=OWN[what])
    named = [k for k in ("source", "area", "origin", "destination") if k in entry]
    texts = {k: _text(entry[k], f"{at}: {k}") for k in named}
    return Own(what=what, value=value, year=_year(entry["year"], f"{at}: year"), **texts)
