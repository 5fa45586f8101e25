"""Our figures beside IOM's published ones: a verdict only with its evidence.

The published values are cited facts (``published.csv``). A verdict follows from the editions in
the store: the figure as known on the as-of date, and the same figure in every edition.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sojourn.publish.figure import FigureValue

EXACT = "exact"
ROUNDING = "within rounding"
REVISED = "revised by the publisher"
NEEDS = "needs an input we do not have"
CANNOT = "cannot be reproduced"
NOT_COMPARED = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A number that IOM printed, with the precision it was printed to."""

    figure_id: str
    time_period: str
    sex: str
    area: str
    value: float
    precision: float
    published_in: str
    published_on: str
    note: str

    def agrees(self, value: float) -> bool:
        """Say whether a value, rounded as printed, gives the printed number."""
        return abs(value - self.value) <= self.precision / 2 * (1 + 1e-9)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison found, and why; ``evidence`` is the edition that shows it."""

    published: Published
    ours: FigureValue
    verdict: str
    reason: str
    evidence: FigureValue | None = None

    @property
    def difference(self) -> float | None:
        """Our value minus the published one, in the figure's unit."""
        return None if self.ours.value is None else self.ours.value - self.published.value


@cache
def published_values() -> tuple[Published, ...]:
    """Return every cited value of IOM's factsheet editions."""
    text = files("sojourn.publish").joinpath("published.csv").read_text("utf-8")
    return tuple(
        Published(
            r["figure_id"],
            r["time_period"],
            r["sex"],
            r["area"],
            float(r["published_value"]),
            float(r["precision"]),
            r["published_in"],
            r["published_on"],
            r["note"],
        )
        for r in csv.DictReader(text.splitlines())
    )


def compare(
    published: Published,
    ours: FigureValue,
    vintages: Callable[[], Sequence[FigureValue]],
) -> Verdict:
    """Return the verdict on one published number.

    Parameters
    ----------
    ours : FigureValue
        The figure as known on the as-of date.
    vintages : callable
        Gives the same figure in every edition the store holds, oldest first.
    """
    if ours.value is not None and published.agrees(ours.value):
        exact = published.precision <= 1 or ours.value == published.value
        verdict = EXACT if exact and ours.value == published.value else ROUNDING
        return Verdict(published, ours, verdict, f"{ours.edition} gives it")
    others = [v for v in vintages() if v.value is not None]
    matching = next((v for v in others if v.value is not None and published.agrees(v.value)), None)
    if matching is not None:
        return Verdict(published, ours, REVISED, _revised(matching, ours), matching)
    if ours.value is None:
        return Verdict(published, ours, NEEDS, ours.reason)
    earliest = others[0] if others else ours
    if earliest.edition and _year_of(earliest) > int(published.published_on):
        reason = (
            f"needs the edition that was current in {published.published_on}; the earliest in the "
            f"store is {earliest.edition}"
        )
        if published.note:
            reason += f" ({published.note})"
        return Verdict(published, ours, NEEDS, reason, earliest)
    reason = f"no edition in the store gives it; {ours.edition} reads {ours.value:,.10g}"
    return Verdict(published, ours, CANNOT, reason)


def _revised(then: FigureValue, now: FigureValue) -> str:
    before = f"{then.edition} gives {then.value:,.10g}"
    if now.value is None or then.value is None:
        return f"{before}; as of {now.as_of}: {now.reason}"
    change = 100 * (now.value - then.value) / then.value
    return f"{before}; {now.edition} reads {now.value:,.10g} ({change:+.2f} %)"


def _year_of(value: FigureValue) -> int:
    return max(int(part.split("@")[1][:4]) for part in value.edition.split(" + "))
