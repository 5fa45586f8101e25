"""What a fit says about itself, and what each flag withholds from print."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.health.tb.joined import IDENTIFIED

Floats = npt.NDArray[np.float64]
MANY = 0.2  # migrants' share of the people above which who was notified must be known
FEW_NOTIFIED = 0.02
DOMINANT, OFTEN = 0.9, 0.1  # migrants' share of cases, and the share of draws in which it is more
FATALITY = (0.65, 1.8)  # times published fatality
HALF, BOUND = 0.5, 0.2
TRENDS_DIFFER = 1.5
GROUPS, DEATHS, EFFECTS, INTERVAL = "groups", "deaths averted", "programme effects", "interval"


@dataclass(frozen=True)
class Flag:
    """One doubt about a country.

    Attributes
    ----------
    size : float
        What the rule looked at: a selection, a share, a factor.
    withholds : str
        ``groups``, ``deaths averted``, ``programme effects`` or ``interval``.
    """

    id: str
    size: float
    withholds: str


def flags_of(
    found: Mapping[str, npt.NDArray[np.generic]],
    at: int,
    *,
    notified: float,
    mobile: float,
    matched: npt.NDArray[np.bool_],
) -> tuple[Flag, ...]:
    """Return the flags of a country.

    Parameters
    ----------
    found : mapping of str to ndarray, shape (D, n)
        ``met``, ``bound``, ``share``, ``selection``, ``factor`` of a run.
    notified, mobile : float
        Share of the notified who were born abroad (NaN where it is not told), migrants' share of the
        people.
    matched : ndarray of bool, shape (D,)
        Draws whose transmission follows the anchor.
    """
    share, chosen, factor, met, bound = (
        np.asarray(found[k][:, at], dtype=np.float64)
        for k in ("share", "selection", "factor", "met", "bound")
    )
    out = list[Flag]()
    selection, deadly = float(np.median(chosen)), float(np.median(factor))
    told = np.isfinite(notified)
    if told and (
        not IDENTIFIED[0] <= selection <= IDENTIFIED[1]
        or (notified < FEW_NOTIFIED and mobile > MANY)
    ):
        out.append(Flag("share_conflict", selection, GROUPS))
    dominant = float(np.mean(share >= DOMINANT))
    if not told and (mobile > MANY or dominant > OFTEN):
        out.append(Flag("share_unknown", mobile, GROUPS))
    if not FATALITY[0] <= deadly <= FATALITY[1]:
        out.append(Flag("deaths_conflict", deadly, DEATHS))
    if met.mean() < HALF:
        out.append(Flag("not_fitted", float(met.mean()), EFFECTS))
    stuck = float(bound[matched].mean()) if matched.any() else 0.0
    if stuck > BOUND:
        out.append(Flag("trend_open", stuck, EFFECTS))
    return (*out, Flag("beyond", 7.0, INTERVAL))


def withheld(flags: tuple[Flag, ...]) -> frozenset[str]:
    """Return what the flags of a country withhold."""
    return frozenset(f.withholds for f in flags)
