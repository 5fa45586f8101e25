"""One series, one method: what two methods tell of the same people no audit of one of them sees.

A count that was withheld and then printed rounded to 5 is known to within 8; one that was rounded to 3
and then to 5 nearer still; one with the noise of two keys has it averaged out.
"""

from collections.abc import Sequence

from sojourn.errors import DisclosureRisk
from sojourn.protect.ledger.ledger import SUPPRESS, Release

WORDS = {
    SUPPRESS: "with cells withheld",
    "round": "rounded",
    "cellkey": "with cell keys",
    "dp": "with differential privacy",
}
TELLS = "the two together tell more of the same people than either was attacked for"


def refuse_other_method(releases: Sequence[Release], series: str, method: str) -> None:
    """Refuse a series that was published by another method, or with other numbers of it.

    Parameters
    ----------
    method : str
        Its name and, after a blank, its numbers: ``round 5``.

    Raises
    ------
    DisclosureRisk
        It was; the first such release is named.
    """
    name, _, numbers = method.partition(" ")
    for one in releases:
        if one.series != series or one.to or one.method == method:
            continue
        before, _, earlier = one.method.partition(" ")
        if before != name:
            raise DisclosureRisk(
                f"{series!r} was published {WORDS.get(before, before)} on {one.day}, and now {WORDS[name]}: {TELLS}",
                hint=f"--method {before} as before, or another --series if these are other people",
            )
        raise DisclosureRisk(
            f"{series!r} was published {WORDS[name]} on {one.day} by other numbers than now: {TELLS}",
            hint=_as_before(name, earlier, numbers),
        )


def _as_before(name: str, earlier: str, now: str) -> str:
    if name == "round":
        return f"--base {earlier}, as before"
    noise, _, _ = earlier.partition(" ")
    told = f"--noise {noise}" if noise != now.partition(" ")[0] else "the key of the office"
    return f"{told}, as before: other noise of the same people averages out"
