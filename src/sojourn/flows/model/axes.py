"""Do the tables lie the right way: birthplaces down, residence across."""

import numpy as np

from sojourn.errors import EstimateError
from sojourn.flows.model.tables import Stocks

#: A table looks transposed where reading it so leaves less than this share of net migration.
TELLING = 0.5


def refuse_transposed(stocks: Stocks, *, accept: bool = False) -> None:
    """Refuse tables that look transposed, with the numbers that give it away.

    Read the right way, the growth of a place less births plus deaths is its net migration, a small
    part of the people who were born elsewhere. One table read across instead of down makes net
    migration of all of them. With net migration of the population's source, two transposed tables
    are told from it; without, both at once leave no trace in births and deaths.

    Raises
    ------
    EstimateError
        Naming the table, and both sums of absolute net migration.
    """
    if accept or stocks.births is None or stocks.deaths is None:
        return
    n = stocks.n
    natural = stocks.births - stocks.deaths
    told = np.zeros(n) if stocks.reported is None else stocks.reported
    start, end = stocks.start[:n], stocks.end[:n]
    across, down = (
        (start.sum(axis=0), end.sum(axis=0)),
        (start.sum(axis=1), end.sum(axis=1)),
    )

    def left(first: int, second: int) -> float:
        change = (across, down)[second][1] - (across, down)[first][0]
        return float(np.abs(change - natural - told).sum())

    given = left(0, 0)
    ways = {"table at the end": left(0, 1), "table at the start": left(1, 0)}
    if stocks.reported is not None:
        ways["two stock tables"] = left(1, 1)
    which, better = min(ways.items(), key=lambda way: way[1])
    if given <= n or better >= TELLING * given:
        return
    what = (
        "net migration" if stocks.reported is None else "what the net migration given leaves open"
    )
    raise EstimateError(
        f"the {which} look{'s' if which.startswith('table') else ''} transposed: {what} is "
        f"{given:,.0f} persons over the places as given, {better:,.0f} with birthplaces across "
        "and residence down",
        hint="birthplaces stand down, residence across; --accept-balance goes on all the same",
    )
