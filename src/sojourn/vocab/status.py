"""Status of an observation: the SDMX code list CL_OBS_STATUS, version 2.3.

The list mixes why a value is missing with how good a value is. One code is carried, chosen by the
precedence of SDMX's "Possible ways of implementing the observation status concept" (version 2.0,
May 2019): a break in the series stands highest. The second fact goes into the comment.
"""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from sojourn.vocab.table import rows_of


class _Entry(NamedTuple):
    """One row of the code list."""

    name: str
    missing: str
    precedence: int
    note: str


class ObsStatus(StrEnum):
    """Codes of CL_OBS_STATUS; what they mean is read from ``obs_status.csv``.

    Examples
    --------
    >>> ObsStatus("O").is_missing, ObsStatus("A").is_missing, ObsStatus("Q").label
    (True, False, 'Missing value; suppressed')
    """

    BREAK = "B"
    MISSING = "O"
    CANNOT_EXIST = "M"
    NOT_COLLECTED = "L"
    HOLIDAY = "H"
    SUPPRESSED = "Q"
    DEROGATION = "J"
    SPECIAL_EVENT = "S"
    DEFINITION_DIFFERS = "D"
    INCLUDED_ELSEWHERE = "K"
    INCLUDES_OTHERS = "W"
    IMPUTED = "I"
    FORECAST = "F"
    ESTIMATED = "E"
    PROVISIONAL = "P"
    NOT_SIGNIFICANT = "N"
    LOW_RELIABILITY = "U"
    UNVALIDATED = "V"
    EXPERIMENTAL = "G"
    NORMAL = "A"
    UNKNOWN = "_U"
    R = "R"
    X = "X"

    @property
    def label(self) -> str:
        """Name in the code list; empty where the list at hand gives none."""
        return code_list()[self.value].name

    @property
    def is_missing(self) -> bool:
        """Whether an observation with this status has no value.

        ``K`` (included in another category) is missing here: the value stands elsewhere.
        """
        return code_list()[self.value].missing == "yes"

    @property
    def may_be_missing(self) -> bool:
        """Whether an observation with this status may be without a value.

        A break, a derogation or a strike can stand beside a value or in its place.
        """
        return code_list()[self.value].missing != "no"

    @property
    def precedence(self) -> int:
        """Rank where several statuses apply and one is carried: 1 is a break in the series."""
        return code_list()[self.value].precedence


@cache
def code_list() -> dict[str, _Entry]:
    """Return the code list: code to name, missingness, precedence and note."""
    # Codes without a rank in the guidelines come after all that have one.
    return {
        code: _Entry(name, missing, int(rank or 99), note)
        for code, name, missing, rank, note in rows_of("obs_status.csv")
    }


def one_status(statuses: Iterable[ObsStatus]) -> ObsStatus:
    """Return the status that stands where several apply; the others belong in the comment.

    Raises
    ------
    ValueError
        No status is given.

    Examples
    --------
    >>> one_status([ObsStatus.ESTIMATED, ObsStatus.BREAK]).label
    'Time series break'
    """
    return min(statuses, key=lambda status: status.precedence)
