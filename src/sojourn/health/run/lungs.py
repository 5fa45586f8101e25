"""Which share of arrivals' disease the tests can find: the asker's, else WHO's by origin, else all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sojourn.errors import SimulateError
from sojourn.health.engine.question import Question
from sojourn.health.inputs.pulmonary import pulmonary_of
from sojourn.health.targets.series import area_name
from sojourn.store.observations import Store

NAMED = 5  # origins that are named in a sentence


@dataclass(frozen=True)
class Lungs:
    """The share of an origin's disease that is of the lungs, and who tells it.

    Attributes
    ----------
    first, last : int
        Years it is of; 0 for a share of the question.
    cells : tuple of str
        Addresses of WHO's numbers behind it.
    """

    share: float
    source: str
    first: int = 0
    last: int = 0
    cells: tuple[str, ...] = ()


def lungs_of(
    store: Store, question: Question, origins: Sequence[str], as_of: date | None = None
) -> dict[str, Lungs]:
    """Return the share of each origin; one that nobody tells is absent.

    Parameters
    ----------
    origins : sequence of str
        Area ids from which a modelled corridor of the question leads.

    Raises
    ------
    SimulateError
        The asker tells a share twice, or of a country that is no origin.
    """
    own = {o.area: Lungs(o.value, o.source, o.year, o.year) for o in question.own_of("pulmonary")}
    for area in own:
        if area not in origins:
            raise SimulateError(
                f"{question.id}: own pulmonary: {area_name(area)} ({area}) is no origin of the question",
                hint="X-ray and sputum look at arrivals: name where they come from",
            )
    if question.pulmonary is not None:
        if own:
            raise SimulateError(
                f"{question.id}: pulmonary is told twice, for every origin and as own number",
                hint="keep one of the two",
            )
        return dict.fromkeys(origins, Lungs(question.pulmonary, "the question"))
    who = {
        a: Lungs(p.share, p.edition, p.first, p.last, tuple(c.address for c in p.cells))
        for a, p in pulmonary_of(store, origins, as_of).items()
    }
    return {**who, **own}


def unsaid(origins: Sequence[str], told: Mapping[str, Lungs]) -> dict[str, str]:
    """Return what is to be said where the share of some origins is not known."""
    missing = [a for a in origins if a not in told]
    if not missing:
        return {}
    names = ", ".join(area_name(a) for a in missing[:NAMED])
    more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    return {
        "found": f"no share of pulmonary disease is known of {names}{more} (pulmonary = 0.6): all of it "
        "is taken to be of the lungs, and what is found or averted is the most it could be"
    }


def plain_lungs(told: Mapping[str, Lungs]) -> dict[str, dict[str, Any]]:
    """Return the shares as plain data."""
    return {a: {**asdict(one), "cells": list(one.cells)} for a, one in told.items()}
