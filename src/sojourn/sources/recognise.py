"""Which layout, which edition: decided by the content of a file, never by its name."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files

from sojourn.errors import LayoutChanged, SojournError, UnknownFile
from sojourn.sources.container import Grid, Workbook, flat
from sojourn.sources.declaration import Registry, registry
from sojourn.sources.headings import heading
from sojourn.sources.layout import Layout, Table
from sojourn.sources.nearest import fit_row
from sojourn.sources.printed import find_header, lacks, names_in, sheets_of
from sojourn.sources.sdmx_csv import generic, has_labels_only, is_sdmx_csv, refuse_message


@dataclass(frozen=True)
class Statement:
    """What a file says of its own edition: the words, and the date in them if there is one."""

    text: str
    day: date | None


def recognised(book: Workbook, known: Registry, sha256: str = "") -> tuple[Layout, Registry]:
    """Return the layout of a file, and the registry that knows it.

    SDMX-CSV that no declaration fits, or that holds labels without codes, describes itself: its
    dataset and its layout are added to the registry.

    Raises
    ------
    LayoutChanged, UnknownFile
        As `recognise`; an SDMX-CSV whose head does not suffice.
    """
    if not is_sdmx_csv(book):
        return recognise(book, known, sha256), known
    if known.by_digest(sha256) is None:
        refuse_message(book)
    try:
        layout = recognise(book, known, sha256)
        if not has_labels_only(book):
            return layout, known
    except (LayoutChanged, UnknownFile):
        pass
    dataset, layout = generic(book)
    dataset = known.datasets.get(dataset.id, dataset)
    more = replace(
        known,
        datasets={**known.datasets, dataset.id: dataset},
        layouts={**known.layouts, layout.id: layout},
    )
    return layout, more


def recognise(book: Workbook, known: Registry, sha256: str = "") -> Layout:
    """Return the layout whose headings the file holds.

    Parameters
    ----------
    sha256 : str
        Digest of the file, by which a declaration may tell a table that does not say what it counts.

    Raises
    ------
    LayoutChanged
        One layout nearly fits: the message names what is missing.
    UnknownFile
        No layout comes near.
    """
    told = known.told(sha256) or _known_bytes(known, sha256)
    if told is not None:
        return told
    fits: list[tuple[int, Layout]] = []
    missed: list[tuple[Layout, SojournError]] = []
    for layout in known.layouts.values():
        try:
            fits.append((_score(book, layout), layout))
        except LayoutChanged as error:
            # its frames would hold the whole workbook
            missed.append((layout, error.with_traceback(None)))
    loud = [f for f in fits if not f[1].mute]
    if loud:
        best = max(score for score, _ in loud)
        alike = [layout for score, layout in loud if score == best]
        return alike[0] if len(alike) == 1 else _best(book, alike)
    if fits and _has_years(book):
        raise UnknownFile(
            f"{book.name}: the table does not say what it counts: it has the headings of "
            f"{', '.join(layout.id for _, layout in fits)}",
            hint="sojourn declare FILE writes the lines to choose from; then load it with --declare",
        )
    _refuse_keys_in_one_column(book)
    near = [
        (n, e, layout)
        for layout, e in missed
        if not layout.mute and (n := _nearness(book, layout)) >= 2
    ]
    if near:
        _, first_error, nearest = max(near, key=lambda n: n[0])
        raise _explained(book, nearest, first_error)
    sheets = f"sheets: {', '.join(book.sheets[:8])}; " if book.sheets != ("",) else ""
    first = _first_line(book)
    raise UnknownFile(
        f"{book.name}: no declared layout fits this file ({sheets}it begins {first[:120]!r})",
        hint="the table states neither its edition nor headings that sojourn knows; "
        "sojourn declare FILE drafts what is lacking (CONTRIBUTING.md shows a layout whole)",
    )


def _refuse_keys_in_one_column(book: Workbook) -> None:
    r"""Refuse Eurostat's TSV: keys in one column (``freq,partner,geo\TIME_PERIOD``), years across."""
    first = re.search(r"[A-Za-z_]+(?:,[A-Za-z_]+)*\\TIME_PERIOD\b", _first_line(book))
    if first:
        raise UnknownFile(
            f"{book.name}: {first[0]!r} heads a column: a TSV of Eurostat's, which says nowhere "
            "which table it is (immigration and emigration have the same headings)",
            hint="download the same table as SDMX-CSV: sojourn fetch --list names the addresses",
        )


