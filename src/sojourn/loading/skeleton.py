"""A first layout of a table that nobody has declared: what its columns look like, to be checked.

The year, the places and how they are coded, the numbers and the texts are told by the cells; what
the numbers count is never guessed: each `indicator` is left blank, with the nearest known ones.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sojourn.harmonize.numbers import to_number
from sojourn.loading.coded_columns import Coded, coded, sex_of
from sojourn.loading.place_columns import Keys, keys_of, share
from sojourn.sources.container import Grid, Workbook, flat
from sojourn.vocab.indicator import indicators

LOOKED = 300  # rows that are looked at
MOST_SHEETS = 12
MOST_MARKS = 6
#: What stands where a number is missing; a column that begins with them is looked at further down.
_MARKS = frozenset(
    ("-", "–", "—", "..", "...", "…", ":", "*", "n/a", "N/A", "NA", "na", "x", "null")
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0)?(?:\s*(\(?[a-z*]{1,2}\)?))?")
#: How far a label that begins the notes below a table is written out.
_NOTE_BEGINS = 12
_UNITS = (
    (re.compile(r"(?i)per 1[ ,]?000\b"), "PER_1000"),
    (re.compile(r"(?i)per 100[ ,]?000\b"), "PER_100000"),
    (re.compile(r"(?i)%|per ?cent|percentage|\bshare\b"), "PERCENT"),
    (re.compile(r"(?i)US ?\$|\bUSD\b"), "USD"),
)
_SIZES = ((re.compile(r"(?i)thousand"), 3), (re.compile(r"(?i)million"), 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What the columns of a table look like: role to heading, numbers, and texts."""

    keys: Keys
    roles: Mapping[str, str]
    numbers: tuple[str, ...]
    texts: Mapping[str, str]
    panel: bool
    thousands: str
    marks: tuple[str, ...]
    coded: Coded
    groups: tuple[str, ...]  # titles below the years
    year_mark: str
    stop: str


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


def are_free(terms: Sequence[str]) -> bool:
    """Whether sentences on terms name a licence under which a table may be given on.

    >>> are_free(["Licence: CC BY 4.0"]), are_free(["CC BY-NC 4.0"])
    (True, False)
    """
    return any(re.search(r"CC[ -]BY(?![ -]N)", t) or "/licenses/by/" in t for t in terms)


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
        f'redistribution = "{"attribution" if are_free(terms) else "none"}"   # attribution, cited-facts or none',
        f"files = {{ {_quoted(sha256)} = {_quoted(name)} }}",
    ]


def _layout(dataset: str, look: _Look) -> list[str]:
    codings = ", ".join(f'{r} = "{c}"' for r, c in look.keys.codings.items())
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
        _fixed(look),
        *([f'thousands = "{look.thousands}"'] if look.thousands else []),
        *([f"ignored = {{ {ignored} }}"] if ignored else []),
        *([f"stop = '{look.stop}'   # the notes below the table"] if look.stop else []),
        *(
            [r"footnote = '[(\[]\w{1,2}[)\]]'   # behind the name of a place"]
            if look.keys.notes_in
            else []
        ),
        *_year_mark(look.year_mark),
        *_codes(look),
        "[layout.columns]",
        *(columns or ['# area = ["the heading over the places"]']),
    ]


def _fixed(look: _Look) -> str:
    """Return who reports: the place of the row, or one that a person has to name."""
    if "area" in look.roles:
        both = ', destination = "@area"' if "origin" in look.roles else ""
        return f'fixed = {{ ref_area = "@area"{both} }}'
    if "origin" in look.roles:
        return 'fixed = { ref_area = "", destination = "" }   # who counts them: its M49 number (sojourn areas WORD)'
    return '# fixed = { ref_area = "900" }   # the world?'


def _year_mark(mark: str) -> list[str]:
    """Return what a mark behind a year means, for a person to say."""
    status = "P" if "p" in mark.casefold() else "E"
    said = [f"estimate_mark = {_quoted(mark)}", f'estimate_status = "{status}"']
    return (
        [f"{line}   # behind a year: P provisional, E estimated" for line in said] if mark else []
    )


def _codes(look: _Look) -> list[str]:
    """Return what the labels of the coded columns mean, blank where only a person knows."""
    codes = look.coded.codes
    says = {
        "flag": "flags = {{ {} }}   # an SDMX status each: A normal, P, E, B break, D, Q confidential",
        "sex": "values.sex = {{ {} }}   # F, M, _T both, _U unknown",
        "age": "values.age = {{ {} }}   # Y0T4, Y_GE65, _T all, _U unknown",
        "series": "by_row.series = {{ {} }}   # what each counts: sojourn indicators WORD",
    }
    lines = ['optional = ["flag"]'] if "flag" in codes else []
    for role, line in says.items():
        form = '{} = {{ indicator = "{}" }}' if role == "series" else '{} = "{}"'
        pairs = ", ".join(form.format(_quoted(k), c) for k, c in codes.get(role, {}).items())
        lines += [line.format(pairs)] if pairs else []
    for role, labels in look.keys.unknown.items():
        pairs = ", ".join(f'{_quoted(x)} = "{code}"' for x, code in labels.items())
        lines.append(f"values.{role} = {{ {pairs} }}   # an M49 number each; _T all, UNK unknown")
    return lines


def _missing(marks: Sequence[str]) -> str:
    """Return what is missing, and the words that stand where numbers stand, for a person to say."""
    found = ", ".join(f'{_quoted(m)} = ""' for m in marks) or '"-" = ""'
    return f'missing = {{ "" = "O" }}   # also? {found}: O missing, L not collected, Q suppressed'


