"""Why a case has no place, in the words that every plan uses: planner and auditor fill in the same ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NO_SEAT = "a place is free, but no seat, escort or hour of arrival on any day"
MORE_SEATS = "one more vehicle or escort of this kind, or a later hour of arrival at the place"
#: What a rule asks that can forbid a place.
ASKED = {
    "R01": "a room of its kind that is large enough, at a place that is not withdrawn",
    "R03": "those bound together able to share a place",
    "R04": "a child-safe place with licence and rooms for children alone",
    "R05": "no bond of children alone to an unrelated adult",
    "R07": "a women-safe place, and a room for women where it is women alone",
    "R08": "no bond to those from whom it is kept apart",
    "R09": "a place that is not compromised",
    "R10": "medical needs covered there, and everybody fit to travel",
    "R11": "a step-free place",
    "R12": "a way short enough in late pregnancy",
    "R13": "places at school",
    "R14": "consent, and a region that it accepts",
    "R15": "a place near its relatives",
    "R16": "a place that is open and receives as many in time",
}
_CAPACITY = re.compile(
    r"([\d,]+) beds or rooms wanted, ([\d,]+) there in ([\d,]+) pools of ([a-z, ]*)(; .*)?"
)
_APART = (
    "; beds are left over, and known children and those whose age is disputed or unknown "
    "share no room"
)


def figure(value: float) -> str:
    """Return a number as it is printed: all of a whole one, six digits after the point of a share.

    >>> figure(3822401.0), figure(0.9816972)
    ('3,822,401', '0.981697')
    """
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def in_words(rule: str) -> str:
    """Return a rule with what it asks of a place or a case, where it is one that can forbid a place.

    >>> in_words("R11"), in_words("R99")
    ('R11 (a step-free place)', 'R99')
    """
    return f"{rule} ({ASKED[rule]})" if rule in ASKED else rule


def forbidden(rules: Sequence[str]) -> tuple[str, str]:
    """Return reason and fix where rules forbid every place.

    >>> forbidden(["R14"])[1]
    'consent, and a region that it accepts'
    """
    wanted = "; ".join(ASKED.get(r, r) for r in rules)
    other = "" if "R14" in rules else "; or another region offered and accepted"
    return (
        f"every place is forbidden; the fewest rules in the way are {', '.join(map(in_words, rules))}",
        f"{wanted}{other}",
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
