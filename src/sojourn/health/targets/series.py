"""One indicator of one edition, countries × years, with the cell behind each value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import column_letters
from sojourn.vocab.status import ObsStatus

Floats = npt.NDArray[np.float64]

WORLD = "900"
REGIONS = {
    "AFR": "WHO African Region",
    "AMR": "WHO Region of the Americas",
    "EMR": "WHO Eastern Mediterranean Region",
    "EUR": "WHO European Region",
    "SEA": "WHO South-East Asia Region",
    "WPR": "WHO Western Pacific Region",
}


def area_name(area: str) -> str:
    """Return the English name of an area or WHO region."""
    if area in REGIONS:
        return REGIONS[area]
    return "World" if area == WORLD else AREAS[area].names["en"]


@dataclass(frozen=True)
class Series:
    """One indicator of one edition, countries × years.

    Attributes
    ----------
    areas : tuple of str, length A
    years : tuple of int, length Y
    values, lower, upper : ndarray of float, shape (A, Y)
        NaN where missing; bounds as printed.
    rows, cols : ndarray of int, shape (A, Y)
        Where each value stands in its file; 0 where there is none.
    files : mapping of str to str
        Name of each file behind it to its sha256.
    statuses : mapping of (str, int) to str
        Observation status of an area and year, as loaded.
    """

    indicator: str
    edition: str
    areas: tuple[str, ...]
    years: tuple[int, ...]
    values: Floats
    lower: Floats
    upper: Floats
    rows: npt.NDArray[np.int64]
    cols: npt.NDArray[np.int64]
    files: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[tuple[str, int], str] = field(default_factory=dict)

    @property
    def countries(self) -> tuple[str, ...]:
        """Return the areas that are no sums: rows of the world and of WHO's regions are left out."""
        return tuple(a for a in self.areas if a != WORLD and a not in REGIONS)

    def of(self, areas: Sequence[str], years: Sequence[int], which: str = "values") -> Floats:
        """Return values of these areas and years, shape (len(areas), len(years)); NaN where absent."""
        source: Floats = getattr(self, which)
        place_a = {a: i for i, a in enumerate(self.areas)}
        place_y = {y: i for i, y in enumerate(self.years)}
        out = np.full((len(areas), len(years)), np.nan)
        for i, area in enumerate(areas):
            for j, year in enumerate(years):
                if area in place_a and year in place_y:
                    out[i, j] = source[place_a[area], place_y[year]]
        return out

    def cell(self, area: str, year: int) -> str:
        """Return the address of one value, empty where there is none."""
        if area not in self.areas or year not in self.years:
            return ""
        i, j = self.areas.index(area), self.years.index(year)
        if not self.rows[i, j]:
            return ""
        return f"{self.edition}#{column_letters(int(self.cols[i, j]))}{self.rows[i, j]}"

    def status(self, area: str, year: int) -> str:
        """Return the observation status of one value; missing where the file has no row for it."""
        return self.statuses.get((area, year), ObsStatus.MISSING.value)

    def since(self, year: int) -> tuple[str, ...]:
        """Return the countries that have a row in this year or later: those that still exist."""
        late = [j for j, y in enumerate(self.years) if y >= year]
        kept = np.flatnonzero((self.rows[:, late] > 0).any(axis=1))
        there = {self.areas[i] for i in kept}
        return tuple(a for a in self.countries if a in there)


@dataclass(frozen=True, slots=True)
class Source:
    """One cell behind a number: whose value, of which year, and where it stands."""

    area: str
    year: int
    indicator: str
    address: str


def sources(
    several: Sequence[Series | None], areas: Sequence[str], years: Sequence[int]
) -> tuple[Source, ...]:
    """Return the cells of these areas and years in each series, in the order of the areas."""
    return tuple(
        Source(area, year, series.indicator, address)
        for area in areas
        for series in several
        if series is not None
        for year in years
        if (address := series.cell(area, year))
    )
