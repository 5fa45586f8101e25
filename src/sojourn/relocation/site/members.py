"""One row a household: columns ``m1_sex``, ``m2_sex`` … become a row a member.

Kobo and ODK write a repeat group into a table of its own; a form without one numbers its members in the
names of the questions. A member of whom nothing was noted is none; of whom anything was, is one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

MEMBER = "#"  # the number of the member, beside its columns


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


def members(record: Mapping[str, object], each: str) -> Iterator[dict[str, object]]:
    """Yield a row for each member of a household of whom anything was noted, by number."""
    pattern = _pattern(each)
    household = dict[str, object]()
    own: dict[int, dict[str, object]] = {}
    for header, cell in record.items():
        found = pattern.fullmatch(header)
        if found is None:
            household[header] = cell
        else:
            own.setdefault(int(found["n"]), {})[found["name"]] = cell
    for number, cells in sorted(own.items()):
        if any(str(c).strip() for c in cells.values() if c is not None):
            yield {**household, **cells, MEMBER: number}
