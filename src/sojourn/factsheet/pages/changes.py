"""What changed between two dates of knowledge.

A change is told only between two complete editions, with both numbers. A figure whose older
edition nobody here holds has not changed: it is listed as what we do not hold.
"""

from datetime import date

from sojourn.factsheet.figures.compared import Compared
from sojourn.factsheet.figures.difference import difference, relative
from sojourn.factsheet.figures.figure import FigureValue, figure
from sojourn.factsheet.figures.lineage import unique
from sojourn.factsheet.pages.document import Page
from sojourn.factsheet.pages.place_names import whole_name
from sojourn.factsheet.pages.verdict_words import changes_head, difference_words, figure_name
from sojourn.publish import (
    NOUN,
    Block,
    Change,
    ChangesTable,
    Notes,
    RichText,
    Run,
    Section,
    spoken,
)
from sojourn.vocab.observation import EditionId

NAMED = 12  # figures that a line names; it says how many more there are
NAMED_IN_SHORT = 4  # the same where the changes are cut too


def changes(
    page: Page,
    found: Compared,
    dates: tuple[str, str],
    *,
    limit: int = 0,
) -> Section | None:
    """Return what changed between two as-of dates.

    Parameters
    ----------
    limit : int
        How many changes between the dates to show, the main figures first; 0 shows all. The count
        in the heading is of all.
    """
    words = page.words
    shown = sorted(found.pairs, key=_main_first)[: limit or None] if limit else found.pairs
    blocks: list[Block] = []
    if shown:
        rows = tuple(_pair_row(page, a, b, found) for a, b in shown)
        caption = words.text("changes.dates", then=dates[0], now=dates[1])
        blocks.append(_table(page, "dates", caption, rows))
    notes = [
        *_cut(page, len(shown), len(found.pairs)),
        *_unheld(page, found, dates, NAMED_IN_SHORT if limit else NAMED),
    ]
    blocks += [Notes(items=tuple(notes))] if notes else []
    if not blocks:
        return None
    count = page.count(len(found.pairs))
    return Section(
        id="changes",
        topic=words.text("changes.topic"),
        heading=spoken(words.rich("changes.heading", count=count, then=dates[0]))
        if found.pairs
        else words.text("changes.topic"),
        lead=words.rich("changes.lead") if shown else (),
        blocks=tuple(blocks),
    )


def unchanged(page: Page, dates: tuple[str, str]) -> Section:
    """Return that nothing reads differently, or that it is too early to tell."""
    early = page.ev.as_of <= date(page.ev.year + 1, 12, 31)
    said = page.words.rich(f"changes.{'early' if early else 'quiet'}", then=dates[0], now=dates[1])
    topic = page.words.text("changes.topic")
    return Section(id="changes", topic=topic, heading=topic, blocks=(Notes(items=(said,)),))


def _main_first(pair: tuple[FigureValue, FigureValue]) -> tuple[bool, bool, bool]:
    now = pair[1]
    return (now.sex != "_T", bool(figure(now.figure_id).count), now.area != "900")


def _table(page: Page, table_id: str, caption: str, rows: tuple[Change, ...]) -> ChangesTable:
    return ChangesTable(
        id=table_id,
        caption=caption,
        header=changes_head(page.words),
        changes=rows,
    )


def _cut(page: Page, shown: int, found: int) -> list[RichText]:
    if shown == found:
        return []
    exact, title = page.words.exact, page.words.text("word.changes_page")
    told = {"shown": exact(shown, ""), "all": exact(found, ""), "page": title}
    return [page.words.rich("changes.cut", **told)]


def _unheld(page: Page, found: Compared, dates: tuple[str, str], most: int) -> list[RichText]:
    """Return what cannot be compared, one line for each reason, with how many figures it is of."""
    words = page.words
    lines: list[RichText] = []
    for key, values in (
        ("unheld", found.unheld),
        ("lacked", found.lacked),
        ("withdrawn", found.withdrawn),
    ):
        if not values:
            continue
        names = list(dict.fromkeys(_kind(page, v) for v in unique(values)))
        count = page.count(len(values))
        left = len(names) - most
        listed = words.listed(names[:most]) + (f" (+{words.exact(left, '')})" if left > 0 else "")
        lines.append(words.rich(f"changes.{key}", then=dates[0], count=count, figures=listed))
    return lines


def _kind(page: Page, value: FigureValue) -> str:
    """Return the name of what is counted, for women or men alone where it is counted of both too."""
    apart = value.sex in ("F", "M") and "_T" in figure(value.figure_id).sexes
    sex = f", {page.words.text(f'sex.{value.sex}')}" if apart else ""
    return page.words.text(f"figure.{value.figure_id}") + sex


def _pair_row(page: Page, then: FigureValue, now: FigureValue, found: Compared) -> Change:
    words = page.words
    same = _datasets(then) == _datasets(now)
    before, after = page.apart(then, now, signed=bool(now.base))
    return Change(
        figure=figure_name(page, now),
        then=(before,),
        now=(after,),
        difference=(difference_words(page, difference(then, now), _digits(page, then, now)),),
        verdict=words.text(f"changes.{_moved(then, now) or ('revised' if same else 'other')}"),
        reason=_explained(page, then, now, _class_gone(then, found)),
    )


