"""One row a household: columns ``m1_sex``, ``m2_sex`` … become a row a member.

Kobo and ODK write a repeat group into a table of its own; a form without one numbers its members in the
names of the questions. A member of whom nothing was noted is none; of whom anything was, is one.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from sojourn.relocation.site.arrays import says_nothing

MEMBER = "#"  # the number of the member, beside its columns
HOUSEHOLD = "household: "  # before a column of the household that is named as a member's


def _pattern(each: str) -> re.Pattern[str]:
    before, _, behind = each.partition("#")
    return re.compile(
        rf"(?P<group>.*[/-])?{re.escape(before)}(?P<n>[0-9]+){re.escape(behind)}(?P<name>.+)"
    )


def headers_of_members(header: Sequence[str], each: str) -> list[str]:
    """Return the columns of one member and those of the household; none where no member has any."""
    found = [_pattern(each).fullmatch(h) for h in header]
    named = [f["name"] for f in found if f]
    rest = [h for h, f in zip(header, found, strict=True) if f is None]
    return list(dict.fromkeys([*named, *rest, MEMBER])) if named else []


def members_twice(header: Sequence[str], each: str) -> list[str]:
    """Return the questions that one member has in two columns, as ``m1_sex``: of ``m01_sex``, or in two groups.

    >>> members_twice(["m1_sex", "m2_sex", "b/m2_sex", "m02_age"], "m#_")
    ['m2_sex']
    """
    found = [f for h in header if (f := _pattern(each).fullmatch(h))]
    count = Counter((int(f["n"]), f["name"]) for f in found)
    return [each.replace("#", str(n)) + name for (n, name), times in count.items() if times > 1]


def members(
    record: Mapping[str, object], each: str, read: Collection[str] = ()
) -> Iterator[dict[str, object]]:
    """Yield a row for each member of a household of whom anything was noted, by number.

    Parameters
    ----------
    read : collection of str
        Columns that are read as they are, with or without their groups: a 0 in them is an answer.

    Examples
    --------
    >>> row = {"m1_age": "31", "m2_about/age": "0", "m3_needs/PREG": "0"}
    >>> [m["#"] for m in members(row, "m#_", ["age"])]
    [1, 2]
    """
    pattern = _pattern(each)
    household = dict[str, object]()
    own: dict[int, dict[str, object]] = {}
    asked = dict[str, object]()
    for header, cell in record.items():
        found = pattern.fullmatch(header)
        if found is None:
            household[header] = cell
        else:
            own.setdefault(int(found["n"]), {})[found["name"]] = cell
            asked[found["name"]] = None  # not the household's, where a member lacks the column
    beside = {f"{HOUSEHOLD}{h}" if h in asked else h: cell for h, cell in household.items()}
    for number, cells in sorted(own.items()):
        if any(not says_nothing(c) and not _not_chosen(h, c, read) for h, c in cells.items()):
            yield {**beside, **asked, **cells, MEMBER: number}


def _not_chosen(header: str, cell: object, read: Collection[str]) -> bool:
    """Whether a cell is the zero that ODK Central writes in each column of a choice, also where nobody answered."""
    name = header.rpartition("/")[2]
    return "/" in header and not {header, name} & {*read} and str(cell).strip() in ("0", "0.0")
