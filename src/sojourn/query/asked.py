"""What somebody asks observations for: the same names, numbers and lists from a shell and Python."""

from collections.abc import Iterable, Mapping

from sojourn.errors import NoSuchObservation, UnknownIndicator
from sojourn.store.observations import Store
from sojourn.terminal.nearest import did_you_mean
from sojourn.vocab.indicator import indicator
from sojourn.vocab.place import area_id

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
_PLACES = frozenset({"ref_area", "origin", "destination"})
Given = str | int | Iterable[str | int]


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
        values = [given] if isinstance(given, str | int) else list(given)
        out.setdefault(concept, []).extend(_coded(store, concept, v) for v in values)
    return out


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
