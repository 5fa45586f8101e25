"""The known word that a wrong one comes nearest to, for every refusal that names one."""

from collections.abc import Iterable
from difflib import get_close_matches


def near(given: object, known: Iterable[str], *, most: int = 1, cutoff: float = 0.6) -> list[str]:
    """Return the known words most like one, the nearest first; case does not count.

    Parameters
    ----------
    cutoff : float
        How alike they must be at least, 0 to 1 (Ratcliff and Obershelp).

    Examples
    --------
    >>> near("obs value", ["age", "OBS_VALUE"]), near("zzz", ["age"])
    (['OBS_VALUE'], [])
    """
    folded: dict[str, list[str]] = {}
    for word in map(str, known):
        folded.setdefault(word.casefold(), []).append(word)
    found = get_close_matches(str(given).casefold(), folded, n=most, cutoff=cutoff)
    return [word for f in found for word in folded[f]][:most]


def did_you_mean(
    given: object, known: Iterable[str], *, most: int = 1, cutoff: float = 0.6, otherwise: str = ""
) -> str:
    """Return the question that names the nearest words, or what to say where none is near.

    Examples
    --------
    >>> did_you_mean("bedz", ["beds", "rooms"])
    "did you mean 'beds'?"
    >>> did_you_mean("x", ["beds", "rooms"], otherwise="see the docs")
    'see the docs'
    """
    found = near(given, known, most=most, cutoff=cutoff)
    return f"did you mean {' or '.join(repr(f) for f in found)}?" if found else otherwise


def nearest_and_all(given: object, known: Iterable[str]) -> str:
    """Return the nearest known word, then all of them.

    Examples
    --------
    >>> nearest_and_all("bedz", ["beds", "rooms"])
    "did you mean 'beds'? there are: beds, rooms"
    """
    every = list(known)
    return f"{did_you_mean(given, every)} there are: {', '.join(every) or 'none'}".strip()
