"""Draws of the tuberculosis model fitted to WHO's series, from which every validation starts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.health.engine.parameters import draw, parameters
from sojourn.health.inputs.tb import TbInputs
from sojourn.health.tb import run as tb_run
from sojourn.health.tb.joined import Fitted

DRAWS = 36  # a third of each latency structure, as in a run


@dataclass(frozen=True)
class Begun:
    """Some draws of the fit.

    Attributes
    ----------
    structure : ndarray of str, shape (D,)
        The latency structure of each.
    """

    index: tuple[int, ...]
    drawn: Mapping[str, npt.NDArray[np.float64]]
    structure: np.ndarray
    start: Fitted


def begun(inputs: TbInputs, seed: int, draws: int = DRAWS) -> tuple[Begun, ...]:
    """Fit the draws, block by block."""
    drawn = draw(parameters("tb"), seed, draws, range(draws))
    kinds = tb_run.structures_of(seed, draws)
    found = []
    for first in range(0, draws, tb_run.BLOCK):
        some = list(range(first, min(first + tb_run.BLOCK, draws)))
        those = {k: v[some] for k, v in drawn.items()}
        start = tb_run.started(
            inputs.world, inputs.observed, those, seed=seed, count=draws, index=some
        )
        found.append(Begun(tuple(some), those, kinds[some], start))
    return tuple(found)
