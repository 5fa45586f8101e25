"""Age groups, coded as in the SDMX code list CL_AGE (``Y0T4``, ``Y_GE65``, ``_T``)."""

import re

#: All ages together.
ALL_AGES = "_T"

_CODE = re.compile(r"Y(?P<low>\d{1,3})(?:T(?P<high>\d{1,3}))?|Y_GE(?P<open>\d{1,3})|_T")


def age_group(low: int, high: int | None) -> str:
    """Return the code of the completed years ``low`` to ``high``, both included.

    ``high`` is ``None`` for an open group.

    Raises
    ------
    ValueError
        Ages below zero, or an upper age below the lower.

    Examples
    --------
    >>> age_group(0, 4), age_group(17, 17), age_group(65, None)
    ('Y0T4', 'Y17', 'Y_GE65')
    """
    if low < 0 or (high is not None and high < low):
        raise ValueError(f"no age group runs from {low} to {high}")
    if high is None:
        return f"Y_GE{low}"
    return f"Y{low}" if low == high else f"Y{low}T{high}"


def age_limits(code: str) -> tuple[int, int | None]:
    """Return the lowest and highest completed year of an age code; ``None`` if open.

    Raises
    ------
    ValueError
        Not an age code.

    Examples
    --------
    >>> age_limits("Y0T4"), age_limits("Y_GE65"), age_limits("_T")
    ((0, 4), (65, None), (0, None))
    """
    match = _CODE.fullmatch(code)
    if match is None:
        raise ValueError(f"{code!r} is not an age code; expected Y0T4, Y17, Y_GE65 or _T")
    if code == ALL_AGES:
        return 0, None
    if match["open"]:
        return int(match["open"]), None
    low = int(match["low"])
    return low, int(match["high"] or low)
