"""A count with its noun: ``1 place``, ``2,345 places``."""


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count and what is counted, in the number that it asks for.

    Parameters
    ----------
    one, many : str
        What is said of one, and of any other count; ``many`` is ``one`` with an s where it is not given.

    Examples
    --------
    >>> counted(1, "place"), counted(2345, "place"), counted(0, "key is", "keys are")
    ('1 place', '2,345 places', '0 keys are')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
