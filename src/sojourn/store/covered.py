"""How much of the world an edition holds: what is judged from its key sets and what it prints.

An edition is *complete*, *partial* or *accepted* (partial, and a person said why it may stand).
Completeness is known by slice: one indicator, by origin or not, of one period. A number over the
world, a region or a ranking takes complete slices only; a single key is answered by the newest
edition that holds it, complete or not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sojourn.errors import counted
from sojourn.sources.frame import Frame

#: Share of an indicator's keys or persons that an edition holds at least, if its own periods are whole.
_MOST = 0.5
#: In `Coverage.short`: every slice of the edition.
EVERYTHING = ("*", "*", "*")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureCoverage:
    """The key set of one measure of an edition; ``first`` and ``last`` are periods."""

    indicator: str
    keys: int
    places: int
    origins: int
    periods: int
    first: str
    last: str
    sexes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceChange:
    """One slice of an edition beside the same slice of the edition that it is compared with.

    Attributes
    ----------
    by_origin : bool
        Whether its rows name single origins (not all together).
    keys, keys_before, lost, new : int
        Keys with a number that is not zero; those that are gone, and those that are new.
    total, total_before, total_lost : float
        Sums in the unit of the table; ``total_lost`` is the part of the earlier one whose keys are gone.
    """

    indicator: str
    by_origin: bool
    period: str
    keys: int
    keys_before: int
    lost: int
    new: int
    total: float
    total_before: float
    total_lost: float

    @property
    def ratio(self) -> float | None:
        """Total now over total before; None when there was none."""
        return self.total / self.total_before if self.total_before else None

    def beyond(self, frame: Frame) -> bool:
        """Whether more was lost than a new edition of the dataset may lose."""
        gone = self.lost > frame.keys_lost * self.keys_before
        return gone or self.total_lost > frame.total_lost * self.total_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What one edition in a store holds, and whether figures over the world may rest on it.

    Attributes
    ----------
    status : str
        ``complete``, ``partial`` or ``accepted``.
    reasons : tuple of str
        Why it is partial, in words that a page may print.
    accepted : str
        The reason a person gave for taking it as complete (``--accept-coverage``).
    selection : tuple of str
        The selection that its files print, line by line; empty when they print none.
    compared_with : str
        Edition its keys were compared with; empty when there was none.
    until : str
        Day up to which it covers time (YYYY-MM-DD); empty when nothing says so.
    lost, new : int
        Keys lost and new against ``compared_with``, in the periods that both hold.
    changes : tuple of str
        The ten largest changes against ``compared_with``, largest first, as a receipt prints them.
    questions : tuple of str
        What looks like a fault beside ``compared_with``, with both numbers.
    told : tuple of str
        What differs from ``compared_with`` and is no question: indicators and periods that it lacks,
        keys without a number, statuses, units and bounds, changes of aggregates alone.
    short : tuple of (indicator, ``by_origin`` or ``total``, period)
        Slices that are not whole; `EVERYTHING` for all of them.
    """

    edition: str
    dataset: str
    vintage: str
    status: str
    reasons: tuple[str, ...] = ()
    accepted: str = ""
    selection: tuple[str, ...] = ()
    compared_with: str = ""
    until: str = ""
    lost: int = 0
    new: int = 0
    measures: tuple[MeasureCoverage, ...] = ()
    changes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    short: tuple[tuple[str, str, str], ...] = ()

    @property
    def doubt(self) -> str:
        """What must be said of every number of the edition; empty when nothing must."""
        if not self.questions or self.accepted:
            return ""
        return f"in question beside {self.compared_with}" if self.compared_with else "in question"

    @property
    def is_part(self) -> bool:
        """Whether rows are missing, so that a printed total need not be the sum of what is here.

        An edition that lacks years alone is held to its totals in those it has.
        """
        return self.status == "partial" and bool(self.short)

    def whole(self, indicator: str, period: str, *, by_origin: bool | None = None) -> bool:
        """Whether a total over this slice may be taken from the edition.

        Parameters
        ----------
        by_origin : bool, optional
            Whether rows of single origins are summed; None asks for both kinds.
        """
        if self.status != "partial":
            return True
        if EVERYTHING in self.short:
            return False
        kinds = ("by_origin", "total") if by_origin is None else (_kind(by_origin=by_origin),)
        return not any((indicator, kind, period) in self.short for kind in kinds)

    def part_year(self, period: str) -> bool:
        """Whether the edition ends before a year does, so that its number is of a part of the year.

        Examples
        --------
        >>> held = Coverage(edition="", dataset="", vintage="", status="complete", until="2020-01-08")
        >>> held.part_year("2020"), held.part_year("2019")
        (True, False)
        """
        year = period[:4]
        return bool(self.until) and len(period) == 4 and self.until < f"{year}-12-31"


