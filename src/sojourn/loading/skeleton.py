"""A first layout of a table that nobody has declared: what its columns look like, to be checked.

The year, the places and how they are coded, the numbers and the texts are told by the cells; what
the numbers count is never guessed: each `indicator` is left blank, with the nearest known ones.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from types import MappingProxyType

from sojourn.harmonize.numbers import to_number
from sojourn.sources.container import Grid, Workbook, flat
from sojourn.vocab.area import AREAS, plain
from sojourn.vocab.indicator import indicators

LOOKED = 300  # rows that are looked at
MOST_SHEETS = 12
MOST_MARKS = 6
_MOST = 0.6  # share of the cells that must look alike
#: What stands where a number is missing; a column that begins with them is looked at further down.
_MARKS = frozenset(
    ("-", "–", "—", "..", "...", "…", ":", "*", "n/a", "N/A", "NA", "na", "x", "null")
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0)?")
_PERIOD = re.compile(r"(?:19|20)\d\d(?:\.0|\s?[-–/]\s?(?:19|20)?\d\d|-?[QM]?\d{1,2})?")
_ORIGIN = re.compile(r"(?i)origin|citizen|birth|\bfrom\b|nationality")
_UNITS = (
    (re.compile(r"(?i)per 1[ ,]?000\b"), "PER_1000"),
    (re.compile(r"(?i)per 100[ ,]?000\b"), "PER_100000"),
    (re.compile(r"(?i)%|per ?cent|percentage|\bshare\b"), "PERCENT"),
    (re.compile(r"(?i)US ?\$|\bUSD\b"), "USD"),
)
_SIZES = ((re.compile(r"(?i)thousand"), 3), (re.compile(r"(?i)million"), 6))


@dataclass(frozen=True, slots=True)
class _Look:
    """What the columns of a table look like: role to heading, numbers, and texts."""

    roles: Mapping[str, str]
    codings: Mapping[str, str]
    numbers: tuple[str, ...]
    texts: Mapping[str, str]
    panel: bool
    thousands: str = ""
    marks: tuple[str, ...] = ()


def skeleton(book: Workbook, sha256: str, terms: Sequence[str]) -> list[str]:
    """Return the lines of a dataset, an edition and a layout of a table of no known kind.

    Parameters
    ----------
    terms : sequence of str
        The sentences of the file that speak of its terms.
    """
    sheets = book.sheets[:MOST_SHEETS]
    grid = max((book.grid(s) for s in sheets), key=lambda g: len(g.rows))
    look = _look(grid)
    stem = re.sub(r"\W+", "_", book.name.partition(".")[0].casefold()).strip("_") or "table"
    return [
        *_head(f"own.{stem}", book.name, sha256, terms),
        *_layout(f"own.{stem}", look),
        *_table(grid, look, named=len(book.sheets) > 1),
    ]


def _head(dataset: str, name: str, sha256: str, terms: Sequence[str]) -> list[str]:
    return [
        "",
        'publisher = ""   # who publishes it',
        "[[dataset]]",
        f'id = "{dataset}"   # as you like: PUBLISHER.TABLE, here and below',
        f"title = {_quoted(name)}",
        'landing_page = ""',
        'citation = "{edition}."',
        "",
        "[[edition]]",
        f'dataset = "{dataset}"',
        f"vintage = {date.today().isoformat()}   # the day the publisher released it",  # noqa: DTZ011 - the day a person drafts it
        f"title = {_quoted(f'file {name}')}",
        f"license = {_quoted(terms[0] if terms else 'not stated in the file')}",
        'redistribution = "none"',
        f"files = {{ {_quoted(sha256)} = {_quoted(name)} }}",
    ]


def _layout(dataset: str, look: _Look) -> list[str]:
    codings = ", ".join(f'{r} = "{c}"' for r, c in look.codings.items())
    fixed = 'ref_area = "@area"' if "area" in look.roles else ""
    fixed += ', destination = "@area"' if {"area", "origin"} <= set(look.roles) else ""
    ignored = ", ".join(f'{_pattern(t)} = "{why}"' for t, why in look.texts.items())
    columns = [f"{role} = [{_quoted(title)}]" for role, title in look.roles.items()]
    return [
        "",
        "[[layout]]",
        f'id = "{dataset}"',
        f'dataset = "{dataset}"',
        f'kind = "{"panel" if look.panel else "records"}"',
        _missing(look.marks),
        f"roles = {{ {codings} }}   # iso3, iso2, m49 or name",
        f"fixed = {{ {fixed} }}" if fixed else '# fixed = { ref_area = "900" }   # the world?',
        *([f'thousands = "{look.thousands}"'] if look.thousands else []),
        *([f"ignored = {{ {ignored} }}"] if ignored else []),
        "[layout.columns]",
        *(columns or ['# area = ["the heading over the places"]']),
    ]


def _missing(marks: Sequence[str]) -> str:
    """Return what is missing, and the words that stand where numbers stand, for a person to say."""
    found = ", ".join(f'{_quoted(m)} = ""' for m in marks) or '"-" = ""'
    return f'missing = {{ "" = "O" }}   # also? {found}: O missing, L not collected, Q suppressed'


def _table(grid: Grid, look: _Look, *, named: bool) -> list[str]:
    lines = ["[[layout.table]]"]
    lines += [f"sheet = {_pattern(grid.sheet)}"] if named else []
    if look.panel:
        return [
            *lines,
            'indicator = ""   # what the numbers count',
            'unit = "PERSONS"',
            "measures = [{}]",
        ]
    lines += (
        [] if "year" in look.roles else ["period = '((?:19|20)\\d\\d)'   # the year in the title"]
    )
    measures = []
    for title in look.numbers:
        unit = next((u for form, u in _UNITS if form.search(title)), "PERSONS")
        mult = next((m for form, m in _SIZES if form.search(title)), 0)
        size = f", mult = {mult}" if mult else ""
        near = ", ".join(_near(title))
        said = f'  {{ match = {_pattern(title)}, indicator = "", unit = "{unit}"{size} }},'
        measures.append(said + (f"   # {near}?" if near else ""))
    return [*lines, "measures = [", *measures, "]"]


# --------------------------------------------------------------------- what the cells look like


def _look(grid: Grid) -> _Look:
    widths = [sum(bool(c) and to_number(c) is None for c in row) for row in grid.head] or [0]
    years = [sum(_YEAR.fullmatch(c) is not None for c in row) for row in grid.head] or [0]
    panel = max(years) >= 3
    row = years.index(max(years)) if panel else widths.index(max(widths))
    titles = grid.head[row] if grid.head else []
    body = grid.rows[row + 1 : row + 1 + LOOKED]
    cells = {
        c: [flat(r[c]) for r in body if c < len(r) and flat(r[c])]
        for c, title in enumerate(titles)
        if title and not (panel and _YEAR.fullmatch(title))
    }
    roles, codings = _keys(titles, cells, panel=panel)
    taken = set(roles.values())
    left = {titles[c]: held for c, held in cells.items() if titles[c] not in taken}
    comma = any(re.fullmatch(r"\d{1,3}(?:,\d{3})+", x) for held in left.values() for x in held)
    thousands = "," if comma else ""
    rest = grid.rows[row + 1 + LOOKED :]
    left = {t: held + _further(rest, titles.index(t), held) for t, held in left.items()}
    numbers = [t for t, held in left.items() if _numbers(held, thousands)]
    texts = {
        t: "a text beside the numbers" if held else "an empty column"
        for t, held in left.items()
        if panel or t not in numbers
    }
    words = (x for t in numbers for x in left[t] if to_number(x, thousands) is None)
    marks = tuple(dict.fromkeys(words))[:MOST_MARKS]
    return _Look(roles, codings, tuple(numbers), texts, panel, thousands, marks)


def _further(rest: Sequence[Sequence[object]], column: int, held: Sequence[str]) -> list[str]:
    """Return what stands below, in a column whose first rows hold nothing but marks."""
    if not _MARKS.issuperset(held):
        return []
    cells = (flat(r[column]) for r in rest if column < len(r))
    return list(islice((x for x in cells if x and x not in _MARKS), LOOKED))


def _numbers(held: Sequence[str], thousands: str) -> bool:
    """Whether most of what a column says is numbers, marks left aside."""
    said = [x for x in held if x not in _MARKS]
    return _share(said, lambda x: to_number(x, thousands) is not None)


def _keys(
    titles: Sequence[str], cells: Mapping[int, list[str]], *, panel: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the heading of the year and of each kind of place, and how the places are coded."""
    roles: dict[str, str] = {}
    coded: list[tuple[int, int, str]] = []
    for c, held in cells.items():
        if not panel and "year" not in roles and _share(held, lambda x: bool(_PERIOD.fullmatch(x))):
            roles["year"] = titles[c]
        elif (coding := _coding(held)) is not None:
            coded.append((list(_lists()).index(coding), c, coding))
    codings: dict[str, str] = {}
    for _, c, coding in sorted(coded):
        role = "origin" if _ORIGIN.search(titles[c]) else "area"
        if role not in roles:
            roles[role], codings[role] = titles[c], coding
        elif coding == "name":
            roles.setdefault("name" if role == "area" else "origin_name", titles[c])
    return roles, codings


