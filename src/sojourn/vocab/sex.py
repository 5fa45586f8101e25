"""Sex, as in the SDMX code list CL_SEX."""

from enum import StrEnum


class Sex(StrEnum):
    """Female, male, or both together.

    ``_T`` is the publisher's total, never computed here: where a publisher prints both sexes but
    neither men nor women, the parts are missing.

    Examples
    --------
    >>> Sex("F"), str(Sex.TOTAL)
    (<Sex.FEMALE: 'F'>, '_T')
    """

    FEMALE = "F"
    MALE = "M"
    TOTAL = "_T"
