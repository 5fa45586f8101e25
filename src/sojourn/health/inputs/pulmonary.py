"""Which share of the new cases notified is of the lungs: X-ray and sputum find no other disease."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sojourn.health.engine.parameters import constants
from sojourn.health.inputs.series import editions_of, read_series
from sojourn.health.targets.series import Source, sources
from sojourn.store.observations import Store

LUNGS = ("tb_notifications_pulmonary_confirmed", "tb_notifications_pulmonary_clinical")
ELSEWHERE = "tb_notifications_extrapulmonary"


@dataclass(frozen=True)
class Pulmonary:
    """The share of an area's new notified cases that is of the lungs.

    Attributes
    ----------
    share : float
        0 to 1.
    first, last : int
        The years that are summed: the newest in which all three columns are printed.
    notified : float
        New cases of those years.
    edition : str
    cells : tuple of Source
        Where they stand.
    """

    share: float
    first: int
    last: int
    notified: float
    edition: str
    cells: tuple[Source, ...] = ()


def pulmonary_of(
    store: Store, areas: Sequence[str], as_of: date | None = None, *, until: int | None = None
) -> dict[str, Pulmonary]:
    """Return the share of each area in the newest edition; an area that WHO does not tell is absent.

    New cases alone, as WHO's columns are: relapses are not told by site in every country. Fewer than
    ``pulmonary_least`` cases in the years together tell no share.

    Parameters
    ----------
    until : int, optional
        The last year looked at.
    """
    found = editions_of(store, ELSEWHERE, as_of)
    if not found:
        return {}
    several = [read_series(store, name, found[-1]) for name in (*LUNGS, ELSEWHERE)]
    law = constants("tb")
    least, most = law["pulmonary_least"].value, int(law["pulmonary_years"].value)
    years = [y for y in several[-1].years if until is None or y <= until]
    table = np.stack([one.of(areas, years) for one in several])
    out = {}
    for at, area in enumerate(areas):
        told = np.flatnonzero(np.isfinite(table[:, at]).all(axis=0))[-most:]
        parts = table[:, at, told].sum(axis=1)
        if len(told) and parts.sum() >= least:
            those = [years[t] for t in told]
            out[area] = Pulmonary(
                share=float(parts[:2].sum() / parts.sum()),
                first=those[0],
                last=those[-1],
                notified=float(parts.sum()),
                edition=found[-1],
                cells=sources(several, [area], those),
            )
    return out
