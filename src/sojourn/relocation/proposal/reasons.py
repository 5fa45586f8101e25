"""Why a case has no place, in the words that every plan uses: planner and auditor fill in the same ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NO_SEAT = "a place is free, but no seat, escort or hour of arrival on any day"
MORE_SEATS = "one more vehicle or escort of this kind, or a later hour of arrival at the place"
_CAPACITY = re.compile(
    r"([\d,]+) beds or rooms wanted, ([\d,]+) there in ([\d,]+) pools of ([a-z, ]*)(; .*)?"
)
_APART = (
    "; beds are left over, and known children and those whose age is disputed or unknown "
    "share no room"
)


def forbidden(rules: Sequence[str]) -> tuple[str, str]:
    """Return reason and fix where rules forbid every place."""
    named = ", ".join(rules)
    return (
        f"every place is forbidden; the fewest rules in the way are {named}",
        f"a place that meets {named}, or another region offered and accepted",
    )


@dataclass(frozen=True, slots=True)
class Full:
    """Rooms that are full, and who else they are wanted by.

    Attributes
    ----------
    wanted, there : int
        Beds or rooms.
    pools : int
        Rooms of one kind at one place count as one.
    apart : bool
        Beds are left over that would do, were rooms not held apart (R04).
    """

    wanted: int
    there: int
    pools: int
    kinds: tuple[str, ...]
    apart: bool = False

    @property
    def reason(self) -> str:
        """Return the reason in words."""
        return (
            f"{self.wanted:,} beds or rooms wanted, {self.there:,} there "
            f"in {self.pools:,} pools of {', '.join(self.kinds)}"
            f"{_APART if self.apart else ''}"
        )

    def fix(self, short: int, size: int) -> str:
        """Return what would give a case of a size a place."""
        return (
            f"{max(short, size):,} more {' or '.join(self.kinds)} beds or rooms "
            "in a region this case accepts"
        )


def full_of(reason: str) -> Full | None:
    """Return the numbers of a reason; None where it is not of this form.

    >>> full_of("5 beds or rooms wanted, 3 there in 2 pools of child").there
    3
    """
    found = _CAPACITY.fullmatch(reason)
    if found is None or found[5] not in (None, _APART):
        return None
    wanted, there, pools = (int(n.replace(",", "")) for n in found.groups()[:3])
    return Full(wanted, there, pools, tuple(found[4].split(", ")), bool(found[5]))