def _digits(page: Page, then: FigureValue, now: FigureValue) -> int:
    """Return the decimals of a difference: those of its numbers, where it is of their order.

    Of billions that differ in the seventh decimal, a difference of 62 dollars has no decimals of
    its own to tell them apart by.
    """
    first, second = then.value or 0.0, now.value or 0.0
    in_words = min(abs(first), abs(second)) >= NOUN
    if in_words and abs(second - first) < NOUN:
        return 1
    return page.words.digits_apart(first, second, now.unit) or 1


def _datasets(value: FigureValue) -> set[str]:
    return {EditionId.of(edition).dataset for edition in value.edition.split(" + ")}


def _moved(then: FigureValue, now: FigureValue) -> str:
    """Say whether a place left or entered a ranked list."""
    count = figure(now.figure_id).count
    if not count or not (then.rank and now.rank) or (then.rank <= count) == (now.rank <= count):
        return ""
    return "left" if now.rank > count else "entered"


def _class_gone(then: FigureValue, found: Compared) -> FigureValue | None:
    """Return the largest class of a publisher's own that the newer edition of a list lacks.

    What was counted there is counted elsewhere now, and no class of the list is what it was.
    """
    if figure(then.figure_id).op != "events_by":
        return None
    gone = [
        v for v in found.withdrawn if (v.figure_id, v.edition) == (then.figure_id, then.edition)
    ]
    return max(gone, key=lambda v: v.value or 0.0, default=None)


def _explained(
    page: Page, then: FigureValue, now: FigureValue, gone: FigureValue | None
) -> RichText:
    """Return the two editions and the one fact that explains most of a change."""
    words = page.words
    said: list[RichText] = [(f"{then.edition} → {now.edition}",)]
    if then.rank and now.rank and then.rank != now.rank:
        ranks = {"then": str(then.rank), "now": str(now.rank)}
        said.append(words.rich("changes.rank", **ranks))
    if gone is not None:
        persons = page.number(gone)
        said.append(
            words.rich(
                "changes.class_gone", name=whole_name(page.words, gone.area), persons=persons
            )
        )
    elif (both := _two_years(page, then, now)) is not None:
        said += both
    elif (part := _largest_part(page, then, now)) is not None:
        size, all_of_it = difference(*part), difference(then, now).size
        most = size.size * all_of_it > 0 and abs(size.size) >= abs(all_of_it) / 2
        key = "changes.mostly" if most else "changes.largest"
        told = difference_words(page, size)
        said.append(words.rich(key, name=figure_name(page, part[1]), change=told))
    elif apart := _in_units_of_their_own(page, then, now):
        said += apart
    elif (share := relative(then, now)) is not None:
        said.append((words.change(share, "PERCENT"),))
    if _OTHERS in now.formula and _OTHERS not in then.formula:
        said.append(_without_group(page, now))
    joined: list[Run] = []
    for one in said:
        joined += [*([words.listed(["", ""])] if joined else []), *one]
    return tuple(joined)


#: In a formula: origins that the edition gives together, in no group.
_OTHERS = "origin 'Others'"


def _without_group(page: Page, now: FigureValue) -> RichText:
    """Return what an edition gives without a group, with its number where the edition prints it."""
    words, others = page.words, page.ev.pinned(now.edition).one("migrants_of_others", sex=now.sex)
    if others.value is None:
        return words.rich("changes.others", edition=now.edition)
    persons = page.number(others)
    return words.rich("changes.others_number", edition=now.edition, persons=persons)


def _two_years(page: Page, then: FigureValue, now: FigureValue) -> list[RichText] | None:
    """Return how each of the two years of a change was revised; None for anything but a change."""
    if not now.base or now.base != then.base:
        return None
    revised = [
        difference(before, after) for before, after in zip(then.parts, now.parts, strict=True)
    ]
    digits = page.words.digits_apart(revised[0].size, revised[1].size, revised[0].unit) or 1
    return [
        page.words.rich(
            "changes.part", name=part.time_period, change=difference_words(page, found, digits)
        )
        for part, found in zip(now.parts, revised, strict=True)
    ]


def _largest_part(
    page: Page, then: FigureValue, now: FigureValue
) -> tuple[FigureValue, FigureValue] | None:
    """Return the part of a figure, or the region of the world, that changed most.

    What is of another unit (the money behind a share) is no part of it.
    """
    pairs = [(a, b) for a, b in _parts(then, now) if a.unit == b.unit == now.unit]
    if now.figure_id == "migrant_stock" and not pairs:
        older = page.ev.pinned(then.edition)
        pairs = [
            (older.one("migrant_stock_by_region", sex=now.sex, area=region.area), region)
            for region in page.ev.values("migrant_stock_by_region")
            if region.sex == now.sex and region.edition == now.edition
        ]
    both = [(a, b) for a, b in pairs if a.value is not None and b.value is not None]
    return max(
        both,
        key=lambda pair: abs(difference(*pair).size),
        default=None,
    )


def _parts(then: FigureValue, now: FigureValue) -> list[tuple[FigureValue, FigureValue]]:
    """Return what two readings of a figure were both computed from, part by part."""
    before = {(p.figure_id, p.time_period): p for p in then.parts}
    return [(before[k], p) for p in now.parts if (k := (p.figure_id, p.time_period)) in before]


def _in_units_of_their_own(page: Page, then: FigureValue, now: FigureValue) -> list[RichText]:
    """Return how part and whole of a share were revised, each in its own unit."""
    return [
        page.words.rich(
            "changes.part",
            name=page.words.text(f"figure.{after.figure_id}"),
            change=difference_words(page, difference(before, after)),
        )
        for before, after in _parts(then, now)
        if before.unit == after.unit != now.unit and before.value != after.value
    ]
