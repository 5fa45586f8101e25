"""Our figures beside IOM's published ones: a verdict only with its evidence.

The published statements are a register of cited facts (``published.csv``): one row a statement,
with the edition that prints it, its date, its wording and where it can be read. A verdict follows
from the editions in the store: the figure as known on the as-of date, and the same figure in every
edition.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from sojourn.factsheet.figures.difference import Difference, relative, told_in
from sojourn.factsheet.figures.figure import FigureValue
from sojourn.terminal.declared import KEY, SPLIT, read_rows
from sojourn.vocab.observation import EditionId

EXACT = "exact"
ROUNDING = "within rounding"
REVISED = "revised by the publisher"
NEEDS = "needs an input we do not have"
CANNOT = "cannot be reproduced"
NOT_COMPARED = ""

#: What a qualifier says of a value beside the printed number.
LOWER_BOUND = ("more than", "over", "at least")
UPPER_BOUND = ("nearly", "almost")
ABOUT = ("around", "about")
PLAIN = ("", "estimated")
#: How far "nearly" and "around" reach where the print does not say by its digits.
NEAR = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A statement that IOM printed, with its wording, its edition and its evidence.

    Attributes
    ----------
    value : float or None
        In ``unit``; None for a statement without a number.
    precision : float or None
        The unit of the last printed digit; None where the wording alone binds ("over a third").
    qualifier : str
        The word before the number: ``nearly``, ``more than``, ``around``; empty for none.
    published_on : str
        Month of the earliest edition that prints it; ``published_again`` names the later ones.
    """

    figure_id: str
    area: str
    time_period: str
    sex: str
    value: float | None = field(metadata={KEY: "published_value"})
    unit: str
    precision: float | None
    qualifier: str
    factsheet: int
    published_in: str
    published_on: str
    published_again: tuple[str, ...] = field(metadata={SPLIT: ";"})
    section: str
    source_named: str
    evidence: str
    note: str
    statement: str

    def __post_init__(self) -> None:
        """Refuse a statement that nobody can look up, and a qualifier nobody has defined."""
        if not (self.published_in and self.published_on and self.evidence):
            raise ValueError("no published_in, published_on or evidence; say where it can be read")
        known = (*LOWER_BOUND, *UPPER_BOUND, *ABOUT, *PLAIN)
        if self.qualifier not in known:
            raise ValueError(
                f"qualifier is {self.qualifier!r}; empty or one of {', '.join(filter(None, known))}"
            )

    @property
    def year(self) -> int:
        """The year that the statement speaks of."""
        return int(self.time_period[:4])

    def agrees(self, value: float) -> bool:
        """Say whether a value fits the printed number, its digits and its qualifier.

        A plain number is rounded as printed. "More than" and "at least" are lower bounds, "nearly"
        is an upper one; where digits are printed they bind too: "more than 5,700" is not 6,584.
        """
        if self.value is None:
            return False
        slack = NEAR * abs(self.value) if self.precision is None else self.precision
        above = value - self.value
        least = 1e-9 * abs(self.value)
        if self.qualifier in LOWER_BOUND:
            strict = self.qualifier != "at least"
            holds = above > least if strict else above >= -least
            return holds and (self.precision is None or above < slack - least)
        if self.qualifier in UPPER_BOUND:
            return -slack - least <= above <= least
        if self.qualifier in ABOUT:
            return abs(above) <= slack + least
        return abs(above) <= slack / 2 * (1 + 1e-9)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison found, and why; ``evidence`` is the edition that shows it."""

    published: Published
    ours: FigureValue
    verdict: str
    reason: str
    evidence: FigureValue | None = None

    @property
    def difference(self) -> Difference | None:
        """Our value minus the published one; two units are refused (``ForbiddenSum``)."""
        if self.ours.value is None or self.published.value is None:
            return None
        size = self.ours.value - self.published.value
        return told_in(self.published.unit, size, self.ours.unit, self.ours.figure_id)

    @property
    def as_worded(self) -> bool:
        """Whether the statement holds by its wording alone, which names no digits."""
        return self.verdict == ROUNDING and self.published.precision is None


@cache
def published_values() -> tuple[Published, ...]:
    """Return every statement of the register, in the order of the topics."""
    text = files("sojourn.factsheet.figures").joinpath("published.csv").read_text("utf-8")
    return read_rows(text, Published, where="published.csv")


def compare(
    published: Published,
    ours: FigureValue,
    vintages: Callable[[], Sequence[FigureValue]],
) -> Verdict:
    """Return the verdict on one published statement.

    Parameters
    ----------
    ours : FigureValue
        The figure as known on the as-of date.
    vintages : callable
        Gives the same figure in every edition the store holds, oldest first.
    """
    if published.value is None:
        return Verdict(published, ours, NEEDS, ours.reason)
    if ours.value is not None and published.agrees(ours.value):
        verdict = EXACT if ours.value == published.value else ROUNDING
        return Verdict(published, ours, verdict, f"{ours.edition} gives it")
    others = [v for v in vintages() if v.value is not None]
    matching = next((v for v in others if v.value is not None and published.agrees(v.value)), None)
    if matching is not None:
        return Verdict(published, ours, REVISED, _revised(matching, ours), matching)
    if not others:
        return Verdict(published, ours, NEEDS, _noted(ours.reason, published))
    then = [v for v in others if _month_of(v) <= published.published_on]
    if not then:
        reason = (
            f"needs the edition that was current in {published.published_on}; the earliest in the "
            f"store is {others[0].edition}, which reads {others[0].value:,.10g}"
        )
        return Verdict(published, ours, NEEDS, _noted(reason, published), others[0])
    reason = (
        f"{then[-1].edition}, the edition current in {published.published_on}, reads "
        f"{then[-1].value:,.10g}; no edition in the store gives the printed number"
    )
    return Verdict(published, ours, CANNOT, _noted(reason, published), then[-1])


def _noted(reason: str, published: Published) -> str:
    return f"{reason} ({published.note})" if published.note else reason


def _revised(then: FigureValue, now: FigureValue) -> str:
    before = f"{then.edition} gives {then.value:,.10g}"
    if now.value is None or then.value is None:
        return f"{before}; as of {now.as_of}: {now.reason}"
    change = relative(then, now)
    told = "" if change is None else f" ({change:+.2f} %)"
    return f"{before}; {now.edition} reads {now.value:,.10g}{told}"


def _month_of(value: FigureValue) -> str:
    """Return the month in which the newest edition behind a value was released."""
    return max(EditionId.of(part).vintage[:7] for part in value.edition.split(" + "))