def mute_ones(book: Workbook, known: Registry) -> list[Layout]:
    """Return the layouts that fit a table which does not say what it counts; none if it has no year."""
    found = []
    for layout in (x for x in known.layouts.values() if x.mute):
        try:
            _score(book, layout)
        except LayoutChanged:
            continue
        found.append(layout)
    return found if found and _has_years(book) else []


def _known_bytes(known: Registry, sha256: str) -> Layout | None:
    """Return the layout that declared bytes were recognised as; None beside a user's declaration."""
    return known.layouts.get(layouts_of_files().get(sha256, "")) if known is registry() else None


@cache
def layouts_of_files() -> dict[str, str]:
    """Return the layout of each declared file, by digest: what recognising it finds each time."""
    text = files("sojourn.sources").joinpath("layouts_of_files.csv").read_text("utf-8")
    return dict(csv.reader(text.splitlines()[1:]))


def _best(book: Workbook, alike: Sequence[Layout]) -> Layout:
    """Return, of layouts with as many headings, the one that knows the rows and most of the rest.

    Of two that know as much a declaration of the user's leads: it says what the package's does not.
    """
    packaged = registry().layouts
    alike = sorted(alike, key=lambda layout: layout.id in packaged)
    rows = [layout for layout in alike if _knows_rows(book, layout)] or alike[:1]
    return min(rows, key=lambda layout: _unread(book, layout))


def _unread(book: Workbook, layout: Layout) -> int:
    grid = book.grid(sheets_of(book, layout, _table(layout))[0])
    return len(fit_row(grid, layout, find_header(book, grid, layout).row).unread)


def _knows_rows(book: Workbook, layout: Layout) -> bool:
    """Return whether a layout declares every label that says what its row measures."""
    grid = book.grid(sheets_of(book, layout, _table(layout))[0])
    header = find_header(book, grid, layout)
    return all(
        flat(row[column]) in ("", *layout.by_row[role])
        for role, column in header.roles.items()
        if role in layout.by_row
        for row in grid.rows[header.row + 1 :]
        if column < len(row)
    )


def _has_years(book: Workbook) -> bool:
    """Whether a year heads a column, as in every table of numbers without words."""
    rows = book.grid(book.sheets[0]).headings
    return any(re.fullmatch(r"(?:19|20)\d\d(?:-.*)?", flat(c)) for row in rows[:3] for c in row)


def _explained(book: Workbook, layout: Layout, error: SojournError) -> SojournError:
    """Return the error with the place in it, where the quick way had only seen that it is one."""
    table = _table(layout)
    try:
        find_header(book, book.grid(sheets_of(book, layout, table)[0]), layout)
    except LayoutChanged as full:
        return full
    return error


def _table(layout: Layout) -> Table:
    return next((t for t in layout.tables if t.required), layout.tables[0])


def _first_line(book: Workbook) -> str:
    for row in book.grid(book.sheets[0]).rows:
        cells = [flat(c) for c in row if flat(c)]
        if cells:
            return ", ".join(cells)
    return "nothing"


