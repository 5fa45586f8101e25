"""Whether deaths that a publisher estimates fit beside its new cases and the people notified."""

from dataclasses import dataclass

from sojourn.health.targets.series import Source
from sojourn.health.targets.targets import nearness


@dataclass(frozen=True)
class Deaths:
    """Deaths that a publisher estimates, beside its new cases and the people notified in that year.

    Attributes
    ----------
    lower, upper : float or None
        Interval of the deaths, as printed.
    cases, notified : float or None
        None where the file has no value of the year.
    cells : tuple of Source
        Where deaths, cases and notifications stand.
    """

    topic: str
    area: str
    year: int
    deaths: float
    lower: float | None = None
    upper: float | None = None
    cases: float | None = None
    notified: float | None = None
    cells: tuple[Source, ...] = ()

    @property
    def near(self) -> str:
        """Return what the deaths are too near to: ``cases``, ``notified``, or nothing.

        Examples
        --------
        >>> Deaths("tb", "250", 2023, 60, cases=80).near, Deaths("tb", "250", 2023, 60, cases=600).near
        ('cases', '')
        """
        rule = nearness(self.topic)
        if self.deaths < rule.least:
            return ""
        if self.cases is not None and self.deaths >= rule.of_cases * self.cases:
            return "cases"
        near = self.notified is not None and self.deaths >= rule.of_notified * self.notified
        return "notified" if near else ""
