"""Which edition a file belongs to, and what must be said about that."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime

from sojourn.errors import EditionUnclear
from sojourn.sources.block import Block
from sojourn.sources.container import Workbook
from sojourn.sources.declaration import Edition, Registry
from sojourn.sources.extent import most_numbers
from sojourn.sources.layout import Layout
from sojourn.sources.recognise import stated
from sojourn.vocab.observation import EditionId


def edition_of(
    book: Workbook,
    layout: Layout,
    blocks: Sequence[Block],
    sha256: str,
    known: Registry,
    named: str | None,
) -> tuple[Edition, tuple[str, ...]]:
    """Return the edition a file belongs to, and what must be said about that.

    In this order: the digest is declared; the user names it; the file states it; the file states
    none, and one declared edition alone holds its years; else it is an edition of its own, dated
    by its day of loading.

    Raises
    ------
    EditionUnclear
        The name given is not ``dataset@date``, or the file states an edition nobody declares.
    """
    declared = known.by_digest(sha256)
    if declared is not None and declared.dataset == layout.dataset:
        return declared, ()
    if named is not None:
        return _named(layout, named, known), ()
    said = stated(book, layout)
    if said is not None:
        edition = _stated(book, layout, known, said.text, said.day)
        early = said.day is not None and said.day > day_of_loading()
        note = f"states {said.text!r}, a day that has not come"
        return edition, (note,) if early else ()
    return _by_coverage(book, layout, blocks, known)


def _named(layout: Layout, named: str, known: Registry) -> Edition:
    dataset, day = EditionId.of(named)
    try:
        vintage = date.fromisoformat(day)
    except ValueError:
        vintage = None
    if vintage is None or (dataset and dataset != layout.dataset):
        raise EditionUnclear(
            f"--edition {named!r} does not name an edition of {layout.dataset}",
            hint=f"expected {layout.dataset}@YYYY-MM-DD, the day of release",
        )
    return known.editions.get(f"{layout.dataset}@{day}") or _undeclared(
        layout, vintage, known, title=f"edition of {day}", basis="stated"
    )


def _undeclared(
    layout: Layout, vintage: date, known: Registry, *, title: str, basis: str, states: str = ""
) -> Edition:
    """Return an edition nobody declared; its terms are those of the dataset's newest declared one."""
    declared = known.of_dataset(layout.dataset)
    terms = declared[-1].license if declared else "not stated"
    return Edition(
        dataset=layout.dataset,
        vintage=vintage,
        title=title,
        states=states,
        license=f"{terms} (terms of the newest declared edition)",
        redistribution="none",
        basis=basis,
    )


def _stated(
    book: Workbook, layout: Layout, known: Registry, text: str, day: date | None
) -> Edition:
    for edition in known.of_dataset(layout.dataset):
        if text in edition.states or (edition.states and edition.states.endswith(text)):
            return edition
    if day is None:
        raise EditionUnclear(
            f"{book.name}: states {text!r}, an edition of {layout.dataset} that nobody declares",
            hint=f"give its day of release: --edition {layout.dataset}@YYYY-MM-DD, or declare it",
        )
    return known.editions.get(f"{layout.dataset}@{day}") or _undeclared(
        layout, day, known, title=text, states=text, basis="stated"
    )