def _score(book: Workbook, layout: Layout) -> int:
    """Return how many headings of a layout the file holds; raise when a required one is missing."""
    table = _table(layout)
    sheets = sheets_of(book, layout, table)
    if not sheets:
        raise LayoutChanged(f"{book.name}: no sheet like {table.sheet!r}")
    grid = book.grid(sheets[0])
    if lacks(grid, layout):
        raise LayoutChanged(f"{book.name}: not the headings of layout {layout.id}")
    header = find_header(book, grid, layout)
    _require_words(book, grid, layout)
    score = len(header.roles)
    if layout.kind == "records" and not layout.counts:
        titles = header.titles
        measured = _measured(table, titles)
        if not measured:
            raise LayoutChanged(f"{book.name}: no measure of layout {layout.id}")
        others = [t for t in titles if t not in measured and not layout.headings.role(heading(t))]
        if layout.closed and any(others):
            raise LayoutChanged(
                f"{book.name}: heading {next(t for t in others if t)!r} is not one of layout "
                f"{layout.id}",
                hint="a table with a further column counts something else; declare its layout",
            )
        score += len(measured)
    return score + (5 if stated(book, layout) else 0)


def _measured(table: Table, titles: Sequence[str]) -> list[str]:
    """Return the headings of measures; as printed lead, any case will do (see `block.measured`)."""
    patterns = [m.match for m in table.measures]
    exact = [t for t in titles if any(re.fullmatch(p, t) for p in patterns)]
    return exact or [t for t in titles if any(re.fullmatch(p, t, re.I) for p in patterns)]


def _require_words(book: Workbook, grid: Grid, layout: Layout) -> None:
    if layout.says and not any(re.search(layout.says, line) for line in grid.lines_of_text):
        raise LayoutChanged(
            f"{book.name}: {layout.says!r} stands nowhere in its first or last rows",
            hint=f"layout {layout.id} is told from others by these words",
        )
    if layout.denies and (
        wrong := next((t for t in grid.lines_of_text if re.search(layout.denies, t)), "")
    ):
        raise LayoutChanged(
            f"{book.name}: {wrong.strip()[:120]!r} is another table than that of layout {layout.id}",
            hint="the headings are the same, the numbers are not; nothing was loaded",
        )


def _nearness(book: Workbook, layout: Layout) -> int:
    best = 0
    for sheet in book.sheets[:12]:
        named = names_in(book.grid(sheet), layout)
        if len(set(named.values())) > best:
            rows = book.grid(sheet).headings
            best = max(best, *(len({named[c] for c in row if c in named}) for row in rows))
    return best + (3 if best and stated(book, layout) else 0)


def stated(book: Workbook, layout: Layout) -> Statement | None:
    """Return what a file says of its edition, if anything: in its words, else in its name.

    The name counts only where it has the form that the publisher gives it.
    """
    if layout.dated_by in book.sheets and layout.dated_by:
        rows = book.grid(layout.dated_by).rows
        days = [cell for row in rows for cell in row if type(cell) is date]
        return Statement(f"{max(days):%-d %B %Y}", max(days)) if days else None
    told = [s for s in book.sheets if layout.states_sheet and re.fullmatch(layout.states_sheet, s)]
    sheets = told or book.sheets[:3]
    lines = [line for sheet in sheets for line in book.grid(sheet).lines_of_text]
    for pattern in layout.states:  # in the order of trust: release before download
        for text in lines:
            if (found := re.search(pattern, text)) is not None:
                words = next(g for g in found.groups() if g)
                return Statement(words, _day(words))
    for pattern in layout.named:
        if (found := re.search(pattern, book.name)) is not None:
            return Statement(found.group(1), _day(found.group(1)))
    return None


def is_rebuilt(book: Workbook) -> bool:
    """Return whether a file says, in its name or banner, that it is rebuilt from other tables."""
    if ".rebuilt." in book.name:
        return True
    rows = book.grid(book.sheets[0]).head[:20]
    said = (cell for row in rows for cell in row if " from" in cell)
    return any(re.search(r"\b(rebuilt|REBUILT) from\b", cell) for cell in said)


def _day(words: str) -> date | None:
    for form in (
        "%d %B %Y",
        "%Y-%m-%d",
        "%B %Y",
        "%d/%m/%Y",
        "%b. %Y",
        "%b %Y",
        "%d/%m/%y",
        "%B %d, %Y",
        "%Y_%m_%d",
    ):
        try:
            return datetime.strptime(words, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None
