"""Figures as declarations, and what evaluating one gives.

A figure's value always knows its inputs: cells, other figures, or a cited constant. A figure that
cannot be computed is a value too, empty, with the reason.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from sojourn.errors import ForbiddenSum, UnknownFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One declared figure; see ``figures.toml`` for what each operation means."""

    id: str
    unit: str
    op: str
    datasets: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    areas: tuple[str, ...] = ()
    sexes: tuple[str, ...] = ("_T",)
    kind: str = ""
    of: str = ""
    base: int = 0
    bases: tuple[int, ...] = ()
    count: int = 0
    ascending: bool = False
    minimum_population: int = 0
    minimum_migrants: int = 0
    groups: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    constant: float = 0.0
    constant_source: str = ""
    constant_year: int = 0
    constants: tuple[Mapping[str, Any], ...] = ()
    else_sum: tuple[str, ...] = ()
    else_of: Mapping[str, str] = field(default_factory=dict)
    finer: str = ""
    reported: bool = False
    less: Mapping[str, str] = field(default_factory=dict)
    unless: tuple[Mapping[str, Any], ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    over: str = ""
    per: Mapping[str, str] = field(default_factory=dict)
    minimum_whole: float = 0.0
    cited: tuple[Mapping[str, Any], ...] = ()
    cited_source: str = ""
    cited_on: str = ""
    evidence: str = ""
    why: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A cell behind a value: its address, what it reads, and the file that holds it."""

    address: str
    value: float | None
    file: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureValue:
    """One number of a figure, or its absence with the reason.

    Attributes
    ----------
    value : float or None
        In ``unit`` (persons, per cent, US$, deaths and missing persons, movements).
    edition : str
        Edition (or editions, separated by `` + ``) the value was taken from.
    inputs : tuple of Input
        Cells added or read, ``n_inputs`` of them; of a figure carried ready-made by an embedded
        edition, only the cell that it was printed in.
    parts : tuple of FigureValue
        Other figures that this one was computed from.
    formula : str
        How the value follows from its inputs, in one line.
    reason : str
        Why there is no value.
    mark : str
        What must be said beside it (unverified copy, undated edition).
    rank, of : int
        Place in a ranked list, and how many places were ranked before the list was cut.
    silent : tuple of str
        With the first of a list: places that have no number in the year and whose number of the
        nearest year, before or after, would stand in the list.
    outdone : bool
        One of them would stand first.
    """

    figure_id: str
    time_period: str
    sex: str
    area: str
    unit: str
    as_of: str
    value: float | None = None
    edition: str = ""
    inputs: tuple[Input, ...] = ()
    n_inputs: int = 0
    parts: tuple["FigureValue", ...] = ()
    formula: str = ""
    reason: str = ""
    mark: str = ""
    rank: int = 0
    of: int = 0
    silent: tuple[str, ...] = ()
    outdone: bool = False

    @property
    def sure(self) -> str:
        """Whether no place without a number would stand before it: ``yes`` or ``no``."""
        return "no" if self.outdone else "yes"

    @property
    def whole(self) -> str:
        """Whether every place counted in it gave a number: ``yes``, or ``no`` for a lower bound."""
        return "no" if "lower bound: " in self.mark else "yes"

    @property
    def base(self) -> str:
        """The earlier year of a change; empty for anything else."""
        return (
            self.parts[1].time_period
            if len(self.parts) == 2 and self.parts[0].figure_id == self.parts[1].figure_id
            else ""
        )

    @property
    def lineage_id(self) -> str:
        """Stable name of this number: figure, period, sex, area, and the as-of date."""
        area = self.area.replace(">", "-to-").replace(" ", "_")
        return f"{self.figure_id}.{self.time_period}.{self.sex}.{area}.{self.as_of}".replace(
            "/", "-"
        )


#: Figures of the factsheet, and of the topics that came later.
_FILES = ("figures.toml", "figures_topics.toml")
#: In a rule: no figure at all may be added to this one.
ANY = "*"


@cache
def _declared() -> tuple[Mapping[str, Figure], tuple[tuple[tuple[str, str], str], ...]]:
    figures: dict[str, Figure] = {}
    rules: list[tuple[tuple[str, str], str]] = []
    for name in _FILES:
        content = tomllib.loads(files("sojourn.figures").joinpath(name).read_text("utf-8"))
        for entry in content["figure"]:
            known: dict[str, Any] = {
                k: tuple(v) if isinstance(v, list) else v for k, v in entry.items() if k != "from"
            }
            figures[entry["id"]] = Figure(**known, datasets=tuple(entry.get("from", ())))
        rules += [((e["figures"][0], e["figures"][1]), e["why"]) for e in content["forbidden"]]
    return figures, tuple(rules)


def figures() -> Mapping[str, Figure]:
    """Return every declared figure by its id, in the order of the factsheet."""
    return _declared()[0]


def figure(figure_id: str) -> Figure:
    """Return one declared figure.

    Raises
    ------
    UnknownFigure
        No figure has this id.
    """
    try:
        return figures()[figure_id]
    except KeyError:
        raise UnknownFigure(f"no figure {figure_id!r}", hint=nearest(figure_id)) from None


def nearest(figure_id: str) -> str:
    """Return what to try for a name that no figure has: the figures named most like it."""
    near = get_close_matches(figure_id, figures(), n=3, cutoff=0.5)
    said = f"did you mean {', '.join(near)}? " if near else ""
    return f"{said}sojourn figures YEAR lists all"


def _meets(figure_id: str, first: str, second: str) -> bool:
    """Say whether a figure is of the second kind of a rule and not of the first."""
    return figure_id.startswith(second) and not figure_id.startswith(first)


def refuse_wrong_sum(figure_ids: tuple[str, ...]) -> None:
    """Refuse a sum that would count people twice or add unlike things.

    Raises
    ------
    ForbiddenSum
        Naming the two figures and why they cannot be added.

    Examples
    --------
    >>> refuse_wrong_sum(("refugees_unhcr", "idps_conflict"))
    """
    for (a, b), why in _declared()[1]:
        first = next((i for i, f in enumerate(figure_ids) if f.startswith(a)), None)
        if first is None:
            continue
        others = [f for i, f in enumerate(figure_ids) if i != first]
        second = next((f for f in others if b == ANY or _meets(f, a, b)), None)
        if second is not None:
            raise ForbiddenSum(
                f"{figure_ids[first]} + {second}: {why}", hint="show them side by side"
            )
    units = {figures()[f].unit for f in figure_ids if f in figures()}
    kinds = {figures()[f].kind for f in figure_ids if f in figures()}
    if len(units) > 1 or len(kinds) > 1:
        raise ForbiddenSum(
            f"{' + '.join(figure_ids)}: different units or kinds ({', '.join(sorted(units | kinds))})",
            hint="stocks and flows, people and movements cannot be added",
        )