def _share(held: Sequence[str], fits: Callable[[str], bool]) -> bool:
    """Whether most of the cells fit."""
    return bool(held) and sum(map(fits, held)) >= _MOST * len(held)


def _coding(held: Sequence[str]) -> str | None:
    """Return how the places of a column are coded; None where they are none."""
    for coding, known in _lists().items():
        asked = [plain(x).casefold() for x in held] if coding == "name" else held
        if _share(asked, known.__contains__):
            return coding
    return None


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    """Return what places are called in each coding, best first."""
    areas = list(AREAS.values())
    return MappingProxyType(
        {
            "iso3": frozenset(a.iso3 for a in areas if a.iso3),
            "m49": frozenset(a.area_id for a in areas if a.area_id.isdigit()),
            "iso2": frozenset(a.iso2 for a in areas if a.iso2),
            "name": frozenset(plain(a.names["en"]).casefold() for a in areas),
        }
    )


def _near(title: str) -> list[str]:
    """Return the indicators that share most words with a heading, at most three."""
    asked = set(re.findall(r"[a-z]{4,}", title.casefold()))
    if not asked:
        return []
    score = {
        i.id: len(asked & set(re.findall(r"[a-z]{4,}", f"{i.id} {i.name()}".casefold())))
        for i in indicators().values()
    }
    best = sorted((i for i, n in score.items() if n), key=lambda i: (-score[i], len(i), i))
    return best[:3]


def _pattern(title: str) -> str:
    """Return a heading as a regular expression in TOML."""
    bare = re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", title)
    return _quoted(bare) if "'" in bare or bare == title else f"'{bare}'"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