def _table(grid: Grid, look: _Look, *, named: bool) -> list[str]:
    lines = ["[[layout.table]]"]
    lines += [f"sheet = {_pattern(grid.sheet)}"] if named else []
    if look.panel:
        sexes = [(title, sex_of(title)) for title in look.groups]
        groups = [f'{{ match = {_pattern(t)}, sex = "{s}" }}' for t, s in sexes if s]
        groups += [f"{{ match = {_pattern(t)} }}" for t, s in sexes if not s]
        return [
            *lines,
            'indicator = ""   # what the numbers count: sojourn indicators WORD',
            'unit = "PERSONS"',
            f"measures = [{', '.join(groups) or '{}'}]",
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
    row, groups, panel = _head_rows(grid)
    titles = grid.head[row] if grid.head else []
    below, stop = _above_notes(grid.rows[row + (2 if groups else 1) :])
    body = below[:LOOKED]
    cells = {
        c: [flat(r[c]) for r in body if c < len(r) and flat(r[c])]
        for c, title in enumerate(titles)
        if title and not (panel and _YEAR.fullmatch(title))
    }
    keys = keys_of(titles, cells, panel=panel)
    taken = set(keys.roles.values())
    left = {titles[c]: held for c, held in cells.items() if titles[c] not in taken}
    codes = Coded() if panel else coded(left)
    left = {t: held for t, held in left.items() if t not in codes.roles.values()}
    comma = any(re.fullmatch(r"\d{1,3}(?:,\d{3})+", x) for held in left.values() for x in held)
    thousands = "," if comma else ""
    left = {t: held + _further(below[LOOKED:], titles.index(t), held) for t, held in left.items()}
    numbers = [t for t, held in left.items() if _numbers(held, thousands)]
    texts = {
        t: "a text beside the numbers" if held else "an empty column"
        for t, held in left.items()
        if panel or t not in numbers
    }
    first = next((c for c, t in enumerate(titles) if panel and _YEAR.fullmatch(t)), len(titles))
    said = [*(left[t] for t in numbers), *([flat(x) for x in r[first:]] for r in body if panel)]
    words = (x for held in said for x in held if x and to_number(x, thousands) is None)
    return _Look(
        keys=keys,
        roles={**keys.roles, **codes.roles},
        numbers=tuple(numbers),
        texts=texts,
        panel=panel,
        thousands=thousands,
        marks=tuple(dict.fromkeys(words))[:MOST_MARKS],
        coded=codes,
        groups=groups,
        year_mark=_mark_of(titles) if panel else "",
        stop=stop,
    )


def _mark_of(titles: Sequence[str]) -> str:
    """Return the mark behind a year of the headings; empty where none has one."""
    years = (_YEAR.fullmatch(title) for title in titles)
    return next((year[1] for year in years if year is not None and year[1]), "")


def _head_rows(grid: Grid) -> tuple[int, tuple[str, ...], bool]:
    """Return the row of the headings, the titles below its years if any, and whether years stand across."""
    years = [[c for c, t in enumerate(row) if _YEAR.fullmatch(t)] for row in grid.head]
    for row, found in enumerate(years[:-1]):
        if len(found) > 1 and (groups := _groups(found, grid.head[row + 1])):
            return row, groups, True
    most = max(map(len, years), default=0)
    if most >= 3:
        return [len(y) for y in years].index(most), (), True
    widths = [
        sum(bool(c) and c not in _MARKS and to_number(c) is None for c in row) for row in grid.head
    ] or [0]
    return widths.index(max(widths)), (), False


def _groups(years: Sequence[int], below: Sequence[str]) -> tuple[str, ...]:
    """Return the titles that stand below each of the years, the same below all; else none."""
    ends = [*years[1:], len(below)]
    each = [tuple(t for t in below[start:end] if t) for start, end in zip(years, ends, strict=True)]
    words = [t for t in each[0] if to_number(t) is None and t not in _MARKS]
    return each[0] if len(set(each)) == 1 and len(words) == len(each[0]) > 1 else ()


def _above_notes(rows: Sequence[Sequence[object]]) -> tuple[Sequence[Sequence[object]], str]:
    """Return the rows of a table without the notes below it, and how these begin, as a pattern.

    A note is one cell to the row.
    """
    filled = [sum(bool(flat(cell)) for cell in r) > 1 for r in rows]
    last = max((i for i, told in enumerate(filled) if told), default=len(rows) - 1)
    labels = (flat(cell) for r in rows[last + 1 :] for cell in r[:1])
    begins = next(filter(None, labels), "")[:_NOTE_BEGINS].strip()
    return rows[: last + 1], _pattern_of(begins).replace("'", ".")


def _further(rest: Sequence[Sequence[object]], column: int, held: Sequence[str]) -> list[str]:
    """Return what stands below, in a column whose first rows hold nothing but marks."""
    if not _MARKS.issuperset(held):
        return []
    cells = (flat(r[column]) for r in rest if column < len(r))
    return list(islice((x for x in cells if x and x not in _MARKS), LOOKED))


def _numbers(held: Sequence[str], thousands: str) -> bool:
    """Whether most of what a column says is numbers, marks left aside."""
    said = [x for x in held if x not in _MARKS]
    return share(said, lambda x: to_number(x, thousands) is not None)


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


def _pattern_of(text: str) -> str:
    """Return a text as a regular expression that stays readable."""
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)


def _pattern(title: str) -> str:
    """Return a heading as a regular expression in TOML."""
    bare = _pattern_of(title)
    return _quoted(bare) if "'" in bare or bare == title else f"'{bare}'"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
