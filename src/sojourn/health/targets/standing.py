"""Where areas stand against official targets: the results that ``tracking`` computes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sojourn.health.targets.deaths import Deaths
from sojourn.health.targets.series import Floats, Source
from sojourn.health.targets.targets import (
    Count,
    Elimination,
    Milestone,
    PublishedChange,
    PublishedLevel,
    Target,
    Trend,
)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One milestone: what it asks for, and what is known of it.

    Attributes
    ----------
    verdict : str
        met, missed; reached or not reached on the present trend; not available, withheld, zero at the
        baseline.
    reason : str
        Why there is no verdict, as a word: that of the tracking, or no_trend; empty where there is one.
    """

    milestone: Milestone
    goal: float
    observed: float | None
    gap: float | None
    verdict: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """How one area stands against one target.

    Attributes
    ----------
    observed, required : ndarray of float, shape (Y,)
        In the target's unit; NaN where missing.
    change, gap : float or None
        Change since the baseline [per cent]; observed minus required change [points].
    off_track : float or None
        By how much the observed value exceeds the path, of the observed [per cent].
    reached : float or None
        Year in which the present trend reaches the last milestone; inf for never.
    lower, upper : float or None
        Bounds of the last observed value: as printed, or the printed bounds of the numerator over
        the population.
    baselines : mapping of str to float
        Baseline value by edition: it moves with every report.
    otherwise : tuple of str
        Those of these editions whose rate has another denominator, people at risk or all inhabitants:
        told, and not compared.
    countries : (int, int)
        Countries with values in every year since the baseline, and of how many that the file
        still has in these years.
    left_out : tuple of str
        Area ids of those without.
    summed : bool
        Whether this is our sum over countries: the files hold no row of the publisher for it.
    statuses : tuple of str, length Y
        Observation status of each observed value; missing where there is none.
    cells : tuple of Source
        Cells behind the baseline and the last value.
    below : str
        Edition of the population, empty for a number.
    at_risk : bool
        Whether the rate is per person at risk, as the strategy defines it, and not per inhabitant.
    reason : str
        Why there is no value or no change, as a word: no_series, no_baseline, no_population,
        zero_baseline, few (fewer than 20 cases or deaths in the baseline year or the last one: a rate
        or number of so few has no change, trend or verdict); empty where both are there.
    """

    target: Target
    area: str
    name: str
    years: tuple[int, ...]
    observed: Floats
    required: Floats
    shape: str
    baseline: float | None
    last: int
    value: float | None
    change: float | None
    gap: float | None
    off_track: float | None
    trend: Trend
    reached: float | None
    milestones: tuple[Judged, ...]
    edition: str
    baselines: Mapping[str, float]
    countries: tuple[int, int]
    left_out: tuple[str, ...] = ()
    lower: float | None = None
    upper: float | None = None
    summed: bool = False
    statuses: tuple[str, ...] = ()
    cells: tuple[Source, ...] = ()
    below: str = ""
    at_risk: bool = False
    otherwise: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Counter:
    """One elimination counter, with the rule it counts by; no edition: no loaded file answers it."""

    rule: Elimination
    count: Count
    edition: str


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A level of the world as the publisher printed it, beside our sum over its country file.

    Attributes
    ----------
    ours : float
        NaN where the loaded edition has no such year.
    row : float
        What the edition itself prints for the world; NaN where it has no such row.
    countries : (int, int)
        Countries with a value, of how many with a row.
    """

    stated: PublishedLevel
    ours: float
    countries: tuple[int, int]
    edition: str
    row: float = float("nan")


@dataclass(frozen=True, kw_only=True)
class Notified:
    """Who was notified in a year, women and men apart.

    Attributes
    ----------
    women, men : float
        Women and girls, men and boys.
    total : float
        Everybody notified; what is above the sum of both is not told by sex.
    children : float
        Girls and boys below 15, among them.
    countries : (int, int)
        Countries that tell both, of how many with a row.
    """

    area: str
    year: int
    women: float
    men: float
    total: float
    countries: tuple[int, int]
    edition: str
    children: float = 0.0

    @property
    def untold(self) -> float:
        """People notified of whom the file does not tell the sex."""
        return max(self.total - self.women - self.men, 0.0)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Everything ``sojourn targets`` shows of one topic."""

    topic: str
    trackings: tuple[Tracking, ...]
    counters: tuple[Counter, ...]
    published: tuple[PublishedChange, ...] = ()
    levels: tuple[Beside, ...] = ()
    notified: tuple[Notified, ...] = ()
    deaths: tuple[Deaths, ...] = ()


def path_years(t: Tracking) -> range:
    """Return the years of the path that is asked for, from the baseline to the last milestone."""
    return range(t.target.baseline, t.target.milestones[-1].year + 1)