def _by_coverage(
    book: Workbook, layout: Layout, blocks: Sequence[Block], known: Registry
) -> tuple[Edition, tuple[str, ...]]:
    declared = known.of_dataset(layout.dataset)
    years = _years(blocks)
    if not blocks and layout.kind == "records" and declared:
        note = f"{book.name} holds texts and no numbers; kept beside {declared[-1].id}"
        return declared[-1], (note,)
    first, newest = _span(book, layout, years)
    declared = [e for e in declared if e.layout in ("", layout.id)]
    note = f"{book.name} states no edition; "
    held = sum(len(b.rows) * len(b.cols) for b in blocks)
    alike = [
        e
        for e in declared
        if _may_copy(e, first, newest) and not 0 < TWICE * most_numbers(e, layout.id) < held
    ]
    _refuse_unclear(book, layout, declared, alike, first, newest)
    if len(alike) == 1:
        return alike[0], (note + f"taken as an unverified copy of {alike[0].id}",)
    annual = known.datasets[layout.dataset].annual and not alike
    by = date(newest + 1, 6, 30) if annual else max(day_of_loading(), date(newest, 1, 1))
    edition = _undeclared(layout, by, known, title=f"undated copy to {newest}", basis="coverage")
    if alike:
        note += f"its years may be those of {' or of '.join(e.id for e in alike)}; "
    how = "by the newest year it covers" if annual else "its day of loading"
    return edition, (f"{note}dated {by}, {how}; name it with --edition",)


#: A file with more than so many times the numbers of a declared one is no copy of it.
TWICE = 2


def _years(blocks: Sequence[Block]) -> list[int]:
    """Return the years that the tables print, above their columns or in their rows."""
    return [
        int(label[:4])
        for b in blocks
        for label in {*b.periods, *(b.labels["year"].words if "year" in b.labels else ())}
        if label[:4].isascii() and label[:4].isdigit()
    ]


def _span(book: Workbook, layout: Layout, years: Sequence[int]) -> tuple[int, int]:
    """Return the first and the newest plausible year of a file that may stand without an edition."""
    plausible = [y for y in years if 1900 <= y <= date.today().year + 1]  # noqa: DTZ011 - a year
    if not plausible:
        raise EditionUnclear(
            f"{book.name}: states no edition and holds no plausible year"
            + (f" (found {', '.join(str(y) for y in sorted(set(years))[:5])})" if years else ""),
            hint=f"name it: --edition {layout.dataset}@YYYY-MM-DD",
        )
    if layout.silent:
        raise EditionUnclear(
            f"{book.name}: nowhere says what it counts (its headings fit {layout.dataset})",
            hint=f"if that is what it is, name it: --edition {layout.dataset}@YYYY-MM-DD",
        )
    return min(plausible), max(plausible)


def _refuse_unclear(
    book: Workbook,
    layout: Layout,
    declared: Sequence[Edition],
    alike: Sequence[Edition],
    first: int,
    newest: int,
) -> None:
    """Refuse years that fit several revisions of one table, or none of the declared editions."""
    if layout.revisions and len(alike) > 1 and first < newest:
        raise EditionUnclear(
            f"{book.name}: states no edition, and its years {first}-{newest} may be those of "
            f"{' or of '.join(e.id for e in alike)}, which print other numbers for them",
            hint=f"say which: --edition {alike[-1].id}",
        )
    if not alike and any(newest <= (e.covers or (0, 0))[1] for e in declared):
        held = ", ".join(f"{e.id} ({e.covers[0]}-{e.covers[1]})" for e in declared if e.covers)
        raise EditionUnclear(
            f"{book.name}: states no edition, and its years {first}-{newest} are those of none that "
            f"is declared: {held}",
            hint=f"give the day it was released: --edition {layout.dataset}@YYYY-MM-DD",
        )


def day_of_loading() -> date:
    """Return today, or the day of ``SOURCE_DATE_EPOCH`` where a load must be repeatable."""
    moment = os.environ.get("SOURCE_DATE_EPOCH", "")
    when = datetime.fromtimestamp(int(moment), UTC) if moment.isdigit() else datetime.now(UTC)
    return when.date()


def _may_copy(edition: Edition, first: int, newest: int) -> bool:
    """Return whether a file of these years can be cut from an edition.

    A file that begins where the edition begins and ends before it ends is an older edition.
    """
    if not edition.covers:
        return newest <= edition.vintage.year
    start, end = edition.covers
    return start <= first and newest <= end and not first == start < newest < end