def _kind(*, by_origin: bool) -> str:
    return "by_origin" if by_origin else "total"


def short_slices(changes: Iterable[SliceChange], frame: Frame) -> tuple[tuple[str, str, str], ...]:
    """Return the slices that lost more than they may."""
    return tuple(
        (c.indicator, _kind(by_origin=c.by_origin), c.period) for c in changes if c.beyond(frame)
    )


def as_short(
    new: Iterable[tuple[str, bool, str]], changes: Sequence[SliceChange]
) -> tuple[tuple[str, str, str], ...]:
    """Return the slices nothing is held against whose indicator is a small part wherever it is.

    An edition that holds less than half of an indicator in the periods of the edition before holds
    no more of it in a period of its own.

    Parameters
    ----------
    new : iterable of (indicator, by origin, period)
        Slices that the edition before does not hold.
    """
    sizes: dict[tuple[str, bool], tuple[float, float]] = {}
    for c in changes:
        now, before = sizes.get((c.indicator, c.by_origin), (0.0, 0.0))
        of_keys = not c.total_before  # rates are not added
        now += c.keys if of_keys else c.total
        before += c.keys_before if of_keys else c.total_before
        sizes[c.indicator, c.by_origin] = now, before
    small = {slice_ for slice_, (now, before) in sizes.items() if now < _MOST * before}
    return tuple((i, _kind(by_origin=o), period) for i, o, period in new if (i, o) in small)


def years_lost(now: Iterable[str], before: Iterable[str], frame: Frame) -> tuple[str, ...]:
    """Return the periods of the edition before that this one lacks though it should hold them.

    Examples
    --------
    >>> years_lost({"1990", "1995", "2000"}, {"1990", "1995", "1997"}, Frame(years="steps"))
    ()
    >>> years_lost({"2016"}, {"2015", "2016"}, Frame())
    ('2015',)
    """
    if frame.years == "own":
        return ()
    held, earlier = set(now), set(before)
    if frame.years == "steps" and earlier:
        earlier.discard(max(earlier))
    return tuple(sorted(earlier - held))


def far_from(frame: Frame, places: int) -> str:
    """Return why an edition of so many places cannot be whole; empty when it may be.

    Examples
    --------
    >>> far_from(Frame(whole="world", places=180), 1)
    'holds 1 place, a whole edition about 180'
    """
    far = 2 * places < frame.places or (frame.whole == "world" and places == 1)
    if not frame.whole or not far:
        return ""
    about = f"about {frame.places}" if frame.places else f"the {frame.whole}"
    return f"holds {counted(places, 'place')}, a whole edition {about}"


def said_of(changes: Sequence[SliceChange], frame: Frame, before: str) -> tuple[str, ...]:
    """Return the largest losses beyond tolerance as sentences, worst first."""
    beyond = [c for c in changes if c.beyond(frame)]
    worst = sorted(beyond, key=lambda c: (-c.total_lost / (c.total_before or 1), c.period))
    said = [
        f"{c.indicator} {c.period}: {c.lost:,} of {counted(c.keys_before, 'key')} of {before} {'is' if c.lost == 1 else 'are'} gone, "
        f"{c.total_lost:,.0f} of its {c.total_before:,.0f}"
        for c in worst[:3]
    ]
    if len(worst) > 3:
        more = counted(len(worst) - 3, "more indicator or period", "more indicators and periods")
        said.append(f"and {more}")
    return tuple(said)
