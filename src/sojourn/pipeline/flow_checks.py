"""Estimated arrivals beside measured ones, country by country."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from sojourn.estimate.flows import Flows
from sojourn.store.observations import Store


@dataclass(frozen=True)
class Checked:
    """Arrivals of one country over an interval, persons."""

    area: str
    measured: float
    estimated: Mapping[str, float]

    def ratio(self, method: str) -> float:
        """Estimated arrivals per measured arrival."""
        return self.estimated[method] / self.measured


@dataclass(frozen=True)
class Checks:
    """All countries that measure, and the rank correlation of each method with them."""

    edition: str
    countries: tuple[Checked, ...]
    correlation: Mapping[str, float]


def check_arrivals(
    store: Store, start: int, end: int, estimates: Mapping[str, Flows]
) -> Checks | None:
    """Compare arrivals with the measured totals of UN DESA; None where nothing was measured.

    Of each country the rows of one definition are taken: residence and both, where there are any,
    else citizenship and both. Only countries with every year of the interval count; the first and
    the last year weigh half.
    """
    rows = store.con.execute(
        "SELECT ref_area, detail, edition, sum(obs_value * CASE WHEN time_period IN ($first, $last) THEN 0.5 ELSE 1 END) "
        "FROM observation WHERE dataflow = 'undesa.flows' AND indicator = 'immigration' "
        "AND list_contains($years, time_period) AND obs_value IS NOT NULL "
        "GROUP BY ALL HAVING count(*) = $count ORDER BY ref_area, edition, detail",
        {
            "first": str(start),
            "last": str(end),
            "years": [str(y) for y in range(start, end + 1)],
            "count": end - start + 1,
        },
    ).fetchall()
    measured: dict[str, float] = {}
    for wanted in ("criterion=Residence;coverage=Both", "criterion=Citizenship;coverage=Both"):
        for area, detail, _, value in rows:
            if detail.rstrip(";") == wanted:
                measured.setdefault(area, value)
    arrivals = {
        m: dict(zip(f.places, f.flow.sum(axis=0).tolist(), strict=True))
        for m, f in estimates.items()
    }
    countries = [
        Checked(a, value, {m: into[a] for m, into in arrivals.items()})
        for a, value in measured.items()
        if value > 0 and all(a in into for into in arrivals.values())
    ]
    if len(countries) < 3:
        return None
    counted = np.array([c.measured for c in countries])
    correlation = {
        m: float(spearmanr(counted, [c.estimated[m] for c in countries]).statistic)
        for m in estimates
    }
    countries.sort(key=lambda c: -c.measured)
    return Checks(rows[0][2], tuple(countries), correlation)
