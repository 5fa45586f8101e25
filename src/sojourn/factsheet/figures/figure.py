"""The declared figures, and what evaluating one gives.

A figure's value always knows its inputs: cells, other figures, or a cited constant. A figure that
cannot be computed is a value too, empty, with the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sojourn.errors import BadDeclaration, ForbiddenSum, UnknownFigure, counted
from sojourn.factsheet.figures.declared_file import AnyFigure, Figures
from sojourn.terminal.declared import packaged
from sojourn.terminal.nearest import did_you_mean, near
from sojourn.vocab.observation import Cell

BOUND = "lower bound: "  # begins what is said of a sum in which places are silent


def no_bound(*marks: str) -> str:
    """Return marks of numbers for a difference or a quotient of them, which they do not bound.

    Examples
    --------
    >>> no_bound("lower bound: 2 of 9 places have no number", "")
    '2 of 9 places have no number'
    """
    parts = [part.removeprefix(BOUND) for mark in marks for part in mark.split("; ")]
    return "; ".join(dict.fromkeys(part for part in parts if part))


#: Said of a number that its publisher estimated before its year had ended.
EARLY = "the publisher's estimate, made before the year ended"


def silent_places(lost: int, asked: int) -> str:
    """Return how many of the places asked for have no number.

    Examples
    --------
    >>> silent_places(1, 28), silent_places(2, 28)
    ('1 of 28 places has no number', '2 of 28 places have no number')
    """
    return f"{lost:,} of {counted(asked, 'place')} {'has' if lost == 1 else 'have'} no number"


@dataclass(frozen=True, slots=True)
class Input:
    """A cell behind a value: its address, what it reads, and the file that holds it."""

    address: str
    value: float | None
    file: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Where cells of a sum stand: ``n`` of those from ``first`` to ``last`` (B12, K480) of a sheet.

    ``sheet`` is empty for a text, whose rows are its lines (or records).
    """

    file: str
    sheet: str
    first: str
    last: str
    n: int


def cell_input(row: dict[str, Any]) -> Input:
    """Return the cell of an observation as an input of a figure; made once a row."""
    if "input" not in row:
        address = str(Cell.of(row["edition"], row["sheet"], row["row"], row["col"]))
        row["input"] = Input(address, row["obs_value"], row["file_name"], row["comment"] or "")
    found: Input = row["input"]
    return found


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
    rank, of, zeros : int
        Place in a ranked list, how many places were ranked before the list was cut, and of how many
        of these the number is zero.
    silent : tuple of str
        With the first of a list: places that have no number in the year and whose number of the
        nearest year, before or after, would stand in the list; with that year (``156:2006``).
    outdone : bool
        One of them would stand first.
    spans : tuple of Span
        Of a figure carried ready-made, where the cells stand that are not carried.
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
    zeros: int = 0
    silent: tuple[str, ...] = ()
    outdone: bool = False
    spans: tuple[Span, ...] = ()

    def __repr__(self) -> str:
        said = f"{self.value:,.12g} {self.unit}" if self.value is not None else f"– {self.reason}"
        return f"<{self.figure_id} {self.time_period}, {self.area}, {self.sex}: {said}>"

    @property
    def sure(self) -> str:
        """Whether no place without a number would stand before it: ``yes`` or ``no``."""
        return "no" if self.outdone else "yes"

    @property
    def whole(self) -> str:
        """Whether every place counted in it, or in a part of it, gave a number: ``yes`` or ``no``."""
        lacks = BOUND in self.mark or any(part.whole == "no" for part in self.parts)
        return "no" if lacks else "yes"

    @property
    def least(self) -> bool:
        """Whether it is a lower bound: places or cells that belong to it have no number."""
        return self.value is not None and BOUND in self.mark

    @property
    def early(self) -> str:
        """Whether it was estimated before its year had ended: ``yes`` or ``no``."""
        return "yes" if EARLY in self.mark else "no"

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
def _declared() -> tuple[Mapping[str, AnyFigure], tuple[tuple[tuple[str, str], str], ...]]:
    read = [packaged("sojourn.factsheet.figures", name, Figures) for name in _FILES]
    figures = {f.id: f for file in read for f in file.figure}
    for one in figures.values():
        for other in one.rests_on:
            if other not in figures:
                raise BadDeclaration(
                    f"figures.toml, figure {one.id}: no figure is called {other!r}",
                    hint=did_you_mean(other, figures, otherwise="declare it"),
                )
    return figures, tuple((rule.figures, rule.why) for file in read for rule in file.forbidden)


def figures() -> Mapping[str, AnyFigure]:
    """Return every declared figure by its id, in the order of the factsheet."""
    return _declared()[0]


def figure(figure_id: str) -> AnyFigure:
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
    found = near(figure_id, figures(), most=3, cutoff=0.5)
    said = f"did you mean {', '.join(found)}? " if found else ""
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
