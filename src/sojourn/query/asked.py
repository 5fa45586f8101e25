"""What somebody asks observations for: the same names, numbers and lists from a shell and Python."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sojourn.errors import NoSuchObservation, UnknownIndicator
from sojourn.store.observations import Store
from sojourn.terminal.nearest import did_you_mean
from sojourn.vocab.indicator import indicator
from sojourn.vocab.place import area_id
from sojourn.vocab.sex import Sex
from sojourn.vocab.status import ObsStatus

#: Concepts that observations can be asked by.
CONCEPTS: tuple[str, ...] = (
    "dataflow",
    "edition",
    "indicator",
    "ref_area",
    "origin",
    "destination",
    "sex",
    "age",
    "time_period",
    "criterion",
    "unit_measure",
    "obs_status",
)
#: Other names of concepts: those of the options of the command line.
ALSO: Mapping[str, str] = {"dataset": "dataflow", "period": "time_period", "area": "ref_area"}
_LISTS: Mapping[str, frozenset[str]] = {
    "sex": frozenset(Sex) | {"_U"},
    "obs_status": frozenset(ObsStatus),
}
_SEXES = {"T": "_T", "BOTH": "_T", "WOMEN": "F", "FEMALE": "F", "MEN": "M", "MALE": "M"}
_PLACES = frozenset({"ref_area", "origin", "destination"})
Given = str | int | Iterable[str | int] | None
#: Year, month, quarter, half-year, week, day, or an interval of ISO 8601.
_PERIOD = re.compile(r"\d{4}(?:-(?:[QSW]?\d{1,3}|\d\d-\d\d)(?:T[\d:]+)?(?:/P\w+)?)?", re.ASCII)


def wanted(store: Store, concepts: Mapping[str, Given]) -> dict[str, list[str]]:
    """Return the codes to keep, by concept.

    Raises
    ------
    NoSuchObservation
        A concept, dataset or edition that is not there; the hint names the nearest.
    UnknownIndicator, UnknownArea
        A name that nothing bears.
    """
    out: dict[str, list[str]] = {}
    for name, given in concepts.items():
        concept = ALSO.get(name, name)
        if concept not in CONCEPTS:
            raise NoSuchObservation(
                f"observations have no concept {name!r}", hint=f"one of {', '.join(CONCEPTS)}"
            )
        if given is not None:
            out.setdefault(concept, []).extend(_coded(store, concept, v) for v in several(given))
    return out


def several(given: object) -> list[Any]:
    """Return one value or several as a list; NumPy's numbers as Python's.

    Examples
    --------
    >>> several("DEU"), several(276), several(range(2015, 2017)), several(None)
    (['DEU'], [276], [2015, 2016], [])
    """
    if given is None:
        return []
    if isinstance(given, str) or not isinstance(given, Iterable):
        return [given.item() if hasattr(given, "item") else given]
    return [one.item() if hasattr(one, "item") else one for one in given]


def _coded(store: Store, concept: str, value: str | int) -> str:
    if concept in _PLACES:
        return area_id(value)
    text = str(value)
    if concept == "indicator":
        return _indicator(store, text)
    if concept in ("dataflow", "edition"):
        held = {f.dataset if concept == "dataflow" else f.edition for f in store.manifest.files}
        ours = concept == "dataflow" and text.rpartition(".")[0] in held  # a table of an estimate
        if text not in held and not ours:
            what = "dataset" if concept == "dataflow" else concept
            raise NoSuchObservation(
                f"no {what} {text!r} is loaded here",
                hint=did_you_mean(
                    text, held, most=3, cutoff=0.5, otherwise="see: sojourn editions"
                ),
            )
        return text
    return _code(store, concept, text)


def _code(store: Store, concept: str, text: str) -> str:
    """Return a code of a list, in any case; of what is neither in a list nor in the store, say so."""
    if concept == "time_period":
        if _PERIOD.fullmatch(text):
            return text
        raise NoSuchObservation(f"{text!r} is no period", hint="2015, 2015-Q1 or 2010-07-01/P5Y")
    for code in (text, text.upper(), _SEXES.get(text.upper(), "") if concept == "sex" else ""):
        if code in _LISTS.get(concept, ()):
            return code
    if concept not in store.answers:
        found = store.con.execute(f"SELECT DISTINCT {concept} FROM observation").fetchall()  # noqa: S608 - a concept
        store.answers[concept] = found
    held = sorted(code for (code,) in store.answers[concept])
    if text in held or not held:
        return text
    raise NoSuchObservation(
        f"no observation has the {concept} {text!r}",
        hint=did_you_mean(text, held, most=3, otherwise=f"one of {', '.join(held[:12])}"),
    )


def _indicator(store: Store, text: str) -> str:
    """Return the id of an indicator by its id or name; an id that only the store knows is one."""
    try:
        return indicator(text).id
    except UnknownIndicator:
        if "indicators" not in store.answers:
            found = store.con.execute("SELECT DISTINCT indicator FROM observation").fetchall()
            store.answers["indicators"] = found
        if (text,) in store.answers["indicators"]:
            return text
        raise
