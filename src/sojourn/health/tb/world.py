"""The world's number beside the sum of countries: by how much that sum has been wrong before.

At every origin the sum of the countries' anchors told more cases and deaths than came: trends fade in
them, and the declines of the large countries did not. How much more is learnt horizon by horizon from
origins whose outcomes are known by the base year, and taken off. The band is the largest error that
this correction itself made, learnt at each origin from what was known then. Nothing later is looked at.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.health.tb.anchor import Anchor, anchor

Floats = npt.NDArray[np.float64]
ORIGIN = 2004  # the first from which the anchor has a slope of its own
FEWEST = 4  # errors behind a number of a horizon
QUANTITIES = ("cases", "deaths")


@dataclass(frozen=True)
class Drift:
    """What the sum of the anchors tells too much, by horizon, as a logarithm.

    Attributes
    ----------
    off : ndarray, shape (H,)
        One to H years ahead; as far as at least four origins have outcomes.
    width : ndarray, shape (H,)
        Half of the band; the last that four origins can tell is carried on as the square root of time.
    """

    off: Floats
    width: Floats


def totals(found: Anchor, people: Floats) -> tuple[Floats, Floats]:
    """Return the sums of the anchors' cases and deaths, shape (H,), of people of shape (n, H)."""
    paths = found.path(np.arange(1.0, people.shape[1] + 1.0))
    cases, deaths = (np.nansum(path.T * people, axis=0) for path in paths)
    return cases, deaths


def drift(
    cases: Floats, deaths: Floats, people: Floats, *, first: int, base: int
) -> dict[str, Drift]:
    """Return the drift of cases and of deaths, from outcomes up to the base year.

    Parameters
    ----------
    cases, deaths, people : ndarray, shape (n, years)
        From ``first`` on, of countries without a gap; what is later than ``base`` is cut off.
    """
    kept = base - first + 1
    seen = {"cases": cases[:, :kept], "deaths": deaths[:, :kept]}
    people = people[:, :kept]
    ahead = base - ORIGIN
    errors = {q: np.full((ahead, ahead), np.nan) for q in QUANTITIES}  # origin, horizon
    for row, origin in enumerate(range(ORIGIN, base)):
        at = origin - first
        found = anchor(seen["cases"], seen["deaths"], people, first=first, base=origin)
        told = dict(zip(QUANTITIES, totals(found, people[:, at + 1 :]), strict=True))
        for q in QUANTITIES:
            errors[q][row, : base - origin] = np.log(told[q] / seen[q][:, at + 1 :].sum(axis=0))
    return {q: _learnt(e) for q, e in errors.items()}


def _learnt(errors: Floats) -> Drift:
    """Return mean errors by horizon, and the largest error that means of earlier outcomes left."""
    off, width = list[float](), list[float]()
    for h in range(errors.shape[1]):
        known = errors[np.isfinite(errors[:, h]), h]
        if len(known) < FEWEST:
            break
        off.append(float(known.mean()))
        # from an origin, outcomes h years after origins as much earlier are known
        left = [abs(known[o] - known[: o - h].mean()) for o in range(h + 1, len(known))]
        if len(left) >= FEWEST:
            width.append(max([*width, *left]))
    last = len(width)
    later = np.sqrt(np.arange(last + 1, len(off) + 1) / max(last, 1))
    return Drift(np.array(off), np.concatenate([width, (width or [np.nan])[-1] * later]))
