"""Why a case has no place, in the words that every plan uses: planner and auditor fill in the same ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sojourn.errors import BadDeclaration
from sojourn.terminal.declared import packaged_words

NO_SEAT = "a place is free, but no seat, escort or hour of arrival on any day"
MORE_SEATS = "one more vehicle or escort of this kind, or a later hour of arrival at the place"
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


@cache
def rule_words(language: str = "en") -> Mapping[str, str]:
    """Return what each rule says (``R11``), and what it asks that can forbid a place (``asks_R11``).

    >>> rule_words()["R11"], rule_words("fr")["asks_R11"]
    ('Wheelchairs have a step-free place and a slot', 'un lieu sans marches')

    Raises
    ------
    BadDeclaration
        A language has other papers, and no words of the rules.
    """
    known = packaged_words("sojourn.relocation.proposal", "rule_words.toml")
    if language not in known:
        raise BadDeclaration(
            f"rule_words.toml has no [{language}]", hint=f"there are: {', '.join(known)}"
        )
    return known[language]


def _asked(rule: str) -> str:
    return rule_words().get(f"asks_{rule}", "")


def in_words(rule: str) -> str:
    """Return a rule with what it asks of a place or a case, where it is one that can forbid a place.

    >>> in_words("R11"), in_words("R99")
    ('R11 (a step-free place)', 'R99')
    """
    asked = _asked(rule)
    return f"{rule} ({asked})" if asked else rule


def forbidden(rules: Sequence[str]) -> tuple[str, str]:
    """Return reason and fix where rules forbid every place.

    >>> forbidden(["R14"])[1]
    'consent, and a region that it accepts'
    """
    wanted = "; ".join(_asked(r) or r for r in rules)
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
