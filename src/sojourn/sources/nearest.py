"""The layout that comes nearest to a file, and how the file's headings differ from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sojourn.sources.container import Grid, Workbook
from sojourn.sources.declaration import Registry
from sojourn.sources.headings import heading
from sojourn.sources.layout import Layout, Measure
from sojourn.sources.printed import names_in

_PERIOD = re.compile(r"(19|20)\d\d(?:\.0)?[A-Za-z*]?|(19|20)\d\d\s*[-–]\s*(19|20)\d\d")
MOST_SHEETS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """How one layout fits a file.

    Attributes
    ----------
    sheet : str
        Sheet that holds the most of its headings.
    row : int
        Index of the row that holds them.
    roles : mapping of role to heading as printed
    measures : mapping of heading as printed to measure
    unread : tuple of str
        Headings of the row that name neither a role nor a measure, and are no period.
    lacking : tuple of str
        Roles that the layout requires and the row lacks.
    """

    layout: Layout
    sheet: str
    row: int
    roles: Mapping[str, str]
    measures: Mapping[str, Measure]
    unread: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def known(self) -> int:
        """How many headings the layout knows, less the required ones that are missing."""
        return len(self.roles) + len(self.measures) - len(self.lacking)


def nearest(book: Workbook, known: Registry, *, among: int = 3) -> list[Nearest]:
    """Return the layouts that know most headings of a file, best first; none that knows just one.

    Words that tell two tables apart (``says``) and the sheet's name are not asked here.
    """
    found = []
    for layout in known.layouts.values():
        fits = [_fit(book.grid(s), layout) for s in book.sheets[:MOST_SHEETS]]
        best = max(fits, key=lambda f: f.known)
        if best.known >= 2 and not layout.mute:
            found.append(best)
    return sorted(found, key=lambda f: -f.known)[:among]


def _fit(grid: Grid, layout: Layout) -> Nearest:
    named = names_in(grid, layout)
    counts = [sum(c in named for c in row) for row in grid.headings] or [0]
    if not any(counts) and layout.kind == "records":  # its keys in another language?
        counts = [
            sum(bool(c) and _measure(layout, c) is not None for c in row) for row in grid.head
        ]
    row = counts.index(max(counts)) if counts else 0
    return fit_row(grid, layout, row)


def _measure(layout: Layout, title: str) -> Measure | None:
    measures = (m for t in layout.tables for m in t.measures if m.match)
    return next((m for m in measures if re.fullmatch(m.match, title)), None)


def _group(layout: Layout, title: str) -> bool:
    """Whether a heading of a panel stands over or under years, and says what they measure."""
    measures = (m for t in layout.tables for m in t.measures if m.match)
    return layout.kind == "panel" and any(re.search(m.match, title, re.I) for m in measures)


def fit_row(grid: Grid, layout: Layout, row: int) -> Nearest:
    """Return how the headings of one row fit a layout."""
    titles = [t for t in (grid.head[row] if grid.head else []) if t]
    roles: dict[str, str] = {}
    measures: dict[str, Measure] = {}
    unread = []
    for title in titles:
        role = layout.headings.role(heading(title))
        measure = _measure(layout, title)
        if role is not None:
            roles.setdefault(role, title)
        elif measure is not None and layout.kind == "records":
            measures[title] = measure
        elif layout.kind != "matrix" and not _PERIOD.fullmatch(title) and not _group(layout, title):
            unread.append(title)
    left = [t for t in unread if not any(re.fullmatch(p, t, re.I) for p in layout.ignored)]
    return Nearest(
        layout=layout,
        sheet=grid.sheet,
        row=row,
        roles=roles,
        measures=measures,
        unread=tuple(dict.fromkeys(left)),
        lacking=tuple(r for r in layout.columns if r not in roles and r not in layout.optional),
    )
